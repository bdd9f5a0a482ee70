// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/analyse.h"
#include "core/analysis/rule.h"
#include "core/base/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace netopsy::analysis {

namespace {

const char* certaintyName(Certainty certainty) {
    switch (certainty) {
    case Certainty::Proven:
        return "proven";
    case Certainty::Likely:
        return "likely";
    case Certainty::Possible:
        break;
    }
    return "possible";
}

nlohmann::json evidenceJson(const std::vector<Evidence>& evidence) {
    nlohmann::json out = nlohmann::json::array();
    for (const Evidence& e : evidence)
        out.push_back({{"what", text::printable(e.what)},
                       {"value", text::printable(e.value)},
                       {"threshold", e.threshold ? nlohmann::json(*e.threshold) : nlohmann::json()},
                       {"source", text::printable(e.source)}});
    return out;
}

/// Breaks at blanks, each line indented; a word longer than the line stays whole.
std::string wrapped(std::string_view words, std::string_view indent, std::size_t width = 100) {
    std::string out;
    std::size_t used = width;
    for (const std::string_view word : text::words(words)) {
        if (used + 1 + word.size() > width) {
            if (!out.empty())
                out += '\n';
            out += indent;
            used = indent.size();
        } else {
            out += ' ';
            ++used;
        }
        out += word;
        used += word.size();
    }
    return out + '\n';
}

void evidenceText(std::string& out, const std::vector<Evidence>& evidence) {
    for (const Evidence& e : evidence) {
        out += "    " + e.what + ": " + e.value;
        if (e.threshold)
            out += " (threshold " + *e.threshold + ")";
        out += "  [" + e.source + "]\n";
    }
}

/// "cpu-iowait: no sample was taken (node1, node2)": one line for all nodes that share a reason.
std::string inconclusiveText(const std::vector<Inconclusive>& all) {
    std::vector<std::pair<Inconclusive, std::vector<std::string>>> groups;
    for (const Inconclusive& one : all) {
        auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& g) {
            return g.first.rule == one.rule && g.first.reason == one.reason;
        });
        if (group == groups.end())
            group = groups.insert(groups.end(), {one, {}});
        if (!one.node.empty())
            group->second.push_back(one.node);
    }
    std::string out;
    for (const auto& [one, nodes] : groups)
        out += "  " + one.rule + ": " + one.reason + (nodes.empty() ? "" : " (" + nameList(nodes) + ")") + "\n";
    return out;
}

} // namespace

namespace {
nlohmann::json whereJson(const std::vector<Location>& where) {
    nlohmann::json out = nlohmann::json::array();
    const auto orNull = [](const std::string& name) {
        return name.empty() ? nlohmann::json() : nlohmann::json(text::printable(name));
    };
    for (const Location& place : where)
        out.push_back({{"node", orNull(place.node)},
                       {"device", orNull(place.device)},
                       {"peer", orNull(place.peer)},
                       {"part", orNull(place.part)},
                       {"from", orNull(place.from)},
                       {"to", orNull(place.to)},
                       {"family", orNull(place.family)},
                       {"netns", orNull(place.netns)}});
    return out;
}
} // namespace

nlohmann::json findingsJson(const Analysis& analysis) {
    nlohmann::json findings = nlohmann::json::array();
    for (const Finding& f : analysis.findings)
        findings.push_back({{"rule", f.rule},
                            {"severity", severityName(f.severity)},
                            {"certainty", certaintyName(f.certainty)},
                            {"nodes", f.nodes},
                            {"title", text::printable(f.title)},
                            {"explanation", text::printable(f.explanation)},
                            {"evidence", evidenceJson(f.evidence)},
                            {"counter_evidence", evidenceJson(f.counterEvidence)},
                            {"remedy", text::printable(f.remedy)},
                            {"references", f.references},
                            {"where", whereJson(f.where)}});
    nlohmann::json inconclusive = nlohmann::json::array();
    for (const Inconclusive& i : analysis.inconclusive)
        inconclusive.push_back({{"rule", i.rule},
                                {"node", i.node.empty() ? nlohmann::json() : nlohmann::json(i.node)},
                                {"reason", text::printable(i.reason)}});
    return {{"schema", "netopsy.findings/1"},
            {"findings", std::move(findings)},
            {"inconclusive", std::move(inconclusive)},
            {"silent", analysis.silent}};
}

std::string findingsText(const Analysis& analysis) {
    std::string out;
    if (analysis.findings.empty())
        out += "Nothing found by the rules that could judge.\n";
    for (const Finding& f : analysis.findings) {
        out += std::string(severityName(f.severity)) + "  " + f.title + "\n";
        out += "  " + f.rule + " · " + certaintyName(f.certainty) + " · " +
               (f.nodes.empty() ? std::string("the cluster") : nameList(f.nodes, 8)) + "\n";
        out += wrapped(f.explanation, "  ");
        out += "  Evidence\n";
        evidenceText(out, f.evidence);
        if (!f.counterEvidence.empty()) {
            out += "  What was checked against it\n";
            evidenceText(out, f.counterEvidence);
        }
        out += "  What to do\n" + wrapped(f.remedy, "    ");
        for (const std::string& reference : f.references)
            out += "    " + reference + "\n";
        out += '\n';
    }
    if (!analysis.inconclusive.empty())
        out += "Could not be judged\n" + inconclusiveText(analysis.inconclusive);
    if (!analysis.silent.empty())
        out += "Looked and found nothing: " + text::join(analysis.silent, ", ") + "\n";
    return text::printable(out);
}

} // namespace netopsy::analysis
