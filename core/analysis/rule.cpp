// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/rule.h"

#include "core/base/text.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace netopsy::analysis {

Subject::Subject(const model::Case& c) : the(c) {
    summaries.reserve(c.nodes.size());
    for (const model::Node& node : c.nodes)
        summaries.push_back(stats::summarise(node));
}

bool Subject::reached(const model::Node& node) {
    return node.state != model::NodeState::Unreachable && node.state != model::NodeState::Pending;
}

std::string fill(std::string_view text, const Values& values, std::vector<std::string>& unknown) {
    std::string out;
    for (;;) {
        const auto open = text.find('{');
        out += text.substr(0, open);
        if (open == std::string_view::npos)
            return out;
        text.remove_prefix(open);
        const auto close = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", 1);
        if (close == std::string_view::npos || text[close] != '}' || close == 1) {
            out += '{';
            text.remove_prefix(1);
            continue;
        }
        const std::string_view name = text.substr(1, close - 1);
        if (const auto found = values.find(name); found != values.end()) {
            out += found->second;
        } else {
            unknown.emplace_back(name);
            out += text.substr(0, close + 1);
        }
        text.remove_prefix(close + 1);
    }
}

RuleResult::RuleResult(const RuleEntry& entry) : m_entry(entry) {
    for (const auto& [name, value] : entry.thresholds)
        m_thresholds.emplace(name, text::number(value));
}

std::string RuleResult::words(std::string_view pattern, const Values& values) {
    std::vector<std::string> unknown;
    std::string out = text::foldBlanks(fill(pattern, values, unknown)); // an empty value leaves two blanks
    for (const std::string& name : unknown)
        faults.push_back("its words ask for {" + name + "}, which the rule doesn't give");
    return out;
}

Finding& RuleResult::fire(Severity severity, std::vector<std::string> nodes, Values values,
                          std::string_view variant) {
    values.insert(m_thresholds.begin(), m_thresholds.end());
    RuleWords said;
    if (const auto found = m_entry.variants.find(variant); found != m_entry.variants.end())
        said = found->second;
    else if (!variant.empty())
        faults.push_back("it has no variant " + std::string(variant));
    const auto pick = [&](const std::string& special, const std::string& usual) {
        return words(special.empty() ? usual : special, values);
    };
    Finding finding;
    finding.rule = m_entry.id;
    finding.severity = severity;
    finding.nodes = std::move(nodes);
    finding.title = pick(said.title, m_entry.title);
    finding.explanation = pick(said.explanation, m_entry.explanation);
    finding.remedy = pick(said.remedy, m_entry.remedy);
    finding.references = m_entry.references;
    finding.tuningKeys = m_entry.tuningKeys;
    return findings.emplace_back(std::move(finding));
}

void RuleResult::cannotTell(std::string node, std::string reason) {
    inconclusive.push_back({m_entry.id, std::move(node), std::move(reason)});
}

std::string RuleResult::phrase(std::string_view name, Values values) {
    const auto found = m_entry.phrases.find(name);
    if (found == m_entry.phrases.end()) {
        faults.push_back("it has no phrase " + std::string(name));
        return {};
    }
    values.insert(m_thresholds.begin(), m_thresholds.end());
    return words(found->second, values);
}

double RuleResult::limit(std::string_view name) const {
    const auto found = m_entry.thresholds.find(std::string(name));
    assert(found != m_entry.thresholds.end() && "the registry must list it");
    return found == m_entry.thresholds.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

Severity RuleResult::severity() const {
    return severityOf(m_entry.severity).value_or(Severity::Info);
}

std::optional<Severity> severityOf(std::string_view name) {
    for (const Severity s : {Severity::Info, Severity::Warning, Severity::Critical})
        if (name == severityName(s))
            return s;
    return std::nullopt;
}

std::string counted(std::size_t n, std::string_view one, std::string_view many) {
    return text::integer(n) + " " + std::string(n == 1 ? one : many);
}

std::string nameList(const std::vector<std::string>& names, std::size_t most) {
    if (names.size() <= 1)
        return names.empty() ? std::string{} : names.front();
    const std::size_t shown = names.size() > most ? most : names.size() - 1;
    std::string out;
    for (std::size_t i = 0; i < shown; ++i)
        out += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > most)
        return out + " and " + std::to_string(names.size() - shown) + " more";
    return out + " and " + names.back();
}

} // namespace netopsy::analysis
