// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/kube/item.h"
#include "core/parse/kube/objects.h"

#include <nlohmann/json.hpp>

namespace netopsy::parse::kube {

namespace {

std::string take(const nlohmann::json& object, std::vector<model::Pod>& out) {
    Item item(object);
    model::Pod pod;
    pod.ns = item.required("metadata.namespace");
    pod.name = item.required("metadata.name");
    pod.labels = item.map("metadata.labels");
    pod.node = item.text("spec.nodeName");
    pod.hostNetwork = item.flag("spec.hostNetwork");
    pod.phase = item.text("status.phase");
    for (const nlohmann::json* address : item.objects("status.podIPs"))
        if (std::string ip = Item(*address).text("ip"); !ip.empty())
            pod.ips.push_back(std::move(ip));
    // Servers before 1.16 know only the single address.
    if (std::string ip = item.text("status.podIP"); pod.ips.empty() && !ip.empty())
        pod.ips.push_back(std::move(ip));
    if (item.problem().empty())
        out.push_back(std::move(pod));
    return item.problem();
}

} // namespace

Result<Page> parsePods(std::string_view bytes, std::vector<model::Pod>& out) {
    static const Keep keep{"metadata.name",    "metadata.namespace", "metadata.labels",  "spec.nodeName",
                           "spec.hostNetwork", "status.phase",       "status.podIPs.ip", "status.podIP"};
    return parseList(bytes, keep, [&](const nlohmann::json& object) { return take(object, out); });
}

} // namespace netopsy::parse::kube
