// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the kernel itself makes of a key: its default, how far it reaches, what it costs. The figures come from
// Linux 6.1's sources and from measurements on 6.18; where a version's default isn't known, there is none.
#pragma once

#include "core/model/node.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace netopsy::tuning {

/// "6.1.0-18-amd64" -> {6, 1}.
[[nodiscard]] std::optional<std::pair<std::uint64_t, std::uint64_t>> majorMinor(std::string_view version);

[[nodiscard]] std::optional<std::string> kernelDefault(std::string_view key, const model::NodeFacts& facts);

/// "global" (one value for the machine, all namespaces), "network-namespace", or "node".
[[nodiscard]] std::string scopeOf(std::string_view key);

/// Whether setting it on the node changes anything for pods. A new network namespace starts from the kernel's
/// constants, not from the node's values; conntrack does reach pods, for their flows are tracked in the node's own
/// namespace.
[[nodiscard]] bool reachesPods(std::string_view key);

/// Kernel memory when `value` of them are in use, and what that is reckoned from.
struct Memory {
    std::uint64_t bytes;
    std::string source;
};
[[nodiscard]] std::optional<Memory> memoryOf(std::string_view key, std::string_view value);

} // namespace netopsy::tuning
