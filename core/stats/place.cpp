// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/place.h"

#include "core/base/text.h"

namespace netopsy::stats {

LookupStats lookupStats(const model::LookupSeries& series) {
    LookupStats out;
    std::vector<std::int64_t> total, queries, candidates;
    for (const model::LookupSample& sample : series.samples) {
        ++out.sent;
        out.retried += sample.retries > 0 ? 1 : 0;
        queries.push_back(sample.queries);
        candidates.push_back(sample.candidates);
        switch (sample.outcome) {
        case model::DnsOutcome::Answered:
            ++out.answered;
            if (sample.totalNs >= 0)
                total.push_back(sample.totalNs);
            break;
        case model::DnsOutcome::Timeout:
            ++out.timeouts;
            break;
        case model::DnsOutcome::Failed:
            ++out.failed;
            break;
        }
    }
    out.total = percentiles(total);
    out.queries = percentile(queries, 0.5);
    out.candidates = percentile(candidates, 0.5);
    return out;
}

namespace {

template<class Series>
void count(TaintShare& out, const std::vector<Series>& all) {
    for (const Series& series : all)
        for (const auto& sample : series.samples) {
            ++out.samples;
            out.tainted += sample.taint != 0 ? 1 : 0;
            out.late += (sample.taint & model::taint::late) != 0 ? 1 : 0;
            out.starved += (sample.taint & model::taint::starved) != 0 ? 1 : 0;
            out.stolen += (sample.taint & model::taint::stolen) != 0 ? 1 : 0;
            out.throttled += (sample.taint & model::taint::throttled) != 0 ? 1 : 0;
        }
}

} // namespace

double TaintShare::pct() const {
    return samples == 0 ? 0 : 100.0 * static_cast<double>(tainted) / static_cast<double>(samples);
}

TaintShare taintShare(const model::Node& node) {
    TaintShare out;
    count(out, node.dns);
    count(out, node.rtt);
    count(out, node.lookups);
    for (const model::PodPlace& pod : node.pods) {
        count(out, pod.dns);
        count(out, pod.rtt);
        count(out, pod.lookups);
    }
    return out;
}

RttStats rttStats(const std::vector<model::RttSeries>& series, model::Plane plane) {
    RttStats out;
    std::vector<std::int64_t> times;
    for (const model::RttSeries& one : series) {
        if (one.plane != plane)
            continue;
        out.sent += one.samples.size();
        for (const model::RttSample& sample : one.samples)
            if (sample.rttNs >= 0)
                times.push_back(sample.rttNs);
    }
    out.lost = out.sent - times.size();
    out.rtt = percentiles(times);
    return out;
}

DnsStats internalDns(const std::vector<model::DnsSeries>& ofOnePlace) {
    std::vector<const model::DnsSeries*> internal;
    for (const model::DnsSeries& series : ofOnePlace)
        if (series.internal && series.role != "node" && series.transport == model::DnsTransport::Udp)
            internal.push_back(&series);
    return dnsStats(internal);
}

PairStats pairStats(const std::vector<model::DnsSeries>& ofOnePlace) {
    std::vector<const model::DnsSeries*> all;
    for (const model::DnsSeries& series : ofOnePlace)
        all.push_back(&series);
    return pairStats(all);
}

PlaceSummary summarise(const model::PodPlace& place, const model::NodeFacts& node) {
    PlaceSummary out;
    out.pairs = pairStats(place.dns);
    out.dns = internalDns(place.dns);
    out.underlay = rttStats(place.rtt, model::Plane::Underlay);
    out.overlay = rttStats(place.rtt, model::Plane::Overlay);
    for (const auto& [key, last] : place.countersLast) {
        const auto first = place.countersFirst.find(key);
        if (first == place.countersFirst.end())
            continue;
        if (last < first->second)
            out.backwards.push_back(key);
        else
            out.counterDelta.emplace(key, last - first->second);
    }
    for (const auto& [key, value] : place.sysctl)
        if (const auto own = node.sysctl.find(key);
            own != node.sysctl.end() && own->second != text::foldBlanks(value))
            out.unlikeNode.push_back(key);
    return out;
}

} // namespace netopsy::stats
