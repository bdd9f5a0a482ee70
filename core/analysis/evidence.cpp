// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/evidence.h"

#include "core/base/ip_text.h"
#include "core/base/text.h"

#include <algorithm>

namespace netopsy::analysis {

Evidence evidence(std::string what, std::string value, std::string source, std::optional<std::string> threshold) {
    return {std::move(what), std::move(value), std::move(threshold), std::move(source), std::nullopt};
}

Evidence evidence(std::string what, std::string value, model::SectionRef ref,
                  std::optional<std::string> threshold) {
    Evidence out{std::move(what), std::move(value), std::move(threshold), ref.text(), std::nullopt};
    out.ref = std::move(ref);
    return out;
}

std::string whyNoSamples(const model::Node& node, std::string otherwise) {
    if (!node.samples.empty())
        return otherwise;
    return node.error.empty() ? "no sample was taken" : "no sample was taken: " + node.error;
}

std::vector<std::string> commonNode(const std::vector<NodePair>& pairs) {
    std::map<std::string, std::size_t> touched;
    for (const auto& [a, b] : pairs) {
        ++touched[a];
        ++touched[b];
    }
    std::vector<std::string> out;
    for (const auto& [name, count] : touched)
        if (count == pairs.size())
            out.push_back(name);
    return out.size() == 1 ? out : std::vector<std::string>();
}

std::string familyOf(const std::string& address) {
    return text::isIpv6(address) ? "ipv6" : "ipv4";
}

std::string bytes(int n) {
    return text::integer(static_cast<std::uint64_t>(std::max(0, n))) + " B";
}

Majority majority(const std::map<std::string, std::string>& valueByNode) {
    std::map<std::string, std::vector<std::string>> groups;
    for (const auto& [node, value] : valueByNode)
        groups[value].push_back(node);
    Majority out;
    for (const auto& [value, nodes] : groups)
        if (nodes.size() > out.holders) {
            out.value = value;
            out.holders = nodes.size();
        }
    out.clear = out.holders * 2 > valueByNode.size();
    groups.erase(out.value);
    out.odd = std::move(groups);
    return out;
}

} // namespace netopsy::analysis
