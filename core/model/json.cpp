// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/json.h"

#include <nlohmann/json.hpp>

namespace netopsy::model {

// A field that is missing keeps its default, so that an older case opens; one of the wrong type is an error. The
// macros make to_json and from_json, which nlohmann finds by argument-dependent look-up.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(NodeAddress, type, address)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ClusterNode, name, addresses, podCidrs, labels, annotations,
                                                kubeletVersion, kernelVersion, osImage, architecture, ready, zone,
                                                unschedulable)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Pod, ns, name, node, phase, ips, hostNetwork, labels)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ServicePort, name, protocol, port, targetPort, nodePort)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Service, ns, name, type, clusterIps, ports)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Endpoint, ns, service, address, node, pod, ready)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Workload, kind, ns, name, images, args, env, labels)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ConfigMap, ns, name, data)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CniObject, kind, name, fields)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Gap, verb, resource, reason)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CniInfo, name, mode, version, evidence, crossSubnetOnly)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ProxyInfo, mode, evidence)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(DnsInfo, serviceIp, pods, nodeLocal, nodeLocalAddress,
                                                clusterDomain, evidence)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Inventory, context, server, version, nodes, pods, services,
                                                endpoints, workloads, configMaps, cniObjects, gaps, cni, proxy,
                                                dns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CaseMeta, started, durationS, plannedDurationS, intervalS, tool,
                                                local, finished, dnsNames)

namespace {

template<class T>
Result<T> read(const nlohmann::json& json, const char* what) {
    if (!json.is_object())
        return fail(std::string("the ") + what + " is no JSON object", {}, "the file is damaged");
    try {
        return json.get<T>();
    } catch (const nlohmann::json::exception& problem) {
        return fail(std::string("the ") + what + " can't be read: " + problem.what(), {}, "the file is damaged");
    }
}

} // namespace

nlohmann::json toJson(const Inventory& inventory) {
    return inventory;
}

Result<Inventory> inventoryFromJson(const nlohmann::json& json) {
    return read<Inventory>(json, "inventory");
}

nlohmann::json toJson(const CaseMeta& meta) {
    return meta;
}

Result<CaseMeta> metaFromJson(const nlohmann::json& json) {
    return read<CaseMeta>(json, "run's description");
}

} // namespace netopsy::model
