// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Carries a question from an engine thread to the person at the window and the answer back. The asking thread
// waits; the window never does. When the run is stopped, every open question is answered with "no".
#pragma once

#include <QHash>
#include <QString>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>

namespace netopsy::app {

class Questions {
public:
    /// Called in any thread. `show` gets the question's id and must return at once (it queues a signal).
    std::optional<QString> ask(const std::function<void(int id)>& show, std::stop_token stop);
    /// Called in the GUI thread. An unknown id is ignored: the run may have gone.
    void answer(int id, const QString& text);

private:
    std::mutex m_mutex;
    std::condition_variable_any m_answered;
    std::map<int, std::optional<QString>> m_open;
    int m_next = 1;
};

} // namespace netopsy::app
