// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/run/places.h"

#include "collectors/run/targets.h"

#include <algorithm>
#include <tuple>

namespace netopsy::run {

namespace {

/// Of the probe's CPU, what the node's own measuring gives up for all its places together, and what they get to measure
/// with: finding and entering them takes the rest.
constexpr int givenUpPpm = 900, placesCpuPpm = 600, leastPlaceCpuPpm = 150;

bool isSystem(const std::string& ns) {
    return ns.starts_with("kube-") || ns.starts_with("openshift-") || ns.ends_with("-system");
}

int rankOf(const model::Inventory& inventory, const model::Pod& pod) {
    const std::vector<std::string>& dns = inventory.dns.pods;
    const bool resolves = std::any_of(pod.ips.begin(), pod.ips.end(), [&](const std::string& ip) {
        return std::find(dns.begin(), dns.end(), ip) != dns.end();
    });
    return resolves ? 1 : isSystem(pod.ns) ? 2 : 0;
}

} // namespace

std::vector<const model::Pod*> podsToMeasureFrom(const model::Inventory& inventory, const model::ClusterNode& node,
                                                 std::size_t count) {
    std::vector<const model::Pod*> out;
    for (const model::Pod& pod : inventory.pods)
        if (pod.node == node.name && !pod.hostNetwork && pod.phase == "Running" && !pod.ips.empty())
            out.push_back(&pod);
    std::sort(out.begin(), out.end(), [&](const model::Pod* a, const model::Pod* b) {
        return std::tuple(rankOf(inventory, *a), a->ns, a->name) <
               std::tuple(rankOf(inventory, *b), b->ns, b->name);
    });
    out.resize(std::min(out.size(), count));
    return out;
}

void addPlaces(const model::Inventory& inventory, const model::ClusterNode& node,
               const std::vector<const model::ClusterNode*>& peers, const std::vector<std::string>& names,
               std::size_t count, probe::ProbePlan& plan) {
    const std::vector<const model::Pod*> pods = podsToMeasureFrom(inventory, node, count);
    if (pods.empty())
        return;
    plan.cpuPpm -= givenUpPpm;
    for (const model::Pod* pod : pods) {
        probe::PodPlan place;
        place.ns = pod->ns;
        place.name = pod->name;
        place.address = pod->ips.front();
        place.cpuPpm = std::max(placesCpuPpm / static_cast<int>(pods.size()), leastPlaceCpuPpm);
        for (const probe::DnsTarget& target : plan.dns)
            if (target.role == "service")
                place.dns.push_back(target);
        for (const probe::LookupTarget& target : lookupTargets(inventory, names))
            if (!target.name.ends_with('.')) // a pod's few look-ups are held against the node's direct ones
                place.lookups.push_back({"-", target.role, target.name, -1, {"+"}});
        for (const model::ClusterNode* peer : peers)
            for (const model::Pod* other : podsToMeasureFrom(inventory, *peer, 1))
                for (const std::string& ip : other->ips)
                    place.peers.push_back({peer->name, ip, model::Plane::Overlay});
        plan.pods.push_back(std::move(place));
    }
}

} // namespace netopsy::run
