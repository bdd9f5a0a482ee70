// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One libssh session over a descriptor that is already connected. libssh's own connecting, configuration and
// host key check stay off. Used by one thread at a time, as libssh asks.
//
// Three traits of libssh 0.10 that this file answers for:
// - It makes the descriptor blocking when the handshake begins, and would then block in send(2) on a node
// that
//   stopped reading. It is made non-blocking again; libssh only writes after POLLOUT, so it never meets
//   EAGAIN.
// - It closes the descriptor on errors and in ssh_free(), but not in ssh_disconnect(). Only ssh_free() is
//   called: the descriptor is libssh's from the handshake on.
// - A session in an error state keeps the descriptor -1.
#pragma once

#include "collectors/ssh/dial.h"
#include "collectors/ssh/host_key.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <poll.h>

#include <memory>

namespace netopsy::ssh {

class Link {
public:
    /// `transport` is kept until the session is gone: a bastion, a ProxyCommand.
    static Attempt<std::shared_ptr<Link>> handshake(local::Fd socket, std::shared_ptr<void> transport,
                                                    const std::string& hostKeyAlgorithms, const std::string& user,
                                                    const Patience& patience, std::chrono::milliseconds timeout,
                                                    const std::string& where);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    [[nodiscard]] ssh_session session() const { return m_session; }
    [[nodiscard]] Result<HostKey> serverKey() const;
    /// Until libssh may go on.
    [[nodiscard]] Patience::Outcome wait(const Patience& patience, Clock::time_point deadline) const;
    /// Takes in one bite (4 KiB) of what the socket has, and sends what is queued. The reading calls of
    /// libssh do that too, but stop once the end of a channel's output came, and the exit status comes after
    /// it.
    void pump() const;
    /// What poll(2) should watch: the descriptor, for writing only while something is queued.
    [[nodiscard]] pollfd watch() const;
    [[nodiscard]] bool lost() const;
    /// libssh's own words on the last error, fit to be shown.
    [[nodiscard]] std::string problem() const;
    [[nodiscard]] const ssh_counter_struct& counter() const { return m_counter; }

    /// Repeats a non-blocking call until it is done. nullopt: cancelled or timed out.
    template<class Call>
    [[nodiscard]] std::optional<int> await(const Patience& patience, Clock::time_point deadline, int again,
                                           Call call, Patience::Outcome& outcome) const {
        for (;;) {
            const int rc = call();
            if (rc != again)
                return rc;
            outcome = wait(patience, deadline);
            if (outcome != Patience::Outcome::Ready)
                return std::nullopt;
        }
    }

private:
    explicit Link(std::shared_ptr<void> transport) : m_transport(std::move(transport)) {}

    std::shared_ptr<void> m_transport;
    ssh_counter_struct m_counter{};
    ssh_session m_session = nullptr;
    ssh_event m_event = nullptr;
};

} // namespace netopsy::ssh
