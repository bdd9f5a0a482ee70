// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/run/places.h"

#include "collectors/run/plan.h"
#include "collectors/run/targets.h"
#include "core/base/text.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace netopsy::run {

namespace {

/// Of the probe's CPU, what the node's own measuring gives up for all its places together, and what they get to measure
/// with: finding and entering them takes the rest.
constexpr int givenUpPpm = 900, placesCpuPpm = 600, leastPlaceCpuPpm = 150;

bool isSystem(const std::string& ns) {
    return ns.starts_with("kube-") || ns.starts_with("openshift-") || ns.ends_with("-system");
}

/// It has a network namespace and an address of its own, now.
bool isPlace(const model::Pod& pod) {
    return !pod.hostNetwork && pod.phase == "Running" && !pod.ips.empty();
}

bool isAmong(const std::vector<std::string>& named, const model::Pod& pod) {
    return std::find(named.begin(), named.end(), pod.ns + "/" + pod.name) != named.end();
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
                                                 std::size_t count, const std::vector<std::string>& named) {
    std::vector<const model::Pod*> out;
    std::size_t wanted = 0;
    for (const model::Pod& pod : inventory.pods)
        if (pod.node == node.name && isPlace(pod)) {
            out.push_back(&pod);
            wanted += isAmong(named, pod) ? 1 : 0;
        }
    const auto order = [&](const model::Pod& pod) {
        return std::tuple(!isAmong(named, pod), rankOf(inventory, pod), pod.ns, pod.name);
    };
    std::sort(out.begin(), out.end(),
              [&](const model::Pod* a, const model::Pod* b) { return order(*a) < order(*b); });
    out.resize(std::min(out.size(), std::max(count, wanted)));
    return out;
}

Result<void> checkNamedPods(const model::Inventory& inventory, const std::vector<std::string>& named,
                            const std::vector<const model::ClusterNode*>& chosen) {
    std::map<std::string, int> onNode;
    for (const std::string& name : named) {
        const std::string flag = "--probe-pod " + text::printable(name);
        const auto pod = std::find_if(inventory.pods.begin(), inventory.pods.end(),
                                      [&](const model::Pod& p) { return p.ns + "/" + p.name == name; });
        if (pod == inventory.pods.end())
            return fail("the cluster has no pod of this name", flag,
                        "kubectl get pods -A lists them: NAMESPACE/NAME");
        if (pod->hostNetwork)
            return fail("this pod uses its node's own network, from which is measured anyway", flag,
                        "leave it out, or name a pod that has a network namespace of its own");
        if (!isPlace(*pod))
            return fail("this pod has no network now: it is " + text::printable(pod->phase), flag,
                        "name one that is Running");
        if (std::none_of(chosen.begin(), chosen.end(), [&](const auto* node) { return node->name == pod->node; }))
            return fail("this pod's node, " + text::printable(pod->node) + ", is not among the chosen nodes", flag,
                        "add it to --nodes, or leave the pod out");
        if (++onNode[pod->node] > mostPodsPerNode)
            return fail("these are more than " + std::to_string(mostPodsPerNode) + " pods of " +
                            text::printable(pod->node),
                        flag, "name fewer of that node");
    }
    return {};
}

void addPlaces(const model::Inventory& inventory, const model::ClusterNode& node,
               const std::vector<const model::ClusterNode*>& peers, const std::vector<std::string>& names,
               std::size_t count, const std::vector<std::string>& named, probe::ProbePlan& plan) {
    const std::vector<const model::Pod*> pods = podsToMeasureFrom(inventory, node, count, named);
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
