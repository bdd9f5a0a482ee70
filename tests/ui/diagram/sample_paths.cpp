// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_paths.h"

namespace netopsy::ui::fake {

namespace {

using path::Hop;
using path::HopKind;

const std::vector<path::Header> vxlan{{"IPv4", 20}, {"UDP", 8}, {"VXLAN", 8}, {"Ethernet", 14}};
const std::vector<path::Header> wireguard{{"IPv4", 20}, {"UDP", 8}, {"WireGuard", 32}};
const std::vector<path::Header> geneve6{{"IPv6", 40}, {"UDP", 8}, {"Geneve", 8}, {"Ethernet", 14}};

/// Fills what derive() fills, too: the bytes carried.
class Way {
public:
    Hop& add(HopKind kind, const char* node, const char* netns, const char* device, const char* label,
             int mtu = 0) {
        Hop hop;
        hop.kind = kind;
        hop.node = node;
        hop.netns = netns;
        hop.device = device;
        hop.label = label;
        if (mtu > 0)
            hop.mtu = mtu;
        else
            hop.mtu = Absent{"no device"};
        if (*device != 0) {
            hop.drops = std::uint64_t{0};
            hop.errors = std::uint64_t{0};
        }
        hop.source = hop.node + ": links";
        hops.push_back(hop);
        return hops.back();
    }
    std::vector<Hop> done() {
        int carried = 0;
        for (Hop& hop : hops) {
            for (const path::Header& header : hop.encapsulates)
                carried += header.bytes;
            for (const path::Header& header : hop.decapsulates)
                carried -= header.bytes;
            hop.headerBytes = carried;
        }
        return std::move(hops);
    }

private:
    std::vector<Hop> hops;
};

analysis::Finding finding(const char* rule, analysis::Severity severity, const char* title,
                          analysis::Location where) {
    analysis::Finding out;
    out.rule = rule;
    out.severity = severity;
    out.title = title;
    out.where = {std::move(where)};
    return out;
}

std::vector<Hop> overlayHops() {
    Way way;
    way.add(HopKind::PodInterface, "node1", "default/web-1", "eth0", "eth0 in default/web-1", 1450).assumed = true;
    way.add(HopKind::Veth, "node1", "host", "veth3f2a91c0", "veth3f2a91c0 (veth)", 1450);
    way.add(HopKind::Bridge, "node1", "host", "cni0", "cni0 (bridge)", 1450);
    way.add(HopKind::Conntrack, "node1", "host", "", "conntrack: 41,200 of 131,072");
    way.add(HopKind::Routing, "node1", "host", "", "routing: 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink");
    way.add(HopKind::Tunnel, "node1", "host", "flannel.1", "flannel.1 (vxlan)", 1450).encapsulates = vxlan;
    Hop& out = way.add(HopKind::Nic, "node1", "host", "eth0", "eth0 (underlay)", 1500);
    out.offloads = {{"tcp-segmentation-offload", true},
                    {"generic-receive-offload", true},
                    {"tx-checksumming", true},
                    {"tx-udp_tnl-segmentation", false}};
    Hop& wire = way.add(HopKind::Wire, "", "", "", "192.0.2.1 to 192.0.2.2, vxlan", 1500);
    wire.latencyNs = std::int64_t{62'000};
    wire.latencySource = "underlay, median of 1,400 samples";
    way.add(HopKind::Nic, "node2", "host", "eth0", "eth0 (underlay)", 1500);
    Hop& in = way.add(HopKind::Tunnel, "node2", "host", "flannel.1", "flannel.1 (vxlan)", 1450);
    in.decapsulates = vxlan;
    in.latencyNs = std::int64_t{11'400};
    in.latencySource = "overlay minus underlay, median of 1,400 and 1,402 samples";
    way.add(HopKind::Routing, "node2", "host", "", "routing: 10.244.2.0/24 dev cni0");
    way.add(HopKind::Bridge, "node2", "host", "cni0", "cni0 (bridge)", 1450);
    way.add(HopKind::Veth, "node2", "host", "veth77aa01d2", "veth77aa01d2 (veth)", 1450);
    way.add(HopKind::PodInterface, "node2", "default/api-3", "eth0", "eth0 in default/api-3", 1450).assumed = true;
    return way.done();
}

} // namespace

SamplePath sevenHops() {
    Way way;
    way.add(HopKind::Routing, "node1", "host", "", "routing: 10.244.2.0/24 via 192.0.2.2 dev eth0");
    way.add(HopKind::Nic, "node1", "host", "eth0", "eth0 (underlay)", 1500);
    way.add(HopKind::Wire, "", "", "", "the network between");
    way.add(HopKind::Nic, "node2", "host", "eth0", "eth0 (underlay)", 1500);
    way.add(HopKind::Routing, "node2", "host", "", "routing: 10.244.2.7 dev cali8a7f3e21b90");
    way.add(HopKind::Veth, "node2", "host", "cali8a7f3e21b90", "cali8a7f3e21b90 (veth)", 1500);
    way.add(HopKind::PodInterface, "node2", "default/api-3", "eth0", "eth0 in default/api-3", 1500);
    SamplePath out;
    out.path.from = "node1";
    out.path.to = "node2/default/api-3";
    out.path.hops = way.done();
    out.path.innerMtu = 1500;
    return out;
}

SamplePath overlay() {
    SamplePath out;
    out.path.from = "node1/default/web-1";
    out.path.to = "node2/default/api-3";
    out.path.hops = overlayHops();
    out.path.innerMtu = 1450;
    out.path.notes = {"measured: 1,450 B get through"};
    return out;
}

SamplePath problems() {
    SamplePath out = overlay();
    out.path.hops[8].mtu = 1422;
    out.path.hops[8].drops = std::uint64_t{1'204};
    out.path.hops[8].errors = std::uint64_t{3};
    out.path.hops[9].problems = {
        "its forwarding entry for 192.0.2.9 contradicts the Node's annotation (192.0.2.2)"};
    out.path.innerMtu = 1372;
    out.path.problems = {"node2 eth0: 1,450 B packet + 50 B VXLAN does not fit 1,422 B",
                         "measured: packets above 1,372 B vanish on this way without a word"};
    out.path.notes.clear();
    out.findings = {
        finding("pmtu-black-hole", analysis::Severity::Critical,
                "PMTU black hole between node1 and node2: 1,372 B pass, 1,373 B vanish; no ICMP came back "
                "(24 of 24)",
                {"node2", "eth0", "node1", "nic"}),
        finding("conntrack-pressure", analysis::Severity::Warning, "conntrack on node1 is 92 % full",
                {"node1", "", "", "conntrack"}),
        finding("overlay-tax", analysis::Severity::Info, "The overlay adds 11.4 µs to 62.0 µs",
                {"node1", "flannel.1", "", "tunnel"})};
    return out;
}

SamplePath twentyHops() {
    const char* const a = "ip-10-0-113-17.eu-central-1.compute.internal";
    const char* const b = "ip-10-0-201-4.eu-central-1.compute.internal";
    Way way;
    way.add(HopKind::PodInterface, a, "payments/checkout-frontend-6d4cf56db6-x7k2p", "eth0", "eth0", 1370);
    way.add(HopKind::Veth, a, "host", "cali12ab34cd56e", "cali12ab34cd56e (veth)", 1370);
    way.add(HopKind::ServiceNat, a, "host", "",
            "nat PREROUTING: KUBE-SERVICES, KUBE-SVC, KUBE-SEP: 10.96.113.201 becomes 10.244.130.77")
        .assumed = true;
    way.add(HopKind::Conntrack, a, "host", "", "conntrack: 118,902 of 131,072");
    way.add(HopKind::Routing, a, "host", "", "routing: 10.244.128.0/17 via 10.244.128.0 dev vxlan.calico onlink");
    way.add(HopKind::Tunnel, a, "host", "vxlan.calico", "vxlan.calico (vxlan)", 1370).encapsulates = vxlan;
    way.add(HopKind::Tunnel, a, "host", "wireguard.cali", "wireguard.cali (wireguard)", 1420).encapsulates =
        wireguard;
    way.add(HopKind::Switch, a, "host", "br-ex", "br-ex (Open vSwitch)", 1500);
    way.add(HopKind::Bridge, a, "host", "bond0", "bond0 (bond)", 1500);
    way.add(HopKind::Nic, a, "host", "enp94s0f0np0", "enp94s0f0np0 (underlay)", 1500).drops = std::uint64_t{17};
    way.add(HopKind::Wire, "", "", "", "10.0.113.17 to 10.0.201.4, vxlan, by 10.0.112.1", 1500);
    way.add(HopKind::Nic, b, "host", "enp94s0f0np0", "enp94s0f0np0 (underlay)", 1500);
    way.add(HopKind::Bridge, b, "host", "bond0", "bond0 (bond)", 1500);
    way.add(HopKind::Switch, b, "host", "br-ex", "br-ex (Open vSwitch)", 1500);
    way.add(HopKind::Tunnel, b, "host", "wireguard.cali", "wireguard.cali (wireguard)", 1420).decapsulates =
        wireguard;
    way.add(HopKind::Tunnel, b, "host", "vxlan.calico", "vxlan.calico (vxlan)", 1370).decapsulates = vxlan;
    way.add(HopKind::Ebpf, b, "host", "", "tc ingress program cil_from_overlay").assumed = true;
    way.add(HopKind::Routing, b, "host", "", "routing: 10.244.130.77 dev cali98fe76dc54b");
    way.add(HopKind::Veth, b, "host", "cali98fe76dc54b", "cali98fe76dc54b (veth)", 1370);
    way.add(HopKind::PodInterface, b, "payments/ledger-primary-0", "eth0", "eth0 in payments/ledger-primary-0",
            1370);
    SamplePath out;
    out.path.from = std::string(a) + "/payments/checkout-frontend-6d4cf56db6-x7k2p";
    out.path.to = "payments/ledger (10.244.130.77 on " + std::string(b) + ")";
    out.path.hops = way.done();
    out.path.innerMtu = 1370;
    out.path.notes = {"one of 3 ready backends is shown; each connection takes one by chance"};
    Way back;
    back.add(HopKind::PodInterface, b, "payments/ledger-primary-0", "eth0", "eth0 in payments/ledger-primary-0",
             1370);
    back.add(HopKind::Veth, b, "host", "cali98fe76dc54b", "cali98fe76dc54b (veth)", 1370);
    back.add(HopKind::Routing, b, "host", "", "routing: default via 10.0.200.1 dev enp175s0f1");
    back.add(HopKind::Nic, b, "host", "enp175s0f1", "enp175s0f1 (underlay)", 9000);
    back.add(HopKind::Wire, "", "", "", "the network between, by 10.0.200.1");
    back.add(HopKind::Nic, a, "host", "enp94s0f0np0", "enp94s0f0np0 (underlay)", 1500);
    back.add(HopKind::Veth, a, "host", "cali12ab34cd56e", "cali12ab34cd56e (veth)", 1370);
    back.add(HopKind::PodInterface, a, "payments/checkout-frontend-6d4cf56db6-x7k2p", "eth0", "eth0", 1370);
    out.path.back = back.done();
    out.findings = {finding("rp-filter-strict", analysis::Severity::Warning,
                            "rp_filter is strict on enp175s0f1, yet replies leave by it",
                            {b, "enp175s0f1", "", ""})};
    return out;
}

SamplePath ipv6() {
    Way way;
    way.add(HopKind::PodInterface, "node1", "default/web-1", "eth0", "eth0 in default/web-1", 1430);
    way.add(HopKind::Switch, "node1", "host", "br-int", "br-int (Open vSwitch)", 1430);
    way.add(HopKind::Routing, "node1", "host", "",
            "routing: 2001:db8:42:1::/64 via fe80::5054:ff:fe12:3456 dev antrea-gw0 onlink");
    way.add(HopKind::Tunnel, "node1", "host", "genev_sys_6081", "genev_sys_6081 (geneve)", 1430).encapsulates =
        geneve6;
    way.add(HopKind::Nic, "node1", "host", "eth0", "eth0 (underlay)", 1500);
    way.add(HopKind::Wire, "", "", "",
            "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1 to 2001:db8:aaaa:bbbb:cccc:dddd:eeee:2, geneve");
    way.add(HopKind::Nic, "node2", "host", "eth0", "eth0 (underlay)", 1500);
    Hop& in = way.add(HopKind::Tunnel, "node2", "host", "genev_sys_6081", "genev_sys_6081 (geneve)");
    in.mtu = Absent{"links of this node were not read"};
    in.decapsulates = geneve6;
    in.assumed = true;
    way.add(HopKind::Switch, "node2", "host", "br-int", "br-int (Open vSwitch)", 1430);
    way.add(HopKind::PodInterface, "node2", "default/api-3", "eth0", "eth0 in default/api-3", 1430);
    SamplePath out;
    out.path.from = "node1/default/web-1";
    out.path.to = "node2/default/api-3";
    out.path.ipv6 = true;
    out.path.hops = way.done();
    out.path.innerMtu = 1430;
    return out;
}

} // namespace netopsy::ui::fake
