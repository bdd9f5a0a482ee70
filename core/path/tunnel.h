// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The tunnels that a node's overlay really uses, with the MTU that pods get through them.
#pragma once

#include "core/path/address.h"

#include <string>
#include <vector>

namespace netopsy::path {

struct Tunnel {
    const model::Link* link = nullptr;
    const model::Link* under = nullptr; ///< what its packets leave by; nullptr when it can't be told
    bool ipv6 = false;                  ///< of the outer header
    int overhead = 0;                   ///< bytes
    /// Largest inner packet that the node lets in. Not the link's own MTU where the CNI sets it elsewhere:
    /// Cilium on the routes, Open vSwitch on its gateway port.
    Reading<int> innerMtu;
};

/// Tunnel links in use: up, and with a route or a forwarding entry (a `tunl0` appears in every namespace as
/// soon as the ipip module is loaded, so a link alone proves nothing).
[[nodiscard]] std::vector<Tunnel> tunnels(const model::NodeFacts& facts, std::string_view nodeAddress);

/// A tunnel that no route names: a program or a switch sends by it.
[[nodiscard]] bool isHidden(std::string_view name);
/// A device that leads to such a tunnel: cilium_host, antrea-gw0, weave.
[[nodiscard]] bool isGateway(std::string_view name);
/// The tunnel that packets take which a route leads to this gateway: cilium_host, antrea-gw0, weave … ; nullptr when it
/// is no gateway, or has none.
[[nodiscard]] const Tunnel* tunnelBehind(const std::vector<Tunnel>& tunnels, std::string_view gateway);

/// The host's end of a pod's veth pair: in a bridge, or with its peer in another namespace.
[[nodiscard]] bool isPodVeth(const model::Link& link);

} // namespace netopsy::path
