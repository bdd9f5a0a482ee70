// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What route the kernel takes for a packet: by its policy rules where they are known, else by the main table alone.
#pragma once

#include "core/model/node.h"

#include <string>
#include <string_view>
#include <vector>

namespace netopsy::path {

/// The packet, as far as rules ask for it.
struct Flow {
    std::string from, to; ///< addresses; `from` empty: not known, and no rule that asks for it matches
    std::string mark;     ///< "0x80/0x80": the bits that are set; empty: unmarked
    std::string iif;      ///< the device that it comes in by; "lo" when the node itself sends it
};

struct Choice {
    const model::Route* route = nullptr; ///< nullptr: none matches
    /// That led to it; nullptr: no rules are known, the main table was asked.
    const model::RouteRule* rule = nullptr;
    /// Where no rules are known: a route of a table that some rule may lead to instead.
    const model::Route* other = nullptr;
};

/// Walks the rules by priority, as fib_rules_lookup does: the first whose table has a route for `to`. Rules whose
/// table wasn't collected are passed over.
[[nodiscard]] Choice choose(const model::NodeFacts& facts, const Flow& flow);

/// The route to `to` in one table: longest prefix, then lowest metric.
[[nodiscard]] const model::Route* lookUpIn(const std::vector<model::Route>& routes, std::string_view to,
                                           std::string_view table);

} // namespace netopsy::path
