// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/show/mesh_json.h"
#include "core/show/node_json.h"
#include "core/show/show.h"

#include <nlohmann/json.hpp>

namespace netopsy::show {

namespace {

nlohmann::json clusterJson(const model::Inventory& cluster) {
    nlohmann::json gaps = nlohmann::json::array();
    for (const model::Gap& gap : cluster.gaps)
        gaps.push_back({{"verb", gap.verb}, {"resource", gap.resource}, {"reason", gap.reason}});
    return {{"context", cluster.context},
            {"server", cluster.server},
            {"version", cluster.version},
            {"cni",
             {{"name", cluster.cni.name},
              {"mode", cluster.cni.mode},
              {"version", cluster.cni.version},
              {"evidence", cluster.cni.evidence}}},
            {"proxy", {{"mode", cluster.proxy.mode}, {"evidence", cluster.proxy.evidence}}},
            {"dns",
             {{"service_ip", cluster.dns.serviceIp},
              {"pods", cluster.dns.pods},
              {"node_local", cluster.dns.nodeLocal},
              {"evidence", cluster.dns.evidence}}},
            {"gaps", gaps}};
}

} // namespace

nlohmann::json caseJson(const model::Case& subject, const std::optional<std::string>& onlyNode) {
    nlohmann::json nodes = nlohmann::json::array();
    for (const model::Node& node : subject.nodes)
        if (!onlyNode || node.name == *onlyNode)
            nodes.push_back(nodeJson(node));
    return {{"schema", "netopsy.case/1"},
            {"started", text::rfc3339(subject.meta.started)},
            {"duration_s", subject.meta.durationS},
            {"tool", subject.meta.tool},
            {"finished", subject.meta.finished},
            {"cluster", subject.cluster ? clusterJson(*subject.cluster) : nlohmann::json(nullptr)},
            {"nodes", std::move(nodes)},
            {"mesh", meshJson(subject, onlyNode)}};
}

} // namespace netopsy::show
