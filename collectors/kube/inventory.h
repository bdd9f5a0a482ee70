// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collectors/kube/kubeconfig.h"
#include "core/model/inventory.h"

#include <functional>
#include <stop_token>
#include <string>

namespace netopsy::kube {

struct InventoryOptions {
    std::string context;                                ///< empty: current-context
    std::function<void(const std::string&)> onProgress; ///< "listing pods (1,500)"
    std::function<void(const std::string&)> onWarning;  ///< e.g. TLS verification is off
};

/// Reads the cluster's inventory. Blocks (bounded by time-outs); call it in a thread that has no event loop
/// of its own running. A forbidden resource becomes a gap; an error is returned only when nothing could be
/// had (unreachable, not authenticated, nodes forbidden).
[[nodiscard]] Result<model::Inventory> collectInventory(const Kubeconfig& config, const InventoryOptions& options,
                                                        std::stop_token stop);

} // namespace netopsy::kube
