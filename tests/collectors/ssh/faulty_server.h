// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Servers on loopback that do what no good server does, and sometimes then behave.
#pragma once

#include "collectors/local/fd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <functional>
#include <thread>

namespace netopsy::test {

/// Listens on loopback; `serve` gets each connection, in one thread.
class Server {
public:
    explicit Server(std::function<void(local::Fd, int)> serve)
        : m_fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), m_serve(std::move(serve)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (bind(m_fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(m_fd.get(), 16) != 0 ||
            getsockname(m_fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
            return;
        port = ntohs(address.sin_port);
        m_thread = std::thread([this] {
            for (int n = 0;; ++n) {
                local::Fd one(accept4(m_fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
                if (!one)
                    return;
                m_serve(std::move(one), n);
            }
        });
    }
    ~Server() {
        shutdown(m_fd.get(), SHUT_RDWR);
        if (m_thread.joinable())
            m_thread.join();
    }
    int port = 0;

private:
    local::Fd m_fd;
    std::function<void(local::Fd, int)> m_serve;
    std::thread m_thread;
};

/// Closes with a reset.
inline void reset(local::Fd fd) {
    const linger now{1, 0};
    setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/// Both ways, until one side ends.
inline void relay(const local::Fd& a, int port) {
    const local::Fd b(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    if (connect(b.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        return;
    pollfd fds[2] = {{a.get(), POLLIN, 0}, {b.get(), POLLIN, 0}};
    while (poll(fds, 2, 10000) > 0)
        for (int i = 0; i < 2; ++i) {
            char buffer[16384];
            if (fds[i].revents == 0)
                continue;
            const ssize_t n = read(fds[i].fd, buffer, sizeof buffer);
            if (n <= 0 || send(fds[1 - i].fd, buffer, static_cast<std::size_t>(n), MSG_NOSIGNAL) != n)
                return;
        }
}

} // namespace netopsy::test
