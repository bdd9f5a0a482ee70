// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the encapsulation costs in round-trip time, where the nodes could do without it: neighbours on one
// network.
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/text.h"
#include "core/path/address.h"
#include "core/path/path.h"
#include "core/stats/summary.h"

#include <algorithm>
#include <cmath>

namespace netopsy::analysis {

namespace {

/// "1.16.3" -> {1, 16}; nullopt when it does not begin with two numbers.
std::optional<std::pair<std::uint64_t, std::uint64_t>> majorMinor(std::string_view version) {
    if (version.starts_with('v'))
        version.remove_prefix(1);
    const auto parts = text::split(version, '.');
    if (parts.size() < 2)
        return std::nullopt;
    const auto major = text::toUint(parts[0]), minor = text::toUint(parts[1]);
    if (!major || !minor)
        return std::nullopt;
    return std::pair{*major, *minor};
}

/// Which words tell how to do without the encapsulation: they differ by CNI, and Cilium's by version.
std::string remedyVariant(const model::CniInfo& cni) {
    if (cni.name == "flannel" || cni.name == "canal" || cni.name == "calico" || cni.name == "antrea" ||
        cni.name == "kube-router")
        return cni.name == "canal" ? "flannel" : cni.name;
    if (cni.name != "cilium")
        return "other";
    const auto version = majorMinor(cni.version);
    if (!version)
        return "cilium_unknown";
    if (*version < std::pair<std::uint64_t, std::uint64_t>{1, 14})
        return "cilium_1_13";
    return *version < std::pair<std::uint64_t, std::uint64_t>{1, 15} ? "cilium_1_14" : "cilium_1_15";
}

std::vector<std::int64_t> answered(const model::RttSeries& series) {
    std::vector<std::int64_t> out;
    for (const model::RttSample& sample : series.samples)
        if (sample.rttNs >= 0)
            out.push_back(sample.rttNs);
    return out;
}

/// The peer is reached without a router in between: both in the network of the node's own interface.
bool neighbours(const model::Case& subject, const model::Node& node, const model::RttSeries& under) {
    const model::Route* route = path::lookUp(node.facts.routes, under.address);
    if (route != nullptr)
        return route->via.empty();
    const model::Node* peer = subject.findNode(under.peer);
    const std::string own = path::nodeAddress(subject, node);
    const model::Link* link = path::underlay(node.facts, own);
    if (peer == nullptr || link == nullptr)
        return false;
    const std::string theirs = path::nodeAddress(subject, *peer);
    const model::Link* peerLink = path::underlay(peer->facts, theirs);
    return peerLink != nullptr && !path::networkOf(*link, own).empty() &&
           path::networkOf(*link, own) == path::networkOf(*peerLink, theirs);
}

} // namespace

RuleResult overlayTax(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    if (!subject.the.cluster) {
        result.cannotTell({}, "there is no cluster, so no overlay");
        return result;
    }
    const model::CniInfo& cni = subject.the.cluster->cni;
    if (cni.mode == "native" || cni.mode == "host-gw" || cni.mode == "none")
        return result;
    if (cni.mode == "unknown") {
        result.cannotTell({}, "the CNI's mode is not known, so neither is whether it encapsulates");
        return result;
    }
    const double enough = result.limit("min_samples");
    std::vector<std::int64_t> under, over;
    std::size_t pairs = 0, far = 0, thin = 0, unlike = 0;
    for (const model::Node& node : subject.the.nodes)
        for (const model::RttSeries& plain : node.rtt) {
            if (plain.plane != model::Plane::Underlay)
                continue;
            const auto same = std::find_if(node.rtt.begin(), node.rtt.end(), [&](const model::RttSeries& s) {
                return s.plane == model::Plane::Overlay && s.peer == plain.peer;
            });
            if (same == node.rtt.end())
                continue;
            if (!neighbours(subject.the, node, plain)) {
                ++far;
                continue;
            }
            if (same->method != plain.method) {
                ++unlike; // an ICMP echo against a UDP one would compare the methods
                continue;
            }
            const auto a = answered(plain), b = answered(*same);
            if (static_cast<double>(std::min(a.size(), b.size())) < enough) {
                ++thin;
                continue;
            }
            ++pairs;
            under.insert(under.end(), a.begin(), a.end());
            over.insert(over.end(), b.begin(), b.end());
        }
    if (pairs == 0) {
        if (unlike + thin > 0 || far == 0)
            result.cannotTell({}, unlike > 0
                                      ? "the two planes were measured by different methods"
                                      : "too few round trips on both planes between two nodes: run longer, with "
                                        "the active probes");
        return result; // all pairs are apart by a router: encapsulation may be what carries them
    }
    const auto difference = stats::medianDifference(under, over);
    const auto plain = stats::percentile(under, 0.5);
    if (!difference || !plain || *plain <= 0)
        return result;
    const double base = static_cast<double>(*plain), pct = 100 * difference->median / base;
    if (difference->low95 <= 0 || difference->median < result.limit("min_us") * 1e3 ||
        pct < result.limit("min_pct"))
        return result;
    const bool large =
        difference->median >= result.limit("warning_us") * 1e3 && pct >= result.limit("warning_pct");
    std::string variant = remedyVariant(cni);
    Finding& f = result.fire(large ? Severity::Warning : Severity::Info, {},
                             {{"extra", text::duration(difference->median)},
                              {"pct", text::percent(pct)},
                              {"mode", cni.mode},
                              {"cni", cni.name + (cni.version.empty() ? "" : " " + cni.version)},
                              {"base", text::duration(base)}},
                             variant);
    f.certainty = Certainty::Proven;
    f.weight = std::min(40.0, pct / 5);
    f.where = {{.part = path::kindName(path::HopKind::Tunnel)}};
    const std::string source = "probe, " + counted(pairs, "pair of nodes", "pairs of nodes");
    f.evidence.push_back(evidence("median round trip, underlay",
                                  text::duration(base) + " over " + text::integer(under.size()), source));
    f.evidence.push_back(evidence("the overlay adds, median",
                                  text::duration(difference->median) + " (95 % interval " +
                                      text::duration(difference->low95) + " to " +
                                      text::duration(difference->high95) + ")",
                                  source, text::duration(result.limit("min_us") * 1e3)));
    f.evidence.push_back(evidence("nodes are neighbours", "no router between them", "routes of the nodes"));
    for (const std::string& why : cni.evidence)
        if (f.evidence.size() < 8)
            f.evidence.push_back(evidence("encapsulation", why, "Kubernetes API"));
    if (far > 0)
        f.counterEvidence.push_back(evidence("paths with a router between, which keep their tunnel",
                                             text::integer(far), "routes of the nodes"));
    return result;
}

} // namespace netopsy::analysis
