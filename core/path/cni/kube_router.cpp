// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// kube-router: veth, kube-bridge, then the peer itself within a subnet or a tunnel to it (tun-*) across subnets, as
// its routes have it. With --overlay-encap=fou the same ipip links wrap in UDP and GUE besides (kube-router
// pkg/tunnels). --enable-pod-egress masquerades what leaves the cluster, nodes excepted (docs/pod-egress.md).
#include "core/path/design.h"

namespace netopsy::path::cni {

Design kubeRouter(const model::Inventory& cluster) {
    Design out;
    out.ground = "assumed from kube-router's design (mode " + cluster.cni.mode + ")";
    if (cluster.cni.mode == "fou")
        out.fouHeader = "GUE";
    out.masquerade4.how = out.masquerade6.how = "nat POSTROUTING, --enable-pod-egress";
    out.masquerade4.toNodes = out.masquerade6.toNodes = false;
    return out;
}

} // namespace netopsy::path::cni
