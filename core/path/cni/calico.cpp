// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Calico: no bridge, a host route to each pod by its cali*, routes to blocks of addresses by tunl0, vxlan.calico, the
// peer (none, CrossSubnet), or in a table of its own by wireguard.cali. In eBPF mode programs at cali*, the tunnel and
// the NIC take the place of iptables, conntrack and kube-proxy, and look routes up in the kernel's FIB (calico felix,
// docs ebpf/enabling-ebpf and reference/architecture/data-path).
#include "core/base/ip_text.h"
#include "core/path/design.h"

namespace netopsy::path::cni {

namespace {

/// A pool of this family that leaves source addresses alone when packets leave it.
bool natsOutgoing(const model::Inventory& cluster, bool ipv6) {
    bool any = false, nat = false;
    for (const model::CniObject& object : cluster.cniObjects) {
        const auto cidr = object.fields.find("spec.cidr");
        if (object.kind != "IPPool" || cidr == object.fields.end() || text::isIpv6(cidr->second) != ipv6)
            continue;
        any = true;
        const auto found = object.fields.find("spec.natOutgoing");
        nat = nat || (found != object.fields.end() && found->second == "true");
    }
    return any ? nat : !ipv6; // calico.yaml creates its IPv4 pool with it, its IPv6 pool without
}

} // namespace

Design calico(const model::Inventory& cluster) {
    Design out;
    const bool ebpf = cluster.proxy.mode == "ebpf";
    out.ground =
        "assumed from Calico's design (mode " + cluster.cni.mode + (ebpf ? ", eBPF data plane" : "") + ")";
    for (const bool ipv6 : {false, true}) {
        Masquerade& masquerade = ipv6 ? out.masquerade6 : out.masquerade4;
        if (natsOutgoing(cluster, ipv6))
            masquerade.how = "nat POSTROUTING, cali-nat-outgoing";
    }
    if (ebpf) {
        out.program = "policy, conntrack and Services in eBPF";
        out.programIn = "policy and conntrack in eBPF";
        out.stack = false;
        out.serviceAtConnect = true; // bpfConnectTimeLoadBalancing: TCP by default
    }
    return out;
}

} // namespace netopsy::path::cni
