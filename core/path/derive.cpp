// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The request's way. A reply runs it backwards; that is not drawn twice.
#include "core/base/text.h"
#include "core/path/builder.h"
#include "core/path/overhead.h"

#include <algorithm>

namespace netopsy::path {

namespace {

std::string bytes(int n) {
    return text::integer(static_cast<std::uint64_t>(std::max(0, n))) + " B";
}

class Deriver {
public:
    Deriver(const model::Case& subject, Place from, Place to)
        : m_case(subject), m_from(std::move(from)), m_to(std::move(to)), m_a(subject, *m_from.node),
          m_b(subject, *m_to.node) {
        m_path.from = m_from.text();
        m_path.to = m_to.text();
    }

    Path derive() {
        if (m_from.pod != nullptr)
            append(m_a.podSide(*m_from.pod));
        serviceHop();
        if (m_from.node == m_to.node)
            sameNode();
        else
            otherNode();
        budget();
        compareWithMeasured();
        return std::move(m_path);
    }

private:
    void append(std::vector<Hop> hops) {
        for (Hop& hop : hops)
            add(std::move(hop));
    }
    void add(Hop hop) {
        m_carried += sum(hop.encapsulates) - sum(hop.decapsulates);
        hop.headerBytes = m_carried;
        m_path.hops.push_back(std::move(hop));
    }
    static int sum(const std::vector<Header>& headers) {
        int total = 0;
        for (const Header& header : headers)
            total += header.bytes;
        return total;
    }

    /// Where the service's address becomes a backend's. The rules themselves are not collected, so it is an assumption
    /// grounded on kube-proxy's mode.
    void serviceHop() {
        if (m_to.service == nullptr)
            return;
        const model::ProxyInfo& proxy = m_case.cluster->proxy;
        const std::string vip = m_to.service->clusterIps.empty() ? "" : m_to.service->clusterIps.front();
        if (vip.empty() || vip == "None") {
            m_path.notes.emplace_back(
                "a headless service: DNS gives the backends' own addresses, nothing is translated");
            return;
        }
        const std::string change = vip + " becomes " + m_to.address;
        const bool fromPod = m_from.pod != nullptr;
        Hop hop;
        hop.kind = HopKind::ServiceNat;
        hop.node = m_from.node->name;
        hop.netns = "host";
        hop.mtu = Absent{"no device"};
        hop.drops = Absent{"not counted per rule"};
        hop.assumed = true;
        hop.source = "assumed from the service proxy's mode (" + proxy.mode + ")";
        if (proxy.mode == "iptables")
            hop.label = std::string("nat ") + (fromPod ? "PREROUTING" : "OUTPUT") +
                        ": KUBE-SERVICES, KUBE-SVC, KUBE-SEP: " + change;
        else if (proxy.mode == "ipvs")
            hop.label = "IPVS on kube-ipvs0: " + change;
        else if (proxy.mode == "nftables")
            hop.label = std::string("nft kube-proxy, ") + (fromPod ? "prerouting" : "output") + ": " + change;
        else if (proxy.mode == "ebpf")
            hop.label = "eBPF at connect(): " + change + ", before any packet";
        else
            hop.label = "service proxy (" + proxy.mode + "): " + change;
        if (proxy.mode == "ebpf")
            m_path.hops.insert(m_path.hops.begin(), hop);
        else
            add(std::move(hop));
        if (m_to.backends > 1)
            m_path.notes.push_back("one of " + std::to_string(m_to.backends) +
                                   " ready backends is shown; each connection takes one by chance");
    }

    void conntrackHop(const NodeSide& side) {
        if (m_case.cluster && m_case.cluster->proxy.mode == "ebpf")
            return;
        if (auto hop = side.conntrack())
            add(std::move(*hop));
    }

    void sameNode() {
        const bool translated = m_to.service != nullptr;
        if (m_from.pod == nullptr && m_to.pod == nullptr) {
            m_path.notes.emplace_back("the node to itself: the loopback interface, no hop to show");
            return;
        }
        // Two pods of one bridge meet there without the node's routing, unless a service's address was translated.
        const bool bridged = m_from.pod != nullptr && m_to.pod != nullptr && !translated && !m_path.hops.empty() &&
                             m_path.hops.back().kind == HopKind::Bridge;
        if (!bridged) {
            conntrackHop(m_a);
            const model::Route* route = nullptr;
            add(m_a.routing(m_to.address, route));
        }
        if (m_to.pod == nullptr)
            return;
        std::vector<Hop> arrival = m_a.podSide(*m_to.pod);
        std::reverse(arrival.begin(), arrival.end());
        if (bridged && !arrival.empty() && arrival.front().kind == HopKind::Bridge)
            arrival.erase(arrival.begin());
        append(std::move(arrival));
    }

