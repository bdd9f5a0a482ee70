// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which nodes are reached how, and what each is asked to measure. Pure: the same inventory and options give
// the same plan, so that the sheet before a run, the run, and a test see one truth.
#pragma once

#include "collectors/probe/probe.h"
#include "collectors/run/session.h"
#include "core/base/result.h"
#include "core/model/inventory.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace netopsy::run {

struct PlanOptions {
    std::vector<std::string> nodes; ///< names; empty: all
    std::string selector;           ///< kubectl's equality-based form: "k=v,k!=v,k,!k"
    std::string addressType = "InternalIP";
    std::map<std::string, std::string> nodeAddress; ///< node -> HOST[:PORT], beats the API's
    std::vector<std::string> dnsNames;              ///< asked beside the cluster's own
    double durationS = 30, intervalS = 1;
    bool activeProbes = true;
    int podsPerNode = 1;           ///< measured from, where the node's root is had; 0 … mostPodsPerNode
    std::vector<std::string> pods; ///< "ns/name": measured from in any case; they count among podsPerNode
    bool sudo = false;
    int jobs = 64; ///< nodes that are being connected to at once
};

struct NodePlan {
    Target target;
    std::string problem; ///< why it can't be reached at all ("has no InternalIP"); empty when it can
    std::optional<probe::ProbePlan> probe;
};

struct RunPlan {
    std::vector<NodePlan> nodes;
    double durationS = 30, intervalS = 1;
    bool sudo = false;
    int jobs = 64;
};

/// Peers of each node: everyone up to this many nodes, beyond it a ring of `ringPeers`.
inline constexpr std::size_t allPairsUpTo = 32;
inline constexpr std::size_t ringPeers = 10;
inline constexpr int mostPodsPerNode = 16;

/// Errors: a name in `nodes`, `nodeAddress` or `pods` that the cluster doesn't have, a pod that can't be measured from,
/// a malformed selector or address, no node left.
[[nodiscard]] Result<RunPlan> planCluster(const model::Inventory& inventory, const PlanOptions& options);
/// One node, this machine, named `hostName`; no peers, the machine's own resolvers.
[[nodiscard]] RunPlan planLocal(const std::string& hostName, const PlanOptions& options);

} // namespace netopsy::run
