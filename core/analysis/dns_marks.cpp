// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The marks that a cause of lost queries leaves: which half of a pair is lost, what a look-up waits for, how late TCP is.
#include "core/analysis/dns_figures.h"
#include "core/analysis/evidence.h"
#include "core/base/text.h"
#include "core/stats/place.h"

#include <array>
#include <string_view>

namespace netopsy::analysis {

namespace {

/// A SYN is sent again after 1, 3 and 7 s (RFC 6298 2.1 and 5.5, as Linux does); its timers' granularity and the answer's
/// own spread come on top.
bool isSynRetry(std::int64_t beyondUsualNs) {
    constexpr std::array<std::int64_t, 3> waits{1'000'000'000, 3'000'000'000, 7'000'000'000};
    for (const std::int64_t wait : waits)
        if (beyondUsualNs >= wait - 20'000'000 && beyondUsualNs <= wait + wait / 10 + 50'000'000)
            return true;
    return false;
}

void addLookups(LossMarks& out, std::vector<std::int64_t>& again,
                const std::vector<model::LookupSeries>& lookups) {
    for (const model::LookupSeries& series : lookups)
        for (const model::LookupSample& sample : series.samples) {
            ++out.lookups;
            if (sample.retries == 0)
                continue;
            ++out.askedAgain;
            if (sample.totalNs >= 0)
                again.push_back(sample.totalNs);
        }
}

void addTcp(LossMarks& out, const model::Node& node) {
    const SeriesList tcp = internalSeries(node, model::DnsTransport::Tcp);
    const stats::DnsStats usual = stats::dnsStats(tcp);
    if (!usual.rtt)
        return;
    out.tcp += usual.answered;
    for (const model::DnsSeries* series : tcp)
        for (const model::DnsSample& sample : series->samples)
            if (sample.outcome == model::DnsOutcome::Answered && isSynRetry(sample.rttNs - usual.rtt->p50))
                ++out.synRetries;
}

} // namespace

LossMarks lossMarks(const std::vector<AskingNode>& nodes) {
    LossMarks out;
    std::vector<std::int64_t> again;
    bool known = !nodes.empty();
    for (const AskingNode& one : nodes) {
        const stats::PairStats pairs = stats::pairStats(one.udp);
        out.pairs.sent += pairs.sent;
        out.pairs.onlyALost += pairs.onlyALost;
        out.pairs.onlyAaaaLost += pairs.onlyAaaaLost;
        out.pairs.bothLost += pairs.bothLost;
        addLookups(out, again, one.node->lookups);
        for (const model::PodPlace& pod : one.node->pods)
            addLookups(out, again, pod.lookups);
        addTcp(out, *one.node);
        const auto failed = one.summary->conntrackDelta.find("insert_failed");
        known = known && failed != one.summary->conntrackDelta.end();
        if (failed != one.summary->conntrackDelta.end())
            out.insertFailed = out.insertFailed.value_or(0) + failed->second;
    }
    if (!known && out.insertFailed == std::uint64_t{0})
        out.insertFailed.reset(); // none on those that tell, which says nothing of the others
    out.againMedianNs = stats::percentile(again, 0.5);
    return out;
}

void addLossMarks(Finding& finding, const LossMarks& marks, const std::string& source) {
    const auto add = [&](std::string what, std::string value) {
        finding.evidence.push_back(evidence(std::move(what), std::move(value), source));
    };
    const stats::PairStats& pairs = marks.pairs;
    if (pairs.halfLost() > 0)
        add("pairs of A and AAAA of which one half was lost",
            text::integer(pairs.halfLost()) + " of " + text::integer(pairs.sent) + " (A " +
                text::integer(pairs.onlyALost) + ", AAAA " + text::integer(pairs.onlyAaaaLost) +
                "); both halves " + text::integer(pairs.bothLost));
    if (marks.askedAgain > 0)
        add("look-ups that had to ask again",
            text::integer(marks.askedAgain) + " of " + text::integer(marks.lookups) +
                (marks.againMedianNs
                     ? ", " + text::duration(static_cast<double>(*marks.againMedianNs)) + " in the median"
                     : std::string(", none answered")));
    if (marks.synRetries > 0)
        add("answers over TCP that came 1, 3 or 7 s beyond the usual (a lost SYN, sent again)",
            text::integer(marks.synRetries) + " of " + text::integer(marks.tcp));
}

} // namespace netopsy::analysis
