// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Paths made up for the diagram's tests and pictures: shapes that derive() gives, and rarer ones.
#pragma once

#include "core/analysis/finding.h"
#include "core/path/path.h"

#include <vector>

namespace netopsy::ui::fake {

struct SamplePath {
    path::Path path;
    std::vector<analysis::Finding> findings;
};

[[nodiscard]] SamplePath sevenHops(); ///< node to pod, no tunnel
[[nodiscard]] SamplePath overlay();   ///< pod to pod by VXLAN, healthy
[[nodiscard]] SamplePath
problems(); ///< the same with a black hole, an MTU that is too small, drops, a full conntrack
[[nodiscard]] SamplePath twentyHops(); ///< pod to Service over WireGuard in VXLAN, long names, the reply's own way
[[nodiscard]] SamplePath ipv6();       ///< Geneve with an IPv6 outer header, long addresses, Open vSwitch

} // namespace netopsy::ui::fake
