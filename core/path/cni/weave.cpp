// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Weave Net: one Ethernet for all pods. The bridge weave leads by the veth pair vethwe-bridge, vethwe-datapath to the Open
// vSwitch datapath, whose VXLAN port is the fast path; without it packets go to weaver in user space (weave net/bridge.go,
// docs/fastdp). Its chain WEAVE masquerades what leaves the pods' network.
#include "core/path/design.h"

namespace netopsy::path::cni {

Design weave(const model::Inventory& cluster) {
    Design out;
    const bool fast = cluster.cni.mode != "udp";
    out.ground = std::string("assumed from Weave's design (") + (fast ? "fast datapath)" : "sleeve)");
    if (fast) {
        out.bridgePorts = {"vethwe-bridge", "vethwe-datapath"};
        out.behindBridge = "datapath";
    }
    out.masquerade4.how = "nat POSTROUTING, WEAVE";
    return out;
}

} // namespace netopsy::path::cni
