// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sizes that don't fit by the nodes' own settings: a tunnel's packets in its underlay, a node among its peers. What the
// path itself carries is judged in pmtu.cpp.
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/text.h"
#include "core/path/path.h"
#include "core/path/tunnel.h"

#include <algorithm>
#include <set>

namespace netopsy::analysis {

namespace {

std::string encapsulationName(const std::string& kind) {
    if (kind == "vxlan")
        return "VXLAN";
    if (kind == "geneve")
        return "Geneve";
    if (kind == "wireguard")
        return "WireGuard";
    return kind == "ipip" ? "IPIP" : kind;
}

/// Least path MTU to any peer that the path itself announced (by ICMP or the local route); nullptr when none
/// was.
const model::PmtuResult* leastAnnounced(const model::Node& node, model::Plane plane) {
    const model::PmtuResult* least = nullptr;
    for (const model::PmtuResult& result : node.pmtu)
        if (result.plane == plane && !result.blackhole && result.mtu > 0 &&
            (least == nullptr || result.mtu < least->mtu))
            least = &result;
    return least;
}

bool overlaySuffers(const model::Node& node, int innerMtu) {
    return std::any_of(node.pmtu.begin(), node.pmtu.end(), [&](const model::PmtuResult& r) {
        return r.plane == model::Plane::Overlay && r.mtu > 0 && (r.blackhole || r.mtu < innerMtu);
    });
}

void judgeTunnel(RuleResult& result, const model::Node& node, const path::Tunnel& tunnel) {
    const model::SectionRef links{node.name, section::links, 0, 0};
    if (tunnel.under == nullptr || !tunnel.innerMtu) {
        result.cannotTell(node.name, tunnel.link->name + ": " +
                                         (tunnel.under == nullptr ? "the link below it is not known"
                                                                  : tunnel.innerMtu.reason()));
        return;
    }
    const model::PmtuResult* measured = leastAnnounced(node, model::Plane::Underlay);
    const bool pathIsLess = measured != nullptr && measured->mtu < tunnel.under->mtu;
    const int outer = pathIsLess ? measured->mtu : tunnel.under->mtu;
    const int needed = *tunnel.innerMtu + tunnel.overhead;
    if (needed <= outer)
        return;
    const bool suffers = overlaySuffers(node, *tunnel.innerMtu);
    Finding& f = result.fire(suffers ? Severity::Critical : result.severity(), {node.name},
                             {{"node", node.name},
                              {"tunnel", tunnel.link->name},
                              {"inner", bytes(*tunnel.innerMtu)},
                              {"encapsulation", encapsulationName(tunnel.link->kind)},
                              {"overhead", bytes(tunnel.overhead)},
                              {"underlay", tunnel.under->name},
                              {"outer", bytes(outer)},
                              {"fits", bytes(outer - tunnel.overhead)}},
                             pathIsLess ? "path" : "");
    f.certainty = Certainty::Proven;
    f.weight = 80;
    f.where = {{.node = node.name, .device = tunnel.link->name}};
    f.evidence.push_back(
        evidence("MTU of " + tunnel.link->name, bytes(*tunnel.innerMtu), links, bytes(outer - tunnel.overhead)));
    f.evidence.push_back(
        evidence(encapsulationName(tunnel.link->kind) + " over " + (tunnel.ipv6 ? "IPv6" : "IPv4") + " adds",
                 bytes(tunnel.overhead), links));
    f.evidence.push_back(evidence("MTU of " + tunnel.under->name, bytes(tunnel.under->mtu), links));
    if (pathIsLess)
        f.evidence.push_back(
            evidence("path MTU to " + measured->peer, bytes(measured->mtu), node.name + ": probe"));
    std::set<int> pods;
    for (const model::Link& link : node.facts.links)
        if (path::isPodVeth(link) && &link != tunnel.under) // a lab's or kind's NIC is a veth, too
            pods.insert(link.mtu);
    if (!pods.empty())
        f.evidence.push_back(evidence("largest MTU of a pod's link", bytes(*pods.rbegin()), links));
    for (const model::PmtuResult& r : node.pmtu)
        if (r.plane == model::Plane::Overlay && r.mtu > 0)
            (r.mtu < *tunnel.innerMtu || r.blackhole ? f.evidence : f.counterEvidence)
                .push_back(evidence("measured through the overlay to " + r.peer,
                                    bytes(r.mtu) + (r.blackhole ? ", larger ones vanish" : ""),
                                    node.name + ": probe"));
    if (node.pmtu.empty())
        f.counterEvidence.push_back(evidence("what really gets through", "not measured", "the probe did not run"));
}

} // namespace

RuleResult mtuExceedsUnderlay(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    for (const model::Node& node : subject.the.nodes) {
        if (!Subject::reached(node))
            continue;
        if (node.facts.links.empty()) {
            result.cannotTell(node.name, "its links were not read");
            continue;
        }
        for (const path::Tunnel& tunnel : path::tunnels(node.facts, path::nodeAddress(subject.the, node)))
            judgeTunnel(result, node, tunnel);
    }
    return result;
}

RuleResult mtuInconsistent(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    struct Seen {
        std::string device;
        int mtu;
    };
    // role -> node -> MTU. NICs are compared within one network only: another network may rightly differ.
    std::map<std::string, std::map<std::string, std::string>> roles;
    std::map<std::string, std::map<std::string, Seen>> seen;
    std::size_t judged = 0;
    for (const model::Node& node : subject.the.nodes) {
        if (!Subject::reached(node) || node.facts.links.empty())
            continue;
        ++judged;
        const auto add = [&](const std::string& role, const model::Link& link) {
            roles[role][node.name] = std::to_string(link.mtu);
            seen[role].emplace(node.name, Seen{link.name, link.mtu});
        };
        const std::string address = path::nodeAddress(subject.the, node);
        if (const model::Link* nic = path::underlay(node.facts, address))
            add("1 underlay NIC in " + path::networkOf(*nic, address), *nic);
        for (const path::Tunnel& tunnel : path::tunnels(node.facts, address))
            add("2 tunnel " + tunnel.link->name, *tunnel.link);
        for (const model::Link& link : node.facts.links)
            if (link.kind == "bridge" &&
                (link.name == "cni0" || link.name == "kube-bridge" || link.name == "weave"))
                add("3 pod bridge " + link.name, link);
    }
    if (judged < 2) {
        result.cannotTell({}, "it takes the links of at least two nodes to compare");
        return result;
    }
    // A NIC that differs makes the tunnel and bridge above it differ: one finding per odd node, its lowest
    // link first.
    std::map<std::string, Finding*> byNode;
    result.findings.reserve(roles.size() * judged); // keeps the pointers valid
    for (const auto& [role, values] : roles) {
        const Majority most = majority(values);
        for (const auto& [value, nodes] : most.odd)
            for (const std::string& name : nodes) {
                const Seen& odd = seen.at(role).at(name);
                const std::string usual = bytes(std::stoi(most.value));
                Finding*& f = byNode[name];
                if (f == nullptr) {
                    f = &result.fire(result.severity(), {name},
                                     {{"node", name},
                                      {"device", odd.device},
                                      {"mtu", bytes(odd.mtu)},
                                      {"usual", usual},
                                      {"holders", counted(most.holders, "node", "nodes")}},
                                     most.clear ? "" : "split");
                    f->certainty = Certainty::Proven;
                    f->weight = role.front() == '1' ? 50 : 40;
                    f->where = {{.node = name, .device = odd.device}};
                }
                f->evidence.push_back(evidence(role.substr(2), bytes(odd.mtu),
                                               model::SectionRef{name, section::links, 0, 0},
                                               usual + " on " + counted(most.holders, "node", "nodes")));
            }
    }
    return result;
}

} // namespace netopsy::analysis
