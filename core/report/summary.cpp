// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/report/chapters.h"
#include "core/stats/node_summary.h"

#include <algorithm>
#include <array>

namespace netopsy::report {

namespace {

std::string orUnknown(const std::string& value) {
    return value.empty() ? "unknown" : text::printable(value);
}

std::string nodeCounts(const model::Case& subject) {
    std::size_t complete = 0, partial = 0, unreachable = 0;
    for (const model::Node& node : subject.nodes) {
        complete += node.state == model::NodeState::Complete;
        partial += node.state == model::NodeState::Partial || node.state == model::NodeState::Running;
        unreachable += node.state == model::NodeState::Unreachable || node.state == model::NodeState::Pending;
    }
    std::string out = std::to_string(complete) + " complete";
    if (partial > 0)
        out += ", " + std::to_string(partial) + " partial";
    if (unreachable > 0)
        out += ", " + std::to_string(unreachable) + " unreachable";
    return out;
}

bool anythingCollected(const model::Case& subject) {
    return std::any_of(subject.nodes.begin(), subject.nodes.end(), [](const model::Node& node) {
        return !node.samples.empty() || !node.facts.sysctl.empty() || !node.dns.empty();
    });
}

std::string verdict(const model::Case& subject, const analysis::Analysis& analysis) {
    if (!anythingCollected(subject) && analysis.findings.empty())
        return "Nothing was collected, so nothing can be said.";
    std::array<std::size_t, 3> counts{};
    for (const analysis::Finding& finding : analysis.findings)
        ++counts[static_cast<std::size_t>(finding.severity)];
    const std::size_t grave = counts[1] + counts[2];
    if (analysis.findings.empty())
        return "No rule found anything wrong.";
    if (grave == 0)
        return "Nothing above an information was found.";
    const auto count = [](std::size_t n, const char* word, const char* plural) {
        return std::to_string(n) + " " + (n == 1 ? word : plural);
    };
    const std::string out = "Found: " + count(counts[2], "critical finding", "critical findings") + ", " +
                            count(counts[1], "warning", "warnings") + ", " +
                            count(counts[0], "piece of information", "pieces of information") + ". First: ";
    return out + text::printable(analysis.findings.front().title);
}

} // namespace

void addSummary(Document& out, const model::Case& subject, const analysis::Analysis& analysis) {
    out.blocks.emplace_back(Heading{1, "Summary"});
    out.blocks.emplace_back(Paragraph{verdict(subject, analysis)});
    KeyValues facts;
    if (subject.cluster) {
        const model::Inventory& cluster = *subject.cluster;
        facts.rows = {
            {"Cluster", orUnknown(cluster.context) + " at " + orUnknown(cluster.server)},
            {"Kubernetes", orUnknown(cluster.version)},
            {"CNI", orUnknown(cluster.cni.name) + ", " + orUnknown(cluster.cni.mode) +
                        (cluster.cni.version.empty() ? "" : ", " + text::printable(cluster.cni.version))},
            {"Service proxy", orUnknown(cluster.proxy.mode)},
            {"Cluster DNS", orUnknown(cluster.dns.serviceIp) + ", " + std::to_string(cluster.dns.pods.size()) +
                                " backends, NodeLocal DNSCache: " + (cluster.dns.nodeLocal ? "yes" : "no")}};
    } else {
        facts.rows = {{"Subject", "this machine alone, without a cluster (--local)"}};
    }
    facts.rows.emplace_back("Nodes", nodeCounts(subject));
    facts.rows.emplace_back("Begun", text::rfc3339(subject.meta.started));
    facts.rows.emplace_back("Length", text::number(subject.meta.durationS) + " s, a sample every " +
                                          text::number(subject.meta.intervalS) + " s" +
                                          (subject.meta.finished ? "" : "; cut off before its end"));
    out.blocks.emplace_back(std::move(facts));
}

void addFindings(Document& out, const analysis::Analysis& analysis) {
    out.blocks.emplace_back(Heading{1, "Findings"});
    if (analysis.findings.empty())
        out.blocks.emplace_back(
            Paragraph{"None. The rules that looked: " + text::join(analysis.silent, ", ") + "."});
    for (const analysis::Finding& finding : analysis.findings)
        out.blocks.emplace_back(FindingBlock{finding});
}

void addTuning(Document& out, const tuning::Plan& plan) {
    out.blocks.emplace_back(Heading{1, "Tuning diff"});
    out.blocks.emplace_back(Paragraph{
        "Profile " + plan.profile + ". A proposal: nothing was changed. Values that hold already are left out."});
    if (plan.changes.empty()) {
        out.blocks.emplace_back(
            Paragraph{"Nothing to change: no node that was collected from differs from these values."});
        return;
    }
    // Nodes that agree share a row: on a hundred nodes the table stays readable.
    std::vector<std::pair<const tuning::Change*, std::vector<std::string>>> rows;
    for (const tuning::Change& change : plan.changes) {
        auto same = std::find_if(rows.begin(), rows.end(), [&](const auto& row) {
            return row.first->key == change.key && row.first->current == change.current &&
                   row.first->recommended == change.recommended && row.first->facts == change.facts;
        });
        if (same == rows.end())
            rows.push_back({&change, {change.node}});
        else
            same->second.push_back(change.node);
    }
    const auto whoOf = [](const std::vector<std::string>& nodes) {
        return nodes.size() <= 3 ? text::join(nodes, ", ") : std::to_string(nodes.size()) + " nodes";
    };
    const bool alike =
        std::all_of(rows.begin(), rows.end(), [&](const auto& row) { return row.second == rows.front().second; });
    if (alike) // said once: the column would take the words' room
        out.blocks.emplace_back(Paragraph{"For " + text::printable(whoOf(rows.front().second)) + "."});
    Table table;
    table.header = {"Key", "Now", "Then", "Nodes", "Why, and what to know"};
    for (const auto& [change, nodes] : rows) {
        std::string why = change->reason + " " + tuning::remarks(*change);
        if (!change->risk.empty())
            why += " Risk: " + change->risk;
        table.rows.push_back({change->key, change->current, change->recommended, text::printable(whoOf(nodes)),
                              text::printable(why)});
    }
    if (alike) {
        table.header.erase(table.header.begin() + 3);
        for (auto& row : table.rows)
            row.erase(row.begin() + 3);
    }
    out.blocks.emplace_back(std::move(table));
    out.blocks.emplace_back(Heading{2, "As a file"});
    out.blocks.emplace_back(Code{tuning::planSysctl(plan)});
}

void addGaps(Document& out, const model::Case& subject, const analysis::Analysis& analysis) {
    out.blocks.emplace_back(Heading{1, "What could not be measured"});
    Table table;
    table.header = {"Where", "What is missing, and why"};
    if (subject.cluster)
        for (const model::Gap& gap : subject.cluster->gaps)
            table.rows.push_back(
                {"API", text::printable("may not " + gap.verb + " " + gap.resource + ": " + gap.reason)});
    for (const model::Node& node : subject.nodes) {
        if (!node.error.empty())
            table.rows.push_back({text::printable(node.name), text::printable(node.error)});
        for (const std::string& note : node.notes)
            table.rows.push_back({text::printable(node.name), text::printable(note)});
    }
    for (const analysis::Inconclusive& open : analysis.inconclusive)
        table.rows.push_back({text::printable(open.node.empty() ? "cluster" : open.node),
                              text::printable("rule " + open.rule + " can't tell: " + open.reason)});
    if (table.rows.empty())
        out.blocks.emplace_back(Paragraph{"Nothing that was planned is missing."});
    else
        out.blocks.emplace_back(std::move(table));
}

} // namespace netopsy::report
