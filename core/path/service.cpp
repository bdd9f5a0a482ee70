// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a Service's address becomes a backend's: an assumption, grounded on the service proxy's mode and the CNI's own
// design.
#include "core/path/way.h"

#include <algorithm>

namespace netopsy::path {

bool servedAtConnect(const model::Case& subject, const Design& design, const Ends& ends) {
    if (ends.from.pod != nullptr && !design.podService.empty())
        return false;
    return design.serviceAtConnect || subject.cluster->proxy.mode == "ebpf";
}

std::optional<Hop> serviceNat(const model::Case& subject, const NodeSide& side, const Ends& ends) {
    if (ends.to.serviceIp.empty())
        return std::nullopt;
    const std::string& mode = subject.cluster->proxy.mode;
    const Design& design = side.design();
    const bool fromPod = ends.from.pod != nullptr;
    const bool own = fromPod && !design.podService.empty();
    std::string how = "service proxy (" + mode + ")";
    if (own)
        how = design.podService;
    else if (servedAtConnect(subject, design, ends))
        how = "eBPF at connect()";
    else if (mode == "iptables")
        how = std::string("nat ") + (fromPod ? "PREROUTING" : "OUTPUT") + ": KUBE-SERVICES, KUBE-SVC, KUBE-SEP";
    else if (mode == "ipvs")
        how = "IPVS on kube-ipvs0";
    else if (mode == "nftables")
        how = std::string("nft kube-proxy, ") + (fromPod ? "prerouting" : "output");
    Hop hop = side.designed(HopKind::ServiceNat, how + ": " + ends.to.serviceIp + " becomes " + ends.to.address);
    if (servedAtConnect(subject, design, ends))
        hop.label += ", before any packet";
    hop.drops = Absent{"not counted per rule"};
    const auto seen = std::find_if(side.node().facts.natBackends.begin(), side.node().facts.natBackends.end(),
                                   [&](const model::NatBackend& b) {
                                       return b.service == ends.to.serviceIp && b.backend == ends.to.address;
                                   });
    if (!own && seen != side.node().facts.natBackends.end()) {
        hop.assumed = false;
        hop.source = side.node().name + ": service_nat, " + seen->source;
    } else if (!own)
        hop.source = "assumed from the service proxy's mode (" + mode + ")";
    return hop;
}

} // namespace netopsy::path
