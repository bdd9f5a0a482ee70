// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a CNI puts into a packet's way that links, addresses and routes do not show: eBPF programs, a virtual switch,
// who masquerades. One function a CNI (cni/*.cpp) fills it from the cluster's own configuration; the way itself is
// laid by way.cpp alike for all. Hops that rest on a Design are marked as assumed, with `ground` as their source.
#pragma once

#include "core/model/inventory.h"
#include "core/path/path.h"

#include <string>
#include <vector>

namespace netopsy::path {

/// Who turns a pod's address into the node's on the way out of the cluster.
struct Masquerade {
    HopKind by = HopKind::Conntrack; ///< Conntrack (netfilter's nat table), Ebpf or Switch
    std::string how;                 ///< "nat POSTROUTING, FLANNEL-POSTRTG"; empty: nobody does
    bool toNodes = true;             ///< for other nodes' addresses, too
};

struct Design {
    std::string ground; ///< "assumed from Cilium's design: ConfigMap …: routing-mode=native"
    /// The host's end of a pod's link is called after the pod: so many letters of its name, then '-'. 0: it isn't.
    std::size_t podNameLetters = 0;

    /// Pods' links are ports of this Open vSwitch bridge; empty: of none.
    std::string podSwitch;
    /// The switch's port to the node's own stack.
    std::string switchGateway;
    /// Pods' links are in a Linux bridge that these devices lead from to a switch (Weave).
    std::vector<std::string> bridgePorts;
    std::string behindBridge;

    /// What a program at the host's end of the pod's link does; empty: there is none.
    std::string program;
    /// What takes packets in: at the tunnel, else at the NIC.
    std::string programIn;
    bool stack = true;     ///< the node's own forwarding (netfilter, conntrack) sees pods' packets
    bool toPeer = false;   ///< a packet that arrives is put into the pod's interface, past the host's end
    std::string encrypts;  ///< a second tunnel that all packets between nodes go through ("cilium_wg0")
    std::string fouHeader; ///< of ipip links here that wrap in UDP besides: "GUE"

    /// How a pod's packet to a Service is translated, where it is not as the service proxy's mode says.
    std::string podService;
    bool serviceAtConnect = false; ///< before there is any packet
    Masquerade masquerade4, masquerade6;
    /// The mark that packets of pods which leave the cluster carry at their route look-up.
    std::string outsideMark;

    [[nodiscard]] const Masquerade& masquerade(bool ipv6) const { return ipv6 ? masquerade6 : masquerade4; }
};

/// Of the detected CNI; a default Design (bridges, routes and tunnels as the node has them) for an unknown one.
[[nodiscard]] Design designOf(const model::Inventory* cluster);

namespace cni {

[[nodiscard]] Design flannel(const model::Inventory& cluster);
[[nodiscard]] Design calico(const model::Inventory& cluster);
[[nodiscard]] Design canal(const model::Inventory& cluster);
[[nodiscard]] Design cilium(const model::Inventory& cluster);
[[nodiscard]] Design antrea(const model::Inventory& cluster);
[[nodiscard]] Design kubeRouter(const model::Inventory& cluster);
[[nodiscard]] Design kindnet(const model::Inventory& cluster);
[[nodiscard]] Design weave(const model::Inventory& cluster);
[[nodiscard]] Design awsVpc(const model::Inventory& cluster);
[[nodiscard]] Design azure(const model::Inventory& cluster);
[[nodiscard]] Design gke(const model::Inventory& cluster);
[[nodiscard]] Design ovnKubernetes(const model::Inventory& cluster);

/// A value of a component's ConfigMap; nullptr when neither is there.
[[nodiscard]] const std::string* setting(const model::Inventory& cluster, std::string_view configMap,
                                         std::string_view key);
[[nodiscard]] bool isTrue(const model::Inventory& cluster, std::string_view configMap, std::string_view key,
                          bool fallback);
/// A workload's variable, by the beginning of the workload's name; empty when it isn't set.
[[nodiscard]] std::string variable(const model::Inventory& cluster, std::string_view workload,
                                   std::string_view name);

} // namespace cni
} // namespace netopsy::path
