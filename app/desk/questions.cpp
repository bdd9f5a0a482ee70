// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/questions.h"

namespace netopsy::app {

std::optional<QString> Questions::ask(const std::function<void(int)>& show, std::stop_token stop) {
    std::unique_lock lock(m_mutex);
    const int id = m_next++;
    m_open.emplace(id, std::nullopt);
    show(id);
    m_answered.wait(lock, std::move(stop), [&] { return m_open.at(id).has_value(); });
    std::optional<QString> text = m_open.at(id);
    m_open.erase(id);
    return text;
}

void Questions::answer(int id, const QString& text) {
    {
        const std::lock_guard lock(m_mutex);
        const auto question = m_open.find(id);
        if (question == m_open.end())
            return;
        question->second = text;
    }
    m_answered.notify_all();
}

} // namespace netopsy::app
