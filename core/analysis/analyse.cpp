// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analyse.h"

#include "core/analysis/rule.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace netopsy::analysis {

const char* severityName(Severity severity) {
    switch (severity) {
    case Severity::Critical:
        return "critical";
    case Severity::Warning:
        return "warning";
    case Severity::Info:
        break;
    }
    return "info";
}

namespace {

bool worse(const Finding& a, const Finding& b) {
    if (a.severity != b.severity)
        return a.severity > b.severity;
    if (a.weight != b.weight)
        return a.weight > b.weight;
    return std::tie(a.rule, a.nodes, a.title) < std::tie(b.rule, b.nodes, b.title);
}

} // namespace

Analysis analyse(const model::Case& subject, const RuleBook& book) {
    Analysis analysis;
    const Subject derived(subject);
    for (const Rule& rule : registry()) {
        const RuleEntry* entry = book.find(rule.id);
        if (entry == nullptr)
            continue; // a book may hold fewer rules than the program knows
        const auto missing = std::find_if(rule.thresholds.begin(), rule.thresholds.end(),
                                          [&](const char* name) { return !entry->thresholds.contains(name); });
        if (missing != rule.thresholds.end()) {
            analysis.inconclusive.push_back(
                {rule.id, {}, std::string("the rule book lacks its threshold ") + *missing});
            continue;
        }
        RuleResult result = rule.judge(derived, *entry);
        for (const std::string& fault : result.faults)
            result.cannotTell({}, "fault in the rule book: " + fault);
        if (result.findings.empty() && result.inconclusive.empty())
            analysis.silent.emplace_back(rule.id);
        std::move(result.findings.begin(), result.findings.end(), std::back_inserter(analysis.findings));
        std::move(result.inconclusive.begin(), result.inconclusive.end(),
                  std::back_inserter(analysis.inconclusive));
    }
    std::stable_sort(analysis.findings.begin(), analysis.findings.end(), worse);
    return analysis;
}

} // namespace netopsy::analysis
