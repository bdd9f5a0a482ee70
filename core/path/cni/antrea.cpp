// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Antrea: pods are ports of the Open vSwitch bridge br-int, which sends to other nodes by a tunnel port of its own
// (encap), or by antrea-gw0 into the node's stack (noEncap, hybrid within a subnet, WireGuard). The node's own route to
// the peer's pods tells which: by antrea-gw0 it is encapsulated. AntreaProxy, on by default, serves pods' packets to
// Services in the switch whatever kube-proxy does (antrea docs/design/ovs-pipeline.md, docs/antrea-proxy.md,
// pkg/agent/route).
#include "core/path/design.h"

namespace netopsy::path::cni {

Design antrea(const model::Inventory& cluster) {
    Design out;
    out.ground = "assumed from Antrea's design (mode " + cluster.cni.mode +
                 (cluster.cni.crossSubnetOnly ? ", within a subnet without encapsulation)" : ")");
    out.podSwitch = "br-int";
    out.switchGateway = "antrea-gw0";
    out.podNameLetters = 8; // util.GenerateContainerInterfaceName
    out.podService = "Open vSwitch flows (AntreaProxy)";
    out.masquerade4.how = out.masquerade6.how = "nat POSTROUTING, ANTREA-POSTROUTING";
    return out;
}

} // namespace netopsy::path::cni
