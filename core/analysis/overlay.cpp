// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the encapsulation costs in round-trip time, where the nodes could do without it: neighbours on one
// network.
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/ip_text.h"
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

/// The peer is reached without a router in between: its address lies in the network of the node's own, and no route
/// says otherwise. Where a provider routes between addresses that look like neighbours, each is a /32.
bool neighbours(const model::Case& subject, const model::Node& node, const model::RttSeries& under) {
    const model::Route* route = path::lookUp(node.facts.routes, under.address);
    if (route != nullptr && !route->via.empty())
        return false;
    const auto peer = path::parseAddress(under.address);
    for (const std::string& own : path::nodeAddresses(subject, node))
        if (const model::Link* link = path::linkWithAddress(node.facts, own); link != nullptr && peer)
            for (const model::LinkAddress& a : link->addresses) {
                const auto network = path::parsePrefix(a.address + "/" + std::to_string(a.prefix));
                if (a.address == own && network && network->contains(*peer))
                    return true;
            }
    return false;
}

/// The pair's pods already talk without encapsulation (Flannel's DirectRouting, Calico's CrossSubnet).
bool direct(const model::Node& node, const model::RttSeries& under, const model::RttSeries& over) {
    const model::Route* below = path::lookUp(node.facts.routes, under.address);
    const model::Route* above = path::lookUp(node.facts.routes, over.address);
    return below != nullptr && above != nullptr && below->dev == above->dev;
}

/// One direction between neighbours, on both planes.
struct Measured {
    std::size_t node; ///< index of the case's
    const model::RttSeries* plain;
    std::vector<std::int64_t> under, over;
    std::int64_t base;  ///< median round trip on the underlay, ns
    std::int64_t extra; ///< what the overlay's median is more
};

struct Gathered {
    std::vector<Measured> pairs;
    std::size_t far = 0, thin = 0, unlike = 0;
};

Gathered gather(const model::Case& subject, double enough) {
    Gathered out;
    for (std::size_t n = 0; n < subject.nodes.size(); ++n) {
        const model::Node& node = subject.nodes[n];
        for (const model::RttSeries& plain : node.rtt) {
            if (plain.plane != model::Plane::Underlay)
                continue;
            const auto same = std::find_if(node.rtt.begin(), node.rtt.end(), [&](const model::RttSeries& s) {
                return s.plane == model::Plane::Overlay && s.peer == plain.peer &&
                       text::isIpv6(s.address) == text::isIpv6(plain.address);
            });
            if (same == node.rtt.end()) {
                ++out.thin;
                continue;
            }
            if (!neighbours(subject, node, plain)) {
                ++out.far;
                continue;
            }
            if (direct(node, plain, *same))
                continue;
            if (same->method != plain.method) {
                ++out.unlike; // an ICMP echo against a UDP one would compare the methods
                continue;
            }
            auto under = stats::undisturbed(plain), over = stats::undisturbed(*same);
            const auto base = stats::percentile(under, 0.5), wrapped = stats::percentile(over, 0.5);
            if (static_cast<double>(std::min(under.size(), over.size())) < enough || !base || !wrapped) {
                ++out.thin;
                continue;
            }
            out.pairs.push_back({n, &plain, std::move(under), std::move(over), *base, *wrapped - *base});
        }
    }
    return out;
}

/// Over all pairs. Each pair's samples are taken from its own underlay median, so that near and far pairs together
/// don't widen the interval, nor unequal numbers of their samples shift it.
std::optional<stats::MedianDifference> overall(const std::vector<Measured>& pairs) {
    std::vector<std::int64_t> under, over;
    for (const Measured& pair : pairs) {
        for (const std::int64_t ns : pair.under)
            under.push_back(ns - pair.base);
        for (const std::int64_t ns : pair.over)
            over.push_back(ns - pair.base);
    }
    return stats::medianDifference(under, over);
}

std::string interval(const stats::MedianDifference& d) {
    return text::duration(d.median) + " (95 % interval " + text::duration(d.low95) + " to " +
           text::duration(d.high95) + ")";
}

