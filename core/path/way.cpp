// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sender's side.
#include "core/path/way.h"

#include "core/base/ip_text.h"
#include "core/path/overhead.h"

#include <algorithm>

namespace netopsy::path {

namespace {

int sum(const std::vector<Header>& headers) {
    int total = 0;
    for (const Header& header : headers)
        total += header.bytes;
    return total;
}

/// RFC 1918, 6598 and 4193: what a cloud's own network may hold.
bool isPrivate(const std::string& address) {
    const auto parsed = parseAddress(address);
    for (const char* range : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"})
        if (parsed && parsePrefix(range)->contains(*parsed))
            return true;
    return false;
}

} // namespace

Way::Way(const model::Case& subject, const Design& design, const Ends& ends)
    : m_case(subject), m_design(design), m_ends(ends), m_fromPod(ends.from.pod != nullptr),
      m_translated(ends.to.service != nullptr && !ends.reply),
      m_a(subject, ends.from.node != nullptr ? *ends.from.node : *ends.to.node, design),
      m_b(subject, ends.to.node != nullptr ? *ends.to.node : *ends.from.node, design) {}

Way::Laid Way::lay() {
    m_out.source = m_ends.from.address;
    if (m_ends.from.node == nullptr) {
        Hop origin = m_b.designed(HopKind::Outside, m_ends.from.address);
        origin.node.clear();
        origin.netns.clear();
        origin.assumed = false;
        origin.source = "the address that was asked for";
        add(std::move(origin));
        wire(nullptr, {});
        arrive(nullptr);
        return std::move(m_out);
    }
    if (m_fromPod)
        leavePod();
    if (m_ends.to.node == nullptr)
        outside();
    else if (m_ends.from.node == m_ends.to.node)
        sameNode();
    else
        otherNode();
    return std::move(m_out);
}

void Way::add(Hop hop) {
    m_carried += sum(hop.encapsulates) - sum(hop.decapsulates);
    hop.headerBytes = m_carried;
    m_out.certain = m_out.certain && !(hop.kind == HopKind::Routing && hop.assumed);
    m_out.hops.push_back(std::move(hop));
}

void Way::append(std::vector<Hop> hops) {
    for (Hop& hop : hops)
        add(std::move(hop));
}

Flow Way::flow() const {
    return {m_fromPod ? m_ends.from.address : std::string(), m_ends.aim.empty() ? m_ends.to.address : m_ends.aim,
            "", m_fromPod ? std::string() : "lo"};
}

void Way::leavePod() {
    append(m_a.podSide(*m_ends.from.pod));
    if (!m_design.podSwitch.empty())
        add(m_a.named(HopKind::Switch, m_design.podSwitch, m_design.podSwitch + " (Open vSwitch)"));
    if (!m_design.program.empty())
        add(m_a.program(m_out.hops.back(), m_design.program));
}

void Way::serviceHop() {
    if (!m_translated)
        return;
    if (auto hop = serviceNat(m_case, m_a, m_ends)) {
        if (servedAtConnect(m_case, m_design, m_ends))
            m_out.hops.insert(m_out.hops.begin(), std::move(*hop));
        else
            add(std::move(*hop));
    } else {
        m_out.notes.emplace_back(
            "a headless service: DNS gives the backends' own addresses, nothing is translated");
    }
    if (m_ends.to.backends > 1)
        m_out.notes.push_back("one of " + std::to_string(m_ends.to.backends) +
                              " ready backends is shown; each connection takes one by chance");
}

Choice Way::forward(const NodeSide& side, const Flow& packet, bool tracked) {
    if (tracked)
        if (auto hop = side.conntrack())
            add(std::move(*hop));
    Choice choice;
    Hop hop = side.routing(packet, choice);
    if (!tracked && &side == &m_a && m_fromPod)
        hop.label += " (looked up by eBPF)";
    if (choice.other != nullptr)
        m_out.notes.push_back(side.node().name + "'s ip rules were not read: one may lead to table " +
                              choice.other->table + ", where this leaves by " + choice.other->dev);
    add(std::move(hop));
    return choice;
}

/// As the kernel chooses it for a packet of the node's own: the route's, else the first of the device that it leaves by.
std::string Way::sourceOf(const Choice& choice) const {
    if (choice.route == nullptr)
        return m_ends.from.address;
    if (!choice.route->src.empty())
        return choice.route->src;
    if (const model::Link* link = findLink(m_a.node().facts, choice.route->dev))
        for (const model::LinkAddress& own : link->addresses)
            if (own.scope == "global" && text::isIpv6(own.address) == m_ends.from.ipv6())
                return own.address;
    return m_a.addressOf(m_ends.from.ipv6());
}

void Way::masquerade(const Masquerade& how, const Choice& choice) {
    if (!m_fromPod || m_ends.reply || how.how.empty())
        return;
    m_out.source = sourceOf(choice);
    add(m_a.designed(how.by, "masquerade: " + m_ends.from.address + " becomes " + m_out.source + ", " + how.how));
}

void Way::acrossBridge(const NodeSide& side, bool inwards) {
    std::vector<Hop> hops;
    for (const std::string& port : m_design.bridgePorts)
        hops.push_back(side.named(HopKind::Veth, port, ""));
    hops.push_back(
        side.named(HopKind::Switch, m_design.behindBridge, m_design.behindBridge + " (Open vSwitch datapath)"));
    if (inwards)
        std::reverse(hops.begin(), hops.end());
    append(std::move(hops));
}

void Way::throughGateway(const NodeSide& side, const std::string& device) {
    const model::Link* link = findLink(side.node().facts, device);
    if (device == m_design.switchGateway) {
        add(side.named(HopKind::Switch, device, device + " (Open vSwitch port)"));
        add(side.named(HopKind::Switch, m_design.podSwitch, m_design.podSwitch + " (Open vSwitch)"));
    } else if (link != nullptr && !m_design.program.empty() && link->kind == "veth" && !isPodVeth(*link)) {
        add(side.device(HopKind::Ebpf, *link, device + " (eBPF)"));
    } else if (link != nullptr && link->kind == "bridge" && !m_design.behindBridge.empty()) {
        add(side.device(HopKind::Bridge, *link, ""));
        acrossBridge(side, false);
    }
}

void Way::sameNode() {
    if (!m_fromPod && m_ends.to.pod == nullptr) {
        m_out.notes.emplace_back("the node to itself: the loopback interface, no hop to show");
        return;
    }
    const bool podToPod = m_fromPod && m_ends.to.pod != nullptr;
    const bool switched = podToPod && !m_design.podSwitch.empty();
    const bool byProgram = podToPod && !m_design.program.empty();
    // Two pods of one bridge meet there without the node's routing, unless a Service's address was translated.
    const bool bridged =
        podToPod && !m_translated && !m_out.hops.empty() && m_out.hops.back().kind == HopKind::Bridge;
    serviceHop();
    if (!bridged && !switched && !byProgram) {
        if (m_fromPod && !m_design.podSwitch.empty())
            add(m_a.named(HopKind::Switch, m_design.switchGateway,
                          m_design.switchGateway + " (Open vSwitch port)"));
        const Choice choice = forward(m_a, flow(), true);
        if (!m_fromPod)
            m_out.source = sourceOf(choice);
        if (m_ends.to.pod != nullptr && choice.route != nullptr)
            throughGateway(m_a, choice.route->dev);
    }
    if (m_ends.to.pod != nullptr)
        enterPod(m_a, bridged || switched || !m_design.podSwitch.empty(), byProgram);
}

void Way::otherNode() {
    serviceHop();
    Choice choice = choose(m_a.node().facts, flow());
    const Tunnel* tunnel = m_a.tunnelOf(choice.route);
    const bool hidden = tunnel != nullptr && tunnel->link->name != choice.route->dev;
    // A route that ends at a bridge, a gateway or a user-space program's device, and no tunnel to be seen behind it.
    const model::Link* own = underlay(m_a.node().facts, m_a.address());
    const model::Link* last = choice.route == nullptr ? nullptr : findLink(m_a.node().facts, choice.route->dev);
    m_unseen = tunnel == nullptr && last != nullptr && last != own &&
               (last->kind == "bridge" || last->kind == "tun" || isGateway(last->name));
    const bool onBridge = m_unseen && last->kind == "bridge" && m_fromPod && !m_translated;
    const Masquerade& how = m_design.masquerade(m_ends.from.ipv6());
    const bool masqueraded = m_ends.to.pod == nullptr && tunnel == nullptr && how.toNodes;
    // What was translated by the node's stack is routed, and comes back to the bridge.
    const bool bridged = m_fromPod && hidden && !m_design.behindBridge.empty() && !m_translated;
    // No route is asked where pods of all nodes are on one Ethernet, where switch or program sends by the tunnel itself
    // (the route only tells so), and where the switch's own routers have the same next hop.
    const bool unrouted = onBridge || (m_fromPod && hidden && m_design.behindBridge.empty()) ||
                          (m_fromPod && masqueraded && how.by == HopKind::Switch);
    if (bridged) {
        acrossBridge(m_a, false);
    } else if (!unrouted) {
        if (m_fromPod && !m_design.podSwitch.empty())
            add(m_a.named(HopKind::Switch, m_design.switchGateway,
                          m_design.switchGateway + " (Open vSwitch port)"));
        choice = forward(m_a, flow(), !m_fromPod || m_design.stack);
        if (hidden)
            throughGateway(m_a, choice.route->dev);
        else if (m_unseen && last->kind == "bridge")
            add(m_a.device(HopKind::Bridge, *last, ""));
    }
    if (!m_fromPod)
        m_out.source = sourceOf(choice);
    if (masqueraded)
        masquerade(how, choice);
    if (tunnel != nullptr)
        encapsulate(*tunnel, choice);
    if (!m_design.encrypts.empty())
        if (const model::Link* link = findLink(m_a.node().facts, m_design.encrypts)) {
            Hop hop = m_a.device(HopKind::Tunnel, *link, "");
            hop.encapsulates = encapsulationHeaders(link->kind, text::isIpv6(m_a.address()));
            add(std::move(hop));
        }
    const model::Link* nic = tunnel != nullptr         ? tunnel->under
                             : choice.route != nullptr ? findLink(m_a.node().facts, choice.route->dev)
                                                       : nullptr;
    if (m_unseen) {
        add(m_a.unseenTunnel(m_case.cluster ? m_case.cluster->cni.mode : ""));
        nic = nullptr;
    }
    append(m_a.nic(nic != nullptr ? nic : own));
    wire(tunnel, choice);
    arrive(tunnel);
}

void Way::outside() {
    const Masquerade& how = m_design.masquerade(m_ends.from.ipv6());
    const bool inside = !m_design.outsideMark.empty() && isPrivate(m_ends.to.address);
    if (inside)
        m_out.notes.emplace_back("a private address is taken as one of the cloud's own network, which is not "
                                 "masqueraded");
    Choice choice;
    if (m_fromPod && how.by == HopKind::Switch) {
        choice = choose(m_a.node().facts, flow()); // the switch's own routers have the same next hop
    } else {
        if (m_fromPod && !m_design.podSwitch.empty())
            add(m_a.named(HopKind::Switch, m_design.switchGateway,
                          m_design.switchGateway + " (Open vSwitch port)"));
        Flow packet = flow();
        if (m_fromPod && !inside)
            packet.mark = m_design.outsideMark;
        choice = forward(m_a, packet, !m_fromPod || m_design.stack);
    }
    if (!m_fromPod)
        m_out.source = sourceOf(choice);
    if (!inside)
        masquerade(how, choice);
    const model::Link* nic = choice.route != nullptr ? findLink(m_a.node().facts, choice.route->dev) : nullptr;
    append(m_a.nic(nic != nullptr ? nic : underlay(m_a.node().facts, m_a.address())));
    wire(nullptr, choice);
    Hop target = m_a.designed(HopKind::Outside, m_ends.to.address);
    target.node.clear();
    target.netns.clear();
    target.mtu = Absent{"outside the cluster"};
    target.drops = Absent{"outside the cluster"};
    target.assumed = false;
    target.source = "the address that was asked for";
    add(std::move(target));
}

} // namespace netopsy::path
