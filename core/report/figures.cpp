// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analyse.h"
#include "core/analysis/ends.h"
#include "core/analysis/locate.h"
#include "core/base/text.h"
#include "core/report/chapters.h"
#include "core/stats/node_summary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace netopsy::report {

namespace {

constexpr double nsPerMs = 1e6;
constexpr std::size_t chartedNodes = 6;

LatencyChart::Bar bar(const std::string& node, const std::optional<stats::Percentiles>& rtt, std::size_t sent,
                      std::size_t lost) {
    LatencyChart::Bar out;
    out.node = text::printable(node);
    out.samples = sent;
    out.lost = lost;
    out.measured = rtt.has_value();
    if (rtt) {
        out.p50 = static_cast<double>(rtt->p50) / nsPerMs;
        out.p90 = static_cast<double>(rtt->p90) / nsPerMs;
        out.p99 = static_cast<double>(rtt->p99) / nsPerMs;
    }
    return out;
}

void worstFirst(LatencyChart& chart) {
    std::stable_sort(chart.bars.begin(), chart.bars.end(), [](const auto& a, const auto& b) {
        return a.measured != b.measured ? a.measured : a.p99 > b.p99;
    });
}

/// All peers of a node on one plane taken together, from all samples.
LatencyChart::Bar rttBar(const model::Node& node, model::Plane plane) {
    std::vector<std::int64_t> values;
    std::size_t sent = 0;
    for (const model::RttSeries& series : node.rtt)
        if (series.plane == plane)
            for (const model::RttSample& sample : series.samples) {
                ++sent;
                if (sample.rttNs >= 0)
                    values.push_back(sample.rttNs);
            }
    return bar(node.name, stats::percentiles(values), sent, sent - values.size());
}

double secondsOf(const model::Node& node, const model::NodeSample& sample) {
    return static_cast<double>(sample.at - node.started) / 1e9;
}

/// Share of all CPU time between two samples, percent; NaN when a counter ran backwards.
double cpuShare(const model::NodeSample& a, const model::NodeSample& b, std::uint64_t model::CpuTimes::*field) {
    if (!a.cpu || !b.cpu || b.cpu->total() <= a.cpu->total() || (*b.cpu).*field < (*a.cpu).*field)
        return std::nan("");
    return 100.0 * static_cast<double>((*b.cpu).*field - (*a.cpu).*field) /
           static_cast<double>(b.cpu->total() - a.cpu->total());
}

TimeChart dnsChart(const model::Node& node) {
    TimeChart chart{
        "DNS time of internal names on " + text::printable(node.name) + ", every query", "ms", true, {}};
    for (const model::DnsSeries& series : node.dns) {
        if (!series.internal || series.transport != model::DnsTransport::Udp)
            continue;
        TimeChart::Series line{series.role + " " + series.resolver, {}};
        for (const model::DnsSample& sample : series.samples) {
            const double second = static_cast<double>(sample.offsetNs) / 1e9;
            if (sample.rttNs >= 0)
                line.points.emplace_back(second, static_cast<double>(sample.rttNs) / nsPerMs);
            else if (sample.outcome == model::DnsOutcome::Timeout)
                chart.lost.push_back(second);
        }
        auto same = std::find_if(chart.series.begin(), chart.series.end(),
                                 [&](const TimeChart::Series& known) { return known.name == line.name; });
        if (same == chart.series.end())
            chart.series.push_back(std::move(line));
        else
            same->points.insert(same->points.end(), line.points.begin(), line.points.end());
    }
    for (TimeChart::Series& series : chart.series)
        std::sort(series.points.begin(), series.points.end());
    return chart;
}

TimeChart cpuChart(const model::Node& node) {
    TimeChart chart{"CPU on " + text::printable(node.name) + ", all CPUs together", "%", false, {}};
    constexpr std::array<std::pair<const char*, std::uint64_t model::CpuTimes::*>, 3> modes{
        {{"steal", &model::CpuTimes::steal},
         {"softirq", &model::CpuTimes::softirq},
         {"iowait", &model::CpuTimes::iowait}}};
    for (const auto& [name, field] : modes) {
        TimeChart::Series line{name, {}};
        for (std::size_t i = 1; i < node.samples.size(); ++i)
            line.points.emplace_back(secondsOf(node, node.samples[i]),
                                     cpuShare(node.samples[i - 1], node.samples[i], field));
        chart.series.push_back(std::move(line));
    }
    return chart;
}

TimeChart conntrackChart(const model::Node& node) {
    TimeChart chart{
        "Conntrack entries on " + text::printable(node.name) + ", percent of nf_conntrack_max", "%", false, {}};
    TimeChart::Series line{"count / max", {}};
    for (const model::NodeSample& sample : node.samples)
        if (sample.conntrack && sample.conntrack->max > 0)
            line.points.emplace_back(secondsOf(node, sample), 100.0 *
                                                                  static_cast<double>(sample.conntrack->count) /
                                                                  static_cast<double>(sample.conntrack->max));
    chart.series.push_back(std::move(line));
    return chart;
}

bool hasPoints(const TimeChart& chart) {
    return !chart.lost.empty() ||
           std::any_of(chart.series.begin(), chart.series.end(), [](const auto& s) { return !s.points.empty(); });
}

} // namespace

