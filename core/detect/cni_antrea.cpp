// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/cni.h"

namespace netopsy::detect {

std::optional<model::CniInfo> antrea(const View& view) {
    const model::Workload* agent = view.workload({"antrea-agent"});
    const model::ConfigMap* map = view.configMap("antrea-config");
    if (!agent && !map)
        return std::nullopt;
    model::CniInfo out;
    out.name = "antrea";
    if (agent) {
        out.evidence.push_back(place(*agent));
        out.version = imageVersion(*agent, "antrea");
    }
    const std::string* conf = map ? find(map->data, "antrea-agent.conf") : nullptr;
    if (!conf)
        return out;
    const auto value = [&](const char* key, const char* fallback) {
        const auto found = yamlScalar(*conf, key);
        const bool set = found && !found->empty();
        out.evidence.push_back(set ? says(*map, "antrea-agent.conf " + std::string(key), *found)
                                   : std::string(key) + " is not set, which means " + fallback);
        return set ? *found : std::string(fallback);
    };
    const std::string encap = value("trafficEncapMode", "encap");
    if (encap == "noEncap" || encap == "networkPolicyOnly") {
        out.mode = "native";
    } else if (encap == "encap" || encap == "hybrid") {
        out.mode = value("tunnelType", "geneve");
        out.crossSubnetOnly = encap == "hybrid";
        if (const auto encryption = yamlScalar(*conf, "trafficEncryptionMode");
            encryption && *encryption == "wireGuard") {
            out.mode = "wireguard";
            out.evidence.push_back(says(*map, "antrea-agent.conf trafficEncryptionMode", *encryption));
        }
    }
    if (out.mode != "native" && out.mode != "geneve" && out.mode != "vxlan" && out.mode != "gre" &&
        out.mode != "stt" && out.mode != "wireguard")
        out.mode = "unknown";
    return out;
}

} // namespace netopsy::detect
