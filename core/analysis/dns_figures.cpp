// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/dns_figures.h"

#include "core/analysis/evidence.h"
#include "core/base/text.h"
#include "core/path/path.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <limits>
#include <set>

namespace netopsy::analysis {

SeriesList internalSeries(const model::Node& node, model::DnsTransport transport) {
    SeriesList out;
    for (const model::DnsSeries& s : node.dns)
        if (s.internal && s.role != "node" && s.transport == transport)
            out.push_back(&s);
    return out;
}

SeriesList withRole(const SeriesList& series, std::string_view role) {
    SeriesList out;
    for (const model::DnsSeries* s : series)
        if (s->role == role)
            out.push_back(s);
    return out;
}

SeriesList towards(const SeriesList& series, std::string_view resolver) {
    SeriesList out;
    for (const model::DnsSeries* s : series)
        if (s->resolver == resolver)
            out.push_back(s);
    return out;
}

std::vector<Resolver> resolversOf(const SeriesList& series) {
    std::set<Resolver> out;
    for (const model::DnsSeries* s : series)
        out.insert({s->resolver, s->role});
    return {out.begin(), out.end()};
}

double Answers::latePct() const {
    return judged() == 0 ? 0 : 100.0 * static_cast<double>(late) / static_cast<double>(judged());
}

double Answers::timeoutPct() const {
    return all.sent == 0 ? 0 : 100.0 * static_cast<double>(all.timeouts) / static_cast<double>(all.sent);
}

Excused excused(const model::Node& node, const SeriesList& series, double lateNs, std::size_t enough) {
    Excused out;
    std::size_t left = 0;
    for (const model::DnsSeries* s : series)
        for (const model::DnsSample& sample : s->samples) {
            if (sample.outcome != model::DnsOutcome::Answered)
                continue;
            std::int64_t disturbed = 0; // by one span: several may overlap, so their sum could be too much
            const std::int64_t end = sample.offsetNs + sample.rttNs;
            if (sample.taint != 0)
                for (const model::TaintedSpan& span : node.tainted)
                    disturbed =
                        std::max(disturbed, std::min(end, span.toNs) - std::max(sample.offsetNs, span.fromNs));
            if (sample.taint != 0 && static_cast<double>(sample.rttNs - disturbed) <= lateNs)
                out.insert(&sample);
            else
                ++left;
        }
    if (left < enough)
        out.clear();
    return out;
}

Answers answers(const SeriesList& series, double lateNs, const Excused& without) {
    constexpr std::int64_t tenths = 10;
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = 0;
    for (const model::DnsSeries* s : series)
        for (const model::DnsSample& sample : s->samples) {
            first = std::min(first, sample.offsetNs);
            last = std::max(last, sample.offsetNs);
        }
    Answers out;
    out.all = stats::dnsStats(series);
    std::vector<std::int64_t> judged, late;
    std::bitset<tenths> slices;
    const std::int64_t width = std::max<std::int64_t>(1, (last - first) / tenths + 1);
    for (const model::DnsSeries* s : series)
        for (const model::DnsSample& sample : s->samples) {
            if (sample.outcome != model::DnsOutcome::Answered)
                continue;
            if (without.contains(&sample)) {
                ++out.leftOut;
                continue;
            }
            if (sample.rttNs >= 0)
                judged.push_back(sample.rttNs);
            if (static_cast<double>(sample.rttNs) <= lateNs)
                continue;
            late.push_back(sample.rttNs);
            slices.set(static_cast<std::size_t>(std::min(tenths - 1, (sample.offsetNs - first) / width)));
            if (sample.rttNs >= 5'000'000'000 && sample.rttNs <= 5'300'000'000)
                ++out.atFiveSeconds;
        }
    out.rtt = stats::percentiles(judged);
    out.late = late.size();
    out.ofTheLate = stats::percentiles(late);
    out.lateSlices = static_cast<int>(slices.count());
    return out;
}

double median(std::vector<double> values) {
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

namespace {
const model::Pod* podOf(const model::Case& subject, const std::string& address) {
    if (subject.cluster)
        for (const model::Pod& pod : subject.cluster->pods)
            if (std::find(pod.ips.begin(), pod.ips.end(), address) != pod.ips.end())
                return &pod;
    return nullptr;
}
} // namespace

std::string podAt(const model::Case& subject, const std::string& address) {
    const model::Pod* pod = podOf(subject, address);
    if (pod == nullptr)
        return address;
    return address + " (" + pod->name + (pod->node.empty() ? "" : " on " + pod->node) + ")";
}

std::string hostOf(const model::Case& subject, const std::string& address) {
    if (const model::Pod* pod = podOf(subject, address))
        return pod->node;
    if (subject.cluster)
        for (const model::Endpoint& endpoint : subject.cluster->endpoints)
            if (endpoint.address == address)
                return endpoint.node;
    return {};
}

std::vector<Location> onTheWayToDns(const model::Case& subject, const std::vector<std::string>& nodes,
                                    bool serviceOnly) {
    std::vector<Location> out;
    if (!subject.cluster)
        return out;
    const char* part = path::kindName(serviceOnly ? path::HopKind::ServiceNat : path::HopKind::Routing);
    for (const std::string& node : nodes)
        for (const std::string& address : subject.cluster->dns.pods)
            if (const model::Pod* pod = podOf(subject, address))
                out.push_back({.node = node, .part = part, .from = node, .to = pod->ns + "/" + pod->name});
    return out;
}

std::vector<Location> atDnsPod(const model::Case& subject, const std::string& address) {
    const model::Pod* pod = podOf(subject, address);
    if (pod == nullptr)
        return {};
    const std::string name = pod->ns + "/" + pod->name;
    return {{.node = pod->node, .part = path::kindName(path::HopKind::PodInterface), .to = name}};
}

std::string probeSource(const std::string& node, std::size_t queries) {
    return node + ": probe, " + counted(queries, "query", "queries");
}

void addNodeCounterEvidence(Finding& finding, const model::Node& node, const stats::NodeSummary& summary) {
    const auto add = [&](std::string what, std::string value, const char* collector) {
        finding.counterEvidence.push_back(
            evidence(std::move(what), std::move(value), node.name + ": " + collector));
    };
    if (summary.underlayP99Ns)
        add("round trip to peers, underlay, p99", text::duration(static_cast<double>(*summary.underlayP99Ns)),
            section::probe);
    if (summary.overlayP99Ns)
        add("round trip to peers, overlay, p99", text::duration(static_cast<double>(*summary.overlayP99Ns)),
            section::probe);
    std::size_t sent = 0, lost = 0;
    for (const model::RttSeries& series : node.rtt) {
        const stats::RttStats one = stats::rttStats(series);
        sent += one.sent;
        lost += one.lost;
    }
    if (sent > 0)
        add("round trips lost", text::percent(100.0 * static_cast<double>(lost) / static_cast<double>(sent)),
            section::probe);
    if (summary.cpu && !std::isnan(summary.cpu->steal) && !std::isnan(summary.cpu->idle))
        add("CPU idle / stolen", text::percent(summary.cpu->idle) + " / " + text::percent(summary.cpu->steal),
            section::sample);
    if (const auto failed = summary.conntrackDelta.find("insert_failed"); failed != summary.conntrackDelta.end())
        add("conntrack insert_failed, over the run", text::integer(failed->second), section::sample);
}

} // namespace netopsy::analysis
