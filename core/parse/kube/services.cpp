// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/kube/item.h"
#include "core/parse/kube/objects.h"

#include <nlohmann/json.hpp>

namespace netopsy::parse::kube {

namespace {

std::string take(const nlohmann::json& object, std::vector<model::Service>& out) {
    Item item(object);
    model::Service service;
    service.ns = item.required("metadata.namespace");
    service.name = item.required("metadata.name");
    service.type = item.text("spec.type");
    service.clusterIps = item.texts("spec.clusterIPs");
    // clusterIPs came with dual stack (1.20); ExternalName has neither.
    if (std::string ip = item.text("spec.clusterIP"); service.clusterIps.empty() && !ip.empty())
        service.clusterIps.push_back(std::move(ip));
    for (const nlohmann::json* entry : item.objects("spec.ports")) {
        Item fields(*entry);
        model::ServicePort port;
        port.name = fields.text("name");
        port.protocol = fields.text("protocol");
        port.port = fields.integer("port");
        port.targetPort = fields.textOrInteger("targetPort");
        port.nodePort = fields.integer("nodePort");
        if (!fields.problem().empty())
            return "has a port that " + fields.problem();
        service.ports.push_back(std::move(port));
    }
    if (item.problem().empty())
        out.push_back(std::move(service));
    return item.problem();
}

} // namespace

Result<Page> parseServices(std::string_view bytes, std::vector<model::Service>& out) {
    static const Keep keep{"metadata.name",   "metadata.namespace", "spec.type",
                           "spec.clusterIPs", "spec.clusterIP",     "spec.ports"};
    return parseList(bytes, keep, [&](const nlohmann::json& object) { return take(object, out); });
}

} // namespace netopsy::parse::kube
