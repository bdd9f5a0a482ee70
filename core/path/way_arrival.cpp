// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The wire, and the receiver's side.
#include "core/base/ip_text.h"
#include "core/path/overhead.h"
#include "core/path/way.h"

#include <algorithm>

namespace netopsy::path {

void Way::encapsulate(const Tunnel& tunnel, const Choice& choice) {
    Hop hop = m_a.device(HopKind::Tunnel, *tunnel.link, "");
    hop.mtu = tunnel.innerMtu;
    hop.encapsulates = m_a.headers(tunnel);
    if (choice.route != nullptr && choice.route->dev != tunnel.link->name)
        hop.source += "; routes: " + choice.route->dst + " by " + choice.route->dev + ", which it stands behind";
    add(std::move(hop));
}

const model::PmtuResult* Way::measuredUnderlay(bool ipv6) const {
    if (m_ends.to.node == nullptr || m_ends.from.node == nullptr)
        return nullptr;
    for (const model::PmtuResult& r : m_a.node().pmtu)
        if (r.peer == m_b.node().name && r.plane == model::Plane::Underlay && text::isIpv6(r.address) == ipv6)
            return &r;
    return nullptr;
}

void Way::wire(const Tunnel* out, const Choice& choice) {
    Hop hop;
    hop.kind = HopKind::Wire;
    hop.label = "the network between";
    if (out != nullptr)
        hop.label = m_a.addressOf(out->ipv6) + " to " + m_b.addressOf(out->ipv6) + ", " + out->link->kind;
    const std::string via = choice.route == nullptr ? std::string() : choice.route->via;
    if (m_ends.to.node == nullptr)
        hop.label = m_out.source + (via.empty() ? " to the network it is on" : " to the gateway " + via);
    else if (m_ends.from.node == nullptr)
        hop.label = "from outside";
    else if (out == nullptr && !via.empty()) {
        const auto own = nodeAddresses(m_case, m_b.node());
        const bool direct = std::find(own.begin(), own.end(), via) != own.end() ||
                            linkWithAddress(m_b.node().facts, via) != nullptr;
        hop.label += direct ? "" : ", by " + via;
    }
    hop.mtu = Absent{"not measured"};
    hop.drops = Absent{"outside the nodes"};
    hop.source = m_ends.to.node != nullptr && m_ends.from.node != nullptr ? "between the nodes"
                                                                          : "between the node and outside";
    const model::PmtuResult* measured = measuredUnderlay(out != nullptr ? out->ipv6 : m_ends.to.ipv6());
    if (measured != nullptr && measured->mtu > 0) {
        hop.mtu = measured->mtu;
        hop.source = m_a.node().name + ": probe, path MTU on the underlay";
    }
    add(std::move(hop));
}

/// The interface that the sender's packets come in by. Where rules give a pod's answers an interface of their own, its
/// address is that interface's, so requests come in by it, too.
const model::Link* Way::arrivalNic(const Tunnel* in) const {
    const model::NodeFacts& facts = m_b.node().facts;
    if (in != nullptr && in->under != nullptr)
        return in->under;
    if (m_ends.to.pod != nullptr && (m_ends.aim.empty() || m_ends.aim == m_ends.to.address)) {
        const Choice answer = choose(facts, {m_ends.to.address, m_out.source, "", ""});
        if (answer.rule != nullptr && !answer.rule->from.empty() && answer.rule->from != "all")
            if (const model::Link* link = findLink(facts, answer.route->dev))
                return link;
    }
    return underlay(facts, m_ends.to.pod == nullptr && !m_unseen ? m_ends.to.address : m_b.address());
}

void Way::arrive(const Tunnel* out) {
    const Tunnel* in = out == nullptr ? nullptr : m_b.incoming(out->link->name);
    if (out != nullptr && in == nullptr) // one tunnel a peer (kube-router): that which answers leave by
        in = m_b.tunnelOf(choose(m_b.node().facts, {m_ends.to.address, m_out.source, "", ""}).route);
    std::vector<Hop> nic = m_b.nic(arrivalNic(in));
    std::reverse(nic.begin(), nic.end());
    append(std::move(nic));
    if (!m_design.encrypts.empty() && m_carried > 0)
        if (const model::Link* link = findLink(m_b.node().facts, m_design.encrypts)) {
            Hop hop = m_b.device(HopKind::Tunnel, *link, "");
            hop.decapsulates = encapsulationHeaders(link->kind, text::isIpv6(m_b.address()));
            add(std::move(hop));
        }
    if (out != nullptr)
        decapsulate(*out, in);
    else if (m_unseen)
        add(m_b.unseenTunnel(m_case.cluster ? m_case.cluster->cni.mode : ""));
    if (m_ends.to.pod != nullptr) {
        deliver(out);
        return;
    }
    if (m_unseen || (out != nullptr && isHidden(out->link->name)))
        toStack();
    if (auto hop = m_b.conntrack())
        add(std::move(*hop));
}

/// From a switch or a program to the node itself.
void Way::toStack() {
    if (!m_design.podSwitch.empty()) {
        add(m_b.named(HopKind::Switch, m_design.podSwitch, m_design.podSwitch + " (Open vSwitch)"));
        add(m_b.named(HopKind::Switch, m_design.switchGateway, m_design.switchGateway + " (Open vSwitch port)"));
    } else if (const model::Link* bridge = linkWithAddress(m_b.node().facts, m_ends.to.address);
               bridge != nullptr && bridge->kind == "bridge") {
        if (!m_unseen)
            acrossBridge(m_b, true);
        add(m_b.device(HopKind::Bridge, *bridge, ""));
    } else if (!m_design.programIn.empty()) {
        add(m_b.program(m_out.hops.back(), m_design.programIn));
        if (const model::Link* host = linkWithAddress(m_b.node().facts, m_ends.to.address))
            add(m_b.device(HopKind::Ebpf, *host, host->name + " (eBPF)"));
    }
}

void Way::decapsulate(const Tunnel& out, const Tunnel* in) {
    Hop hop;
    if (in != nullptr) {
        hop = m_b.device(HopKind::Tunnel, *in->link, "");
        hop.mtu = in->innerMtu;
    } else {
        hop.kind = HopKind::Tunnel;
        hop.node = m_b.node().name;
        hop.netns = "host";
        hop.device = out.link->name;
        hop.label = out.link->name + " (" + out.link->kind + ")";
        hop.mtu = Absent{"links of this node were not read"};
        hop.drops = Absent{"links of this node were not read"};
        hop.assumed = true;
        hop.source = "assumed: the other end of " + m_a.node().name + "'s tunnel";
    }
    hop.decapsulates = m_a.headers(out);
    add(std::move(hop));
}

/// Sender and receiver are on one Ethernet, by the receiver's own bridge.
bool Way::onOneBridge() const {
    const model::Route* route = lookUp(m_b.node().facts.routes, m_ends.to.address);
    const model::Link* bridge = route == nullptr ? nullptr : findLink(m_b.node().facts, route->dev);
    const auto prefix = route == nullptr ? std::nullopt : parsePrefix(route->dst);
    const auto source = parseAddress(m_out.source);
    return bridge != nullptr && bridge->kind == "bridge" && prefix && source && prefix->contains(*source);
}

void Way::deliver(const Tunnel* out) {
    // A tunnel that no route names belongs to a switch or a program, which also takes the packet on.
    const bool hidden = out != nullptr && isHidden(out->link->name);
    if (!m_ends.aim.empty() && m_ends.aim != m_ends.to.address) {
        const Masquerade& how = m_design.masquerade(m_ends.to.ipv6());
        add(m_b.designed(how.by, "the reply to what was masqueraded: " + m_ends.aim + " becomes " +
                                     m_ends.to.address + " again"));
        if (how.by == HopKind::Switch) {
            add(m_b.named(HopKind::Switch, m_design.podSwitch, m_design.podSwitch + " (Open vSwitch)"));
            enterPod(m_b, true, false);
            return;
        }
    }
    if (hidden && !m_design.podSwitch.empty()) {
        add(m_b.named(HopKind::Switch, m_design.podSwitch, m_design.podSwitch + " (Open vSwitch)"));
        enterPod(m_b, true, false);
        return;
    }
    if (hidden && !m_design.behindBridge.empty()) {
        acrossBridge(m_b, true);
        enterPod(m_b, false, false);
        return;
    }
    if (!m_design.programIn.empty() && (hidden || !m_design.stack)) {
        add(m_b.program(m_out.hops.back(), m_design.programIn));
        enterPod(m_b, false, true);
        return;
    }
    if (m_unseen && onOneBridge()) {
        enterPod(m_b, false, false);
        return;
    }
    const Choice choice = forward(m_b, {m_out.source, m_ends.to.address, "", ""}, m_design.stack);
    if (choice.route != nullptr && (choice.route->dev == m_design.switchGateway || !m_design.program.empty())) {
        throughGateway(m_b, choice.route->dev);
        const model::Link* link = findLink(m_b.node().facts, choice.route->dev);
        if (link != nullptr && isPodVeth(*link) && !m_design.programIn.empty()) {
            Hop at;
            at.device = link->name;
            add(m_b.program(at, m_design.programIn));
        }
    }
    enterPod(m_b, !m_design.podSwitch.empty(), false);
}

void Way::enterPod(const NodeSide& side, bool skip, bool fromProgram) {
    std::vector<Hop> arrival = side.podSide(*m_ends.to.pod);
    std::reverse(arrival.begin(), arrival.end());
    if (skip && !arrival.empty() && arrival.front().kind == HopKind::Bridge)
        arrival.erase(arrival.begin());
    if (fromProgram && m_design.toPeer)
        std::erase_if(arrival, [](const Hop& hop) { return hop.kind == HopKind::Veth; });
    append(std::move(arrival));
}

} // namespace netopsy::path
