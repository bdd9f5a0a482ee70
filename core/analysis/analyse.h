// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/finding.h"
#include "core/base/result.h"
#include "core/model/case.h"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>
#include <string_view>

namespace netopsy::analysis {

/// What a finding says in one of the cases a rule tells apart. An empty text is taken from the rule itself.
struct RuleWords {
    std::string title, explanation, remedy;
};

/// One entry of resources/rules/*.yaml: thresholds and words, never logic. Words hold {placeholders}, which
/// the rule fills; the format stands in resources/rules/README.md.
struct RuleEntry {
    std::string id, severity, title, explanation, remedy;
    std::map<std::string, double> thresholds;
    std::vector<std::string> references;
    std::vector<std::string> tuningKeys;
    std::map<std::string, RuleWords, std::less<>> variants;
    std::map<std::string, std::string, std::less<>> phrases; ///< sentences that a rule adds where they are true
    std::vector<std::string> keys;                           ///< sysctl keys, for the rules that compare them
};

class RuleBook {
public:
    /// Reads one YAML document; an error names `file` and the line.
    static Result<RuleBook> parse(std::string_view yaml, const std::string& file);
    /// The rules that ship with the program (compiled in from resources/rules).
    static const RuleBook& builtin();

    [[nodiscard]] const RuleEntry* find(std::string_view id) const;
    std::map<std::string, RuleEntry, std::less<>> entries;
};

/// Pure: the same case and book give the same analysis.
[[nodiscard]] Analysis analyse(const model::Case& subject, const RuleBook& book = RuleBook::builtin());

/// The `netopsy.findings/1` document.
[[nodiscard]] nlohmann::json findingsJson(const Analysis& analysis);
/// The same for people, one finding after the other.
[[nodiscard]] std::string findingsText(const Analysis& analysis);

} // namespace netopsy::analysis
