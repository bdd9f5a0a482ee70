// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a person at a terminal sees of a run: on a terminal one line that is rewritten, elsewhere a line per event.
#pragma once

#include "collectors/run/autopsy.h"

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace netopsy::app {

class ProgressPrinter {
public:
    explicit ProgressPrinter(double plannedS);

    /// To be called from the engine's threads.
    [[nodiscard]] run::AutopsyObserver observer();
    void warn(const std::string& warning);
    void finish(); ///< clears the rewritten line

private:
    void line(const std::string& text); ///< one that stays
    void status();                      ///< the one that is rewritten

    const double m_plannedS;
    const bool m_terminal;
    std::mutex m_mutex;
    std::map<std::string, run::Step> m_steps;
    std::size_t m_failed = 0;
    std::chrono::steady_clock::time_point m_collecting;
    bool m_drawn = false, m_running = false;
};

} // namespace netopsy::app
