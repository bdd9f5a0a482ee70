// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/path/endpoints.h"

#include "core/base/ip_text.h"
#include "core/base/text.h"
#include "core/path/address.h"

#include <algorithm>
#include <vector>

namespace netopsy::path {

namespace {

bool named(const std::string& ns, const std::string& name, std::string_view text) {
    const auto slash = text.find('/');
    return slash == std::string_view::npos ? name == text
                                           : ns == text.substr(0, slash) && name == text.substr(slash + 1);
}

bool isOf(Family family, std::string_view address) {
    return family == Family::Any || text::isIpv6(address) == (family == Family::V6);
}

std::string firstOf(Family family, const std::vector<std::string>& addresses) {
    const auto found =
        std::find_if(addresses.begin(), addresses.end(), [&](const std::string& a) { return isOf(family, a); });
    return found == addresses.end() ? std::string() : *found;
}

tl::unexpected<Error> noneOf(Family family, const std::string& what, const std::string& name) {
    return fail(what + " has no " + (family == Family::V6 ? "IPv6" : "IPv4") + " address", name);
}

Result<Place> ofNode(const model::Case& subject, const model::Node& node, Family family) {
    Place place;
    place.node = &node;
    place.address = firstOf(family, nodeAddresses(subject, node));
    if (place.address.empty())
        return noneOf(family, "this node", node.name);
    return place;
}

Result<Place> ofPod(const model::Case& subject, const model::Pod& pod, Family family) {
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
    place.address = firstOf(family, pod.ips);
    if (place.address.empty())
        return noneOf(family, "this pod", name);
    return place;
}

bool headless(const model::Service& service) {
    return service.clusterIps.empty() || service.clusterIps.front().empty() ||
           service.clusterIps.front() == "None";
}

Result<Place> ofService(const model::Case& subject, const model::Service& service, Family family,
                        const model::Node* from) {
    const std::string name = service.ns + "/" + service.name;
    const std::string vip = headless(service) ? std::string() : firstOf(family, service.clusterIps);
    if (vip.empty() && !headless(service))
        return noneOf(family, "this service", name);
    if (!vip.empty()) // its backends' must be of its own family
        family = vip.find(':') == std::string::npos ? Family::V4 : Family::V6;
    const model::Endpoint* chosen = nullptr;
    std::size_t ready = 0;
    for (const model::Endpoint& endpoint : subject.cluster->endpoints) {
        if (endpoint.ns != service.ns || endpoint.service != service.name || !endpoint.ready ||
            !isOf(family, endpoint.address))
            continue;
        ++ready;
        if (subject.findNode(endpoint.node) == nullptr)
            continue;
        const bool far = from != nullptr && endpoint.node != from->name;
        if (chosen == nullptr || (far && chosen->node == from->name))
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
        if (!pod.hostNetwork && std::find(pod.ips.begin(), pod.ips.end(), chosen->address) != pod.ips.end())
            place.pod = &pod;
    place.service = &service;
    place.serviceIp = vip;
    place.backends = ready;
    return place;
}

Result<Place> ofAddress(const model::Case& subject, const std::string& address, const model::Node* from) {
    const Family family = address.find(':') == std::string::npos ? Family::V4 : Family::V6;
    const auto holds = [&](const std::vector<std::string>& list) {
        return std::find(list.begin(), list.end(), address) != list.end();
    };
    for (const model::Node& node : subject.nodes)
        if (holds(nodeAddresses(subject, node)) || linkWithAddress(node.facts, address) != nullptr) {
            Place place;
            place.node = &node;
            place.address = address;
            return place;
        }
    if (subject.cluster) {
        for (const model::Pod& pod : subject.cluster->pods)
            if (!pod.hostNetwork && holds(pod.ips) && subject.findNode(pod.node) != nullptr)
                return ofPod(subject, pod, family);
        for (const model::Service& service : subject.cluster->services)
            if (holds(service.clusterIps))
                return ofService(subject, service, family, from);
    }
    Place place;
    place.address = address;
    return place;
}

} // namespace

std::string Place::text() const {
    if (node == nullptr)
        return address;
    if (service != nullptr)
        return service->ns + "/" + service->name + " (" + address + " on " + node->name + ")";
    return pod == nullptr ? node->name : node->name + "/" + pod->ns + "/" + pod->name;
}

Result<Place> placeOf(const model::Case& subject, std::string_view text, Family family, const model::Node* from) {
    if (const model::Node* node = subject.findNode(text))
        return ofNode(subject, *node, family);
    if (parseAddress(text)) {
        if (!isOf(family, text))
            return noneOf(family, "this address is of the other family: it", std::string(text));
        return ofAddress(subject, std::string(text), from);
    }
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
        return ofPod(subject, *pods.front(), family);
    if (!services.empty())
        return ofService(subject, *services.front(), family, from);
    return fail("no node, pod or service of this case has this name", where,
                "netopsy show names the nodes; pods and services are written NAMESPACE/NAME");
}

std::vector<Family> familiesOf(const model::Case& subject, std::string_view text) {
    std::vector<Family> out;
    const auto first = placeOf(subject, text, Family::Any);
    if (!first)
        return out;
    out.push_back(first->ipv6() ? Family::V6 : Family::V4);
    const Family other = first->ipv6() ? Family::V4 : Family::V6;
    if (placeOf(subject, text, other))
        out.push_back(other);
    return out;
}

} // namespace netopsy::path
