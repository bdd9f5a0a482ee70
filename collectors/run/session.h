// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The way onto a node, whatever it is made of: SSH, or this machine itself. A connector's connect() blocks in
// a worker thread; what it returns can be handed to another thread, but is used by one thread at a time.
// Reads never block: a loop thread polls many sessions at once.
#pragma once

#include "core/base/result.h"

#include <poll.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::run {

/// What is reached. `name` is the node's own name, `host` what the API (or the operator) gave as its address.
struct Target {
    std::string name;
    std::string host;
    int port = 0; ///< 0: the configuration's, else 22
    bool given =
        false; ///< the operator named this host herself: what ssh_config says of the node's name is not asked
};

/// What a process said since the last read.
struct Chunk {
    std::string out, err;
    bool ended = false; ///< both streams are at their end, and exitStatus() is known
};

/// A command that runs on a node. Destroying it ends the command (closes its channel; a local one is killed).
class Process {
public:
    virtual ~Process() = default;
    /// Queues bytes for its standard input; they are sent as reads and pumps go on.
    virtual void write(std::string_view bytes) = 0;
    virtual void closeInput() = 0; ///< after what is queued
    /// Never blocks. An error means the connection is lost.
    virtual Result<Chunk> read() = 0;
    virtual std::optional<int> exitStatus() const = 0; ///< 128+n for a signal; nullopt while running or unknown
    virtual void end() = 0;
};

struct Traffic {
    std::uint64_t sent = 0, received = 0; ///< bytes on the wire, as far as the transport can tell
};

class Session {
public:
    virtual ~Session() = default;
    /// Starts `sh -c`-style `command` (blocking, bounded by the connector's step time-out).
    virtual Result<std::unique_ptr<Process>> start(const std::string& command) = 0;
    /// Adds what poll(2) should wait for, so that a read may have something.
    virtual void pollFds(std::vector<pollfd>& out) const = 0;
    virtual Traffic traffic() const = 0;
    /// For people: "root@10.0.0.5:22 via bastion"
    virtual std::string description() const = 0;
};

/// The steps of reaching a node; each has its own time-out and its own words when it fails.
enum class Step { Queued, Resolving, Connecting, VerifyingHostKey, Authenticating, Starting, Collecting, Done };
using StepFn = std::function<void(Step)>;
/// For people: "authenticating".
[[nodiscard]] const char* stepName(Step step);

class Connector {
public:
    virtual ~Connector() = default;
    /// Thread-safe. Returns within its own time-outs, and soon after `stop` is requested.
    virtual Result<std::unique_ptr<Session>> connect(const Target& target, std::stop_token stop,
                                                     const StepFn& onStep) = 0;
};

} // namespace netopsy::run
