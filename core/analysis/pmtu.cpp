// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a path carries against what the sender's own interface claims. It fits; or it is smaller and says so, by ICMP or
// by the node's own route; or it swallows what is too large without a word.
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/ip_text.h"
#include "core/base/text.h"
#include "core/path/path.h"
#include "core/path/tunnel.h"
#include "core/stats/summary.h"

#include <algorithm>
#include <optional>
#include <set>

namespace netopsy::analysis {

namespace {

/// A direction of a pair that carries less than its interface claims.
struct Narrow {
    const model::Node* node;
    const model::PmtuResult* result;
};

/// The same pair and family on the underlay; nullptr: not measured.
const model::PmtuResult* below(const Narrow& narrow) {
    for (const model::PmtuResult& r : narrow.node->pmtu)
        if (r.plane == model::Plane::Underlay && r.peer == narrow.result->peer &&
            text::isIpv6(r.address) == text::isIpv6(narrow.result->address))
            return &r;
    return nullptr;
}

bool holeBelow(const Narrow& hole) {
    return std::any_of(hole.node->pmtu.begin(), hole.node->pmtu.end(), [&](const model::PmtuResult& r) {
        return r.plane == model::Plane::Underlay && r.peer == hole.result->peer && r.blackhole;
    });
}

std::vector<std::string> suspectsOf(const std::vector<Narrow>& all) {
    std::vector<NodePair> pairs;
    for (const Narrow& one : all)
        pairs.emplace_back(one.node->name, one.result->peer);
    return commonNode(pairs);
}

std::vector<std::string> endsOf(const std::vector<Narrow>& all) {
    std::set<std::string> out;
    for (const Narrow& one : all)
        out.insert({one.node->name, one.result->peer});
    return {out.begin(), out.end()};
}

/// On the overlay alone it is the tunnel's; what the underlay has, too, is between the nodes.
std::vector<Location> whereOf(const std::vector<Narrow>& all, const std::vector<std::string>& suspects,
                              bool wire) {
    const std::string part = path::kindName(wire ? path::HopKind::Wire : path::HopKind::Tunnel);
    const auto isSix = [](const Narrow& one) { return text::isIpv6(one.result->address); };
    const auto sixes = static_cast<std::size_t>(std::count_if(all.begin(), all.end(), isSix));
    const std::string family = sixes == 0 ? "ipv4" : sixes == all.size() ? "ipv6" : "";
    std::vector<Location> out;
    for (const std::string& name : suspects)
        out.push_back({.node = name, .part = part, .family = family});
    if (out.empty())
        for (const Narrow& one : all)
            out.push_back({.node = one.node->name, .peer = one.result->peer, .part = part, .family = family});
    return out;
}

/// The largest inner packet that the pair's tunnel can carry over what its underlay carries; nullopt: there is none, or
/// it can't be told.
std::optional<int> tunnelCarries(const model::Case& subject, const Narrow& narrow) {
    std::optional<int> least;
    for (const path::Tunnel& tunnel :
         path::tunnels(narrow.node->facts, path::nodeAddress(subject, *narrow.node))) {
        const model::PmtuResult* plain = below(narrow);
        const int outer = plain != nullptr && plain->mtu > 0 ? plain->mtu
                          : tunnel.under != nullptr          ? tunnel.under->mtu
                                                             : 0;
        if (outer > 0)
            least = std::min(least.value_or(outer - tunnel.overhead), outer - tunnel.overhead);
    }
    return least;
}

/// Interfaces of the receiving node that claim just what gets through: "cni0 on node2".
std::vector<Location> sameSized(const model::Case& subject, const Narrow& narrow) {
    std::vector<Location> out;
    if (const model::Node* peer = subject.findNode(narrow.result->peer))
        for (const model::Link& link : peer->facts.links)
            if (link.mtu == narrow.result->mtu && link.state != "DOWN" && !path::isPodVeth(link))
                out.push_back({.node = peer->name, .device = link.name});
    return out;
}

/// Directions that are smaller than claimed and say so, other than what a tunnel too large for its underlay explains:
/// of that speaks mtu-exceeds-underlay.
std::vector<Narrow> reduced(const model::Case& subject, model::Plane plane) {
    std::vector<Narrow> out;
    for (const model::Node& node : subject.nodes)
        for (const model::PmtuResult& r : node.pmtu) {
            if (r.plane != plane || r.blackhole || r.mtu <= 0 || r.linkMtu <= 0 || r.mtu >= r.linkMtu)
                continue;
            const Narrow narrow{&node, &r};
            if (plane == model::Plane::Overlay)
                if (const auto carries = tunnelCarries(subject, narrow); carries && r.mtu >= *carries)
                    continue;
            out.push_back(narrow);
        }
    return out;
}

} // namespace

RuleResult pmtuReduced(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    for (const model::Plane plane : {model::Plane::Underlay, model::Plane::Overlay}) {
        const std::vector<Narrow> all = reduced(subject.the, plane);
        if (all.empty())
            continue;
        const std::vector<std::string> suspects = suspectsOf(all), ends = endsOf(all);
        const std::vector<std::string>& nodes = suspects.empty() ? ends : suspects;
        const auto least = std::min_element(all.begin(), all.end(), [](const Narrow& a, const Narrow& b) {
            return a.result->mtu < b.result->mtu;
        });
        Finding& f = result.fire(
            result.severity(), nodes,
            {{"where", suspects.empty() ? "between " + nameList(nodes) : "to and from " + nameList(suspects)},
             {"plane", plane == model::Plane::Underlay ? "underlay" : "overlay"},
             {"mtu", bytes(least->result->mtu)},
             {"claimed", bytes(least->result->linkMtu)},
             {"pairs", counted(all.size(), "path", "paths")}});
        f.certainty = Certainty::Proven;
        f.weight = 20;
        for (const Narrow& one : all) {
            const std::vector<Location> same = sameSized(subject.the, one);
            if (f.evidence.size() < 16) {
                f.evidence.push_back(
                    evidence(one.node->name + " to " + one.result->peer + ", largest that gets through",
                             bytes(one.result->mtu), one.node->name + ": probe",
                             bytes(one.result->linkMtu) + " promised by its own link"));
                for (const Location& at : same)
                    f.evidence.push_back(evidence("MTU of " + at.device + " on " + at.node, bytes(one.result->mtu),
                                                  model::SectionRef{at.node, section::links, 0, 0}));
            }
            f.where.insert(f.where.end(), same.begin(), same.end());
        }
        if (f.where.empty())
            f.where = whereOf(all, suspects, plane == model::Plane::Underlay);
    }
    return result;
}

RuleResult pmtuBlackhole(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    for (const model::Plane plane : {model::Plane::Underlay, model::Plane::Overlay}) {
        std::vector<Narrow> holes;
        std::size_t measured = 0;
        for (const model::Node& node : subject.the.nodes)
            for (const model::PmtuResult& r : node.pmtu) {
                if (r.plane != plane)
                    continue;
                ++measured;
                if (r.mtu > 0 && r.blackhole)
                    holes.push_back({&node, &r});
            }
        const std::string planeName = plane == model::Plane::Underlay ? "underlay" : "overlay";
        if (measured == 0 && plane == model::Plane::Underlay)
            result.cannotTell({}, "no path MTU was measured: run with the active probes on at least two nodes");
        if (holes.empty())
            continue;
        const std::vector<std::string> suspects = suspectsOf(holes);
        int least = holes.front().result->mtu;
        double lost = 0;
        for (const Narrow& hole : holes) {
            least = std::min(least, hole.result->mtu);
            for (const model::RttSeries& series : hole.node->rtt)
                if (series.peer == hole.result->peer && series.plane == plane) {
                    const stats::RttStats rtt = stats::rttStats(series);
                    if (rtt.sent > 0)
                        lost =
                            std::max(lost, 100.0 * static_cast<double>(rtt.lost) / static_cast<double>(rtt.sent));
                }
        }
        const std::vector<std::string> nodes = suspects.empty() ? endsOf(holes) : suspects;
        Finding& f = result.fire(
            result.severity(), nodes,
            {{"where", suspects.empty() ? "between " + nameList(nodes) : "to and from " + nameList(suspects)},
             {"plane", planeName},
             {"mtu", bytes(least)},
             {"pairs", counted(holes.size(), "path", "paths")},
             {"measured", text::integer(measured)}});
        const bool doubtful = lost >= result.limit("loss_doubt_pct");
        f.certainty = doubtful ? Certainty::Possible : holes.size() > 1 ? Certainty::Proven : Certainty::Likely;
        f.weight = plane == model::Plane::Underlay ? 90 : 88;
        f.where = whereOf(holes, suspects,
                          plane == model::Plane::Underlay || std::any_of(holes.begin(), holes.end(), holeBelow));
        for (const Narrow& hole : holes)
            if (f.evidence.size() < 16)
                f.evidence.push_back(
                    evidence(hole.node->name + " to " + hole.result->peer + ", largest that gets through",
                             bytes(hole.result->mtu), hole.node->name + ": probe",
                             bytes(hole.result->linkMtu) + " promised by its own link"));
        f.counterEvidence.push_back(evidence("plain loss on these paths, highest", text::percent(lost), "probe",
                                             text::percent(result.limit("loss_doubt_pct"))));
        f.counterEvidence.push_back(evidence("paths on the " + planeName + " without a hole",
                                             text::integer(measured - holes.size()), "probe"));
    }
    return result;
}

} // namespace netopsy::analysis
