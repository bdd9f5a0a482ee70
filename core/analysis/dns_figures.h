// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the DNS rules look at: the answers of one node, or toward one resolver, taken together.
#pragma once

#include "core/analysis/rule.h"
#include "core/stats/summary.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace netopsy::analysis {

using SeriesList = std::vector<const model::DnsSeries*>;

/// The cluster's own names over the cluster's resolvers; the node's own resolvers can't answer for those.
[[nodiscard]] SeriesList internalSeries(const model::Node& node, model::DnsTransport transport);
[[nodiscard]] SeriesList withRole(const SeriesList& series, std::string_view role);
[[nodiscard]] SeriesList towards(const SeriesList& series, std::string_view resolver);

/// A resolver that a series was asked of.
struct Resolver {
    std::string address, role;
    auto operator<=>(const Resolver&) const = default;
};
[[nodiscard]] std::vector<Resolver> resolversOf(const SeriesList& series); ///< sorted, each once

/// Samples that say nothing of the resolver's time: the probing node itself was disturbed while they were under way.
using Excused = std::unordered_set<const model::DnsSample*>;
/// Those of the node's `series` whose time, less what was disturbed of it, is within `lateNs`; one that would be late
/// even so stays. None at all when fewer than `enough` answers would be left.
[[nodiscard]] Excused excused(const model::Node& node, const SeriesList& series, double lateNs,
                              std::size_t enough);

struct Answers {
    stats::DnsStats all;
    std::optional<stats::Percentiles> rtt; ///< of the answers that are judged: without the excused
    std::size_t leftOut = 0;               ///< answers that were excused
    std::size_t late = 0;                  ///< answered, but later than the limit
    std::optional<stats::Percentiles> ofTheLate;
    int lateSlices = 0;            ///< tenths of the run in which at least one answer was late
    std::size_t atFiveSeconds = 0; ///< answers after 5.0 to 5.3 s: a resolver that asked twice
    [[nodiscard]] std::size_t judged() const { return all.answered - leftOut; }
    [[nodiscard]] double latePct() const;    ///< of the judged
    [[nodiscard]] double timeoutPct() const; ///< of the sent
    [[nodiscard]] double p99Ns() const { return rtt ? static_cast<double>(rtt->p99) : 0; }
};
[[nodiscard]] Answers answers(const SeriesList& series, double lateNs, const Excused& without = {});

[[nodiscard]] double median(std::vector<double> values); ///< 0 for none

/// "10.244.1.5 (coredns-7f9 on node3)" as far as the inventory knows.
[[nodiscard]] std::string podAt(const model::Case& subject, const std::string& address);
/// Name of the node which hosts the pod of this address; empty when unknown.
[[nodiscard]] std::string hostOf(const model::Case& subject, const std::string& address);

/// "node2: probe, 1,200 queries"
[[nodiscard]] std::string probeSource(const std::string& node, std::size_t queries);

/// On the way of `nodes` to each DNS pod: at the Service's translation when only its address is slow or lossy, else in
/// the node's own routing, which the Service and the pods asked directly share.
[[nodiscard]] std::vector<Location> onTheWayToDns(const model::Case& subject,
                                                  const std::vector<std::string>& nodes, bool serviceOnly);
/// At the DNS pod of this address; none when the inventory does not know it.
[[nodiscard]] std::vector<Location> atDnsPod(const model::Case& subject, const std::string& address);

/// A node and those of its series that are looked at.
struct AskingNode {
    const model::Node* node;
    const stats::NodeSummary* summary;
    SeriesList udp;
};

/// Marks by which causes of lost queries are told apart, of some nodes together.
struct LossMarks {
    stats::PairStats pairs;
    std::optional<std::uint64_t> insertFailed; ///< conntrack's, over the run; nullopt when not known of all
    std::size_t lookups = 0, askedAgain = 0;   ///< through a search list, from the pods' places, too
    std::optional<std::int64_t> againMedianNs; ///< of the look-ups that asked again and were answered
    std::size_t tcp = 0, synRetries = 0;       ///< answers over TCP; those 1, 3 or 7 s beyond the usual
};
[[nodiscard]] LossMarks lossMarks(const std::vector<AskingNode>& nodes);
void addLossMarks(Finding& finding, const LossMarks& marks, const std::string& source);

/// Round trips to peers, steal and conntrack of the same node and run: what could be the cause instead.
void addNodeCounterEvidence(Finding& finding, const model::Node& node, const stats::NodeSummary& summary);

} // namespace netopsy::analysis
