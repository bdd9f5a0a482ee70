// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a rule is made of: one pure function from the case and the rule's entry to a result. The function
// holds the logic, the entry (resources/rules/*.yaml) the thresholds and words. A rule never stops at a node
// that it can't judge: it says so by `cannotTell` and goes on with the others.
#pragma once

#include "core/analysis/analyse.h"
#include "core/stats/node_summary.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::analysis {

/// The case with each node's figures derived once, for all rules. The case outlives it.
struct Subject {
    explicit Subject(const model::Case& c);
    const model::Case& the;
    std::vector<stats::NodeSummary> summaries; ///< one a node, in the case's order

    [[nodiscard]] const stats::NodeSummary& of(std::size_t node) const { return summaries[node]; }
    /// The script ran there, at least in part.
    [[nodiscard]] static bool reached(const model::Node& node);
};

/// Placeholder name -> text.
using Values = std::map<std::string, std::string, std::less<>>;

/// Replaces each `{name}`; a name without a value stays as it is and is added to `unknown`. A brace that
/// doesn't enclose a lower-case name is an ordinary character (remedies quote JSON).
[[nodiscard]] std::string fill(std::string_view text, const Values& values, std::vector<std::string>& unknown);

class RuleResult {
public:
    explicit RuleResult(const RuleEntry& entry);

    /// Adds a finding in the words of `variant` ("" = the rule's own). Thresholds are placeholders, too.
    /// The reference holds until the next call.
    Finding& fire(Severity severity, std::vector<std::string> nodes, Values values, std::string_view variant = {});
    void cannotTell(std::string node, std::string reason);
    /// The named sentence of the entry.
    [[nodiscard]] std::string phrase(std::string_view name, Values values = {});
    /// A threshold that the registry lists as needed, so that it is known to be there.
    [[nodiscard]] double limit(std::string_view name) const;
    /// The entry's severity.
    [[nodiscard]] Severity severity() const;

    std::vector<Finding> findings;
    std::vector<Inconclusive> inconclusive;
    std::vector<std::string> faults; ///< of the entry's words: placeholders or phrases that there are not

private:
    [[nodiscard]] std::string words(std::string_view pattern, const Values& values);
    const RuleEntry& m_entry;
    Values m_thresholds;
};

struct Rule {
    const char* id;
    RuleResult (*judge)(const Subject&, const RuleEntry&);
    std::vector<const char*> thresholds; ///< without these in the entry it can't run
};

/// All rules, in the order of root causes.
[[nodiscard]] const std::vector<Rule>& registry();

[[nodiscard]] std::optional<Severity> severityOf(std::string_view name);

/// "1 node" / "3 nodes"; "query" / "queries" needs its own plural.
[[nodiscard]] std::string counted(std::size_t n, std::string_view one, std::string_view many);
/// "node1, node2 and 3 more": at most `most` names.
[[nodiscard]] std::string nameList(const std::vector<std::string>& names, std::size_t most = 4);

} // namespace netopsy::analysis