    void otherNode() {
        conntrackHop(m_a);
        const model::Route* route = nullptr;
        add(m_a.routing(m_to.address, route));
        const Tunnel* out = m_a.tunnelOf(route);
        const model::Link* nic = nullptr;
        if (out != nullptr) {
            Hop hop = m_a.device(HopKind::Tunnel, *out->link, "");
            hop.mtu = out->innerMtu;
            hop.encapsulates = encapsulationHeaders(out->link->kind, out->ipv6);
            add(std::move(hop));
            nic = out->under;
        } else if (route != nullptr) {
            nic = findLink(m_a.node().facts, route->dev);
        }
        if (nic == nullptr)
            nic = underlay(m_a.node().facts, m_a.address());
        add(m_a.nic(nic));
        wire(out, route);
        arrive(out);
    }

    void wire(const Tunnel* out, const model::Route* route) {
        Hop hop;
        hop.kind = HopKind::Wire;
        hop.label = out != nullptr ? m_a.address() + " to " + m_b.address() + ", " + out->link->kind
                                   : "the network between";
        if (out == nullptr && route != nullptr && !route->via.empty() && route->via != m_b.address())
            hop.label += ", by " + route->via;
        hop.mtu = Absent{"not measured"};
        hop.source = "between the nodes";
        const model::PmtuResult* measured = result(model::Plane::Underlay);
        if (measured != nullptr && measured->mtu > 0) {
            hop.mtu = measured->mtu;
            hop.source = m_a.node().name + ": probe, path MTU on the underlay";
        }
        hop.drops = Absent{"outside the nodes"};
        add(std::move(hop));
    }

    void arrive(const Tunnel* out) {
        const Tunnel* in = out == nullptr ? nullptr : m_b.incoming(out->link->name);
        add(m_b.nic(in != nullptr ? in->under : underlay(m_b.node().facts, m_b.address())));
        if (out != nullptr) {
            Hop hop;
            if (in != nullptr) {
                hop = m_b.device(HopKind::Tunnel, *in->link, "");
                hop.mtu = in->innerMtu;
            } else {
                hop.kind = HopKind::Tunnel;
                hop.node = m_b.node().name;
                hop.netns = "host";
                hop.device = out->link->name;
                hop.label = out->link->name + " (" + out->link->kind + ")";
                hop.mtu = Absent{"links of this node were not read"};
                hop.drops = Absent{"links of this node were not read"};
                hop.assumed = true;
                hop.source = "assumed: the other end of " + m_a.node().name + "'s tunnel";
            }
            hop.decapsulates = encapsulationHeaders(out->link->kind, out->ipv6);
            add(std::move(hop));
        }
        if (m_to.pod == nullptr)
            return;
        const model::Route* route = nullptr;
        add(m_b.routing(m_to.address, route));
        std::vector<Hop> arrival = m_b.podSide(*m_to.pod);
        std::reverse(arrival.begin(), arrival.end());
        append(std::move(arrival));
    }

    /// The largest inner packet that fits, and where the sender's own packets would not.
    void budget() {
        int carried = 0, largest = 0, inner = 0;
        for (const Hop& hop : m_path.hops) {
            if (hop.kind == HopKind::Tunnel && !hop.encapsulates.empty()) {
                fit(hop, 0, largest, inner); // it takes the packet in before it wraps it
                carried = hop.headerBytes;
                continue;
            }
            if (hop.kind == HopKind::Tunnel)
                carried = hop.headerBytes; // likewise: what comes out of it is the inner packet
            fit(hop, carried, largest, inner);
        }
        if (inner > 0)
            m_path.innerMtu = inner;
        else
            m_path.innerMtu = Absent{"no MTU on this path is known"};
    }

