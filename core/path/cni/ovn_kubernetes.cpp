// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// OVN-Kubernetes: pods are ports of br-int, whose flows are OVN's logical switches and routers: Services, policy, Geneve to
// other nodes. What leaves the cluster goes, in shared gateway mode (the default), by the node's gateway router and
// br-ex, where OVN itself translates the source; the NIC is a port of br-ex, which holds the node's address
// (ovn-kubernetes docs/design/topology, annotation k8s.ovn.org/l3-gateway-config).
#include "core/path/design.h"

namespace netopsy::path::cni {

Design ovnKubernetes(const model::Inventory& cluster) {
    Design out;
    bool local = false;
    for (const model::ClusterNode& node : cluster.nodes)
        if (const auto found = node.annotations.find("k8s.ovn.org/l3-gateway-config");
            found != node.annotations.end())
            local = local || found->second.find("\"mode\":\"local\"") != std::string::npos;
    out.ground =
        std::string("assumed from OVN-Kubernetes' design (") + (local ? "local" : "shared") + " gateway mode)";
    out.podSwitch = "br-int";
    out.switchGateway = "ovn-k8s-mp0";
    out.podService = "OVN's load balancers";
    for (Masquerade* m : {&out.masquerade4, &out.masquerade6}) {
        m->by = local ? HopKind::Conntrack : HopKind::Switch;
        m->how = local ? "nat POSTROUTING of ovn-k8s-mp0" : "OVN's gateway router";
    }
    return out;
}

} // namespace netopsy::path::cni
