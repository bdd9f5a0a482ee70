// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads a process to its end the way the runner does: poll, then read until nothing comes.
#pragma once

#include "collectors/run/session.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace netopsy::test {

struct Outcome {
    std::string out, err;
    std::optional<int> status;
    std::string error; ///< of read()
    bool ended = false;
    std::size_t largest = 0; ///< the largest chunk
};

/// Until the process ends, the connection is lost, `enough` bytes came, or the time is up.
inline Outcome drive(run::Session& session, run::Process& process, std::size_t enough = SIZE_MAX,
                     std::chrono::seconds time = std::chrono::seconds(30)) {
    using Clock = std::chrono::steady_clock;
    Outcome outcome;
    const auto deadline = Clock::now() + time;
    std::vector<pollfd> fds;
    while (Clock::now() < deadline) {
        for (;;) {
            auto chunk = process.read();
            if (!chunk) {
                outcome.error = chunk.error().text();
                return outcome;
            }
            outcome.out += chunk->out;
            outcome.err += chunk->err;
            outcome.largest = std::max(outcome.largest, chunk->out.size() + chunk->err.size());
            if (chunk->ended || outcome.out.size() + outcome.err.size() >= enough) {
                outcome.ended = chunk->ended;
                outcome.status = process.exitStatus();
                return outcome;
            }
            if (chunk->out.empty() && chunk->err.empty())
                break;
        }
        fds.clear();
        session.pollFds(fds);
        poll(fds.data(), fds.size(), 1000);
    }
    return outcome;
}

} // namespace netopsy::test
