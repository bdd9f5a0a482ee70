// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Joins all collectors' pieces into the one POSIX-sh script that runs on a node. Read-only by construction: it
// reads files and asks iproute2, writes nothing and changes nothing.
#pragma once

#include <cstdint>
#include <string>

namespace netopsy::node {

struct ScriptOptions {
    std::string nonce;          ///< 32 hex digits, drawn for this node and run
    double intervalS = 1.0;     ///< between samples
    std::uint32_t samples = 30; ///< how many ticks; the script ends after the last
    bool sudo = false;          ///< re-executes itself by `sudo -n` and says so in a section when that fails
};

/// Ticks of a run; a delta needs two, so even the shortest run takes two.
[[nodiscard]] std::uint32_t sampleCount(double durationS, double intervalS);
/// The script's text; it is sent on the standard input of `sh -s` (or printed by --print-script). After each sample but
/// the last it waits for a line on that input; once the input has ended, it keeps the interval by itself.
[[nodiscard]] std::string script(const ScriptOptions& options);
/// The command that reads it: "exec sh -s" or with sudo.
[[nodiscard]] std::string command(const ScriptOptions& options);

} // namespace netopsy::node
