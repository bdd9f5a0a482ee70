// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Cilium. `routing-mode` (1.14 and later) is read first, else `tunnel` (up to 1.13). `tunnel-protocol` alone
// tells nothing: 1.17 and later write it also in native mode (charts 1.11 to 1.20).
#include "core/detect/cni.h"

namespace netopsy::detect {

namespace {

void readMode(const model::ConfigMap& config, model::CniInfo& out) {
    const std::string* routing = find(config.data, "routing-mode");
    const std::string* protocol = find(config.data, "tunnel-protocol");
    const std::string* tunnel = find(config.data, "tunnel");
    if (routing && *routing == "native") {
        out.mode = "native";
        out.evidence.push_back(says(config, "routing-mode", *routing));
    } else if (routing && *routing == "tunnel") {
        out.mode = protocol && !protocol->empty() ? *protocol : "vxlan";
        out.evidence.push_back(says(config, "routing-mode", *routing));
        out.evidence.push_back(protocol && !protocol->empty() ? says(config, "tunnel-protocol", *protocol)
                                                              : "tunnel-protocol is not set, which means vxlan");
    } else if (!routing && tunnel) {
        out.mode = *tunnel == "disabled" ? "native" : *tunnel;
        out.evidence.push_back(says(config, "tunnel", *tunnel));
    } else {
        out.evidence.push_back("ConfigMap " + config.ns + "/" + config.name +
                               (routing ? " has an unknown routing-mode: " + *routing
                                        : std::string(" has neither routing-mode nor tunnel")));
    }
    if (out.mode != "native" && out.mode != "vxlan" && out.mode != "geneve")
        out.mode = "unknown";
    for (const char* key : {"enable-wireguard", "enable-ipsec"})
        if (const std::string* value = find(config.data, key); value && *value == "true")
            out.evidence.push_back(says(config, key, *value));
}

} // namespace

std::optional<model::CniInfo> cilium(const View& view) {
    const model::Workload* agent = view.workload({"cilium", "rke2-cilium"});
    const model::Workload* google = view.workload({"anetd"});
    const model::ConfigMap* config = view.configMap("cilium-config");
    if (!agent && !google && !config)
        return std::nullopt;
    if (config)
        if (const std::string* chain = find(config->data, "cni-chaining-mode");
            chain && *chain == "aws-cni" && view.workload({"aws-node"}))
            return std::nullopt; // policy on top of the VPC's own

    model::CniInfo out;
    out.name = google && !agent ? "gke" : "cilium";
    if (const model::Workload* workload = agent ? agent : google) {
        out.evidence.push_back(place(*workload));
        out.version = imageVersion(*workload, "cilium");
    }
    if (config)
        readMode(*config, out);
    if (out.name == "gke" && out.mode == "unknown") {
        out.mode = "native";
        out.evidence.emplace_back("Dataplane V2 (anetd) routes alias IPs without encapsulation");
    }
    return out;
}

} // namespace netopsy::detect
