// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the Kubernetes API says of a cluster, reduced to what an autopsy needs. Nothing secret is kept:
// of ConfigMaps only the named keys of known network components, of pods no environment but the CNI's own.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace netopsy::model {

struct NodeAddress {
    std::string type; ///< InternalIP, ExternalIP, Hostname, …
    std::string address;
    bool operator==(const NodeAddress&) const = default;
};

struct ClusterNode {
    std::string name;
    std::vector<NodeAddress> addresses;
    std::vector<std::string> podCidrs; ///< spec.podCIDRs, else spec.podCIDR
    std::map<std::string, std::string> labels;
    std::map<std::string, std::string>
        annotations; ///< only the CNIs' own (flannel, projectcalico, k8s.ovn.org, …)
    std::string kubeletVersion;
    std::string kernelVersion;
    std::string osImage;
    std::string architecture; ///< as Kubernetes spells it: amd64, arm64
    std::string ready;        ///< the Ready condition: True, False, Unknown, or empty
    std::string zone;         ///< topology.kubernetes.io/zone or its deprecated twin
    bool unschedulable = false;
    bool operator==(const ClusterNode&) const = default;
};

struct Pod {
    std::string ns, name, node, phase;
    std::vector<std::string> ips;
    bool hostNetwork = false;
    std::map<std::string, std::string> labels;
    bool operator==(const Pod&) const = default;
};

struct ServicePort {
    std::string name, protocol;
    int port = 0;
    std::string targetPort;
    int nodePort = 0;
    bool operator==(const ServicePort&) const = default;
};

struct Service {
    std::string ns, name, type;
    std::vector<std::string> clusterIps;
    std::vector<ServicePort> ports;
    bool operator==(const Service&) const = default;
};

/// One backend address of a Service, from EndpointSlices (or Endpoints on old servers).
struct Endpoint {
    std::string ns, service, address, node, pod;
    bool ready = false;
    bool operator==(const Endpoint&) const = default;
};

/// A DaemonSet or Deployment that tells what network components run.
struct Workload {
    std::string kind, ns, name;
    std::vector<std::string> images;
    std::vector<std::string> args;
    std::map<std::string, std::string> env; ///< literal values of network components only
    std::map<std::string, std::string> labels;
    bool operator==(const Workload&) const = default;
};

struct ConfigMap {
    std::string ns, name;
    std::map<std::string, std::string> data;
    bool operator==(const ConfigMap&) const = default;
};

/// A custom object of a CNI (IPPool, Installation, FelixConfiguration, CiliumNode …), reduced to flat fields.
struct CniObject {
    std::string kind, name;
    std::map<std::string, std::string> fields; ///< "spec.ipipMode" -> "Always"
    bool operator==(const CniObject&) const = default;
};

/// Something the API did not let us read. A gap is stated, it never ends a run.
struct Gap {
    std::string verb;     ///< "list"
    std::string resource; ///< "configmaps in kube-system"
    std::string reason;   ///< "forbidden: …"
    bool operator==(const Gap&) const = default;
};

struct CniInfo {
    std::string name =
        "unknown"; ///< cilium, calico, flannel, canal, weave, antrea, kube-router, ovn-kubernetes, aws-vpc, azure, gke, kindnet, unknown
    std::string mode = "unknown"; ///< vxlan, geneve, ipip, wireguard, ipsec, native, … unknown
    std::string version;
    std::vector<std::string> evidence;
    /// The encapsulation is used between subnets only (CrossSubnet, DirectRouting, hybrid); nodes of one subnet
    /// reach each other without it.
    bool crossSubnetOnly = false;
    bool operator==(const CniInfo&) const = default;
};

struct ProxyInfo {
    std::string mode = "unknown"; ///< iptables, ipvs, nftables, ebpf, none, unknown
    std::vector<std::string> evidence;
    bool operator==(const ProxyInfo&) const = default;
};

struct DnsInfo {
    std::string serviceIp;
    std::vector<std::string> pods; ///< addresses of the DNS Service's ready backends
    bool nodeLocal = false;
    std::string nodeLocalAddress;
    std::string clusterDomain = "cluster.local";
    std::vector<std::string> evidence;
    bool operator==(const DnsInfo&) const = default;
};

struct Inventory {
    std::string context, server, version;
    std::vector<ClusterNode> nodes;
    std::vector<Pod> pods;
    std::vector<Service> services;
    std::vector<Endpoint> endpoints;
    std::vector<Workload> workloads;
    std::vector<ConfigMap> configMaps;
    std::vector<CniObject> cniObjects;
    std::vector<Gap> gaps;
    CniInfo cni;
    ProxyInfo proxy;
    DnsInfo dns;
    bool operator==(const Inventory&) const = default;
};

} // namespace netopsy::model
