// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/patience.h"

#include "core/base/text.h"

#include <poll.h>
#include <sys/eventfd.h>

namespace netopsy::ssh {

Patience::Patience(std::stop_token stop)
    : m_stop(std::move(stop)), m_event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    m_callback.emplace(m_stop, std::function<void()>([fd = m_event.get()] { eventfd_write(fd, 1); }));
}

Patience::Outcome Patience::wait(int fd, short events, Clock::time_point deadline) const {
    for (;;) {
        if (m_stop.stop_requested())
            return Outcome::Cancelled;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0)
            return Outcome::TimedOut;
        pollfd fds[2] = {{m_event.get(), POLLIN, 0}, {fd, events, 0}};
        const int n = poll(fds, fd >= 0 ? 2 : 1, static_cast<int>(std::min<std::int64_t>(left, 3'600'000)));
        if (n > 0 && fd >= 0 && fds[1].revents != 0 && !m_stop.stop_requested())
            return Outcome::Ready;
    }
}

std::string spoken(std::chrono::milliseconds time) {
    return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s"
                                    : std::to_string(time.count()) + " ms";
}

} // namespace netopsy::ssh
