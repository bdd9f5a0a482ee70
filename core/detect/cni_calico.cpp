// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Calico, by manifest or operator. The pools decide; the operator's Installation speaks where pools can't be
// read; addresses that Felix wrote into the Nodes' annotations come last. CALICO_IPV4POOL_* variables are not
// believed: they count only while the first pool is created.
#include "core/detect/cni.h"

#include <algorithm>

namespace netopsy::detect {

namespace {

struct Encapsulation {
    std::string mode;
    bool crossSubnet = false;
};

Encapsulation ofPool(const model::CniObject& pool) {
    const auto value = [&](const char* key) {
        const std::string* found = find(pool.fields, key);
        return found && !found->empty() ? *found : std::string("Never");
    };
    const std::string ipip = value("spec.ipipMode");
    const std::string vxlan = value("spec.vxlanMode");
    if (vxlan != "Never")
        return {"vxlan", vxlan == "CrossSubnet"};
    if (ipip != "Never")
        return {"ipip", ipip == "CrossSubnet"};
    return {"native", false};
}

std::string poolText(const model::CniObject& pool) {
    std::string out = "IPPool " + pool.name;
    for (const char* key : {"spec.cidr", "spec.ipipMode", "spec.vxlanMode"})
        if (const std::string* value = find(pool.fields, key))
            out += (std::string_view(key) == "spec.cidr" ? " (" : ", ") + std::string(key + 5) + "=" + *value;
    return out + (find(pool.fields, "spec.cidr") ? ")" : "");
}

bool readPools(const View& view, model::CniInfo& out) {
    bool any = false;
    for (const model::CniObject* pool : view.objects("IPPool")) {
        const std::string* disabled = find(pool->fields, "spec.disabled");
        if (disabled && *disabled == "true")
            continue;
        const Encapsulation found = ofPool(*pool);
        // With several pools, the one that encapsulates is what bounds the MTU.
        if (!any || (out.mode == "native" && found.mode != "native")) {
            out.mode = found.mode;
            out.crossSubnetOnly = found.crossSubnet;
        } else if (found.mode == out.mode) {
            out.crossSubnetOnly = out.crossSubnetOnly && found.crossSubnet;
        }
        any = true;
        out.evidence.push_back(poolText(*pool));
    }
    return any;
}

bool readInstallation(const View& view, model::CniInfo& out) {
    for (const model::CniObject* installation : view.objects("Installation"))
        for (int i = 0; i < 16; ++i) {
            const std::string key = "spec.calicoNetwork.ipPools." + std::to_string(i) + ".encapsulation";
            const std::string* value = find(installation->fields, key);
            if (!value)
                continue;
            out.crossSubnetOnly = value->ends_with("CrossSubnet");
            out.mode = value->starts_with("VXLAN")  ? "vxlan"
                       : value->starts_with("IPIP") ? "ipip"
                       : *value == "None"           ? "native"
                                                    : "unknown";
            out.evidence.push_back("Installation " + installation->name + ": encapsulation=" + *value);
            return true;
        }
    return false;
}

void readAnnotations(const View& view, model::CniInfo& out) {
    struct Tunnel {
        const char *annotation, *mode;
    };
    for (const Tunnel t : {Tunnel{"projectcalico.org/IPv4VXLANTunnelAddr", "vxlan"},
                           Tunnel{"projectcalico.org/IPv4IPIPTunnelAddr", "ipip"}})
        if (const auto found = view.annotation(t.annotation); found.count > 0) {
            out.mode = t.mode;
            out.evidence.push_back("annotation " + std::string(t.annotation) + " on " +
                                   share(found.count, view.api.nodes.size()));
            return;
        }
}

} // namespace

std::optional<model::CniInfo> calico(const View& view) {
    const model::Workload* agent = view.workload({"calico-node"});
    if (!agent) {
        if (view.objects("IPPool").empty() || view.workload({"canal", "rke2-canal"}))
            return std::nullopt;
    } else if (const std::string* backend = find(agent->env, "CALICO_NETWORKING_BACKEND");
               backend && *backend == "none") {
        return std::nullopt; // policy only: another CNI carries the packets
    }
    model::CniInfo out;
    out.name = "calico";
    if (agent) {
        out.evidence.push_back(place(*agent));
        out.version = imageVersion(*agent, "node");
    }
    if (!readPools(view, out) && !readInstallation(view, out))
        readAnnotations(view, out);
    for (const model::CniObject* felix : view.objects("FelixConfiguration"))
        for (const char* key : {"spec.bpfEnabled", "spec.wireguardEnabled"})
            if (const std::string* value = find(felix->fields, key); value && *value == "true") {
                out.evidence.push_back("FelixConfiguration " + felix->name + ": " + std::string(key + 5) +
                                       "=true");
                if (std::string_view(key) == "spec.wireguardEnabled")
                    out.mode = "wireguard"; // used instead of IPIP or VXLAN between the nodes that have it
            }
    return out;
}

} // namespace netopsy::detect
