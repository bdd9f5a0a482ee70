// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_resolver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <stdexcept>

namespace netopsy::test {

namespace {

std::int64_t wallNs() {
    timespec t{};
    clock_gettime(CLOCK_REALTIME, &t);
    return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

/// With the kernel's stamp of receipt, so that this thread's own wake-up is not missing from the truth.
ssize_t receive(int fd, std::array<std::uint8_t, 2048>& buffer, sockaddr_in& from, std::int64_t& at) {
    alignas(cmsghdr) std::array<char, 128> control{};
    iovec piece{buffer.data(), buffer.size()};
    msghdr m{};
    m.msg_name = &from;
    m.msg_namelen = sizeof from;
    m.msg_iov = &piece;
    m.msg_iovlen = 1;
    m.msg_control = control.data();
    m.msg_controllen = control.size();
    const ssize_t got = recvmsg(fd, &m, MSG_DONTWAIT);
    at = wallNs();
    for (cmsghdr* c = CMSG_FIRSTHDR(&m); got >= 0 && c != nullptr; c = CMSG_NXTHDR(&m, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            timespec t{};
            std::memcpy(&t, CMSG_DATA(c), sizeof t);
            at = std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
        }
    return got;
}

} // namespace

Bytes answerTo(std::span<const std::uint8_t> query, int rcode) {
    Bytes out(query.begin(), query.end());
    if (out.size() < 17)
        return out;
    out[2] = 0x81;
    out[3] = static_cast<std::uint8_t>(0x80 | rcode);
    if (rcode != 0)
        return out;
    out[7] = 1;
    const std::uint8_t type = out[out.size() - 3], length = type == 1 ? 4 : 16;
    for (const std::uint8_t byte :
         {std::uint8_t{0xC0}, std::uint8_t{12}, std::uint8_t{0}, type, std::uint8_t{0}, std::uint8_t{1},
          std::uint8_t{0}, std::uint8_t{0}, std::uint8_t{0}, std::uint8_t{30}, std::uint8_t{0}, length})
        out.push_back(byte);
    out.insert(out.end(), length, 10);
    return out;
}

FakeResolver::FakeResolver(Script script) : m_script(std::move(script)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int attempt = 0; attempt < 20; ++attempt) { // the same port must be free for both
        m_udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        m_tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        at.sin_port = 0;
        socklen_t size = sizeof at;
        if (bind(m_udp, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 &&
            getsockname(m_udp, reinterpret_cast<sockaddr*>(&at), &size) == 0 &&
            bind(m_tcp, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 && listen(m_tcp, 64) == 0) {
            m_port = ntohs(at.sin_port);
            break;
        }
        close(m_udp);
        close(m_tcp);
    }
    if (m_port == 0)
        throw std::runtime_error("no port for the fake resolver");
    const int on = 1;
    setsockopt(m_udp, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    m_udpThread = std::jthread([this](std::stop_token stop) { serveUdp(stop); });
    m_tcpThread = std::jthread([this](std::stop_token stop) { serveTcp(stop); });
}

FakeResolver::~FakeResolver() {
    m_udpThread.request_stop();
    m_tcpThread.request_stop();
    m_udpThread.join();
    m_tcpThread.join();
    close(m_udp);
    close(m_tcp);
}

std::vector<std::int64_t> FakeResolver::held() const {
    const std::lock_guard lock(m_mutex);
    return m_held;
}

std::size_t FakeResolver::queries() const {
    const std::lock_guard lock(m_mutex);
    return m_turn;
}

void FakeResolver::serveUdp(std::stop_token stop) {
    struct Due {
        std::int64_t at, received;
        sockaddr_in to;
        Bytes bytes;
    };
    std::vector<Due> dues;
    while (!stop.stop_requested()) {
        std::int64_t next = wallNs() + 50'000'000;
        for (const Due& due : dues)
            next = std::min(next, due.at);
        const std::int64_t wait = std::max<std::int64_t>(0, next - wallNs());
        const timespec patience{wait / 1'000'000'000, wait % 1'000'000'000};
        pollfd in{m_udp, POLLIN, 0};
        ppoll(&in, 1, &patience, nullptr);
        std::array<std::uint8_t, 2048> buffer{};
        sockaddr_in from{};
        std::int64_t received = 0;
        if (const ssize_t got = receive(m_udp, buffer, from, received); got >= 0) {
            const std::lock_guard lock(m_mutex);
            for (Reply& reply : m_script({buffer.data(), static_cast<std::size_t>(got)}, m_turn))
                dues.push_back({received + reply.after.count(), received, from, std::move(reply.bytes)});
            ++m_turn;
        }
        for (std::size_t i = 0; i < dues.size();) {
            const std::int64_t now = wallNs();
            if (dues[i].at > now) {
                ++i;
                continue;
            }
            sendto(m_udp, dues[i].bytes.data(), dues[i].bytes.size(), 0,
                   reinterpret_cast<const sockaddr*>(&dues[i].to), sizeof dues[i].to);
            {
                const std::lock_guard lock(m_mutex);
                m_held.push_back(now - dues[i].received);
            }
            dues.erase(dues.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
}

void FakeResolver::serveTcp(std::stop_token stop) {
    while (!stop.stop_requested()) {
        pollfd in{m_tcp, POLLIN, 0};
        if (poll(&in, 1, 50) != 1)
            continue;
        const int fd = accept4(m_tcp, nullptr, nullptr, SOCK_CLOEXEC);
        const timeval patience{1, 0};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        std::array<std::uint8_t, 2048> buffer{};
        const ssize_t got = recv(fd, buffer.data(), buffer.size(), 0);
        if (got > 2) {
            std::vector<Reply> replies;
            {
                const std::lock_guard lock(m_mutex);
                replies = m_script({buffer.data() + 2, static_cast<std::size_t>(got - 2)}, m_turn++);
            }
            for (const Reply& reply : replies) {
                std::this_thread::sleep_for(reply.after);
                const std::uint8_t length[2] = {static_cast<std::uint8_t>(reply.bytes.size() >> 8),
                                                static_cast<std::uint8_t>(reply.bytes.size())};
                // In three pieces: a message need not come in one segment.
                const std::size_t half = reply.bytes.size() / 2;
                send(fd, length, 2, MSG_NOSIGNAL | MSG_MORE);
                send(fd, reply.bytes.data(), half, MSG_NOSIGNAL);
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                send(fd, reply.bytes.data() + half, reply.bytes.size() - half, MSG_NOSIGNAL);
            }
        }
        close(fd);
    }
}

} // namespace netopsy::test
