// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A DNS server on loopback that misbehaves on request and remembers how long it really held each answer, so that a
// measured time has a truth to be compared with.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace netopsy::test {

using Bytes = std::vector<std::uint8_t>;

/// A well-formed answer to `query` with one record; `rcode` 0 … 15.
Bytes answerTo(std::span<const std::uint8_t> query, int rcode = 0);

class FakeResolver {
public:
    struct Reply {
        std::chrono::nanoseconds after{0};
        Bytes bytes;
    };
    /// What to send for the `turn`-th query (from 0, UDP and TCP together); nothing: it is dropped.
    using Script = std::function<std::vector<Reply>(std::span<const std::uint8_t> query, std::size_t turn)>;

    explicit FakeResolver(Script script);
    ~FakeResolver();
    FakeResolver(const FakeResolver&) = delete;
    FakeResolver& operator=(const FakeResolver&) = delete;

    [[nodiscard]] std::string address() const { return "127.0.0.1#" + std::to_string(m_port); }
    /// Of each UDP answer: from the query's receipt (by the kernel) to just before its sending, ns.
    [[nodiscard]] std::vector<std::int64_t> held() const;
    [[nodiscard]] std::size_t queries() const;

private:
    void serveUdp(std::stop_token stop);
    void serveTcp(std::stop_token stop);

    Script m_script;
    int m_udp = -1, m_tcp = -1;
    int m_port = 0;
    mutable std::mutex m_mutex; // guards what follows
    std::vector<std::int64_t> m_held;
    std::size_t m_turn = 0;
    std::jthread m_udpThread, m_tcpThread; // last: they use all the rest
};

} // namespace netopsy::test
