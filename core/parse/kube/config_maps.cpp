// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ConfigMaps are asked for by name and kept by key: others may hold anything, so they are never read at all.
#include "core/parse/kube/item.h"
#include "core/parse/kube/objects.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace netopsy::parse::kube {

namespace {

constexpr std::size_t longestValue = std::size_t{256} * 1024;

/// A component, the ConfigMap that configures it, and where the usual manifests put both.
struct Component {
    std::string_view workload; ///< name, or its beginning
    std::string_view configMap;
    std::string_view usualNamespace;
};
constexpr std::array components{
    Component{"kube-proxy", "kube-proxy", "kube-system"},
    Component{"kube-proxy", "kube-proxy-config", "kube-system"}, // EKS
    Component{"kube-flannel", "kube-flannel-cfg", "kube-flannel"},
    Component{"kube-flannel", "kube-flannel-cfg", "kube-system"},
    Component{"cilium", "cilium-config", "kube-system"},
    Component{"rke2-cilium", "cilium-config", "kube-system"},
    Component{"anetd", "cilium-config", "kube-system"},
    Component{"canal", "canal-config", "kube-system"},
    Component{"rke2-canal", "rke2-canal-config", "kube-system"},
    Component{"calico-node", "calico-config", "kube-system"},
    Component{"antrea-agent", "antrea-config", "kube-system"},
    Component{"ovnkube", "ovn-config", "ovn-kubernetes"},
    Component{"kube-router", "kube-router-cfg", "kube-system"},
    Component{"coredns", "coredns", "kube-system"},
    Component{"rke2-coredns-rke2-coredns", "rke2-coredns-rke2-coredns", "kube-system"},
    Component{"kube-dns", "kube-dns", "kube-system"},
    Component{"dns-default", "dns-default", "openshift-dns"},
    Component{"node-local-dns", "node-local-dns", "kube-system"},
    Component{"nodelocaldns", "nodelocaldns", "kube-system"},
};

/// cilium-config holds hundreds of keys; those that decide the datapath.
constexpr std::array ciliumKeys{"tunnel",
                                "routing-mode",
                                "tunnel-protocol",
                                "tunnel-port",
                                "underlay-protocol",
                                "ipv4-native-routing-cidr",
                                "ipv6-native-routing-cidr",
                                "native-routing-cidr",
                                "auto-direct-node-routes",
                                "direct-routing-skip-unreachable",
                                "bpf-lb-mode",
                                "bpf-lb-dsr-dispatch",
                                "bpf-lb-acceleration",
                                "bpf-lb-sock",
                                "bpf-lb-sock-hostns-only",
                                "kube-proxy-replacement",
                                "mtu",
                                "ipam",
                                "cni-chaining-mode",
                                "enable-wireguard",
                                "enable-ipsec",
                                "enable-ipv4",
                                "enable-ipv6",
                                "enable-ipv4-masquerade",
                                "enable-ipv6-masquerade",
                                "enable-bpf-masquerade",
                                "enable-host-legacy-routing",
                                "enable-local-redirect-policy",
                                "enable-endpoint-routes",
                                "devices",
                                "datapath-mode",
                                "bpf-ct-global-tcp-max",
                                "bpf-ct-global-any-max",
                                "cluster-pool-ipv4-cidr",
                                "cluster-name"};
constexpr std::array otherKeys{"config.conf",
                               "config",
                               "net-conf.json",
                               "cni-conf.json",
                               "Corefile",
                               "Corefile.base",
                               "antrea-agent.conf",
                               "calico_backend",
                               "veth_mtu",
                               "typha_service_name",
                               "masquerade",
                               "canal_iface",
                               "net_cidr",
                               "svc_cidr",
                               "mtu",
                               "cni-conf",
                               "upstreamNameservers",
                               "stubDomains"};

bool ofInterest(std::string_view map, std::string_view key) {
    const auto listed = [&](const auto& keys) { return std::find(keys.begin(), keys.end(), key) != keys.end(); };
    return map == "cilium-config" ? listed(ciliumKeys) : listed(otherKeys);
}

} // namespace

Result<model::ConfigMap> parseConfigMap(std::string_view bytes) {
    static const Keep keep{"kind", "metadata.name", "metadata.namespace", "data"};
    model::ConfigMap out;
    const auto parsed = parseObject(bytes, keep, [&](const nlohmann::json& object) {
        Item item(object);
        if (item.text("kind") != "ConfigMap")
            item.reject("is no ConfigMap");
        out.ns = item.required("metadata.namespace");
        out.name = item.required("metadata.name");
        for (auto& [key, value] : item.map("data"))
            if (ofInterest(out.name, key) && value.size() <= longestValue)
                out.data.emplace(key, value);
        return item.problem();
    });
    if (!parsed)
        return tl::unexpected(parsed.error());
    return out;
}

std::vector<ConfigMapRef> configMapsFor(const std::vector<model::Workload>& workloads,
                                        const std::vector<ConfigMapRef>& mounted) {
    std::set<ConfigMapRef> out;
    for (const model::Workload& workload : workloads)
        for (const Component& component : components)
            if (workload.name == component.workload ||
                workload.name.starts_with(std::string(component.workload) + "-")) {
                const std::string hashed = std::string(component.configMap) + "-";
                const auto found = std::find_if(mounted.begin(), mounted.end(), [&](const ConfigMapRef& ref) {
                    return ref.ns == workload.ns && ref.name.starts_with(hashed);
                });
                out.insert(found != mounted.end() ? *found
                                                  : ConfigMapRef{workload.ns, std::string(component.configMap)});
            }
    return {out.begin(), out.end()};
}

std::vector<ConfigMapRef> usualConfigMaps() {
    std::set<ConfigMapRef> out;
    for (const Component& component : components)
        out.insert({std::string(component.usualNamespace), std::string(component.configMap)});
    return {out.begin(), out.end()};
}

} // namespace netopsy::parse::kube
