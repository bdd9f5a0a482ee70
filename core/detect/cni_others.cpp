// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// CNIs that are told by little: one DaemonSet, and a mode that is fixed or one flag.
#include "core/detect/cni.h"

#include <algorithm>

namespace netopsy::detect {

namespace {

model::CniInfo byWorkload(const model::Workload& workload, std::string name, std::string mode,
                          std::string_view image) {
    model::CniInfo out;
    out.name = std::move(name);
    out.mode = std::move(mode);
    out.version = imageVersion(workload, image);
    out.evidence.push_back(place(workload));
    return out;
}

} // namespace

std::optional<model::CniInfo> weave(const View& view) {
    const model::Workload* agent = view.workload({"weave-net"});
    const auto isWeavePod = [](const model::Pod& pod) {
        const std::string* name = find(pod.labels, "name");
        return name && *name == "weave-net";
    };
    const auto pods = std::count_if(view.api.pods.begin(), view.api.pods.end(), isWeavePod);
    if (!agent && pods == 0)
        return std::nullopt;
    model::CniInfo out;
    out.name = "weave";
    out.mode = "vxlan";
    if (agent) {
        out = byWorkload(*agent, "weave", "vxlan", "weave");
        if (const std::string* off = find(agent->env, "WEAVE_NO_FASTDP"); off && !off->empty()) {
            out.mode = "udp";
            out.evidence.push_back("WEAVE_NO_FASTDP=" + *off + ": packets go through user space (sleeve)");
            return out;
        }
    } else {
        out.evidence.push_back(std::to_string(pods) + " pods labelled name=weave-net");
    }
    out.evidence.emplace_back("fast datapath is Weave's default: VXLAN by Open vSwitch");
    return out;
}

std::optional<model::CniInfo> kubeRouter(const View& view) {
    const model::Workload* agent = view.workload({"kube-router"});
    if (!agent || argument(*agent, "run-router").value_or("true") == "false")
        return std::nullopt; // proxy or policy only
    model::CniInfo out = byWorkload(*agent, "kube-router", "native", "kube-router");
    const auto value = [&](const char* flag, const char* fallback) {
        const auto found = argument(*agent, flag);
        out.evidence.push_back(found ? "--" + std::string(flag) + "=" + *found
                                     : "--" + std::string(flag) + " is not given, which means " + fallback);
        return found.value_or(fallback);
    };
    if (value("enable-overlay", "true") == "false")
        return out;
    out.crossSubnetOnly = value("overlay-type", "subnet") != "full";
    out.mode = value("overlay-encap", "ipip");
    return out;
}

std::optional<model::CniInfo> ovnKubernetes(const View& view) {
    if (const model::Workload* agent = view.workload({"ovnkube-node*"})) {
        model::CniInfo out = byWorkload(*agent, "ovn-kubernetes", "geneve", "ovn");
        out.evidence.emplace_back("OVN-Kubernetes encapsulates in Geneve");
        return out;
    }
    for (const char* key : {"k8s.ovn.org/node-subnets", "k8s.ovn.org/l3-gateway-config"})
        if (const auto found = view.annotation(key); found.count > 0) {
            model::CniInfo out;
            out.name = "ovn-kubernetes";
            out.mode = "geneve";
            out.evidence.push_back("annotation " + std::string(key) + " on " +
                                   share(found.count, view.api.nodes.size()));
            return out;
        }
    return std::nullopt;
}

std::optional<model::CniInfo> cloud(const View& view) {
    if (const model::Workload* agent = view.workload({"aws-node"})) {
        model::CniInfo out = byWorkload(*agent, "aws-vpc", "native", "amazon-k8s-cni");
        for (const char* variable : {"AWS_VPC_K8S_CNI_VETHPREFIX", "AWS_VPC_ENI_MTU"})
            if (const std::string* value = find(agent->env, variable))
                out.evidence.push_back(std::string(variable) + "=" + *value);
        return out;
    }
    if (const model::Workload* agent = view.workload({"azure-cns"})) {
        model::CniInfo out = byWorkload(*agent, "azure", "native", "azure-cns");
        out.evidence.emplace_back(
            "nodes send pod packets without encapsulation; in overlay mode Azure's network wraps them");
        return out;
    }
    if (const model::Workload* agent = view.workload({"netd"})) {
        model::CniInfo out = byWorkload(*agent, "gke", "native", "netd");
        out.evidence.emplace_back("GKE routes alias IPs without encapsulation");
        return out;
    }
    return std::nullopt;
}

std::optional<model::CniInfo> kindnet(const View& view) {
    const model::Workload* agent = view.workload({"kindnet"});
    if (!agent)
        return std::nullopt;
    model::CniInfo out = byWorkload(*agent, "kindnet", "native", "kindnetd");
    out.evidence.emplace_back("kindnet routes each node's pod CIDR by the node's address");
    return out;
}

} // namespace netopsy::detect
