// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an autopsy says. A finding names its rule, how bad it is, where, why (with the very lines it rests on)
// and what to do. A rule has three answers: it fires, it is silent, or it can't tell, with the reason.
#pragma once

#include "core/model/section.h"

#include <optional>
#include <string>
#include <vector>

namespace netopsy::analysis {

enum class Severity { Info, Warning, Critical };
enum class Certainty { Possible, Likely, Proven };

struct Evidence {
    std::string what;
    std::string value; ///< with its unit
    std::optional<std::string> threshold;
    std::string source;                   ///< "node2: probe, 1,200 queries", or SectionRef::text()
    std::optional<model::SectionRef> ref; ///< lets the window show the raw line
    bool operator==(const Evidence&) const = default;
};

/// Where on a packet's way a finding sits, as far as its rule can tell. An empty field matches anything.
struct Location {
    // Each with an initialiser, so that a rule may name only those that it knows.
    std::string node{}, device{};
    std::string peer{}; ///< the other node, where it is of one pair only
    std::string part{}; ///< path::kindName: "tunnel", "wire", "conntrack", "service-nat" …
    /// The node that the path must begin at, and the pod ("ns/name") that it must end at: what is wrong with a node's DNS
    /// is on no other path, and not on that of the node which answers.
    std::string from{}, to{};
    std::string family{}; ///< "ipv4" or "ipv6", where the other is well
    std::string netns{};  ///< of a pod, "ns/name": the hop is inside it
    bool operator==(const Location&) const = default;
};

struct Finding {
    std::string rule;
    Severity severity = Severity::Info;
    Certainty certainty = Certainty::Likely;
    std::vector<std::string> nodes; ///< empty: the cluster
    std::string title, explanation;
    std::vector<Evidence> evidence;
    std::vector<Evidence> counterEvidence; ///< what speaks against it, or was checked and did not
    std::string remedy;
    std::vector<std::string> references;
    double weight = 0;                   ///< orders findings of one severity: how much it explains, larger first
    std::vector<Location> where;         ///< empty: not on a path, or not told apart
    std::vector<std::string> tuningKeys; ///< sysctl keys that the tuning diff should offer for it
};

/// A rule that could not judge a node (or the cluster: empty node), and what to collect so that it can.
struct Inconclusive {
    std::string rule, node, reason;
};

struct Analysis {
    std::vector<Finding> findings; ///< most severe first, then by weight, then by rule and node: a stable order
    std::vector<Inconclusive> inconclusive;
    std::vector<std::string> silent; ///< rules that looked and found nothing
};

[[nodiscard]] const char* severityName(Severity severity); ///< "critical", "warning", "info"

} // namespace netopsy::analysis
