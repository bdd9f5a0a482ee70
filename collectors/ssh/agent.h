// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ssh-agent, bounded. libssh talks to an agent with blocking calls and no time-out, stops at the first key
// kind it doesn't know, and offers all keys in the agent's order, which can use up sshd's MaxAuthTries. So it
// never sees the agent: it gets one end of a socket pair, and a thread at the other end shows it one key at a
// time and passes the signing on, with a time-out and felt by a cancel.
#pragma once

#include "collectors/ssh/patience.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace netopsy::ssh {

struct AgentKey {
    std::string blob, comment;
};

class Agent {
public:
    /// Connects to the agent's socket and lists its keys. Null when there is no agent, or it doesn't answer
    /// in time.
    static std::unique_ptr<Agent> open(const std::string& socket, const Patience& patience,
                                       Clock::time_point deadline);
    ~Agent();
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;

    [[nodiscard]] const std::vector<AgentKey>& keys() const { return m_keys; }
    /// The end for ssh_set_agent_socket(), which closes it. Begins to serve, until `deadline`. -1 when that
    /// can't be.
    [[nodiscard]] int serve(Clock::time_point deadline);
    /// The one key that libssh sees from now on.
    void show(std::size_t key) { m_shown = key; }

private:
    Agent(local::Fd agent, const Patience& patience, Clock::time_point deadline)
        : m_agent(std::move(agent)), m_patience(patience), m_deadline(deadline) {}
    [[nodiscard]] bool send(const local::Fd& to, const std::string& message) const;
    [[nodiscard]] std::string receive(const local::Fd& from) const;
    void loop();

    local::Fd m_agent;
    const Patience& m_patience;
    Clock::time_point m_deadline; ///< not written once the thread runs
    std::vector<AgentKey> m_keys;
    std::atomic<std::size_t> m_shown = 0;
    local::Fd m_end;
    std::thread m_thread;
};

} // namespace netopsy::ssh
