// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A case: one autopsy of one cluster (or of this machine) at one time, in memory. Its file is core/store's.
#pragma once

#include "core/model/inventory.h"
#include "core/model/node.h"

#include <optional>
#include <string>
#include <vector>

namespace netopsy::model {

struct CaseMeta {
    TimeNs started = 0;
    double durationS = 0;              ///< wall time of the collecting, so far
    double plannedDurationS = 30;      ///< --duration
    double intervalS = 1;              ///< --interval
    std::string tool;                  ///< "netopsy X.Y.Z"
    bool local = false;                ///< --local: this machine, no cluster
    bool finished = false;             ///< false: still running, or cut off
    std::vector<std::string> dnsNames; ///< asked for beside the cluster's own
    bool operator==(const CaseMeta&) const = default;
};

struct Case {
    CaseMeta meta;
    std::optional<Inventory> cluster;
    std::vector<Node> nodes;

    [[nodiscard]] const Node* findNode(std::string_view name) const {
        for (const Node& n : nodes)
            if (n.name == name)
                return &n;
        return nullptr;
    }
    [[nodiscard]] Node* findNode(std::string_view name) {
        return const_cast<Node*>(static_cast<const Case*>(this)->findNode(name));
    }
    bool operator==(const Case&) const = default;
};

} // namespace netopsy::model
