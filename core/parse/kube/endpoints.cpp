// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/kube/item.h"
#include "core/parse/kube/objects.h"

#include <nlohmann/json.hpp>

namespace netopsy::parse::kube {

namespace {

using nlohmann::json;

std::string podName(Item& endpoint) {
    return endpoint.text("targetRef.kind") == "Pod" ? endpoint.text("targetRef.name") : std::string{};
}

std::string takeSlice(const json& object, std::vector<model::Endpoint>& out) {
    Item item(object);
    const std::string ns = item.required("metadata.namespace");
    const auto labels = item.map("metadata.labels");
    const auto service = labels.find("kubernetes.io/service-name");
    if (service == labels.end())
        return item.problem(); // a slice that belongs to no Service is legal, and nothing to us
    std::vector<model::Endpoint> found;
    for (const json* entry : item.objects("endpoints")) {
        Item fields(*entry);
        model::Endpoint endpoint;
        endpoint.ns = ns;
        endpoint.service = service->second;
        endpoint.pod = podName(fields);
        endpoint.node = fields.text("nodeName");
        if (endpoint.node.empty()) { // v1beta1
            const auto topology = fields.map("topology");
            if (const auto host = topology.find("kubernetes.io/hostname"); host != topology.end())
                endpoint.node = host->second;
        }
        // "nil should be interpreted as ready" (discovery/v1 types).
        const auto conditions = entry->find("conditions");
        const bool told = conditions != entry->end() && conditions->is_object() && conditions->contains("ready") &&
                          !(*conditions)["ready"].is_null();
        endpoint.ready = told ? fields.flag("conditions.ready") : true;
        for (std::string& address : fields.texts("addresses")) {
            endpoint.address = std::move(address);
            found.push_back(endpoint);
        }
        if (!fields.problem().empty())
            return "has an endpoint that " + fields.problem();
    }
    if (item.problem().empty())
        out.insert(out.end(), found.begin(), found.end());
    return item.problem();
}

std::string takeEndpoints(const json& object, std::vector<model::Endpoint>& out) {
    Item item(object);
    const std::string ns = item.required("metadata.namespace");
    const std::string name = item.required("metadata.name");
    std::vector<model::Endpoint> found;
    for (const json* subset : item.objects("subsets")) {
        Item list(*subset);
        for (const char* field : {"addresses", "notReadyAddresses"})
            for (const json* entry : list.objects(field)) {
                Item fields(*entry);
                found.push_back({ns, name, fields.required("ip"), fields.text("nodeName"), podName(fields),
                                 std::string_view(field) == "addresses"});
                if (!fields.problem().empty())
                    return "has an address that " + fields.problem();
            }
        if (!list.problem().empty())
            return "has a subset that " + list.problem();
    }
    if (item.problem().empty())
        out.insert(out.end(), found.begin(), found.end());
    return item.problem();
}

} // namespace

Result<Page> parseEndpointSlices(std::string_view bytes, std::vector<model::Endpoint>& out) {
    static const Keep keep{"metadata.namespace",         "metadata.labels",         "endpoints.addresses",
                           "endpoints.conditions.ready", "endpoints.nodeName",      "endpoints.topology",
                           "endpoints.targetRef.kind",   "endpoints.targetRef.name"};
    return parseList(bytes, keep, [&](const json& object) { return takeSlice(object, out); });
}

Result<Page> parseEndpoints(std::string_view bytes, std::vector<model::Endpoint>& out) {
    static const Keep keep{"metadata.namespace", "metadata.name", "subsets.addresses",
                           "subsets.notReadyAddresses"};
    return parseList(bytes, keep, [&](const json& object) { return takeEndpoints(object, out); });
}

} // namespace netopsy::parse::kube