/// The pairs that pay most, each with its own interval.
void addPairs(Finding& f, const model::Case& subject, std::vector<Measured>& pairs) {
    constexpr std::size_t shown = 6;
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Measured& a, const Measured& b) { return a.extra > b.extra; });
    for (std::size_t i = 0; i < std::min(shown, pairs.size()); ++i) {
        const Measured& pair = pairs[i];
        const auto own = stats::medianDifference(pair.under, pair.over);
        if (!own)
            continue;
        const std::string& name = subject.nodes[pair.node].name;
        f.evidence.push_back(
            evidence(name + " to " + pair.plain->peer,
                     interval(*own) + " more than " + text::duration(static_cast<double>(pair.base)),
                     name + ": probe, " + text::integer(pair.under.size()) + " and " +
                         text::integer(pair.over.size()) + " echoes (" + pair.plain->method + ")"));
    }
}

/// Encapsulation is work of the kernel's softirqs: beside what it costs in time stands what they take of the CPU.
void addSoftirq(Finding& f, const Subject& subject, const std::vector<Measured>& pairs) {
    const stats::CpuShare* most = nullptr;
    std::size_t where = 0;
    for (const Measured& pair : pairs) {
        const auto& cpu = subject.of(pair.node).cpu;
        if (cpu && !std::isnan(cpu->softirq) && (most == nullptr || cpu->softirq > most->softirq)) {
            most = &*cpu;
            where = pair.node;
        }
    }
    if (most == nullptr) {
        f.evidence.push_back(evidence("CPU time in softirqs", "not known", "no two samples of /proc/stat"));
        return;
    }
    const std::string& name = subject.the.nodes[where].name;
    f.evidence.push_back(evidence("CPU time in softirqs, the most of these nodes, on " + name,
                                  text::percent(most->softirq), model::SectionRef{name, section::sample, 0, 0}));
    double busiest = 0;
    int core = -1;
    for (const auto& [id, share] : subject.of(where).perCpu)
        if (share.softirq > busiest) {
            busiest = share.softirq;
            core = id;
        }
    if (core >= 0 && busiest > 2 * most->softirq)
        f.evidence.push_back(evidence("of its CPU " + std::to_string(core) + " alone", text::percent(busiest),
                                      model::SectionRef{name, section::sample, 0, 0}));
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
    Gathered measured = gather(subject.the, result.limit("min_samples"));
    if (measured.pairs.empty()) {
        if (measured.unlike + measured.thin > 0)
            result.cannotTell({}, measured.unlike > 0
                                      ? "the two planes were measured by different methods"
                                      : "too few round trips on both planes between two nodes: run longer, with "
                                        "the active probes");
        else if (std::none_of(subject.the.nodes.begin(), subject.the.nodes.end(),
                              [](const model::Node& n) { return !n.rtt.empty(); }))
            result.cannotTell({}, "no round trip was measured: run with the active probes on at least two nodes");
        return result; // apart by a router, where encapsulation may be what carries them, or direct already
    }
    const auto difference = overall(measured.pairs);
    std::vector<std::int64_t> bases;
    for (const Measured& pair : measured.pairs)
        bases.push_back(pair.base);
    const auto plain = stats::percentile(bases, 0.5);
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
    const std::string source =
        "probe, " + counted(measured.pairs.size(), "direction of a pair of nodes", "directions of pairs of nodes");
    f.evidence.push_back(evidence("the overlay adds, median", interval(*difference), source,
                                  text::duration(result.limit("min_us") * 1e3)));
    f.evidence.push_back(evidence("median round trip, underlay", text::duration(base), source));
    addPairs(f, subject.the, measured.pairs);
    addSoftirq(f, subject, measured.pairs);
    f.evidence.push_back(evidence("nodes are neighbours", "no router between them, one network",
                                  "routes and addresses of the nodes"));
    for (const std::string& why : cni.evidence)
        if (f.evidence.size() < 14)
            f.evidence.push_back(evidence("encapsulation", why, "Kubernetes API"));
    if (measured.far > 0)
        f.counterEvidence.push_back(evidence("paths with a router between, which keep their tunnel",
                                             text::integer(measured.far), "routes of the nodes"));
    return result;
}

} // namespace netopsy::analysis
