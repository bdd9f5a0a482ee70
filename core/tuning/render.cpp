// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/tuning/sysctl_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace netopsy::tuning {

namespace {

nlohmann::json orNull(const std::optional<std::string>& s) {
    return s ? nlohmann::json(text::printable(*s)) : nlohmann::json();
}

nlohmann::json persistedJson(const std::optional<model::PersistedSysctl>& p) {
    if (!p)
        return nullptr;
    return {{"file", text::printable(p->file)}, {"value", text::printable(p->value)}};
}

std::string padded(std::string s, std::size_t width) {
    if (s.size() < width)
        s.append(width - s.size(), ' ');
    return s;
}

} // namespace

std::string remarks(const Change& change) {
    std::vector<std::string> all = change.facts;
    if (change.overriddenBy)
        all.insert(all.begin(), *change.overriddenBy);
    for (std::string& sentence : all) {
        // A name ("kube-proxy", a path) keeps its case.
        if (sentence[0] >= 'a' && sentence[0] <= 'z' && sentence.rfind("kube-proxy", 0) != 0)
            sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
        sentence += '.';
    }
    return text::join(all, " ");
}

nlohmann::json planJson(const Plan& plan) {
    nlohmann::json changes = nlohmann::json::array(), unchanged = nlohmann::json::array();
    for (const Change& c : plan.changes)
        changes.push_back({{"node", c.node},
                           {"key", c.key},
                           {"current", text::printable(c.current)},
                           {"recommended", c.recommended},
                           {"persisted", persistedJson(c.persisted)},
                           {"scope", c.scope},
                           {"writable", c.writable},
                           {"overridden_by", orNull(c.overriddenBy)},
                           {"kernel_default", orNull(c.kernelDefault)},
                           {"reason", c.reason},
                           {"risk", c.risk},
                           {"memory_bytes", c.memoryBytes ? nlohmann::json(*c.memoryBytes) : nlohmann::json()},
                           {"group", c.group},
                           {"reaches_pods", c.reachesPods},
                           {"facts", c.facts}});
    for (const Unchanged& u : plan.unchanged)
        unchanged.push_back(
            {{"node", u.node},
             {"key", u.key},
             {"value", u.value.empty() ? nlohmann::json() : nlohmann::json(text::printable(u.value))},
             {"why", u.why.empty() ? nlohmann::json() : nlohmann::json(u.why)},
             {"facts", u.facts}});
    return {{"schema", "netopsy.tuning/1"},
            {"profile", plan.profile},
            {"changes", std::move(changes)},
            {"unchanged", std::move(unchanged)}};
}

std::string planText(const Plan& plan) {
    std::size_t keyWidth = 0, valueWidth = 0;
    for (const Change& c : plan.changes) {
        keyWidth = std::max(keyWidth, c.key.size());
        valueWidth = std::max(valueWidth, c.current.size() + c.recommended.size() + 4);
    }
    for (const Unchanged& u : plan.unchanged)
        keyWidth = std::max(keyWidth, u.key.size());
    std::string out;
    for (const std::string& node : nodesOf(plan)) {
        const Plan one = ofNode(plan, node);
        out += node + "  (profile " + plan.profile + ", " + std::to_string(one.changes.size()) + " of " +
               std::to_string(one.changes.size() + one.unchanged.size()) + " settings would change)\n";
        for (const Change& c : one.changes) {
            out += (c.askedByFinding ? "! " : "  ") + padded(c.key, keyWidth) + "  " +
                   padded(c.current + " -> " + c.recommended, valueWidth) + "  " + c.scope + "\n";
            out += "      " + c.reason + "\n";
            if (!c.risk.empty())
                out += "      risk: " + c.risk + "\n";
            if (c.overriddenBy)
                out += "      overridden: " + *c.overriddenBy + "\n";
            for (const std::string& fact : c.facts)
                out += "      " + fact + "\n";
        }
        for (const Unchanged& u : one.unchanged) {
            out += "  " + padded(u.key, keyWidth) + "  " + (u.value.empty() ? "not there" : u.value) +
                   (u.why.empty() ? "  already so" : "  unchanged: " + u.why) + "\n";
            for (const std::string& fact : u.facts)
                out += "      " + fact + "\n";
        }
        out += '\n';
    }
    if (out.empty())
        out = "No node's settings are known, so nothing can be proposed.\n";
    return text::printable(out);
}

} // namespace netopsy::tuning
