// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the views show of a snapshot, derived once in a worker and never changed: a summary a node, and how badly the
// findings speak of it.
#pragma once

#include "core/analysis/finding.h"
#include "core/model/case.h"
#include "core/stats/node_summary.h"
#include "core/stats/place.h"

#include <memory>
#include <optional>
#include <vector>

namespace netopsy::ui {

struct NodeDigest {
    const model::Node* node = nullptr; ///< lives in the digest's case
    std::optional<analysis::Severity> worst;
    int findings = 0;
    double weight = 0; ///< of its findings together: orders nodes of the same severity
    stats::NodeSummary summary;
    int nicMtu = 0; ///< of the link that holds the node's address, else of the largest physical one; 0 unknown
    std::uint64_t drops = 0;
    stats::TaintShare taint;
};

struct CaseDigest {
    std::shared_ptr<const model::Case> subject;
    std::shared_ptr<const analysis::Analysis> analysis;
    std::vector<NodeDigest> nodes;

    [[nodiscard]] const NodeDigest* find(const std::string& name) const;
};

[[nodiscard]] std::shared_ptr<const CaseDigest> digest(std::shared_ptr<const model::Case> subject,
                                                       std::shared_ptr<const analysis::Analysis> analysis);

} // namespace netopsy::ui
