// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/node_summary.h"

#include <string>
#include <vector>

namespace netopsy::show {

/// "what: reason" for every figure of the node that `show` has to give as null; devices with the same reason share a
/// line, so that a node with hundreds of veths stays readable.
[[nodiscard]] std::vector<std::string> absences(const model::Node& node, const stats::NodeSummary& summary);

} // namespace netopsy::show
