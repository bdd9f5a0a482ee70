// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The clouds' own CNIs: a host route to each pod, and the cloud's network as the wire. What differs is policy routing and
// who masquerades.
//
// AWS VPC: rules lead packets from a pod of a secondary interface to that interface's table (512 to pods, 1536 from
// pods); those for outside the VPC are marked 0x80 in AWS-CONNMARK-CHAIN-0, so that rule 1024 sends them by the primary
// one, and are given its address in AWS-SNAT-CHAIN-0, unless AWS_VPC_K8S_CNI_EXTERNALSNAT (amazon-vpc-cni-k8s
// pkg/networkutils). Azure, GKE: ip-masq-agent, nodes' and pods' networks excepted.
#include "core/path/design.h"

namespace netopsy::path::cni {

Design awsVpc(const model::Inventory& cluster) {
    Design out;
    const bool external = variable(cluster, "aws-node", "AWS_VPC_K8S_CNI_EXTERNALSNAT") == "true";
    out.ground = std::string("assumed from the VPC CNI's design (AWS_VPC_K8S_CNI_EXTERNALSNAT ") +
                 (external ? "is true)" : "is not true)");
    if (!external) {
        out.masquerade4.how = "nat POSTROUTING, AWS-SNAT-CHAIN-0";
        out.masquerade4.toNodes = false;
        out.outsideMark = "0x80/0x80";
    }
    return out;
}

Design azure(const model::Inventory&) {
    Design out;
    out.ground = "assumed from Azure CNI's design";
    out.masquerade4.how = out.masquerade6.how = "nat POSTROUTING, IP-MASQ-AGENT";
    out.masquerade4.toNodes = out.masquerade6.toNodes = false;
    return out;
}

Design gke(const model::Inventory& cluster) {
    Design out;
    bool dataplane2 = false;
    for (const model::Workload& workload : cluster.workloads)
        dataplane2 = dataplane2 || workload.name == "anetd";
    out.ground = std::string("assumed from GKE's design") + (dataplane2 ? " (Dataplane V2)" : "");
    if (dataplane2) {
        out.program = "policy and Services in eBPF (Dataplane V2)";
        out.programIn = "policy in eBPF (Dataplane V2)";
        out.podService = "eBPF at the pod's link (Dataplane V2)";
    }
    out.masquerade4.how = "nat POSTROUTING, IP-MASQ";
    out.masquerade4.toNodes = false;
    return out;
}

} // namespace netopsy::path::cni
