// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The file that a node reads at boot. It holds Netopsy's settings only: what stands in it already is kept, what
// another file owns is left there.
#include "core/tuning/sysctl_file.h"

#include "core/base/text.h"

#include <algorithm>
#include <map>

namespace netopsy::tuning {

std::vector<std::string> nodesOf(const Plan& plan) {
    std::vector<std::string> out;
    const auto add = [&](const std::string& node) {
        if (std::find(out.begin(), out.end(), node) == out.end())
            out.push_back(node);
    };
    for (const Change& c : plan.changes)
        add(c.node);
    for (const Unchanged& u : plan.unchanged)
        add(u.node);
    return out;
}

Plan ofNode(const Plan& plan, const std::string& node) {
    Plan out;
    out.profile = plan.profile;
    std::copy_if(plan.changes.begin(), plan.changes.end(), std::back_inserter(out.changes),
                 [&](const Change& c) { return c.node == node; });
    std::copy_if(plan.unchanged.begin(), plan.unchanged.end(), std::back_inserter(out.unchanged),
                 [&](const Unchanged& u) { return u.node == node; });
    if (const auto present = plan.present.find(node); present != plan.present.end())
        out.present.insert(*present);
    return out;
}

std::vector<Setting> settingsOf(const Plan& plan) {
    std::vector<Setting> out;
    for (const Change& c : plan.changes) {
        const auto same = [&](const Setting& s) { return s.key == c.key; };
        if (std::none_of(out.begin(), out.end(), same))
            out.push_back({c.key, c.recommended, c.group, c.floor, {}});
    }
    for (Setting& setting : out)
        for (const Unchanged& u : plan.unchanged)
            if (u.key == setting.key && !u.why.empty())
                setting.notOn.push_back(u.node);
    return out;
}

namespace {

/// Lines of the present files that no change touches; where nodes disagree on a value, none is right for all.
std::map<std::string, std::string> keptLines(const Plan& plan, const std::vector<Setting>& settings) {
    std::map<std::string, std::string> kept;
    std::map<std::string, bool> disputed;
    for (const auto& [node, lines] : plan.present)
        for (const FileLine& line : lines) {
            if (std::any_of(settings.begin(), settings.end(), [&](const Setting& s) { return s.key == line.key; }))
                continue;
            const auto [at, added] = kept.emplace(line.key, line.value);
            if (!added && at->second != line.value)
                disputed[line.key] = true;
        }
    for (const auto& [key, yes] : disputed)
        kept.erase(key);
    return kept;
}

std::vector<std::string> fileLines(const Plan& plan) {
    const std::vector<Setting> settings = settingsOf(plan);
    const auto kept = keptLines(plan, settings);
    std::vector<std::string> out;
    std::string group;
    std::vector<Setting> sorted = settings;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Setting& a, const Setting& b) { return a.group < b.group; });
    for (const Setting& s : sorted) {
        if (s.group != group)
            out.push_back("# " + (s.group.empty() ? std::string("other") : s.group));
        group = s.group;
        if (s.notOn.empty())
            out.push_back(s.key + " = " + s.value);
        else
            out.push_back("# " + s.key + " = " + s.value + "  (not on " + text::join(s.notOn, ", ") +
                          ": it stands higher there, or does not exist)");
    }
    if (!kept.empty())
        out.emplace_back("# kept as it stood");
    for (const auto& [key, value] : kept)
        out.push_back(key + " = " + value);
    return out;
}

/// Lines of a unified diff's one hunk, by the longest common subsequence; the files are a dozen lines.
std::string hunk(const std::vector<std::string>& before, const std::vector<std::string>& after) {
    const std::size_t n = before.size(), m = after.size();
    std::vector<std::vector<std::size_t>> common(n + 1, std::vector<std::size_t>(m + 1, 0));
    for (std::size_t i = n; i-- > 0;)
        for (std::size_t j = m; j-- > 0;)
            common[i][j] =
                before[i] == after[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    std::string out = "@@ -" + std::to_string(n == 0 ? 0 : 1) + "," + std::to_string(n) + " +" +
                      std::to_string(m == 0 ? 0 : 1) + "," + std::to_string(m) + " @@\n";
    for (std::size_t i = 0, j = 0; i < n || j < m;) {
        if (i < n && j < m && before[i] == after[j]) {
            out += " " + before[i++] + "\n";
            ++j;
        } else if (i < n && (j == m || common[i + 1][j] >= common[i][j + 1])) {
            out += "-" + before[i++] + "\n";
        } else {
            out += "+" + after[j++] + "\n";
        }
    }
    return out;
}

} // namespace

std::string planSysctl(const Plan& plan) {
    std::string out = "# " + std::string(tuningFile) + ", by Netopsy, profile " + plan.profile + "\n# For " +
                      text::join(nodesOf(plan), ", ") + "\n# Load this file alone: sysctl -p " + tuningFile +
                      "\n# (sysctl --system would reset what the CNI and kube-proxy have set)\n";
    if (plan.changes.empty())
        out += "# Nothing to change.\n";
    for (const std::string& line : fileLines(plan))
        out += (line.front() == '#' && line.find('=') == std::string::npos ? "\n" : "") + line + "\n";
    return out;
}

std::string planDiff(const Plan& plan) {
    std::string out;
    for (const std::string& node : nodesOf(plan)) {
        const Plan one = ofNode(plan, node);
        if (one.changes.empty())
            continue;
        std::vector<std::string> before;
        if (const auto present = one.present.find(node); present != one.present.end())
            for (const FileLine& line : present->second)
                before.push_back(line.key + " = " + line.value);
        std::vector<std::string> after;
        for (const std::string& line : fileLines(one))
            if (line.front() != '#' || before.empty()) // comments of a present file are not known
                after.push_back(line);
        if (!before.empty()) {
            // In the present order, new keys at the end: a diff of settings, not of their order.
            const auto place = [&](const std::string& line) {
                const std::string key = line.substr(0, line.find(" = ") + 3);
                const auto found = std::find_if(before.begin(), before.end(),
                                                [&](const std::string& b) { return b.starts_with(key); });
                return found - before.begin();
            };
            std::stable_sort(after.begin(), after.end(),
                             [&](const std::string& a, const std::string& b) { return place(a) < place(b); });
        }
        const std::string file = node + tuningFile;
        out += (before.empty() ? std::string("--- /dev/null") : "--- a/" + file) + "\n+++ b/" + file + "\n" +
               hunk(before, after);
    }
    return out.empty() ? "# Nothing to change.\n" : out;
}

} // namespace netopsy::tuning
