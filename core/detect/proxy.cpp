// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who turns Service addresses into pods' addresses. A replacement speaks first (Cilium's, Calico's), then
// kube-proxy's own configuration, in which an empty mode means iptables.
#include "core/detect/cni.h"

#include <algorithm>

namespace netopsy::detect {

namespace {

using model::ProxyInfo;

bool isMode(std::string_view mode) {
    return mode == "iptables" || mode == "ipvs" || mode == "nftables";
}

bool replacedByCilium(const View& view, ProxyInfo& out) {
    const model::ConfigMap* config = view.configMap("cilium-config");
    const std::string* value = config ? find(config->data, "kube-proxy-replacement") : nullptr;
    if (!value)
        return false;
    if (*value == "true" || *value == "strict") {
        out.mode = "ebpf";
        out.evidence.push_back(says(*config, "kube-proxy-replacement", *value));
        return true;
    }
    if (*value == "partial" || *value == "probe")
        out.evidence.push_back(says(*config, "kube-proxy-replacement", *value) + ": beside kube-proxy");
    return false;
}

bool replacedByCalico(const View& view, ProxyInfo& out) {
    for (const model::CniObject* felix : view.objects("FelixConfiguration"))
        if (const std::string* value = find(felix->fields, "spec.bpfEnabled"); value && *value == "true") {
            out.mode = "ebpf";
            out.evidence.push_back("FelixConfiguration " + felix->name + ": bpfEnabled=true");
            return true;
        }
    for (const model::CniObject* installation : view.objects("Installation"))
        if (const std::string* value = find(installation->fields, "spec.calicoNetwork.linuxDataplane");
            value && *value == "BPF") {
            out.mode = "ebpf";
            out.evidence.push_back("Installation " + installation->name + ": linuxDataplane=BPF");
            return true;
        }
    return false;
}

std::size_t proxyPods(const View& view) {
    return static_cast<std::size_t>(
        std::count_if(view.api.pods.begin(), view.api.pods.end(), [](const model::Pod& pod) {
            const auto is = [&](const char* label) {
                const std::string* value = find(pod.labels, label);
                return value && *value == "kube-proxy";
            };
            return pod.ns == "kube-system" &&
                   (is("k8s-app") || is("component") || pod.name.starts_with("kube-proxy-"));
        }));
}

bool configMapsHidden(const View& view) {
    return std::any_of(view.api.gaps.begin(), view.api.gaps.end(),
                       [](const model::Gap& gap) { return gap.resource.starts_with("configmap"); });
}

void byConfigMap(const model::ConfigMap& map, const std::string& key, const std::string& conf, ProxyInfo& out) {
    const auto mode = yamlScalar(conf, "mode");
    if (mode && isMode(*mode)) {
        out.mode = *mode;
        out.evidence.push_back(says(map, key + " mode", *mode));
    } else if (mode && !mode->empty()) {
        out.evidence.push_back(says(map, key + " mode", *mode) + ", which is none of Linux");
    } else {
        out.mode = "iptables";
        out.evidence.push_back(mode ? says(map, key + " mode", "") + ", which means iptables"
                                    : "ConfigMap " + map.ns + "/" + map.name + ": " + key +
                                          " sets no mode, which means iptables");
    }
}

/// kube-proxy is there; what does it do?
void byKubeProxy(const View& view, const model::Workload* workload, ProxyInfo& out) {
    for (const char* name : {"kube-proxy", "kube-proxy-config"})
        for (const model::ConfigMap& map : view.api.configMaps)
            if (map.name == name)
                for (const char* key : {"config.conf", "config"})
                    if (const std::string* conf = find(map.data, key)) {
                        byConfigMap(map, key, *conf, out);
                        return;
                    }
    if (workload) {
        if (const auto mode = argument(*workload, "proxy-mode"); mode && isMode(*mode)) {
            out.mode = *mode;
            out.evidence.push_back(place(*workload) + ": --proxy-mode=" + *mode);
            return;
        }
        if (!argument(*workload, "config") && !configMapsHidden(view)) {
            out.mode = "iptables";
            out.evidence.push_back(place(*workload) +
                                   " is given neither --config nor --proxy-mode, which means iptables");
            return;
        }
    }
    out.evidence.emplace_back("its configuration could not be read");
}

void byLinks(const View& view, ProxyInfo& out) {
    if (const std::size_t count = view.nodesHoldingLink("kube-ipvs0"); count > 0) {
        out.mode = "ipvs";
        out.evidence.push_back("link kube-ipvs0 on " + share(count, view.nodesWithLinksRead()));
    }
}

/// No kube-proxy to be seen: something that serves in its place?
void byOthers(const View& view, ProxyInfo& out) {
    if (const model::Workload* router = view.workload({"kube-router"});
        router && argument(*router, "run-service-proxy").value_or("true") != "false") {
        out.mode = "ipvs";
        out.evidence.push_back(place(*router) + " serves Services by IPVS, and there is no kube-proxy");
        return;
    }
    if (const model::ConfigMap* antreaMap = view.configMap("antrea-config"))
        if (const std::string* conf = find(antreaMap->data, "antrea-agent.conf"))
            if (yamlScalar(*conf, "proxyAll", "antreaProxy").value_or("false") == "true") {
                out.mode = "none";
                out.evidence.push_back(says(*antreaMap, "antrea-agent.conf antreaProxy.proxyAll", "true") +
                                       ": Open vSwitch flows serve Services");
                return;
            }
    if (const model::Workload* google = view.workload({"anetd"})) {
        out.mode = "ebpf";
        out.evidence.push_back(place(*google) + ": Dataplane V2 serves Services in place of kube-proxy");
        return;
    }
    if (const model::Workload* ovn = view.workload({"ovnkube-node*"})) {
        out.mode = "none";
        out.evidence.push_back(place(*ovn) + ": OVN's load balancers serve Services");
        return;
    }
    byLinks(view, out);
    if (out.mode == "unknown")
        out.evidence.emplace_back(
            "no kube-proxy among the workloads and pods that could be read, and nothing that "
            "replaces it; k3s and MicroK8s run it inside another process");
}

} // namespace

ProxyInfo proxy(const View& view) {
    ProxyInfo out;
    if (replacedByCilium(view, out) || replacedByCalico(view, out)) {
        if (const model::Workload* left = view.workload({"kube-proxy"}))
            out.evidence.push_back(place(*left) + " exists besides");
        return out;
    }
    const model::Workload* workload = view.workload({"kube-proxy", "kube-proxy-*"});
    const std::size_t pods = proxyPods(view);
    if (workload)
        out.evidence.push_back(place(*workload));
    else if (pods > 0)
        out.evidence.push_back(std::to_string(pods) + " kube-proxy pods in kube-system");
    if (workload || pods > 0 || view.configMap("kube-proxy")) {
        byKubeProxy(view, workload, out);
        if (out.mode == "unknown")
            byLinks(view, out);
    } else {
        byOthers(view, out);
    }
    return out;
}

} // namespace netopsy::detect
