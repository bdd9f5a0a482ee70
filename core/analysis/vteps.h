// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What each Node says of its own end of the overlay, in the annotations that its CNI's agent writes there. Agents on
// the other nodes turn these into forwarding entries and neighbours; where both are known they can be compared.
#pragma once

#include "core/model/inventory.h"

#include <string>
#include <vector>

namespace netopsy::analysis {

/// One node's VXLAN tunnel endpoint, of one IP family.
struct Vtep {
    std::string node;
    std::string mac;    ///< of its tunnel device, lower case
    std::string outer;  ///< the underlay address that its packets are sent to
    std::string inner;  ///< the overlay address that routes name as next hop; empty: not told
    std::string source; ///< the annotations' names
};

/// The address that a Node says its own tunnel device carries.
struct TunnelAddress {
    std::string node, device, address;
    std::string source; ///< the annotation's name
};

/// Calico's (IPIP, VXLAN) and Cilium's, where the agents annotate; empty for other CNIs.
[[nodiscard]] std::vector<TunnelAddress> tunnelAddresses(const model::Inventory& cluster);

/// Flannel's, Canal's and Calico's VXLAN endpoints; empty for other CNIs, and of nodes that say nothing.
[[nodiscard]] std::vector<Vtep> vteps(const model::Inventory& cluster);

} // namespace netopsy::analysis
