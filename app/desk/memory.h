// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the program remembers between starts: recent cases, and per context how its nodes were reached. Never
// a secret: of keys only their files' paths.
#pragma once

#include "ui/backend.h"

#include <QSettings>

namespace netopsy::app {

class Memory {
public:
    [[nodiscard]] QVector<ui::RecentCase> recentCases() const; ///< newest first; files that are gone are left out
    void addRecent(const QString& path, const QString& title);

    [[nodiscard]] ui::AutopsyRequest request(const QString& context) const; ///< defaults when there is none
    void setRequest(const ui::AutopsyRequest& request);
    [[nodiscard]] QDateTime lastAutopsy(const QString& context) const;

    /// Where a case goes when nobody says: the user's data folder, named after context and time.
    [[nodiscard]] static QString newCasePath(const QString& context);

private:
    QSettings m_settings{QStringLiteral("netopsy"), QStringLiteral("netopsy")};
};

} // namespace netopsy::app
