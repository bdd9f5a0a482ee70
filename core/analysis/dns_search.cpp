// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the search list makes of an outside name. That it multiplies queries is the state of every cluster with
// kubelet's defaults, so it is information; a warning takes a cost in time against the same name asked for directly,
// or look-ups that end at a name of the list. Against any other answer's time a slow upstream would be taken for it.
#include "core/analysis/dns_figures.h"
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/text.h"

#include <algorithm>

namespace netopsy::analysis {

namespace {

/// A name's look-ups on one node, from its own place and from its pods'.
struct Walk {
    const model::Node* node = nullptr;
    std::string name;
    int ndots = 0;
    std::vector<std::int64_t> queries, candidates, total, cleanTotal;
    std::vector<std::int64_t> direct; ///< ns of the same name's answers without the list
    std::size_t lookups = 0, ended = 0, failed = 0, directFailed = 0;

    /// Look-ups that the list spoilt. A failed one does not tell at which name, so the name itself must answer.
    [[nodiscard]] std::size_t spoilt() const {
        return ended + (!direct.empty() && directFailed == 0 ? failed : 0);
    }
};

bool listFirst(const model::LookupSeries& series) {
    const auto dots = std::count(series.name.begin(), series.name.end(), '.');
    return !series.name.ends_with('.') && !series.search.empty() && dots < series.ndots;
}

void addDirect(Walk& walk, const std::vector<model::DnsSeries>& dns,
               const std::vector<model::LookupSeries>& lookups, const std::string& resolver) {
    for (const model::DnsSeries& series : dns) {
        if (series.name != walk.name + "." || series.resolver != resolver ||
            series.transport != model::DnsTransport::Udp)
            continue;
        for (const model::DnsSample& sample : series.samples)
            if (sample.outcome == model::DnsOutcome::Answered)
                walk.direct.push_back(sample.rttNs);
            else
                ++walk.directFailed;
    }
    for (const model::LookupSeries& series : lookups) {
        if (series.name != walk.name + "." || series.resolver != resolver)
            continue;
        for (const model::LookupSample& sample : series.samples)
            if (sample.outcome == model::DnsOutcome::Answered)
                walk.direct.push_back(sample.totalNs);
            else
                ++walk.directFailed;
    }
}

void addPlace(std::map<std::string, Walk>& walks, const model::Node& node,
              const std::vector<model::LookupSeries>& lookups, const std::vector<model::DnsSeries>& dns) {
    for (const model::LookupSeries& series : lookups) {
        if (!listFirst(series))
            continue;
        Walk& walk = walks[series.name];
        walk.node = &node;
        walk.name = series.name;
        walk.ndots = std::max(walk.ndots, series.ndots);
        for (const model::LookupSample& sample : series.samples) {
            ++walk.lookups;
            walk.queries.push_back(sample.queries);
            walk.candidates.push_back(sample.candidates);
            if (sample.outcome == model::DnsOutcome::Answered) {
                walk.total.push_back(sample.totalNs);
                if (sample.taint == 0)
                    walk.cleanTotal.push_back(sample.totalNs);
            }
            walk.failed += sample.outcome == model::DnsOutcome::Failed ? 1 : 0;
            const bool withinList = static_cast<std::size_t>(sample.candidates) <= series.search.size();
            walk.ended += sample.outcome == model::DnsOutcome::Timeout && withinList ? 1 : 0;
        }
        addDirect(walk, dns, lookups, series.resolver);
    }
}

class Judge {
public:
    Judge(const Subject& subject, const RuleEntry& entry) : m_subject(subject), m_result(entry) {}

    RuleResult judge() {
        for (const model::Node& node : m_subject.the.nodes)
            if (Subject::reached(node))
                gather(node);
        std::vector<const Walk*> spoilt, slow, rest;
        for (const Walk& walk : m_walks)
            (spoils(walk) ? spoilt : isSlow(walk) ? slow : rest).push_back(&walk);
        if (!spoilt.empty())
            report(spoilt, "spoilt", m_result.limit("min_spoilt"));
        if (!slow.empty())
            report(slow, "slow", 0);
        if (spoilt.empty() && slow.empty() && !rest.empty())
            report(rest, "", 0);
        return std::move(m_result);
    }

private:
    void gather(const model::Node& node) {
        std::map<std::string, Walk> walks;
        addPlace(walks, node, node.lookups, node.dns);
        std::size_t asked = 0;
        for (const model::LookupSeries& series : node.lookups)
            asked += series.samples.size();
        for (const model::PodPlace& pod : node.pods) {
            addPlace(walks, node, pod.lookups, pod.dns);
            for (const model::LookupSeries& series : pod.lookups)
                asked += series.samples.size();
        }
        if (static_cast<double>(asked) < m_result.limit("min_samples")) {
            m_result.cannotTell(node.name, "only " + counted(asked, "name was", "names were") +
                                               " looked up: run longer, with the active "
                                               "probes and a cluster");
            return;
        }
        for (auto& [name, walk] : walks)
            if ((static_cast<double>(walk.lookups) >= m_result.limit("min_samples") &&
                 stats::percentile(walk.candidates, 0.5).value_or(1) > 1) ||
                spoils(walk)) // ends at the list's first name
                m_walks.push_back(std::move(walk));
    }

