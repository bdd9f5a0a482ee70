// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Flannel, and Canal (Flannel's network with Calico's policy): net-conf.json says the backend, the Nodes'
// annotation what each node runs. k3s has Flannel inside its own process: there the annotation is all there
// is.
#include "core/detect/cni.h"

#include <nlohmann/json.hpp>

namespace netopsy::detect {

namespace {

constexpr auto backendAnnotation = "flannel.alpha.coreos.com/backend-type";

std::string modeOf(std::string_view backend) {
    if (backend == "host-gw" || backend == "alloc" || backend == "none")
        return "native";
    for (const char* known : {"vxlan", "wireguard", "ipip", "ipsec", "udp"})
        if (backend == known)
            return known;
    return "unknown";
}

bool readNetConf(const model::ConfigMap& map, model::CniInfo& out) {
    const std::string* text = find(map.data, "net-conf.json");
    if (!text)
        return false;
    const nlohmann::json conf = nlohmann::json::parse(*text, nullptr, false);
    const auto backend = conf.is_object() ? conf.find("Backend") : conf.end();
    if (!conf.is_object() || backend == conf.end() || !backend->is_object() || !backend->contains("Type") ||
        !(*backend)["Type"].is_string()) {
        out.evidence.push_back("ConfigMap " + map.ns + "/" + map.name + ": net-conf.json names no Backend.Type");
        return false;
    }
    const auto type = (*backend)["Type"].get<std::string>();
    out.mode = modeOf(type);
    out.evidence.push_back(says(map, "net-conf.json Backend.Type", type));
    if (const auto direct = backend->find("DirectRouting");
        direct != backend->end() && direct->is_boolean() && direct->get<bool>()) {
        out.crossSubnetOnly = true;
        out.evidence.push_back(says(map, "net-conf.json Backend.DirectRouting", "true"));
    }
    return true;
}

void readBackend(const View& view, const model::ConfigMap* map, model::CniInfo& out) {
    const bool told = map && readNetConf(*map, out);
    const auto annotated = view.annotation(backendAnnotation);
    if (annotated.count == 0)
        return;
    out.evidence.push_back("annotation " + std::string(backendAnnotation) + "=" + annotated.value + " on " +
                           share(annotated.count, view.api.nodes.size()));
    if (!told)
        out.mode = modeOf(annotated.value);
}

} // namespace

std::optional<model::CniInfo> flannel(const View& view) {
    const model::Workload* agent = view.workload({"kube-flannel*"});
    const model::ConfigMap* map = view.configMap("kube-flannel-cfg");
    if (!agent && !map && view.annotation(backendAnnotation).count == 0)
        return std::nullopt;
    model::CniInfo out;
    out.name = "flannel";
    if (agent) {
        out.evidence.push_back(place(*agent));
        out.version = imageVersion(*agent, "flannel");
    }
    readBackend(view, map, out);
    return out;
}

std::optional<model::CniInfo> canal(const View& view) {
    const model::Workload* agent = view.workload({"canal", "rke2-canal"});
    const model::Workload* policy = view.workload({"calico-node"});
    if (!agent) {
        const std::string* backend = policy ? find(policy->env, "CALICO_NETWORKING_BACKEND") : nullptr;
        agent = view.workload({"kube-flannel*"});
        if (!backend || *backend != "none" || !agent)
            return std::nullopt;
    }
    model::CniInfo out;
    out.name = "canal";
    out.evidence.push_back(place(*agent));
    if (policy)
        out.evidence.push_back(place(*policy) + " adds policy only: CALICO_NETWORKING_BACKEND=none");
    out.version = imageVersion(*agent, "flannel");
    const model::ConfigMap* map = view.configMap("canal-config");
    if (!map)
        map = view.configMap("rke2-canal-config");
    readBackend(view, map ? map : view.configMap("kube-flannel-cfg"), out);
    return out;
}

} // namespace netopsy::detect
