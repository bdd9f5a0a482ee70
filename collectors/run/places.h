// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which pods of a node are measured from, and what is measured there. Pure, as the plan is.
#pragma once

#include "collectors/probe/probe.h"
#include "core/base/result.h"
#include "core/model/inventory.h"

#include <cstddef>
#include <string>
#include <vector>

namespace netopsy::run {

/// Of the node's running pods that have a network namespace and an address of their own: those of workloads first, then
/// DNS pods, then other pods of the system, each kind by namespace and name. `count` at most, and all that are `named`.
[[nodiscard]] std::vector<const model::Pod*> podsToMeasureFrom(const model::Inventory& inventory,
                                                               const model::ClusterNode& node, std::size_t count,
                                                               const std::vector<std::string>& named = {});
/// An error where one of these ("ns/name") can't be measured from, on the nodes that were chosen.
[[nodiscard]] Result<void> checkNamedPods(const model::Inventory& inventory, const std::vector<std::string>& named,
                                          const std::vector<const model::ClusterNode*>& chosen);

/// Adds places in `count` pods of the node, or in all its named ones: the cluster's DNS, names as the pod's own resolv.conf has them resolved, and
/// round trips to the chosen pod of each peer. The node's share of CPU is divided, not exceeded.
void addPlaces(const model::Inventory& inventory, const model::ClusterNode& node,
               const std::vector<const model::ClusterNode*>& peers, const std::vector<std::string>& names,
               std::size_t count, const std::vector<std::string>& named, probe::ProbePlan& plan);

} // namespace netopsy::run
