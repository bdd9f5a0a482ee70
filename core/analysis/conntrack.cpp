// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The connection tracking table. Its limit is one value for the whole machine, compared with each network
// namespace's own count; what is judged here is the node's own namespace, where pods' flows are NATed.
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/text.h"
#include "core/path/path.h"

#include <algorithm>

namespace netopsy::analysis {

namespace {

const model::NodeSample* fullest(const model::Node& node) {
    const model::NodeSample* best = nullptr;
    const auto fill = [](const model::NodeSample& s) {
        return static_cast<double>(s.conntrack->count) / static_cast<double>(s.conntrack->max);
    };
    for (const model::NodeSample& s : node.samples)
        if (s.conntrack && s.conntrack->max > 0 && (best == nullptr || fill(s) > fill(*best)))
            best = &s;
    return best;
}

bool bpfTracks(const Subject& subject) {
    return subject.the.cluster && subject.the.cluster->cni.name == "cilium" &&
           subject.the.cluster->proxy.mode == "ebpf";
}

/// The counter's change over the run; nullopt with `why` when there is none.
std::optional<std::uint64_t> counter(const model::Node& node, const stats::NodeSummary& summary,
                                     const std::string& name, std::string& why) {
    if (const auto found = summary.conntrackDelta.find(name); found != summary.conntrackDelta.end())
        return found->second;
    const auto* sample = lastSample(node, [](const model::NodeSample& s) { return s.conntrack.has(); });
    if (sample == nullptr)
        why = whyNoSamples(node,
                           "conntrack was not read: " +
                               (node.samples.empty() ? std::string() : node.samples.back().conntrack.reason()));
    else if (sample->conntrack->stats.empty())
        why = "this kernel has no /proc/net/stat/nf_conntrack: collect `conntrack -S` twice, 30 s apart";
    else
        why = "no change of \"" + name + "\" over the run is known: it needs two samples";
    return std::nullopt;
}

model::SectionRef lastConntrack(const model::Node& node) {
    const auto* sample = lastSample(node, [](const model::NodeSample& s) { return s.conntrack.has(); });
    return {node.name, section::sample, sample == nullptr ? 0 : sample->seq, 0};
}

} // namespace

RuleResult conntrackNearFull(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    for (std::size_t i = 0; i < subject.the.nodes.size(); ++i) {
        const model::Node& node = subject.the.nodes[i];
        if (!Subject::reached(node))
            continue;
        const Reading<double>& fill = subject.of(i).conntrackFill;
        if (!fill) {
            result.cannotTell(node.name, whyNoSamples(node, fill.reason()));
            continue;
        }
        if (*fill < result.limit("warning_share"))
            continue;
        const model::NodeSample& worst = *fullest(node);
        const bool critical = *fill >= result.limit("critical_share");
        Finding& f = result.fire(critical ? Severity::Critical : Severity::Warning, {node.name},
                                 {{"node", node.name},
                                  {"fill", text::percent(*fill * 100)},
                                  {"count", text::integer(worst.conntrack->count)},
                                  {"max", text::integer(worst.conntrack->max)}});
        f.certainty = Certainty::Proven;
        f.weight = std::min(100.0, *fill * 100);
        f.where = {{.node = node.name, .part = path::kindName(path::HopKind::Conntrack)}};
        const model::SectionRef ref{node.name, section::sample, worst.seq, 0};
        f.evidence.push_back(evidence("entries, highest of the run", text::integer(worst.conntrack->count), ref));
        f.evidence.push_back(evidence("nf_conntrack_max", text::integer(worst.conntrack->max), ref));
        f.evidence.push_back(
            evidence("share in use", text::percent(*fill * 100), ref,
                     text::percent(100 * result.limit(critical ? "critical_share" : "warning_share"))));
        if (worst.conntrack->buckets)
            f.counterEvidence.push_back(evidence("hash buckets", text::integer(*worst.conntrack->buckets), ref));
        f.counterEvidence.push_back(
            evidence("entries in CLOSE_WAIT", result.phrase("close_wait"), "not collected"));
        if (bpfTracks(subject))
            f.counterEvidence.push_back(
                evidence("who tracks pods' flows", result.phrase("bpf"), "Kubernetes API"));
    }
    return result;
}

RuleResult conntrackDropping(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    for (std::size_t i = 0; i < subject.the.nodes.size(); ++i) {
        const model::Node& node = subject.the.nodes[i];
        if (!Subject::reached(node))
            continue;
        std::string why;
        const auto drop = counter(node, subject.of(i), "drop", why);
        const auto early = counter(node, subject.of(i), "early_drop", why);
        if (!drop && !early) {
            result.cannotTell(node.name, why);
            continue;
        }
        if (drop.value_or(0) + early.value_or(0) == 0)
            continue;
        const double span = subject.of(i).spanS;
        Finding& f = result.fire(drop.value_or(0) > 0 ? Severity::Critical : Severity::Warning, {node.name},
                                 {{"node", node.name},
                                  {"drop", text::integer(drop.value_or(0))},
                                  {"early", text::integer(early.value_or(0))},
                                  {"span", text::duration(span * 1e9)}},
                                 drop.value_or(0) > 0 ? "" : "early");
        f.certainty = Certainty::Proven;
        f.weight = drop.value_or(0) > 0 ? 100 : 60;
        f.where = {{.node = node.name, .part = path::kindName(path::HopKind::Conntrack)}};
        const model::SectionRef ref = lastConntrack(node);
        if (drop)
            f.evidence.push_back(evidence("drop, over the run", text::integer(*drop), ref, "0"));
        if (early)
            f.evidence.push_back(evidence("early_drop, over the run", text::integer(*early), ref, "0"));
        if (const auto& fill = subject.of(i).conntrackFill)
            f.counterEvidence.push_back(
                evidence("table in use, highest of the run", text::percent(*fill * 100), ref));
    }
    return result;
}

RuleResult conntrackInsertFailed(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    for (std::size_t i = 0; i < subject.the.nodes.size(); ++i) {
        const model::Node& node = subject.the.nodes[i];
        if (!Subject::reached(node))
            continue;
        std::string why;
        const auto failed = counter(node, subject.of(i), "insert_failed", why);
        if (!failed) {
            result.cannotTell(node.name, why);
            continue;
        }
        if (*failed == 0)
            continue;
        const stats::NodeSummary& summary = subject.of(i);
        const double rate = summary.spanS > 0 ? static_cast<double>(*failed) / summary.spanS : 0;
        const bool many =
            static_cast<double>(*failed) >= result.limit("warning_count") && rate >= result.limit("warning_rate");
        const bool dnsLost = summary.dnsInternal.timeouts > 0;
        Finding& f = result.fire(many && dnsLost ? Severity::Warning : Severity::Info, {node.name},
                                 {{"node", node.name},
                                  {"failed", text::integer(*failed)},
                                  {"rate", text::number(rate)},
                                  {"span", text::duration(summary.spanS * 1e9)}});
        f.certainty = dnsLost ? Certainty::Likely : Certainty::Possible;
        f.weight = many ? 20 : 2;
        f.where = {{.node = node.name, .part = path::kindName(path::HopKind::Conntrack)}};
        const model::SectionRef ref = lastConntrack(node);
        f.evidence.push_back(evidence("insert_failed, over the run", text::integer(*failed), ref, "0"));
        f.evidence.push_back(evidence("read in", "the node's own network namespace", ref));
        std::string ignored;
        if (const auto drop = counter(node, summary, "drop", ignored))
            f.counterEvidence.push_back(evidence("drop, over the run (real loss)", text::integer(*drop), ref));
        if (const auto resolved = counter(node, summary, "clash_resolve", ignored))
            f.counterEvidence.push_back(evidence("clashes resolved without loss", text::integer(*resolved), ref));
        f.counterEvidence.push_back(
            evidence("DNS time-outs of the same run", text::integer(summary.dnsInternal.timeouts),
                     node.name + ": probe, " + counted(summary.dnsInternal.sent, "query", "queries")));
    }
    return result;
}

} // namespace netopsy::analysis
