// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads raw sections of a case file off the GUI thread and calls back in it.
#pragma once

#include "core/base/result.h"
#include "core/model/section.h"

#include <QObject>
#include <QString>
#include <QThreadPool>

#include <functional>
#include <vector>

namespace netopsy::app {

class SectionSource {
public:
    explicit SectionSource(QString path) : m_path(std::move(path)) { m_pool.setMaxThreadCount(1); }

    /// `done` is called in this source's thread, unless `context` has died by then.
    void section(const model::SectionRef& ref, QObject* context,
                 std::function<void(Result<model::RawSection>)> done);
    void sections(const QString& node, QObject* context,
                  std::function<void(Result<std::vector<model::RawSection>>)> done);

private:
    QString m_path;
    QObject m_home;     // answers are queued to it, in the thread that made this source
    QThreadPool m_pool; // destroyed first, and waits: no read outlives its home
};

} // namespace netopsy::app
