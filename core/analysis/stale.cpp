// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a node's kernel believes of its peers against what the API says of them: forwarding entries of the overlay,
// routes to their pods, and neighbours that don't resolve.
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/analysis/vteps.h"
#include "core/base/ip_text.h"
#include "core/base/text.h"
#include "core/path/address.h"
#include "core/path/lookup.h"
#include "core/path/path.h"

#include <algorithm>
#include <set>

namespace netopsy::analysis {

namespace {

/// A peer that is down has no say in what is stale: node-unreachable speaks of it.
bool gone(const model::Case& subject, const std::string& peer) {
    const model::Node* node = subject.findNode(peer);
    return node != nullptr && node->state == model::NodeState::Unreachable;
}

// --- vtep-stale -------------------------------------------------------------------------------

/// How one node's kernel contradicts a peer's annotations.
struct Contradiction {
    std::string device;
    Evidence has;
};

const Vtep* ownerOf(const std::vector<Vtep>& all, const std::string& mac) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Vtep& v) { return v.mac == mac; });
    return found == all.end() ? nullptr : &*found;
}

/// The VXLAN devices that carry the overlay: those whose neighbours or entries name any of the endpoints.
std::vector<const model::Link*> vxlans(const model::Node& node) {
    std::vector<const model::Link*> out;
    for (const model::Link& link : node.facts.links)
        if (link.vxlan && (link.name.starts_with("flannel") || link.name.starts_with("vxlan.calico") ||
                           link.name.starts_with("vxlan-v6.calico")))
            out.push_back(&link);
    return out;
}

std::vector<Contradiction> contradictions(const model::Node& node, const model::Link& device, const Vtep& peer,
                                          const std::vector<Vtep>& all) {
    std::vector<Contradiction> out;
    const model::SectionRef fdb{node.name, section::fdb, 0, 0}, neighbours{node.name, section::neighbours, 0, 0};
    bool entry = false, anyEntry = false;
    for (const model::FdbEntry& e : node.facts.fdb) {
        if (e.dev != device.name || e.dst.empty())
            continue;
        anyEntry = true;
        if (e.mac == peer.mac) {
            entry = entry || e.dst == peer.outer;
            if (e.dst != peer.outer)
                out.push_back({device.name, evidence("forwarding entry of " + peer.mac, "to " + e.dst, fdb,
                                                     "to " + peer.outer)});
        } else if (e.dst == peer.outer && ownerOf(all, e.mac) == nullptr && e.mac != "00:00:00:00:00:00") {
            out.push_back({device.name, evidence("forwarding entry to " + peer.outer, e.mac, fdb, peer.mac)});
        }
    }
    if (anyEntry && !entry && out.empty())
        out.push_back({device.name, evidence("forwarding entry of " + peer.mac, "none", fdb, "to " + peer.outer)});
    for (const model::Neighbour& n : node.facts.neighbours)
        if (n.dev == device.name && n.address == peer.inner && !n.mac.empty() && n.mac != peer.mac)
            out.push_back({device.name, evidence("neighbour " + peer.inner, n.mac, neighbours, peer.mac)});
    return out;
}

/// A tunnel device that does not carry the address of its own Node's annotation: an agent that has not caught up, or a
/// second CNI that took the device.
void judgeOwnAddress(RuleResult& result, const model::Node& node, const TunnelAddress& said) {
    const model::Link* device = path::findLink(node.facts, said.device);
    const auto address = path::parseAddress(said.address);
    if (device == nullptr || std::any_of(device->addresses.begin(), device->addresses.end(),
                                         [&](const auto& a) { return path::parseAddress(a.address) == address; }))
        return;
    Finding& f = result.fire(Severity::Warning, {node.name},
                             {{"node", node.name}, {"device", said.device}, {"address", said.address}}, "own");
    f.certainty = Certainty::Likely;
    f.weight = 70;
    f.where = {{.node = node.name, .device = said.device}};
    std::vector<std::string> has;
    for (const model::LinkAddress& a : device->addresses)
        has.push_back(a.address);
    f.evidence.push_back(evidence("addresses of " + said.device, has.empty() ? "none" : text::join(has, ", "),
                                  model::SectionRef{node.name, section::links, 0, 0}, said.address));
    f.evidence.push_back(
        evidence("what " + node.name + " says of itself", said.address, "Node annotation " + said.source));
}

