// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend.h"

#include <QWidget>

class QLabel;
class QListWidget;
class QTableWidget;

namespace netopsy::ui {

/// Where it begins: contexts, this machine, the example, recent cases, a file.
class StartPage : public QWidget {
    Q_OBJECT
public:
    explicit StartPage(Backend& backend, QWidget* parent = nullptr);

signals:
    void contextChosen(const netopsy::ui::AutopsyRequest& request);
    void openRequested(const QString& path);
    void browseRequested();

private:
    void showContexts(const QVector<ContextInfo>& contexts, const QString& problem);
    void showRecents();
    void choose(int row);

    Backend& m_backend;
    QVector<ContextInfo> m_contexts;
    QTableWidget* m_table;
    QLabel* m_message;
    QListWidget* m_recents;
    QLabel* m_noRecents;
};

} // namespace netopsy::ui
