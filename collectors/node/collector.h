// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is read on a node, one entry a collector. The lines of shell run under dash, bash and busybox sh alike; they read
// and never write, and keep to one fork where they can: forks are what collecting costs a node.
#pragma once

#include <span>

namespace netopsy::node {

struct Collector {
    const char* id;    ///< the section's name; core/parse/absorb.cpp has its parser under the same name
    const char* about; ///< one line for whoever reads the script
    const char* shell; ///< prints the section's body
};

/// Read once, at the start.
[[nodiscard]] std::span<const Collector> onceCollectors();
/// Files read at every tick, all by one exec; each output line is "PATH:LINE".
[[nodiscard]] std::span<const char* const> tickFiles();

} // namespace netopsy::node
