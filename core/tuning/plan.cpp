// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/tuning/kernel.h"
#include "core/tuning/kube_proxy.h"
#include "core/tuning/tuning.h"

#include <algorithm>

namespace netopsy::tuning {

namespace {

/// The limit stands at the wanted value or beyond. Of a pair (a range): it covers the wanted one.
bool standsHigher(const std::string& current, const std::string& wanted) {
    const auto have = text::words(current), want = text::words(wanted);
    if (have.size() != want.size())
        return false;
    std::vector<std::uint64_t> h, w;
    for (std::size_t i = 0; i < have.size(); ++i) {
        const auto a = text::toUint(have[i]), b = text::toUint(want[i]);
        if (!a || !b)
            return false;
        h.push_back(*a);
        w.push_back(*b);
    }
    if (h.size() == 2)
        return h[0] <= w[0] && h[1] >= w[1];
    return h.size() == 1 && h[0] > w[0];
}

bool asked(const analysis::Analysis* analysis, const std::string& node, const std::string& key) {
    if (analysis == nullptr)
        return false;
    return std::any_of(analysis->findings.begin(), analysis->findings.end(), [&](const analysis::Finding& f) {
        return std::find(f.tuningKeys.begin(), f.tuningKeys.end(), key) != f.tuningKeys.end() &&
               (f.nodes.empty() || std::find(f.nodes.begin(), f.nodes.end(), node) != f.nodes.end());
    });
}

std::string baseName(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

class Planner {
public:
    Planner(const model::Case& subject, const Profile& profile, const analysis::Analysis* analysis)
        : m_case(subject), m_profile(profile), m_analysis(analysis) {
        m_plan.profile = profile.name;
    }

    void add(const model::Node& node) {
        if (node.facts.sysctl.empty())
            return; // nothing is known of it, so nothing is proposed
        for (const auto& [key, persisted] : node.facts.sysctlPersisted)
            if (persisted.file == tuningFile)
                m_plan.present[node.name].push_back({persisted.line, key, persisted.value});
        if (const auto present = m_plan.present.find(node.name); present != m_plan.present.end())
            std::sort(present->second.begin(), present->second.end(),
                      [](const FileLine& a, const FileLine& b) { return a.line < b.line; });
        for (const ProfileEntry& entry : m_profile.entries)
            addEntry(node, entry);
    }

    Plan take() { return std::move(m_plan); }

private:
    void addEntry(const model::Node& node, const ProfileEntry& entry) {
        const model::NodeFacts& facts = node.facts;
        std::optional<model::PersistedSysctl> persisted;
        if (const auto found = facts.sysctlPersisted.find(entry.key); found != facts.sysctlPersisted.end())
            persisted = found->second;
        const auto running = facts.sysctl.find(entry.key);
        if (running == facts.sysctl.end()) {
            m_plan.unchanged.push_back({node.name,
                                        entry.key,
                                        {},
                                        "the kernel has no such setting here (is its module "
                                        "loaded?), or it could not be read",
                                        entry.group,
                                        persisted,
                                        {}});
            return;
        }
        const std::string current = text::foldBlanks(running->second);
        const auto byDefault = kernelDefault(entry.key, facts);
        if (current == entry.value) {
            std::vector<std::string> remarks = remarksOf(entry, byDefault);
            m_plan.unchanged.push_back(
                {node.name, entry.key, current, {}, entry.group, persisted, std::move(remarks)});
            return;
        }
        if (entry.floor && standsHigher(current, entry.value)) {
            m_plan.unchanged.push_back(
                {node.name,
                 entry.key,
                 current,
                 "stands higher than the profile's " + entry.value + "; a limit is never lowered",
                 entry.group,
                 persisted,
                 {}});
            return;
        }
        Change change;
        change.node = node.name;
        change.key = entry.key;
        change.current = current;
        change.recommended = entry.value;
        change.group = entry.group;
        change.floor = entry.floor;
        change.persisted = persisted;
        change.scope = scopeOf(entry.key);
        const auto writable = facts.sysctlWritable.find(entry.key);
        change.writable = writable == facts.sysctlWritable.end() || writable->second;
        change.kernelDefault = byDefault;
        change.reason = entry.reason;
        change.risk = entry.risk;
        change.reachesPods = reachesPods(entry.key);
        change.askedByFinding = asked(m_analysis, node.name, entry.key);
        change.facts = remarksOf(entry, byDefault);
        if (!change.writable)
            change.facts.emplace_back("can't be written here (another namespace owns it, or it needs root)");
        if (byDefault == current)
            change.facts.emplace_back("stands at the kernel's default now");
        if (const auto memory = memoryOf(entry.key, entry.value)) {
            change.memoryBytes = memory->bytes;
            change.facts.push_back("at most " + text::number(static_cast<double>(memory->bytes) / 1048576) +
                                   " MiB: " + memory->source);
        }
        if (persisted && persisted->file != tuningFile)
            change.facts.push_back(bootRemark(*persisted));
        overrideBy(node, change);
        m_plan.changes.push_back(std::move(change));
    }

    /// True of the key itself, whether it changes or not.
    [[nodiscard]] std::vector<std::string> remarksOf(const ProfileEntry& entry,
                                                     const std::optional<std::string>& byDefault) const {
        std::vector<std::string> out;
        if (byDefault == entry.value)
            out.emplace_back("the recommended value is simply the kernel's default");
        if (!reachesPods(entry.key))
            out.emplace_back("does not reach pods: their network namespaces start from the kernel's own values");
        if (entry.key.starts_with("net.netfilter.nf_conntrack") && m_case.cluster &&
            m_case.cluster->cni.name == "cilium" && m_case.cluster->proxy.mode == "ebpf")
            out.emplace_back("matters little here: Cilium tracks pods' flows in its own BPF maps");
        return out;
    }

    /// sysctl.d(5): files are read by name, and a later one wins.
    [[nodiscard]] static std::string bootRemark(const model::PersistedSysctl& p) {
        const std::string where = p.file + ", line " + std::to_string(p.line) + " sets " + p.value;
        return p.file == "/etc/sysctl.conf" || baseName(p.file) > baseName(tuningFile)
                   ? where + " and is read later: it wins at boot until it is changed there"
                   : where + "; " + baseName(tuningFile) + " is read later and wins at boot";
    }

    void overrideBy(const model::Node& node, Change& change) const {
        if (!m_case.cluster)
            return;
        std::optional<int> cpus;
        if (node.facts.cpus)
            cpus = *node.facts.cpus;
        else if (!node.samples.empty() && !node.samples.back().perCpu.empty())
            cpus = static_cast<int>(node.samples.back().perCpu.size());
        const auto write = kubeProxyWrites(*m_case.cluster, change.key, cpus);
        const auto wanted = text::toUint(change.recommended);
        if (!write || !wanted)
            return;
        if (write->value == *wanted)
            change.facts.push_back("kube-proxy sets the same value at its start (" + write->from + ")");
        else if (write->value > *wanted || !write->onlyRaises)
            change.overriddenBy =
                "kube-proxy sets " + std::to_string(write->value) + " at its next start (" + write->from + ")";
        else
            change.facts.push_back("kube-proxy only raises this value (" + write->from + "), so it stays");
    }

    const model::Case& m_case;
    const Profile& m_profile;
    const analysis::Analysis* m_analysis;
    Plan m_plan;
};

} // namespace

Plan plan(const model::Case& subject, const Profile& profile, const analysis::Analysis* analysis,
          const std::optional<std::string>& onlyNode) {
    Planner planner(subject, profile, analysis);
    for (const model::Node& node : subject.nodes)
        if (!onlyNode || node.name == *onlyNode)
            planner.add(node);
    return planner.take();
}

} // namespace netopsy::tuning
