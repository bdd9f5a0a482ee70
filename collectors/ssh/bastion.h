// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One session to a bastion, shared by all nodes behind it: each gets a direct-tcpip channel. libssh 0.10
// would start an external `ssh -W` per node instead. A libssh session must stay with one thread, so the
// bastion has its own, which moves bytes between the channels and socket pairs whose other ends the nodes'
// sessions take for a connected socket.
#pragma once

#include "collectors/ssh/link.h"

#include <atomic>
#include <mutex>
#include <thread>

namespace netopsy::ssh {

/// Thread-safe.
class Bastion {
public:
    Bastion(std::shared_ptr<Link> link, std::string name);
    ~Bastion();
    Bastion(const Bastion&) = delete;
    Bastion& operator=(const Bastion&) = delete;

    /// A connection from the bastion to `host`, which the bastion resolves.
    [[nodiscard]] Attempt<local::Fd> open(const std::string& host, int port, const Patience& patience,
                                          std::chrono::milliseconds timeout, const std::string& where);
    [[nodiscard]] bool alive() const { return m_alive; }
    [[nodiscard]] const std::string& name() const { return m_name; } ///< "root@bastion:22"

private:
    struct Request;
    struct Stream;

    void loop(const std::stop_token& stop);
    void takeRequests();
    void pump();
    /// False when the stream is over.
    bool move(Stream& stream, bool mayWrite);
    bool opened(Stream& stream);
    void finish(Request& request, local::Fd end, std::string problem);

    const std::shared_ptr<Link> m_link;
    const std::string m_name;
    std::atomic<bool> m_alive = true;
    local::Fd m_wake;
    std::mutex m_mutex; ///< of m_requests
    std::vector<std::shared_ptr<Request>> m_requests;
    std::vector<std::unique_ptr<Stream>> m_streams; ///< of the thread
    std::jthread m_thread;
};

} // namespace netopsy::ssh
