// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/path/endpoints.h"

#include "core/base/text.h"
#include "core/path/address.h"

#include <vector>

namespace netopsy::path {

namespace {

bool named(const std::string& ns, const std::string& name, std::string_view text) {
    const auto slash = text.find('/');
    return slash == std::string_view::npos ? name == text
                                           : ns == text.substr(0, slash) && name == text.substr(slash + 1);
}

Result<Place> ofNode(const model::Case& subject, const model::Node& node) {
    Place place;
    place.node = &node;
    place.address = nodeAddress(subject, node);
    return place;
}

Result<Place> ofPod(const model::Case& subject, const model::Pod& pod) {
    const model::Node* node = subject.findNode(pod.node);
    const std::string name = pod.ns + "/" + pod.name;
    if (node == nullptr)
        return fail(pod.node.empty() ? "the pod runs on no node"
                                     : "its node " + pod.node + " is not part of this case",
                    name);
    if (pod.ips.empty())
        return fail("the pod has no address (" + pod.phase + ")", name);
    Place place;
    place.node = node;
    place.pod = pod.hostNetwork ? nullptr : &pod; // a host-network pod is the node, as far as packets go
    place.address = pod.ips.front();
    return place;
}

Result<Place> ofService(const model::Case& subject, const model::Service& service, const model::Node* from) {
    const std::string name = service.ns + "/" + service.name;
    const model::Endpoint* chosen = nullptr;
    std::size_t ready = 0;
    for (const model::Endpoint& endpoint : subject.cluster->endpoints) {
        if (endpoint.ns != service.ns || endpoint.service != service.name || !endpoint.ready)
            continue;
        ++ready;
        if (subject.findNode(endpoint.node) == nullptr)
            continue;
        const bool far = from != nullptr && endpoint.node != from->name;
        if (chosen == nullptr || (far && from != nullptr && chosen->node == from->name))
            chosen = &endpoint;
    }
    if (chosen == nullptr)
        return fail(ready == 0 ? "the service has no ready backend"
                               : "none of the service's backends runs on a node of this case",
                    name);
    Place place;
    place.node = subject.findNode(chosen->node);
    place.address = chosen->address;
    for (const model::Pod& pod : subject.cluster->pods)
        if (!pod.hostNetwork && !pod.ips.empty() && pod.ips.front() == chosen->address)
            place.pod = &pod;
    place.service = &service;
    place.backends = ready;
    return place;
}

} // namespace

std::string Place::text() const {
    if (service != nullptr)
        return service->ns + "/" + service->name + " (" + address + " on " + node->name + ")";
    return pod == nullptr ? node->name : node->name + "/" + pod->ns + "/" + pod->name;
}

Result<Place> placeOf(const model::Case& subject, std::string_view text, const model::Node* from) {
    if (const model::Node* node = subject.findNode(text))
        return ofNode(subject, *node);
    std::string_view rest = text;
    const model::Node* onNode = nullptr;
    if (const auto slash = text.find('/'); slash != std::string_view::npos)
        if ((onNode = subject.findNode(text.substr(0, slash))) != nullptr)
            rest = text.substr(slash + 1);
    const std::string where(text);
    if (!subject.cluster)
        return fail("no node of this case has this name", where, "the case has no cluster, so it knows no pods");
    std::vector<const model::Pod*> pods;
    for (const model::Pod& pod : subject.cluster->pods)
        if (named(pod.ns, pod.name, rest) && (onNode == nullptr || pod.node == onNode->name))
            pods.push_back(&pod);
    std::vector<const model::Service*> services;
    if (onNode == nullptr)
        for (const model::Service& service : subject.cluster->services)
            if (named(service.ns, service.name, rest))
                services.push_back(&service);
    if (pods.size() + services.size() > 1) {
        std::vector<std::string> names;
        names.reserve(pods.size() + services.size());
        for (const model::Pod* pod : pods)
            names.push_back("pod " + pod->ns + "/" + pod->name);
        for (const model::Service* service : services)
            names.push_back("service " + service->ns + "/" + service->name);
        return fail("the name fits several: " + netopsy::text::join(names, ", "), where, "write NAMESPACE/NAME");
    }
    if (!pods.empty())
        return ofPod(subject, *pods.front());
    if (!services.empty())
        return ofService(subject, *services.front(), from);
    return fail("no node, pod or service of this case has this name", where,
                "netopsy show names the nodes; pods and services are written NAMESPACE/NAME");
}

} // namespace netopsy::path
