// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/path/tunnel.h"

#include "core/path/overhead.h"

#include <algorithm>

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

Reading<int> innerMtuOf(const model::NodeFacts& facts, const model::Link& link) {
    if (link.name.starts_with("cilium_"))
        return mtuOfRoutes(facts, "cilium_host");
    if (link.name.find("_sys_") != std::string::npos) {
        for (const char* gateway : {"antrea-gw0", "ovn-k8s-mp0"})
            if (const model::Link* port = findLink(facts, gateway))
                return port->mtu;
        return Absent{"Open vSwitch tunnel without a known gateway port"};
    }
    return link.mtu;
}

} // namespace

std::vector<Tunnel> tunnels(const model::NodeFacts& facts, std::string_view nodeAddress) {
    std::vector<Tunnel> out;
    for (const model::Link& link : facts.links) {
        const bool ovs = link.name.find("_sys_") != std::string::npos;
        const bool cilium = link.name == "cilium_vxlan" || link.name == "cilium_geneve";
        if (encapsulationOverhead(link.kind, false) == 0 || link.state == "DOWN")
            continue;
        if (!ovs && !cilium && !carries(facts, link.name))
            continue;
        Tunnel t;
        t.link = &link;
        t.under = underlayOf(facts, link, nodeAddress);
        const std::string outer =
            link.vxlan && !link.vxlan->local.empty() ? link.vxlan->local : std::string(nodeAddress);
        t.ipv6 = outer.find(':') != std::string::npos;
        t.overhead = encapsulationOverhead(link.kind, t.ipv6);
        t.innerMtu = innerMtuOf(facts, link);
        out.push_back(std::move(t));
    }
    return out;
}

bool isPodVeth(const model::Link& link) {
    return link.kind == "veth" && (!link.master.empty() || link.peerNetnsId.has());
}

} // namespace netopsy::path
