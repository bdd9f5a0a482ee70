// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/case_digest.h"

#include <algorithm>

namespace netopsy::ui {

namespace {

int nicMtu(const model::Node& node) {
    int physical = 0;
    for (const model::Link& link : node.facts.links) {
        for (const model::LinkAddress& address : link.addresses)
            if (!address.address.empty() && node.address.starts_with(address.address))
                return link.mtu;
        if (link.kind == "physical")
            physical = std::max(physical, link.mtu);
    }
    return physical;
}

} // namespace

const NodeDigest* CaseDigest::find(const std::string& name) const {
    for (const NodeDigest& node : nodes)
        if (node.node->name == name)
            return &node;
    return nullptr;
}

std::shared_ptr<const CaseDigest> digest(std::shared_ptr<const model::Case> subject,
                                         std::shared_ptr<const analysis::Analysis> analysis) {
    auto out = std::make_shared<CaseDigest>();
    out->subject = std::move(subject);
    out->analysis = std::move(analysis);
    for (const model::Node& node : out->subject->nodes) {
        NodeDigest one;
        one.node = &node;
        one.summary = stats::summarise(node);
        one.nicMtu = nicMtu(node);
        one.taint = stats::taintShare(node);
        for (const auto& [name, delta] : one.summary.linkDelta)
            one.drops += delta.rxDropped + delta.txDropped;
        if (one.summary.softnet)
            one.drops += one.summary.softnet->dropped;
        for (const analysis::Finding& finding : out->analysis->findings) {
            if (std::find(finding.nodes.begin(), finding.nodes.end(), node.name) == finding.nodes.end())
                continue;
            ++one.findings;
            one.weight += finding.weight;
            if (!one.worst || finding.severity > *one.worst)
                one.worst = finding.severity;
        }
        out->nodes.push_back(std::move(one));
    }
    return out;
}

} // namespace netopsy::ui
