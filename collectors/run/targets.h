// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a node's probe asks and whom: resolvers, names and peers out of the inventory. Pure, as the plan is.
#pragma once

#include "collectors/probe/probe.h"
#include "core/model/inventory.h"

#include <cstddef>
#include <string>
#include <vector>

namespace netopsy::run {

/// DNS pods that one node asks; with more of them each node asks another few, and all together ask them all.
inline constexpr std::size_t dnsPodsPerNode = 8;
/// Looked up through the search list when the operator names none: IANA's, for documentation. What counts is what becomes
/// of an external name in the cluster, not what it resolves to.
inline constexpr const char* externalName = "example.com";

/// With its trailing dot.
[[nodiscard]] std::string absolute(std::string name);

/// The Service, DNS pods, NodeLocal cache, upstreams that CoreDNS forwards to by literal address, and the node's own
/// resolvers. `names` are asked beside the cluster's own; `node` is the number of the asking node.
[[nodiscard]] std::vector<probe::DnsTarget> dnsTargets(const model::Inventory& inventory,
                                                       const std::vector<std::string>& names, std::size_t node);

/// Addresses of the Corefile's `forward . …`, as the probe takes them (ADDR or ADDR#PORT); those over TLS are left out.
[[nodiscard]] std::vector<std::string> upstreams(const model::Inventory& inventory);

/// External names as a ClusterFirst pod of the namespace `default` resolves them.
[[nodiscard]] std::vector<probe::LookupTarget> lookupTargets(const model::Inventory& inventory,
                                                             const std::vector<std::string>& names);

/// The peer's node addresses and addresses in its pod network, one of each IP family that it has.
void addPeer(const model::Inventory& inventory, const model::ClusterNode& peer,
             std::vector<probe::PeerTarget>& out);

} // namespace netopsy::run
