// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/path/builder.h"

#include "core/base/ip_text.h"
#include "core/base/text.h"
#include "core/path/overhead.h"

#include <algorithm>
#include <set>

namespace netopsy::path {

namespace {

std::string described(const model::Link& link) {
    const std::string kind = link.kind.empty() ? "link" : link.kind;
    return link.name + " (" + kind + ")";
}

} // namespace

NodeSide::NodeSide(const model::Case& subject, const model::Node& node, const Design& design)
    : m_node(node), m_design(design), m_address(nodeAddress(subject, node)),
      m_addresses(nodeAddresses(subject, node)), m_tunnels(tunnels(node.facts, m_address)),
      m_counters(stats::summariseCounters(node)) {}

const std::string& NodeSide::addressOf(bool ipv6) const {
    for (const std::string& own : m_addresses)
        if (text::isIpv6(own) == ipv6)
            return own;
    return m_address;
}

Reading<std::uint64_t> NodeSide::changeOf(const std::string& device, LinkCounter received,
                                          LinkCounter sent) const {
    if (const auto found = m_counters.linkDelta.find(device); found != m_counters.linkDelta.end())
        return found->second.*received + found->second.*sent;
    return Absent{"no change over the run is known"};
}

Hop NodeSide::device(HopKind kind, const model::Link& link, const std::string& label) const {
    Hop hop;
    hop.kind = kind;
    hop.node = m_node.name;
    hop.netns = "host";
    hop.device = link.name;
    hop.label = label.empty() ? described(link) : label;
    hop.mtu = link.mtu > 0 ? Reading<int>(link.mtu) : Reading<int>(Absent{"not read"});
    hop.drops = changeOf(link.name, &model::LinkCounters::rxDropped, &model::LinkCounters::txDropped);
    hop.errors = changeOf(link.name, &model::LinkCounters::rxErrors, &model::LinkCounters::txErrors);
    hop.offloads = link.offloads;
    hop.source = m_node.name + ": links";
    return hop;
}

/// What was seen inside the pod's network namespace; nullptr when it was not entered.
const model::PodPlace* NodeSide::placeOf(const model::Pod& pod) const {
    for (const model::PodPlace& place : m_node.pods)
        if (place.ns == pod.ns && place.name == pod.name && place.problem.empty() && !place.device.empty())
            return &place;
    return nullptr;
}

/// Entered, the pod tells the index of its link's other end. Else: the pod's address among the neighbours gives its MAC, the bridge's forwarding table the port it is behind; a routed
/// CNI has a host route to the pod by its veth instead.
const model::Link* NodeSide::vethOf(const model::Pod& pod, std::string& how) const {
    const model::NodeFacts& facts = m_node.facts;
    if (const model::PodPlace* place = placeOf(pod); place != nullptr && place->peerIndex > 0)
        for (const model::Link& link : facts.links)
            if (link.index == place->peerIndex && isPodVeth(link)) {
                how = "the other end of the pod's " + place->device + ", as seen inside the pod";
                return &link;
            }
    for (const std::string& ip : pod.ips) {
        for (const model::Neighbour& neighbour : facts.neighbours) {
            if (neighbour.address != ip || neighbour.mac.empty())
                continue;
            for (const model::FdbEntry& entry : facts.fdb)
                if (entry.mac == neighbour.mac && (entry.master == neighbour.dev || entry.master.empty()))
                    if (const model::Link* link = findLink(facts, entry.dev);
                        link != nullptr && link->kind == "veth") {
                        how = "neighbours: " + ip + " is " + neighbour.mac + " on " + neighbour.dev +
                              "; fdb: behind " + link->name;
                        return link;
                    }
        }
        const model::Route* route = lookUp(facts.routes, ip);
        const auto prefix = route == nullptr ? std::nullopt : parsePrefix(route->dst);
        if (prefix && prefix->bits == (prefix->address.v6 ? 128 : 32) && route->via.empty())
            if (const model::Link* link = findLink(facts, route->dev)) {
                how = "routes: " + route->dst + " by " + link->name;
                return link;
            }
    }
    std::vector<const model::Link*> veths;
    if (m_design.podNameLetters > 0) {
        const std::string start = pod.name.substr(0, m_design.podNameLetters) + "-";
        for (const model::Link& link : facts.links)
            if (isPodVeth(link) && link.name.starts_with(start))
                veths.push_back(&link);
        if (veths.size() == 1) {
            how = "the only pod link called after it";
            return veths.front();
        }
        veths.clear();
    }
    for (const model::Link& link : facts.links)
        if (isPodVeth(link) && !link.master.empty())
            veths.push_back(&link);
    if (veths.size() == 1) {
        how = "the only pod link on this node";
        return veths.front();
    }
    return nullptr;
}

namespace {

void seeInside(Hop& inside, const model::PodPlace* place) {
    if (place == nullptr)
        return;
    if (place->mtu > 0)
        inside.mtu = place->mtu;
    inside.source = inside.node + ": probe, inside the pod";
}

} // namespace

std::vector<Hop> NodeSide::podSide(const model::Pod& pod) const {
    std::string how;
    const model::Link* veth = vethOf(pod, how);
    const model::Route* route = pod.ips.empty() ? nullptr : lookUp(m_node.facts.routes, pod.ips.front());
    const model::Link* bridge = findLink(m_node.facts, veth != nullptr    ? veth->master
                                                       : route != nullptr ? route->dev
                                                                          : "");
    if (bridge != nullptr && bridge->kind != "bridge")
        bridge = nullptr;

    Hop inside;
    inside.kind = HopKind::PodInterface;
    inside.node = m_node.name;
    inside.netns = pod.ns + "/" + pod.name;
    const model::PodPlace* place = placeOf(pod);
    inside.device = place != nullptr ? place->device : "eth0";
    inside.label = inside.device + " in " + inside.netns;
    inside.assumed = place == nullptr;
    inside.drops = Absent{"not read inside the pod's network namespace"};

    std::vector<Hop> out;
    if (veth != nullptr) {
        inside.mtu = veth->mtu;
        inside.source = "assumed: as large as its veth's other end";
        seeInside(inside, place);
        out.push_back(inside);
        Hop hop = device(HopKind::Veth, *veth, "");
        hop.source += "; " + how;
        hop.assumed = how.starts_with("the only");
        out.push_back(std::move(hop));
    } else {
        std::set<int> mtus;
        for (const model::Link& link : m_node.facts.links)
            if (isPodVeth(link) && (bridge == nullptr || link.master == bridge->name))
                mtus.insert(link.mtu);
        inside.mtu =
            mtus.size() == 1 ? Reading<int>(*mtus.begin()) : Reading<int>(Absent{"the pod's link is not known"});
        inside.source =
            mtus.size() == 1 ? "assumed: all pod links of this node are this large" : "assumed: every pod has one";
        Hop hop = inside;
        seeInside(inside, place);
        out.push_back(inside);
        hop.assumed = true;
        hop.kind = HopKind::Veth;
        hop.netns = "host";
        hop.device.clear();
        hop.label = "host end of the pod's link (not told apart)";
        out.push_back(std::move(hop));
    }
    if (bridge != nullptr)
        out.push_back(device(HopKind::Bridge, *bridge, ""));
    return out;
}

Hop NodeSide::routing(const Flow& flow, Choice& choice) const {
    choice = choose(m_node.facts, flow);
    Hop hop;
    hop.kind = HopKind::Routing;
    hop.node = m_node.name;
    hop.netns = "host";
    hop.mtu = Absent{"a route without an MTU of its own"};
    hop.drops = Absent{"not counted per route"};
    const model::Route* route = choice.route;
    if (route == nullptr) {
        hop.label = "routing to " + flow.to + " (no route seen)";
        hop.assumed = true;
        hop.source =
            m_node.facts.routes.empty() ? "assumed: routes of this node were not read" : "no route matches";
        return hop;
    }
    const bool local = route->table == "local";
    hop.label = "routing: " + route->dst + (route->via.empty() ? "" : " via " + route->via) +
                (route->dev.empty() ? " to nowhere" : " dev " + route->dev) + (route->onlink ? " onlink" : "") +
                (local ? ", this node" : "");
    const bool byTable = choice.rule != nullptr && !local && route->table != "main" && !route->table.empty();
    if (byTable)
        hop.label += " table " + route->table + ", by rule " + std::to_string(choice.rule->priority);
    if (route->mtu > 0)
        hop.mtu = route->mtu;
    hop.source = m_node.name + (choice.rule != nullptr ? ": rules, routes" : ": routes");
    if (choice.other != nullptr) {
        hop.assumed = true;
        hop.source += "; assumed: rules were not read, and one may lead to table " + choice.other->table +
                      ", where it leaves by " + choice.other->dev;
    }
    return hop;
}

std::optional<Hop> NodeSide::conntrack() const {
    for (auto s = m_node.samples.rbegin(); s != m_node.samples.rend(); ++s)
        if (s->conntrack) {
            Hop hop;
            hop.kind = HopKind::Conntrack;
            hop.node = m_node.name;
            hop.netns = "host";
            hop.label =
                "conntrack: " + text::integer(s->conntrack->count) + " of " + text::integer(s->conntrack->max);
            hop.mtu = Absent{"no device"};
            const auto drop = m_counters.conntrackDelta.find("drop");
            if (drop != m_counters.conntrackDelta.end())
                hop.drops = drop->second;
            else
                hop.drops = Absent{"no change over the run is known"};
            hop.source = m_node.name + ": sample #" + std::to_string(s->seq);
            return hop;
        }
    return std::nullopt;
}

std::vector<Hop> NodeSide::nic(const model::Link* link) const {
    if (link == nullptr) {
        Hop hop;
        hop.kind = HopKind::Nic;
        hop.node = m_node.name;
        hop.netns = "host";
        hop.label = "underlay interface (not known)";
        hop.mtu = Absent{"links of this node were not read"};
        hop.drops = Absent{"links of this node were not read"};
        hop.assumed = true;
        hop.source = "assumed: every node has one";
        return {hop};
    }
    std::vector<Hop> out;
    if (link->kind == "openvswitch") {
        out.push_back(device(HopKind::Switch, *link, link->name + " (Open vSwitch bridge)"));
        for (const model::Link& port : m_node.facts.links)
            if (port.master == "ovs-system" && !port.mac.empty() && port.mac == link->mac) {
                out.push_back(device(HopKind::Nic, port, port.name + " (underlay)"));
                return out;
            }
    } else {
        out.push_back(device(HopKind::Nic, *link, link->name + " (underlay)"));
    }
    return out;
}

Hop NodeSide::designed(HopKind kind, const std::string& label) const {
    Hop hop;
    hop.kind = kind;
    hop.node = m_node.name;
    hop.netns = "host";
    hop.label = label;
    hop.mtu = Absent{"no device"};
    hop.drops = Absent{"not counted here"};
    hop.assumed = true;
    hop.source = m_design.ground;
    return hop;
}

Hop NodeSide::named(HopKind kind, const std::string& name, const std::string& label) const {
    if (const model::Link* link = findLink(m_node.facts, name)) {
        Hop hop = device(kind, *link, label);
        // A switch's link stands beside its flows: its own MTU and counters say nothing of what it forwards.
        if (kind == HopKind::Switch && link->state == "DOWN") {
            hop.mtu = Absent{"a switch forwards what its ports take"};
            hop.drops = Absent{"not counted for what it forwards"};
        }
        return hop;
    }
    Hop hop = designed(kind, label.empty() ? name : label);
    hop.device = name;
    return hop;
}

Hop NodeSide::unseenTunnel(const std::string& mode) const {
    Hop hop = designed(HopKind::Tunnel, "a tunnel that the node doesn't show" +
                                            (mode.empty() || mode == "unknown" ? "" : " (" + mode + ")"));
    hop.mtu = Absent{"no such device was seen"};
    if (hop.source.empty())
        hop.source = "assumed: the route ends at a device that doesn't reach other nodes by itself";
    return hop;
}

Hop NodeSide::program(const Hop& at, const std::string& does) const {
    Hop hop = designed(HopKind::Ebpf, (at.device.empty() ? "the pod's link" : at.device) + ": " + does);
    hop.device = at.device;
    return hop;
}

const Tunnel* NodeSide::tunnelOf(const model::Route* route) const {
    if (route == nullptr)
        return nullptr;
    for (const Tunnel& tunnel : m_tunnels)
        if (tunnel.link->name == route->dev)
            return &tunnel;
    return tunnelBehind(m_tunnels, route->dev);
}

std::vector<Header> NodeSide::headers(const Tunnel& tunnel) const {
    std::vector<Header> out = encapsulationHeaders(tunnel.link->kind, tunnel.ipv6);
    if (!m_design.fouHeader.empty() && out.size() == 1) {
        out.push_back({"UDP", 8});
        out.push_back({m_design.fouHeader, 4});
    }
    return out;
}

const Tunnel* NodeSide::incoming(const std::string& likeName) const {
    for (const Tunnel& tunnel : m_tunnels)
        if (tunnel.link->name == likeName)
            return &tunnel;
    return m_tunnels.size() == 1 ? &m_tunnels.front() : nullptr;
}

} // namespace netopsy::path
