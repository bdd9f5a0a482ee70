// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/text.h"

#include <set>

namespace netopsy::analysis {

namespace {

constexpr std::size_t maxShown = 16;

struct Drift {
    std::string key, running, boot, file;
    int line;
    bool operator<(const Drift& o) const {
        return std::tie(key, running, boot) < std::tie(o.key, o.running, o.boot);
    }
};

/// Keys like net.ipv4.conf.default.X take effect on interfaces made later; the running value of "default" and
/// "all" is still comparable, that of a single interface is the CNI's business.
bool belongsToOneInterface(const std::string& key) {
    for (const char* family : {"net.ipv4.conf.", "net.ipv6.conf.", "net.ipv4.neigh.", "net.ipv6.neigh."})
        if (key.starts_with(family)) {
            const std::string rest = key.substr(std::string_view(family).size());
            return !rest.starts_with("all.") && !rest.starts_with("default.");
        }
    return false;
}

} // namespace

RuleResult sysctlDrift(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    const std::set<std::string> owned(entry.keys.begin(), entry.keys.end());
    // Nodes that drift alike make one finding: a fleet set up the same way drifts the same way.
    std::map<std::set<Drift>, std::vector<std::string>> groups;
    for (const model::Node& node : subject.the.nodes) {
        if (!Subject::reached(node))
            continue;
        if (node.facts.sysctl.empty()) {
            result.cannotTell(node.name, "its running settings were not read");
            continue;
        }
        std::set<Drift> drifts;
        for (const auto& [key, persisted] : node.facts.sysctlPersisted) {
            const auto running = node.facts.sysctl.find(key);
            if (running == node.facts.sysctl.end() || owned.contains(key) || belongsToOneInterface(key))
                continue;
            if (text::foldBlanks(running->second) != text::foldBlanks(persisted.value))
                drifts.insert({key, running->second, persisted.value, persisted.file, persisted.line});
        }
        if (!drifts.empty())
            groups[drifts].push_back(node.name);
    }
    for (const auto& [drifts, nodes] : groups) {
        const Drift& first = *drifts.begin();
        Finding& f = result.fire(result.severity(), nodes,
                                 {{"nodes", nameList(nodes)},
                                  {"count", counted(drifts.size(), "setting", "settings")},
                                  {"key", first.key},
                                  {"running", first.running},
                                  {"boot", first.boot}},
                                 drifts.size() == 1 ? "one" : "");
        f.certainty = Certainty::Proven;
        f.weight = std::min<double>(5, static_cast<double>(drifts.size()));
        for (const Drift& drift : drifts) {
            if (f.evidence.size() == maxShown)
                break;
            f.tuningKeys.push_back(drift.key);
            Evidence e = evidence(drift.key, drift.running + " now, " + drift.boot + " after a boot",
                                  nodes.front() + ": " + drift.file + ", line " + std::to_string(drift.line));
            e.ref = model::SectionRef{nodes.front(), section::persisted, 0, 0};
            f.evidence.push_back(std::move(e));
        }
    }
    return result;
}

RuleResult sysctlInconsistent(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    // Nodes of another kernel or size rightly have other defaults; only like is compared with like.
    std::map<std::string, std::vector<const model::Node*>> alike;
    std::size_t judged = 0;
    for (const model::Node& node : subject.the.nodes) {
        if (!Subject::reached(node) || node.facts.sysctl.empty())
            continue;
        ++judged;
        const std::uint64_t gib = (node.facts.memTotalKiB.valueOr(0) + (1u << 19)) >> 20;
        alike[node.facts.kernel.valueOr("?") + "/" + std::to_string(node.facts.cpus.valueOr(0)) + "/" +
              std::to_string(gib)]
            .push_back(&node);
    }
    if (judged < 2) {
        result.cannotTell({}, "it takes the settings of at least two nodes to compare");
        return result;
    }
    for (const auto& [kind, nodes] : alike) {
        std::map<std::string, Finding*> byNode;
        result.findings.reserve(result.findings.size() + nodes.size());
        for (const std::string& key : entry.keys) {
            std::map<std::string, std::string> values;
            for (const model::Node* node : nodes)
                if (const auto found = node->facts.sysctl.find(key); found != node->facts.sysctl.end())
                    values[node->name] = text::foldBlanks(found->second);
            const Majority most = majority(values);
            for (const auto& [value, odd] : most.odd)
                for (const std::string& name : odd) {
                    Finding*& f = byNode[name];
                    if (f == nullptr) {
                        f = &result.fire(result.severity(), {name},
                                         {{"node", name},
                                          {"key", key},
                                          {"value", value},
                                          {"usual", most.value},
                                          {"holders", counted(most.holders, "node", "nodes")}},
                                         most.clear ? "" : "split");
                        f->certainty = Certainty::Proven;
                    }
                    f->weight = std::min(10.0, f->weight + 2);
                    f->tuningKeys.push_back(key);
                    f->evidence.push_back(evidence(key, value, model::SectionRef{name, section::sysctl, 0, 0},
                                                   most.value + " on " + counted(most.holders, "node", "nodes")));
                }
        }
    }
    return result;
}

} // namespace netopsy::analysis
