// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/path/tunnel.h"

#include "core/base/ip_text.h"
#include "core/path/overhead.h"

#include <algorithm>
#include <array>

namespace netopsy::path {

namespace {

bool carries(const model::NodeFacts& facts, const std::string& name) {
    return std::any_of(facts.routes.begin(), facts.routes.end(), [&](const auto& r) { return r.dev == name; }) ||
           std::any_of(facts.fdb.begin(), facts.fdb.end(),
                       [&](const auto& e) { return e.dev == name && !e.dst.empty(); });
}

Reading<int> mtuOfRoutes(const model::NodeFacts& facts, std::string_view dev) {
    int least = 0;
    for (const model::Route& route : facts.routes)
        if (route.dev == dev && route.mtu > 0)
            least = least == 0 ? route.mtu : std::min(least, route.mtu);
    if (least == 0)
        return Absent{"the routes by " + std::string(dev) + " carry no MTU"};
    return least;
}

/// Tunnels that no route names: eBPF or Open vSwitch sends by them. Routes lead to a gateway before it.
struct Hidden {
    const char *gateway, *tunnel; ///< the latter is a beginning of names
    bool mtuOfRoutes;             ///< pods' MTU stands on the routes, else it is the gateway's own
};
constexpr std::array hiddenTunnels{
    Hidden{"cilium_host", "cilium_vxlan", true}, Hidden{"cilium_host", "cilium_geneve", true},
    Hidden{"antrea-gw0", "genev_sys_", false},   Hidden{"antrea-gw0", "vxlan_sys_", false},
    Hidden{"antrea-gw0", "gre_sys", false},      Hidden{"ovn-k8s-mp0", "genev_sys_", false},
    Hidden{"weave", "vxlan-6784", false},
};

Reading<int> innerMtuOf(const model::NodeFacts& facts, const model::Link& link) {
    for (const Hidden& hidden : hiddenTunnels) {
        if (!link.name.starts_with(hidden.tunnel))
            continue;
        if (hidden.mtuOfRoutes)
            return mtuOfRoutes(facts, hidden.gateway);
        if (const model::Link* gateway = findLink(facts, hidden.gateway))
            return gateway->mtu;
    }
    if (isHidden(link.name))
        return Absent{"a tunnel without a known gateway"};
    return link.mtu;
}

} // namespace

bool isHidden(std::string_view name) {
    return std::any_of(hiddenTunnels.begin(), hiddenTunnels.end(),
                       [&](const Hidden& h) { return name.starts_with(h.tunnel); });
}

std::vector<Tunnel> tunnels(const model::NodeFacts& facts, std::string_view nodeAddress) {
    std::vector<Tunnel> out;
    for (const model::Link& link : facts.links) {
        if (encapsulationOverhead(link.kind, false) == 0 || link.state == "DOWN")
            continue;
        if (!isHidden(link.name) && !carries(facts, link.name))
            continue;
        Tunnel t;
        t.link = &link;
        t.under = underlayOf(facts, link, nodeAddress);
        const std::string outer =
            link.vxlan && !link.vxlan->local.empty() ? link.vxlan->local : std::string(nodeAddress);
        t.ipv6 = text::isIpv6(outer);
        t.overhead = encapsulationOverhead(link.kind, t.ipv6);
        t.innerMtu = innerMtuOf(facts, link);
        out.push_back(std::move(t));
    }
    return out;
}

bool isGateway(std::string_view name) {
    return std::any_of(hiddenTunnels.begin(), hiddenTunnels.end(),
                       [&](const Hidden& h) { return name == h.gateway; });
}

const Tunnel* tunnelBehind(const std::vector<Tunnel>& tunnels, std::string_view gateway) {
    for (const Hidden& hidden : hiddenTunnels)
        if (gateway == hidden.gateway)
            for (const Tunnel& tunnel : tunnels)
                if (tunnel.link->name.starts_with(hidden.tunnel))
                    return &tunnel;
    return nullptr;
}

bool isPodVeth(const model::Link& link) {
    return link.kind == "veth" && (!link.master.empty() || link.peerNetnsId.has());
}

} // namespace netopsy::path