void addLatency(Document& out, const model::Case& subject) {
    out.blocks.emplace_back(Heading{1, "Latency per node"});
    LatencyChart dns;
    dns.title = "Cluster DNS, internal names over UDP: time from query to answer, measured on each node";
    dns.unit = "ms";
    if (const auto* rule = analysis::RuleBook::builtin().find("dns-slow-internal");
        rule != nullptr && rule->thresholds.contains("late_ms")) {
        dns.threshold = rule->thresholds.at("late_ms");
        dns.thresholdLabel = text::number(dns.threshold) + " ms";
    }
    LatencyChart underlay, overlay;
    underlay.title = "Underlay: round trip to the other nodes' addresses, measured on each node";
    overlay.title = "Overlay: round trip to addresses inside the other nodes' podCIDR, measured on each node";
    underlay.unit = overlay.unit = "ms";
    for (const model::Node& node : subject.nodes) {
        const stats::DnsStats all = stats::summarise(node).dnsInternal;
        dns.bars.push_back(bar(node.name, all.rtt, all.sent, all.timeouts + all.failed));
        underlay.bars.push_back(rttBar(node, model::Plane::Underlay));
        overlay.bars.push_back(rttBar(node, model::Plane::Overlay));
    }
    bool any = false;
    for (LatencyChart* chart : {&dns, &underlay, &overlay}) {
        if (std::none_of(chart->bars.begin(), chart->bars.end(), [](const auto& b) { return b.samples > 0; }))
            continue;
        any = true;
        worstFirst(*chart);
        out.blocks.emplace_back(std::move(*chart));
    }
    if (!any)
        out.blocks.emplace_back(
            Paragraph{"No latency was measured: the run had no active probes, or none could start."});
}

void addSeries(Document& out, const model::Case& subject, const analysis::Analysis& analysis) {
    out.blocks.emplace_back(Heading{1, "Over the run"});
    std::vector<std::string> names = blamedNodes(analysis);
    if (names.empty() && !subject.nodes.empty())
        names.push_back(subject.nodes.front().name);
    const std::size_t all = names.size();
    names.resize(std::min(all, chartedNodes));
    bool any = false;
    for (const std::string& name : names) {
        const model::Node* node = subject.findNode(name);
        if (node == nullptr || (node->samples.empty() && node->dns.empty()))
            continue;
        any = true;
        out.blocks.emplace_back(Heading{2, text::printable(name)});
        for (TimeChart chart : {dnsChart(*node), cpuChart(*node), conntrackChart(*node)})
            if (hasPoints(chart))
                out.blocks.emplace_back(std::move(chart));
    }
    if (all > chartedNodes)
        out.blocks.emplace_back(Paragraph{std::to_string(all - chartedNodes) +
                                          " more nodes have findings; the case holds their series."});
    if (!any)
        out.blocks.emplace_back(Paragraph{"No node that a finding names could be sampled."});
}

void addPath(Document& out, const model::Case& subject, const analysis::Analysis& analysis) {
    out.blocks.emplace_back(Heading{1, "The packet's path"});
    std::vector<analysis::Finding> placed;
    for (const analysis::Finding& finding : analysis.findings)
        if (!finding.where.empty())
            placed.push_back(finding);
    // The way that the worst finding of a place sits on, else one of the worst node.
    for (const analysis::Finding& finding : placed) {
        const auto [from, to, family] = analysis::endsFor(subject, finding);
        auto path = path::derive(subject, from, to, family);
        if (!path)
            continue;
        const auto located = analysis::locate(*path, std::span(&finding, 1));
        if (std::any_of(located.begin(), located.end(), [](const auto& on) { return !on.empty(); })) {
            out.blocks.emplace_back(PathBlock{std::move(*path), std::move(placed)});
            return;
        }
    }
    std::vector<std::string> names = blamedNodes(analysis);
    for (const model::Node& node : subject.nodes)
        names.push_back(node.name);
    for (const std::string& name : names)
        if (auto path = path::typical(subject, name)) {
            out.blocks.emplace_back(PathBlock{std::move(*path), std::move(placed)});
            return;
        }
    out.blocks.emplace_back(
        Paragraph{"It can't be told: no node's links and routes, together with a pod of it, were collected."});
}

void addMethod(Document& out, const model::Case& subject) {
    out.blocks.emplace_back(Heading{1, "How it was measured"});
    const bool probed = std::any_of(subject.nodes.begin(), subject.nodes.end(), [](const model::Node& node) {
        return !node.dns.empty() || !node.rtt.empty();
    });
    const std::string active =
        probed
            ? "DNS and round-trip times were measured on the nodes themselves by netopsy-probe with a monotonic "
              "clock (where a node's note says so, by dig and ping); no SSH, fork or shell time is in a figure. "
              "An echo or a query over UDP is timed by the kernel's own stamps where it gives them: from the "
              "packet's way into its first device until the answer came. A query over TCP is timed by the "
              "probe, from connecting until the answer was read. "
              "Percentiles come from all samples by nearest rank. "
            : "Nothing was measured actively: no DNS query and no echo request was sent. ";
    out.blocks.emplace_back(Paragraph{
        active +
        "Counters are the kernel's; a figure over the run is its last minus its first reading. CPU time is "
        "what collecting cost the node: the script, its children and the probe."});
    Table table;
    table.header = {"Node",          "Reached at",      "Samples", "DNS queries",
                    "Echo requests", "CPU on the node", "Received"};
    table.numericColumns = {2, 3, 4, 5, 6};
    for (const model::Node& node : subject.nodes) {
        std::size_t queries = 0, echoes = 0;
        for (const model::DnsSeries& series : node.dns)
            queries += series.samples.size();
        for (const model::RttSeries& series : node.rtt)
            echoes += series.samples.size();
        table.rows.push_back({text::printable(node.name), text::printable(node.address),
                              text::integer(node.samples.size()), text::integer(queries), text::integer(echoes),
                              node.cost.nodeCpuMs ? text::number(*node.cost.nodeCpuMs) + " ms" : "unknown",
                              text::number(static_cast<double>(node.cost.bytesReceived) / 1000) + " kB"});
    }
    out.blocks.emplace_back(std::move(table));
}

} // namespace netopsy::report
