// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs a pure function off the GUI thread and brings its result back. The newest wins: whoever keeps a Background drops
// the results of what it started before.
#pragma once

#include <QCoreApplication>
#include <QObject>
#include <QPointer>
#include <QThreadPool>

#include <functional>

namespace netopsy::ui {

class Background : public QObject {
public:
    using QObject::QObject;

    template<class T>
    void run(std::function<T()> work, std::function<void(const T&)> done) {
        const int ticket = ++m_ticket;
        // Tested in the GUI thread only, in which it is also queued: a QPointer is not safe elsewhere.
        const QPointer<Background> self(this);
        QThreadPool::globalInstance()->start([self, ticket, work = std::move(work), done = std::move(done)] {
            T result = work();
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [self, ticket, done, result = std::move(result)] {
                    if (self && self->m_ticket == ticket)
                        done(result);
                },
                Qt::QueuedConnection);
        });
    }

private:
    int m_ticket = 0;
};

} // namespace netopsy::ui
