// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/path/design.h"

#include <array>

namespace netopsy::path {

namespace {

struct Entry {
    std::string_view name; ///< as CniInfo::name
    Design (*design)(const model::Inventory&);
};

constexpr std::array designs{
    Entry{"flannel", cni::flannel}, Entry{"calico", cni::calico}, Entry{"canal", cni::canal},
    Entry{"cilium", cni::cilium},   Entry{"antrea", cni::antrea}, Entry{"kube-router", cni::kubeRouter},
    Entry{"kindnet", cni::kindnet}, Entry{"weave", cni::weave},   Entry{"aws-vpc", cni::awsVpc},
    Entry{"azure", cni::azure},     Entry{"gke", cni::gke},       Entry{"ovn-kubernetes", cni::ovnKubernetes},
};

} // namespace

Design designOf(const model::Inventory* cluster) {
    if (cluster != nullptr)
        for (const Entry& entry : designs)
            if (entry.name == cluster->cni.name)
                return entry.design(*cluster);
    return {};
}

namespace cni {

const std::string* setting(const model::Inventory& cluster, std::string_view configMap, std::string_view key) {
    for (const model::ConfigMap& map : cluster.configMaps)
        if (map.name == configMap)
            if (const auto found = map.data.find(std::string(key)); found != map.data.end())
                return &found->second;
    return nullptr;
}

bool isTrue(const model::Inventory& cluster, std::string_view configMap, std::string_view key, bool fallback) {
    const std::string* value = setting(cluster, configMap, key);
    return value == nullptr ? fallback : *value == "true";
}

std::string variable(const model::Inventory& cluster, std::string_view workload, std::string_view name) {
    for (const model::Workload& w : cluster.workloads)
        if (std::string_view(w.name).starts_with(workload))
            if (const auto found = w.env.find(std::string(name)); found != w.env.end())
                return found->second;
    return {};
}

} // namespace cni
} // namespace netopsy::path