/// IPIP has no forwarding entries: a route's next hop is the endpoint itself. One that no Node has is of a node that
/// left, or that came back with another address.
void judgeEndpoints(RuleResult& result, const model::Inventory& cluster, const model::Node& node) {
    std::set<std::string> known;
    for (const model::ClusterNode& peer : cluster.nodes) {
        for (const model::NodeAddress& address : peer.addresses)
            known.insert(address.address);
        const auto own = peer.annotations.find("projectcalico.org/IPv4Address");
        if (own != peer.annotations.end())
            known.insert(own->second.substr(0, own->second.find('/')));
    }
    for (const model::Route& route : node.facts.routes) {
        if (route.dev != "tunl0" || route.via.empty() || known.contains(route.via))
            continue;
        Finding& f = result.fire(
            Severity::Warning, {node.name},
            {{"node", node.name}, {"device", route.dev}, {"cidr", route.dst}, {"address", route.via}}, "gone");
        f.certainty = Certainty::Likely;
        f.weight = 70;
        f.where = {{.node = node.name, .device = route.dev}};
        f.evidence.push_back(evidence("route to " + route.dst, "via " + route.via + " by " + route.dev,
                                      model::SectionRef{node.name, section::routes4, 0, 0}));
        f.counterEvidence.push_back(
            evidence("addresses of Nodes, checked", std::to_string(known.size()), "Kubernetes API"));
    }
}

// --- pod-route-missing ------------------------------------------------------------------------

/// These write one route a peer, to its podCIDR; others hand out addresses by another plan.
bool routesByPodCidr(const model::CniInfo& cni) {
    static const std::set<std::string> names{"flannel", "canal", "kindnet", "kube-router", "antrea"};
    return names.contains(cni.name);
}

/// An address inside, that no device of the CNI itself carries.
std::string insideOf(const std::string& cidr) {
    std::string address = cidr.substr(0, cidr.find('/'));
    if (text::isIpv6(address))
        return address.ends_with("::") ? address + "a" : address;
    const auto dot = address.rfind('.');
    return dot == std::string::npos ? address : address.substr(0, dot) + ".10";
}

bool onlyDefault(const model::Route* route) {
    return route == nullptr || route->dst == "default" || route->dst == "0.0.0.0/0" || route->dst == "::/0";
}

// --- neighbour-failed -------------------------------------------------------------------------

bool failed(const model::Neighbour& neighbour) {
    return neighbour.state == "FAILED" || neighbour.state == "INCOMPLETE";
}

/// A measured answer from there says that it resolves after all.
bool answered(const model::Node& node, const std::string& address) {
    return std::any_of(node.rtt.begin(), node.rtt.end(), [&](const model::RttSeries& s) {
        return s.address == address && std::any_of(s.samples.begin(), s.samples.end(),
                                                   [](const model::RttSample& r) { return r.rttNs >= 0; });
    });
}

struct Role {
    std::string what, peer;
};

/// Addresses whose resolution other traffic depends on: peers, and the gateways of routes in use.
std::map<std::string, Role> needed(const model::Case& subject, const model::Node& node) {
    std::map<std::string, Role> out;
    for (const model::Route& route : node.facts.routes)
        if (!route.via.empty())
            out.emplace(route.via, Role{"next hop of " + route.dst, {}});
    for (const model::Node& peer : subject.nodes)
        if (peer.name != node.name)
            for (const std::string& address : path::nodeAddresses(subject, peer))
                out.insert_or_assign(address, Role{"address of " + peer.name, peer.name});
    return out;
}

} // namespace

