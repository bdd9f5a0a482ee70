// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/text.h"
#include "core/stats/summary.h"

namespace netopsy::analysis {

namespace {

std::string readyOf(const model::Case& subject, const std::string& name) {
    if (subject.cluster)
        for (const model::ClusterNode& node : subject.cluster->nodes)
            if (node.name == name)
                return node.ready;
    return {};
}

} // namespace

RuleResult nodeUnreachable(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    for (const model::Node& node : subject.the.nodes) {
        if (node.state != model::NodeState::Unreachable)
            continue;
        std::size_t sent = 0, lost = 0;
        for (const model::Node& peer : subject.the.nodes)
            for (const model::RttSeries& series : peer.rtt)
                if (series.peer == node.name && series.plane == model::Plane::Underlay) {
                    const stats::RttStats rtt = stats::rttStats(series);
                    sent += rtt.sent;
                    lost += rtt.lost;
                }
        const std::string ready = readyOf(subject.the, node.name);
        const bool silent = sent > 0 && lost == sent;
        const bool answers = sent > 0 && lost < sent;
        const bool down = silent || (ready != "True" && !ready.empty() && !answers);
        const std::string why = node.error.empty() ? "no cause was recorded" : node.error;
        Finding& f = result.fire(down ? Severity::Critical : result.severity(), {node.name},
                                 {{"node", node.name}, {"why", why}}, down ? "down" : "");
        f.certainty = down ? (silent ? Certainty::Proven : Certainty::Likely) : Certainty::Proven;
        f.weight = down ? 99 : 95; // a node that is down is why its DNS pod does not answer (98 at most)
        f.evidence.push_back(
            evidence("reaching " + (node.address.empty() ? node.name : node.address), why, "Netopsy"));
        if (!ready.empty())
            (ready == "True" ? f.counterEvidence : f.evidence)
                .push_back(evidence("Ready condition", ready, "Kubernetes API"));
        if (sent > 0)
            (silent ? f.evidence : f.counterEvidence)
                .push_back(evidence("round trips to it from its peers",
                                    text::integer(sent - lost) + " of " + text::integer(sent) + " answered",
                                    "probe"));
    }
    return result;
}

} // namespace netopsy::analysis
