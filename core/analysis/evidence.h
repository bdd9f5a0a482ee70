// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Small helpers that all rules share: evidence with its place, and the collectors' ids in one spot.
#pragma once

#include "core/analysis/finding.h"
#include "core/model/node.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace netopsy::analysis {

/// Ids of the collectors whose sections the rules point at (collectors/node, collectors/probe).
namespace section {
inline constexpr const char* sample = "sample";
inline constexpr const char* links = "links";
inline constexpr const char* routes4 = "routes4";
inline constexpr const char* routes6 = "routes6";
inline constexpr const char* neighbours = "neighbours";
inline constexpr const char* fdb = "fdb";
inline constexpr const char* sysctl = "sysctl";
inline constexpr const char* persisted = "sysctl_files";
inline constexpr const char* probe = "probe";
} // namespace section

/// Said by something other than a section ("Kubernetes API", "node2: probe, 1,200 queries").
[[nodiscard]] Evidence evidence(std::string what, std::string value, std::string source,
                                std::optional<std::string> threshold = {});
/// Rests on a whole section.
[[nodiscard]] Evidence evidence(std::string what, std::string value, model::SectionRef ref,
                                std::optional<std::string> threshold = {});

/// From the first to the last sample of the node that holds what `wanted` asks for; nullptr when none does.
template<class Wanted>
const model::NodeSample* lastSample(const model::Node& node, Wanted wanted) {
    for (auto s = node.samples.rbegin(); s != node.samples.rend(); ++s)
        if (wanted(*s))
            return &*s;
    return nullptr;
}

/// "no sample was taken", or the reason that `otherwise` gives.
[[nodiscard]] std::string whyNoSamples(const model::Node& node, std::string otherwise);

using NodePair = std::pair<std::string, std::string>;
/// The node that has a part in each of several pairs: the place to look. Empty when none has, and where two have: then
/// it is one pair, be it told once or both ways, and what lies between them.
[[nodiscard]] std::vector<std::string> commonNode(const std::vector<NodePair>& pairs);

/// Of an address or prefix, as Location::family has it.
[[nodiscard]] std::string familyOf(const std::string& address);

[[nodiscard]] std::string bytes(int n); ///< "1,450 B"; a negative number is none

/// The value most nodes share. `odd` holds the others; without a strict majority `clear` is false and `value`
/// is the smallest of the commonest.
struct Majority {
    std::string value;
    std::size_t holders = 0;
    bool clear = false;
    std::map<std::string, std::vector<std::string>> odd; ///< other value -> nodes
};
[[nodiscard]] Majority majority(const std::map<std::string, std::string>& valueByNode);

} // namespace netopsy::analysis