RuleResult vtepStale(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    if (!subject.the.cluster)
        return result;
    const std::vector<Vtep> all = vteps(*subject.the.cluster);
    const std::vector<TunnelAddress> own = tunnelAddresses(*subject.the.cluster);
    for (const model::Node& node : subject.the.nodes) {
        if (!Subject::reached(node))
            continue;
        for (const TunnelAddress& said : own)
            if (said.node == node.name)
                judgeOwnAddress(result, node, said);
        if (subject.the.cluster->cni.name == "calico")
            judgeEndpoints(result, *subject.the.cluster, node);
        for (const model::Link* device : vxlans(node)) {
            if (node.facts.fdb.empty()) {
                if (all.size() > 1)
                    result.cannotTell(node.name,
                                      "the forwarding tables were not read: it takes iproute2's `bridge`");
                continue;
            }
            for (const Vtep& peer : all) {
                if (peer.node == node.name || gone(subject.the, peer.node) ||
                    text::isIpv6(peer.outer) != text::isIpv6(device->vxlan->local))
                    continue;
                const auto found = contradictions(node, *device, peer, all);
                if (found.empty())
                    continue;
                Finding& f = result.fire(result.severity(), {node.name},
                                         {{"node", node.name}, {"peer", peer.node}, {"device", device->name}});
                f.certainty = Certainty::Proven;
                f.weight = 99; // the cause of what else the pair loses
                f.where = {{.node = node.name, .device = device->name, .peer = peer.node}};
                for (const Contradiction& one : found)
                    f.evidence.push_back(one.has);
                f.evidence.push_back(evidence("what " + peer.node + " says of itself",
                                              peer.mac + " at " + peer.outer, "Node annotations " + peer.source));
                bool works = false;
                for (const model::RttSeries& s : node.rtt)
                    if (s.peer == peer.node && s.plane == model::Plane::Overlay) {
                        const stats::RttStats rtt = stats::rttStats(s);
                        works = works || rtt.lost < rtt.sent;
                        (rtt.lost == rtt.sent ? f.evidence : f.counterEvidence)
                            .push_back(evidence("echoes through the overlay to " + peer.node,
                                                std::to_string(rtt.lost) + " of " + std::to_string(rtt.sent) +
                                                    " without an answer",
                                                node.name + ": probe"));
                    }
                if (works) {
                    f.severity = Severity::Warning;
                    f.certainty = Certainty::Likely;
                }
            }
        }
    }
    return result;
}

RuleResult podRouteMissing(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    if (!subject.the.cluster || !routesByPodCidr(subject.the.cluster->cni))
        return result;
    for (const model::Node& node : subject.the.nodes) {
        if (!Subject::reached(node))
            continue;
        if (node.facts.routes.empty()) {
            result.cannotTell(node.name, "its routes were not read");
            continue;
        }
        for (const model::ClusterNode& peer : subject.the.cluster->nodes) {
            if (peer.name == node.name || gone(subject.the, peer.name) || peer.ready != "True")
                continue;
            for (const std::string& cidr : peer.podCidrs) {
                const path::Choice choice = path::choose(node.facts, {{}, insideOf(cidr), {}, "lo"});
                if (!onlyDefault(choice.route))
                    continue;
                Finding& f = result.fire(result.severity(), {node.name},
                                         {{"node", node.name}, {"peer", peer.name}, {"cidr", cidr}});
                f.certainty = Certainty::Proven;
                f.weight = 99;
                f.where = {{.node = node.name,
                            .peer = peer.name,
                            .part = path::kindName(path::HopKind::Routing),
                            .family = familyOf(cidr)}};
                f.evidence.push_back(evidence(
                    "route to " + cidr,
                    choice.route == nullptr ? "none" : "the default route by " + choice.route->dev,
                    model::SectionRef{node.name, text::isIpv6(cidr) ? section::routes6 : section::routes4, 0, 0}));
                f.evidence.push_back(evidence("podCIDR of " + peer.name, cidr, "Kubernetes API"));
            }
        }
    }
    return result;
}

RuleResult neighbourFailed(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    for (const model::Node& node : subject.the.nodes) {
        if (!Subject::reached(node))
            continue;
        const auto needs = needed(subject.the, node);
        for (const model::Neighbour& neighbour : node.facts.neighbours) {
            const auto need = needs.find(neighbour.address);
            if (!failed(neighbour) || need == needs.end() || answered(node, neighbour.address) ||
                gone(subject.the, need->second.peer))
                continue;
            Finding& f = result.fire(result.severity(), {node.name},
                                     {{"node", node.name},
                                      {"address", neighbour.address},
                                      {"device", neighbour.dev},
                                      {"role", need->second.what}});
            f.certainty = Certainty::Likely;
            f.weight = 60;
            f.where = {{.node = node.name,
                        .device = neighbour.dev,
                        .peer = need->second.peer,
                        .family = familyOf(neighbour.address)}};
            f.evidence.push_back(evidence("neighbour " + neighbour.address + " on " + neighbour.dev,
                                          neighbour.state,
                                          model::SectionRef{node.name, section::neighbours, 0, 0}));
            f.evidence.push_back(
                evidence("what it is", need->second.what, node.name + ": routes; Kubernetes API"));
            f.counterEvidence.push_back(evidence("answers measured from there", "none", node.name + ": probe"));
        }
    }
    return result;
}

} // namespace netopsy::analysis
