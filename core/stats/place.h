// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Figures of one measuring place (a pod's network namespace), of look-ups through a search list, and of how much of
// what a node measured was disturbed by its own lateness.
#pragma once

#include "core/model/node.h"
#include "core/stats/summary.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace netopsy::stats {

struct LookupStats {
    std::size_t sent = 0, answered = 0, timeouts = 0, failed = 0;
    std::size_t retried = 0;          ///< look-ups that asked again for want of an answer
    std::optional<Percentiles> total; ///< ns from the first query to the last answer, of the answered ones
    std::optional<std::int64_t> queries, candidates; ///< medians of all
};
[[nodiscard]] LookupStats lookupStats(const model::LookupSeries& series);

struct TaintShare {
    std::size_t samples = 0, tainted = 0;
    std::size_t late = 0, starved = 0, stolen = 0, throttled = 0; ///< a sample may count in several

    [[nodiscard]] double pct() const; ///< 0 without samples
    /// Past it a run's percentiles are not to be trusted as the network's.
    static constexpr double tooMuchPct = 5;
};
/// Of all that was measured on the node, its pods' places included.
[[nodiscard]] TaintShare taintShare(const model::Node& node);

/// All peers of a place on one plane taken together, from all samples.
[[nodiscard]] RttStats rttStats(const std::vector<model::RttSeries>& series, model::Plane plane);

/// The cluster's own names over UDP, asked from one place, all resolvers but the node's own taken together.
[[nodiscard]] DnsStats internalDns(const std::vector<model::DnsSeries>& ofOnePlace);
/// Of all resolvers that one place asked.
[[nodiscard]] PairStats pairStats(const std::vector<model::DnsSeries>& ofOnePlace);

struct PlaceSummary {
    PairStats pairs;
    DnsStats dns; ///< the cluster's own names over UDP, as in NodeSummary::dnsInternal
    RttStats underlay, overlay;
    std::map<std::string, std::uint64_t> counterDelta; ///< over the run
    std::vector<std::string> backwards;                ///< counters without a change: they ran backwards
    /// Of its sysctls, those whose value on the node is another.
    std::vector<std::string> unlikeNode;
};
[[nodiscard]] PlaceSummary summarise(const model::PodPlace& place, const model::NodeFacts& node);

} // namespace netopsy::stats
