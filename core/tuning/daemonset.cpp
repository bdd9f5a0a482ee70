// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The plan as a DaemonSet, for clusters whose nodes are reached by the API only. Least privilege: only the init
// container is privileged, for as long as it takes to write a few files under /proc/sys (a pod's
// securityContext.sysctls can't set net.* on the host's network, and fs.* not at all); what stays is the pause
// image without any right. Nodes are named by metadata.name, not by the hostname label, which may differ.
#include "core/tuning/sysctl_file.h"
#include "resources/resources.h"

#include <algorithm>

namespace netopsy::tuning {

namespace {

std::string quoted(const std::string& s) {
    std::string out = "\"";
    for (const char c : s) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string replaced(std::string s, const std::string& from, const std::string& to) {
    for (auto at = s.find(from); at != std::string::npos; at = s.find(from, at + to.size()))
        s.replace(at, from.size(), to);
    return s;
}

/// A line of the init container's script. Profile::parse lets no character into keys and values that a shell would
/// read.
std::string call(const Setting& s) {
    if (!s.floor)
        return "set_to " + s.key + " \"" + s.value + "\"";
    return (s.value.find(' ') == std::string::npos ? "raise " : "widen ") + s.key + " " + s.value;
}

} // namespace

std::string planDaemonSet(const Plan& plan) {
    const std::vector<Setting> settings = settingsOf(plan);
    if (settings.empty())
        return "# Nothing to change.\n";
    std::vector<std::string> nodes;
    for (const Change& change : plan.changes)
        if (std::find(nodes.begin(), nodes.end(), change.node) == nodes.end())
            nodes.push_back(change.node);
    std::string terms, calls, keys;
    for (const std::string& node : nodes)
        terms += std::string(terms.empty() ? "" : "\n") +
                 "              - matchFields: [{ key: metadata.name, operator: In, values: [" + quoted(node) +
                 "] }]";
    for (const Setting& setting : settings) {
        calls += (calls.empty() ? "" : "\n") + std::string("              ") + call(setting);
        keys += (keys.empty() ? "" : "|") + replaced(setting.key, ".", "[.]");
    }
    std::string out(resource("tuning/daemonset.yaml"));
    out = replaced(out, "@PROFILE@", plan.profile);
    out = replaced(out, "@NODES@", terms);
    out = replaced(out, "@KEYS@", keys);
    return replaced(out, "@CALLS@", calls);
}

} // namespace netopsy::tuning