    /// `largest`: the largest inner packet that reaches this hop, by the hops before it; 0 = not known yet.
    void fit(const Hop& hop, int carried, int& largest, int& inner) {
        if (!hop.mtu)
            return;
        const int room = *hop.mtu - carried;
        if (largest > 0 && largest > room) {
            const std::string where = hop.node.empty()
                                          ? "between the nodes"
                                          : hop.node + " " + (hop.device.empty() ? "routing" : hop.device);
            const std::string what = where + ": " + bytes(largest) + " packet" +
                                     (carried > 0 ? " + " + bytes(carried) + " " + wrapping() : std::string()) +
                                     " does not fit " + bytes(*hop.mtu);
            // Before it is wrapped or sent, the node itself tells the sender by ICMP; later nobody need do so.
            if (carried == 0 && hop.node == m_from.node->name)
                m_path.notes.push_back(what + "; the node tells the sender (ICMP), or the pod's route is smaller");
            else
                m_path.problems.push_back(what);
        }
        inner = inner == 0 ? room : std::min(inner, room);
        largest = inner;
    }

    [[nodiscard]] std::string wrapping() const {
        for (const Hop& hop : m_path.hops)
            if (!hop.encapsulates.empty())
                for (const Header& header : hop.encapsulates)
                    if (header.name == "VXLAN" || header.name == "Geneve" || header.name == "WireGuard")
                        return header.name;
        return "encapsulation";
    }

    [[nodiscard]] const model::PmtuResult* result(model::Plane plane) const {
        for (const model::PmtuResult& r : m_from.node->pmtu)
            if (r.peer == m_to.node->name && r.plane == plane)
                return &r;
        return nullptr;
    }

    void compareWithMeasured() {
        if (m_from.node == m_to.node)
            return;
        const bool overlay = m_from.pod != nullptr || m_to.pod != nullptr;
        const model::PmtuResult* r = result(overlay ? model::Plane::Overlay : model::Plane::Underlay);
        if (r == nullptr) {
            m_path.notes.emplace_back("what really gets through was not measured between these nodes");
            return;
        }
        if (r->blackhole)
            m_path.problems.push_back("measured: packets above " + bytes(r->mtu) +
                                      " vanish on this way without a word");
        else if (r->mtu > 0)
            m_path.notes.push_back("measured: " + bytes(r->mtu) + " get through");
    }

    const model::Case& m_case;
    Place m_from, m_to;
    NodeSide m_a, m_b;
    Path m_path;
    int m_carried = 0;
};

} // namespace

Result<Path> derive(const model::Case& subject, std::string_view from, std::string_view to, Family /*family*/) {
    auto a = placeOf(subject, from);
    if (!a)
        return tl::unexpected(a.error());
    if (a->service != nullptr)
        return fail("a path begins at a node or a pod, this is a service", std::string(from));
    auto b = placeOf(subject, to, a->node);
    if (!b)
        return tl::unexpected(b.error());
    if (a->node->facts.links.empty() && a->node->facts.routes.empty())
        return fail("nothing is known of this node's links and routes" +
                        (a->node->error.empty() ? std::string() : ": " + a->node->error),
                    a->node->name);
    return Deriver(subject, std::move(*a), std::move(*b)).derive();
}

std::optional<Path> typical(const model::Case& subject, std::string_view node) {
    if (!subject.cluster || subject.findNode(node) == nullptr)
        return std::nullopt;
    const auto podOn = [&](const std::string& name) -> const model::Pod* {
        for (const model::Pod& pod : subject.cluster->pods)
            if (pod.node == name && !pod.hostNetwork && !pod.ips.empty() && pod.phase == "Running")
                return &pod;
        return nullptr;
    };
    const std::string self(node);
    const auto own = std::find_if(subject.nodes.begin(), subject.nodes.end(),
                                  [&](const model::Node& n) { return n.name == self; });
    const auto start = static_cast<std::size_t>(own - subject.nodes.begin());
    const model::Pod* first = podOn(self);
    // A reached peer before one of which nothing is known.
    for (const bool reachedOnly : {true, false})
        for (std::size_t step = 1; step < subject.nodes.size(); ++step) {
            const model::Node& peer = subject.nodes[(start + step) % subject.nodes.size()];
            if (reachedOnly && peer.facts.links.empty())
                continue;
            const model::Pod* second = podOn(peer.name);
            const std::string from = first == nullptr ? self : self + "/" + first->ns + "/" + first->name;
            const std::string to = second == nullptr ? peer.name : second->ns + "/" + second->name;
            if (auto path = derive(subject, from, to))
                return std::move(*path);
        }
    return std::nullopt;
}

} // namespace netopsy::path
