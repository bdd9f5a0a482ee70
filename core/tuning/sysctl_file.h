// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tuning/tuning.h"

#include <string>
#include <vector>

namespace netopsy::tuning {

/// Names of the plan's nodes, in its order, each once.
[[nodiscard]] std::vector<std::string> nodesOf(const Plan& plan);
/// What the plan holds for one node.
[[nodiscard]] Plan ofNode(const Plan& plan, const std::string& node);

/// Keys that would change on at least one node, in the plan's order.
struct Setting {
    std::string key, value, group;
    bool floor = true;
    std::vector<std::string> notOn; ///< nodes where it stands higher and must stay
};
[[nodiscard]] std::vector<Setting> settingsOf(const Plan& plan);

} // namespace netopsy::tuning
