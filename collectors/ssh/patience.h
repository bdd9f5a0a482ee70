// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Waiting in a worker thread: for a descriptor, until a time, or until the run is cancelled, whichever comes
// first. A cancel is felt at once, through an eventfd, and not at the next tick of a poll.
#pragma once

#include "collectors/local/fd.h"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>

namespace netopsy::ssh {

using Clock = std::chrono::steady_clock;

class Patience {
public:
    enum class Outcome { Ready, TimedOut, Cancelled };

    explicit Patience(std::stop_token stop);
    /// For `events` of poll(2) on `fd`; without descriptor (-1) it just sleeps.
    [[nodiscard]] Outcome wait(int fd, short events, Clock::time_point deadline) const;
    [[nodiscard]] bool cancelled() const { return m_stop.stop_requested(); }
    [[nodiscard]] const std::stop_token& token() const { return m_stop; }

private:
    std::stop_token m_stop;
    local::Fd m_event;
    std::optional<std::stop_callback<std::function<void()>>> m_callback;
};

/// For people: "5 s", "250 ms".
[[nodiscard]] std::string spoken(std::chrono::milliseconds time);

} // namespace netopsy::ssh
