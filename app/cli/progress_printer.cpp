// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress_printer.h"

#include "core/base/text.h"

#include <unistd.h>

#include <cstdio>

namespace netopsy::app {

ProgressPrinter::ProgressPrinter(double plannedS) : m_plannedS(plannedS), m_terminal(isatty(STDERR_FILENO) == 1) {}

run::AutopsyObserver ProgressPrinter::observer() {
    run::AutopsyObserver observer;
    observer.onPhase = [this](run::Phase phase, const std::string& detail) {
        const std::lock_guard lock(m_mutex);
        if (phase == run::Phase::Collecting) {
            m_collecting = std::chrono::steady_clock::now();
            m_running = true;
            line("collecting from " + detail + " for " + text::number(m_plannedS) + " s");
        } else if (phase == run::Phase::ReadingCluster && !m_terminal) {
            line(detail);
        } else if (m_terminal) {
            std::fprintf(stderr, "\r\x1b[K%s%s", phase == run::Phase::Saving ? "saving " : "",
                         text::printable(detail).c_str());
            m_drawn = true;
        }
    };
    observer.onStep = [this](const std::string& node, run::Step step) {
        const std::lock_guard lock(m_mutex);
        m_steps[node] = step;
    };
    observer.onNodeEnd = [this](const std::string& node, model::NodeState state, const std::string& error) {
        const std::lock_guard lock(m_mutex);
        if (state == model::NodeState::Complete)
            return;
        ++m_failed;
        line("netopsy: " + node +
             (state == model::NodeState::Partial ? " is partial: " : " could not be reached: ") + error);
    };
    observer.onWarning = [this](const std::string& warning) { warn(warning); };
    observer.onTick = [this] {
        const std::lock_guard lock(m_mutex);
        status();
    };
    return observer;
}

void ProgressPrinter::warn(const std::string& warning) {
    const std::lock_guard lock(m_mutex);
    line("netopsy: warning: " + warning);
}

void ProgressPrinter::finish() {
    const std::lock_guard lock(m_mutex);
    if (m_drawn)
        std::fputs("\r\x1b[K", stderr);
    m_drawn = m_running = false;
}

void ProgressPrinter::line(const std::string& text) {
    std::fprintf(stderr, "%s%s\n", m_drawn ? "\r\x1b[K" : "", text::printable(text).c_str());
    m_drawn = false;
}

void ProgressPrinter::status() {
    if (!m_terminal || !m_running)
        return;
    std::size_t collecting = 0, done = 0;
    for (const auto& [node, step] : m_steps) {
        collecting += step == run::Step::Collecting;
        done += step == run::Step::Done;
    }
    const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_collecting).count();
    std::fprintf(stderr, "\r\x1b[K%.0f of %.0f s: %zu collecting, %zu done, %zu failed", elapsed, m_plannedS,
                 collecting, done - m_failed, m_failed);
    std::fflush(stderr);
    m_drawn = true;
}

} // namespace netopsy::app
