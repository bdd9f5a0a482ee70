// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/kube/item.h"
#include "core/parse/kube/objects.h"

#include <nlohmann/json.hpp>

#include <array>

namespace netopsy::parse::kube {

namespace {

/// Annotations by which a CNI tells of itself. Others are dropped: people put anything into annotations.
bool ofInterest(std::string_view annotation) {
    static constexpr std::array prefixes{
        "flannel.alpha.coreos.com/", "projectcalico.org/", "k8s.ovn.org/",   "network.cilium.io/",
        "io.cilium.network.",        "node.antrea.io/",    "kube-router.io/"};
    for (const std::string_view prefix : prefixes)
        if (annotation.starts_with(prefix))
            return true;
    return false;
}

std::string readyCondition(Item& item) {
    for (const nlohmann::json* condition : item.objects("status.conditions")) {
        Item fields(*condition);
        if (fields.text("type") == "Ready")
            return fields.text("status");
    }
    return {};
}

std::string take(const nlohmann::json& object, std::vector<model::ClusterNode>& out) {
    constexpr std::size_t longestAnnotation = 4096;
    Item item(object);
    model::ClusterNode node;
    node.name = item.required("metadata.name");
    node.labels = item.map("metadata.labels");
    for (auto& [key, value] : item.map("metadata.annotations"))
        if (ofInterest(key) && value.size() <= longestAnnotation)
            node.annotations.emplace(key, value);
    node.podCidrs = item.texts("spec.podCIDRs");
    if (const std::string single = item.text("spec.podCIDR"); node.podCidrs.empty() && !single.empty())
        node.podCidrs.push_back(single);
    node.unschedulable = item.flag("spec.unschedulable");
    for (const nlohmann::json* address : item.objects("status.addresses")) {
        Item fields(*address);
        node.addresses.push_back({fields.required("type"), fields.required("address")});
        if (!fields.problem().empty())
            return "has an address that " + fields.problem();
    }
    node.kubeletVersion = item.text("status.nodeInfo.kubeletVersion");
    node.kernelVersion = item.text("status.nodeInfo.kernelVersion");
    node.osImage = item.text("status.nodeInfo.osImage");
    node.architecture = item.text("status.nodeInfo.architecture");
    node.ready = readyCondition(item);
    for (const char* label : {"topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"})
        if (const auto zone = node.labels.find(label); node.zone.empty() && zone != node.labels.end())
            node.zone = zone->second;
    if (item.problem().empty())
        out.push_back(std::move(node));
    return item.problem();
}

} // namespace

Result<Page> parseNodes(std::string_view bytes, std::vector<model::ClusterNode>& out) {
    static const Keep keep{"metadata.name",
                           "metadata.labels",
                           "metadata.annotations",
                           "spec.podCIDRs",
                           "spec.podCIDR",
                           "spec.unschedulable",
                           "status.addresses",
                           "status.conditions.type",
                           "status.conditions.status",
                           "status.nodeInfo.kubeletVersion",
                           "status.nodeInfo.kernelVersion",
                           "status.nodeInfo.osImage",
                           "status.nodeInfo.architecture"};
    return parseList(bytes, keep, [&](const nlohmann::json& object) { return take(object, out); });
}

} // namespace netopsy::parse::kube