    [[nodiscard]] bool spoils(const Walk& walk) const {
        return static_cast<double>(walk.spoilt()) >= m_result.limit("min_spoilt");
    }

    [[nodiscard]] double took(const Walk& walk) const {
        const bool enough = static_cast<double>(walk.cleanTotal.size()) >= m_result.limit("min_samples");
        return static_cast<double>(stats::percentile(enough ? walk.cleanTotal : walk.total, 0.5).value_or(0));
    }

    [[nodiscard]] static double directly(const Walk& walk) {
        return static_cast<double>(stats::percentile(walk.direct, 0.5).value_or(0));
    }

    [[nodiscard]] bool isSlow(const Walk& walk) const {
        if (walk.direct.empty() || walk.total.empty())
            return false;
        return took(walk) - directly(walk) >= m_result.limit("warning_ms") * 1e6 &&
               took(walk) >= m_result.limit("warning_ratio") * directly(walk);
    }

    void report(std::vector<const Walk*> walks, std::string_view variant, double threshold) {
        std::sort(walks.begin(), walks.end(), [&](const Walk* a, const Walk* b) {
            return std::pair(a->spoilt(), took(*a)) > std::pair(b->spoilt(), took(*b));
        });
        const Walk& worst = *walks.front();
        const auto queries = static_cast<std::size_t>(stats::percentile(worst.queries, 0.5).value_or(0));
        const auto candidates = static_cast<std::size_t>(stats::percentile(worst.candidates, 0.5).value_or(1));
        std::vector<std::string> names;
        for (const Walk* walk : walks)
            if (std::find(names.begin(), names.end(), walk->node->name) == names.end())
                names.push_back(walk->node->name);
        std::sort(names.begin(), names.end());
        const bool state = variant.empty(); // of every node alike, not a fault of some
        Values values{{"name", worst.name},
                      {"ndots", std::to_string(worst.ndots)},
                      {"queries", counted(queries, "query", "queries")},
                      {"wasted", counted(candidates - std::min<std::size_t>(candidates, 1), "name", "names")},
                      {"took", text::duration(took(worst))},
                      {"direct", worst.direct.empty() ? "not measured" : text::duration(directly(worst))},
                      {"spoilt", text::integer(worst.spoilt())},
                      {"lookups", counted(worst.lookups, "look-up", "look-ups")},
                      {"node", worst.node->name}};
        Finding& f = m_result.fire(state ? Severity::Info : Severity::Warning,
                                   state ? std::vector<std::string>{} : names, std::move(values), variant);
        f.certainty = Certainty::Proven;
        f.weight = state ? 1 : 20;
        if (!state)
            f.where = onTheWayToDns(m_subject.the, names, false);
        for (const Walk* walk : walks)
            if (f.evidence.size() < 16)
                addFigures(f, *walk, threshold);
    }

    void addFigures(Finding& f, const Walk& walk, double threshold) const {
        const std::string source = walk.node->name + ": probe, " + counted(walk.lookups, "look-up", "look-ups");
        const auto add = [&](std::vector<Evidence>& to, std::string what, std::string value,
                             std::optional<std::string> limit = {}) {
            to.push_back(evidence(std::move(what), std::move(value), source, std::move(limit)));
        };
        add(f.evidence, walk.name + ": queries / names tried, medians",
            text::integer(static_cast<std::uint64_t>(stats::percentile(walk.queries, 0.5).value_or(0))) + " / " +
                text::integer(static_cast<std::uint64_t>(stats::percentile(walk.candidates, 0.5).value_or(0))));
        if (!walk.total.empty())
            add(f.evidence, walk.name + ": time through the list, median", text::duration(took(walk)));
        if (walk.spoilt() > 0)
            add(f.evidence, walk.name + ": ended at a name of the list", text::integer(walk.spoilt()),
                threshold > 0 ? std::optional(text::number(threshold)) : std::nullopt);
        add(f.counterEvidence, walk.name + ".: time of one answer, asked for directly, median",
            walk.direct.empty() ? "not measured" : text::duration(directly(walk)));
        add(f.counterEvidence, walk.name + ": look-ups answered",
            text::integer(walk.total.size()) + " of " + text::integer(walk.lookups));
    }

    const Subject& m_subject;
    RuleResult m_result;
    std::vector<Walk> m_walks;
};

} // namespace

RuleResult dnsSearchAmplification(const Subject& subject, const RuleEntry& entry) {
    return Judge(subject, entry).judge();
}

} // namespace netopsy::analysis
