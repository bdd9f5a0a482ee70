// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>

namespace netopsy::analysis {

namespace {

/// The share over the run, or nullopt after saying why it can't be judged.
std::optional<double> share(RuleResult& result, const model::Node& node, const stats::NodeSummary& summary,
                            double stats::CpuShare::*which, const char* name) {
    if (!summary.cpu) {
        result.cannotTell(node.name, whyNoSamples(node, summary.cpu.reason()));
        return std::nullopt;
    }
    if (summary.spanS < result.limit("min_span_s")) {
        result.cannotTell(node.name, "the run spans only " + text::duration(summary.spanS * 1e9) + ": run longer");
        return std::nullopt;
    }
    const double value = (*summary.cpu).*which;
    if (std::isnan(value)) {
        result.cannotTell(node.name, std::string("the kernel's ") + name + " counter ran backwards");
        return std::nullopt;
    }
    return value;
}

model::SectionRef lastOf(const model::Node& node) {
    return {node.name, section::sample, node.samples.empty() ? 0 : node.samples.back().seq, 0};
}

/// Share of the run in which something waited ("io.some"), percent, by the kernel's own pressure figures.
std::optional<double> pressure(const model::Node& node, const std::string& which, double spanS) {
    const auto holds = [&](const model::NodeSample& s) { return s.pressure.contains(which); };
    const auto first = std::find_if(node.samples.begin(), node.samples.end(), holds);
    const model::NodeSample* last = lastSample(node, holds);
    if (last == nullptr || &*first == last || spanS <= 0)
        return std::nullopt;
    const std::uint64_t from = first->pressure.at(which).totalUs, to = last->pressure.at(which).totalUs;
    if (to < from)
        return std::nullopt;
    return std::min(100.0, 100.0 * static_cast<double>(to - from) / (spanS * 1e6));
}

} // namespace

RuleResult cpuSteal(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    for (std::size_t i = 0; i < subject.the.nodes.size(); ++i) {
        const model::Node& node = subject.the.nodes[i];
        if (!Subject::reached(node))
            continue;
        const stats::NodeSummary& summary = subject.of(i);
        const auto steal = share(result, node, summary, &stats::CpuShare::steal, "steal");
        if (!steal || *steal < result.limit("warning_pct"))
            continue;
        const bool critical = *steal >= result.limit("critical_pct");
        Finding& f = result.fire(critical ? Severity::Critical : Severity::Warning, {node.name},
                                 {{"node", node.name},
                                  {"steal", text::percent(*steal)},
                                  {"span", text::duration(summary.spanS * 1e9)}});
        f.certainty = Certainty::Proven;
        f.weight = std::min(90.0, *steal);
        f.evidence.push_back(evidence("CPU time taken by the hypervisor", text::percent(*steal), lastOf(node),
                                      text::percent(result.limit(critical ? "critical_pct" : "warning_pct"))));
        f.evidence.push_back(evidence("over", text::duration(summary.spanS * 1e9), lastOf(node)));
        f.counterEvidence.push_back(evidence("CPU idle", text::percent(summary.cpu->idle), lastOf(node)));
    }
    return result;
}

RuleResult cpuIowait(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    for (std::size_t i = 0; i < subject.the.nodes.size(); ++i) {
        const model::Node& node = subject.the.nodes[i];
        if (!Subject::reached(node))
            continue;
        const stats::NodeSummary& summary = subject.of(i);
        const auto wait = share(result, node, summary, &stats::CpuShare::iowait, "iowait");
        if (!wait || *wait < result.limit("warning_pct"))
            continue;
        // iowait is idle time with a request open: on an idle CPU one slow background write makes it look
        // large. Pressure says whether a task really stood still.
        const auto stalled = pressure(node, "io.some", summary.spanS);
        const stats::DiskSummary* slowest = nullptr;
        for (const stats::DiskSummary& disk : summary.disks)
            if (disk.awaitMs && (slowest == nullptr || *disk.awaitMs > *slowest->awaitMs))
                slowest = &disk;
        if (stalled && *stalled < result.limit("pressure_pct"))
            continue;
        if (!stalled && slowest != nullptr && *slowest->awaitMs < result.limit("await_ms"))
            continue;
        if (!stalled && slowest == nullptr) {
            result.cannotTell(node.name,
                              "CPUs waited for disks " + text::percent(*wait) +
                                  " of the time, but neither /proc/pressure/io nor a disk's figures tell "
                                  "whether anything was held up");
            continue;
        }
        Finding& f = result.fire(Severity::Warning, {node.name},
                                 {{"node", node.name},
                                  {"iowait", text::percent(*wait)},
                                  {"span", text::duration(summary.spanS * 1e9)}});
        f.certainty = stalled ? Certainty::Likely : Certainty::Possible;
        f.weight = std::min(50.0, *wait / 2);
        f.evidence.push_back(evidence("CPU time waiting for disks", text::percent(*wait), lastOf(node),
                                      text::percent(result.limit("warning_pct"))));
        if (stalled)
            f.evidence.push_back(evidence("time in which a task stood still for a disk (pressure io, some)",
                                          text::percent(*stalled), lastOf(node),
                                          text::percent(result.limit("pressure_pct"))));
        if (slowest != nullptr)
            f.evidence.push_back(evidence("mean wait of a request on " + slowest->name,
                                          text::number(*slowest->awaitMs) + " ms", lastOf(node),
                                          text::number(result.limit("await_ms")) + " ms"));
        f.counterEvidence.push_back(evidence("CPU idle besides", text::percent(summary.cpu->idle), lastOf(node)));
    }
    return result;
}

} // namespace netopsy::analysis
