// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/detect.h"

#include "core/detect/cni.h"

#include <array>

namespace netopsy::detect {

namespace {

model::CniInfo cni(const View& view) {
    // Canal before its halves; Cilium before what it may be chained to, which it then names itself; Calico
    // before the cloud's own, which it may only add policy to, in which case it declines.
    static constexpr std::array detectors{canal, cilium,        calico, flannel, antrea,
                                          weave, ovnKubernetes, cloud,  kindnet, kubeRouter};
    for (const auto& detector : detectors)
        if (auto found = detector(view)) {
            if (found->mode == "unknown")
                modeByLinks(*found, view);
            confirm(*found, view);
            return *found;
        }
    if (auto found = byLinks(view))
        return *found;
    model::CniInfo unknown;
    unknown.evidence.emplace_back(
        view.api.workloads.empty() ? "no network DaemonSet could be read from the API, and nodes' links tell none"
                                   : "no known CNI among the DaemonSets, ConfigMaps and annotations of the API");
    return unknown;
}

} // namespace

void detect(model::Inventory& inventory, const std::vector<model::Node>& nodes) {
    const View view{inventory, nodes};
    model::CniInfo foundCni = cni(view);
    model::ProxyInfo foundProxy = proxy(view);
    model::DnsInfo foundDns = dns(view, foundProxy);
    inventory.cni = std::move(foundCni);
    inventory.proxy = std::move(foundProxy);
    inventory.dns = std::move(foundDns);
}

} // namespace netopsy::detect
