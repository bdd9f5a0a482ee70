// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Cilium: a program at every lxc*. In tunnel mode it hands packets to cilium_vxlan or cilium_geneve itself; in native mode
// they go through the node's stack, or, with BPF host routing, past it to the NIC, and those that arrive are put right
// into the pod's interface (bpf/bpf_lxc.c, bpf_overlay.c, bpf_host.c; daemon/cmd/kube_proxy_replacement.go). Host routing
// is what the agent uses when kube-proxy is replaced, it masquerades in eBPF, IPsec is off and nobody asked for legacy.
#include "core/path/design.h"

namespace netopsy::path::cni {

namespace {

constexpr auto config = "cilium-config";

void masquerade(const model::Inventory& cluster, bool inEbpf, bool tunnel, Design& out) {
    const auto set = [&](Masquerade& m, const char* key) {
        if (!isTrue(cluster, config, key, true))
            return;
        m.by = inEbpf ? HopKind::Ebpf : HopKind::Conntrack;
        m.how = inEbpf ? "by eBPF" : "nat POSTROUTING, CILIUM_POST_nat";
        // In eBPF, nodes of the cluster are told apart; without a tunnel they know the way to pods.
        m.toNodes = tunnel || !inEbpf;
    };
    set(out.masquerade4, "enable-ipv4-masquerade");
    set(out.masquerade6, "enable-ipv6-masquerade");
}

} // namespace

Design cilium(const model::Inventory& cluster) {
    Design out;
    const bool tunnel = cluster.cni.mode == "vxlan" || cluster.cni.mode == "geneve";
    const std::string* replaced = setting(cluster, config, "kube-proxy-replacement");
    const bool kpr = replaced != nullptr && (*replaced == "true" || *replaced == "strict");
    const bool bpfMasquerade = isTrue(cluster, config, "enable-bpf-masquerade", false);
    const bool hostRouting = kpr && bpfMasquerade && !isTrue(cluster, config, "enable-ipsec", false) &&
                             !isTrue(cluster, config, "enable-host-legacy-routing", false);
    out.ground = std::string("assumed from Cilium's design (") + (tunnel ? "tunnel" : "native routing") +
                 ", kube-proxy-replacement=" + (replaced != nullptr ? *replaced : "false") +
                 (hostRouting ? ", BPF host routing" : ", legacy host routing") + ")";
    out.program = "policy and Services in eBPF";
    out.programIn = "policy in eBPF";
    out.stack = !hostRouting;
    out.toPeer = hostRouting;
    if (isTrue(cluster, config, "enable-wireguard", false))
        out.encrypts = "cilium_wg0";
    // Without replacing kube-proxy, it still serves pods' packets to cluster IPs.
    if (!kpr || isTrue(cluster, config, "bpf-lb-sock-hostns-only", false))
        out.podService = "eBPF at the pod's link";
    out.serviceAtConnect = kpr && out.podService.empty();
    masquerade(cluster, bpfMasquerade && kpr, tunnel, out);
    return out;
}

} // namespace netopsy::path::cni
