// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/show/pods_json.h"

#include "core/show/probe_json.h"
#include "core/stats/place.h"

#include <nlohmann/json.hpp>

namespace netopsy::show {

namespace {

using nlohmann::json;

json textOrNull(const std::string& text) {
    return text.empty() ? json(nullptr) : json(text);
}

json numberOrNull(int number) {
    return number > 0 ? json(number) : json(nullptr);
}

json pmtuJson(const std::vector<model::PmtuResult>& all) {
    json out = json::array();
    for (const model::PmtuResult& result : all)
        out.push_back({{"peer", result.peer},
                       {"address", result.address},
                       {"plane", result.plane == model::Plane::Underlay ? "underlay" : "overlay"},
                       {"mtu", numberOrNull(result.mtu)},
                       {"link_mtu", numberOrNull(result.linkMtu)},
                       {"blackhole", result.blackhole}});
    return out;
}

json podJson(const model::PodPlace& pod, const model::Node& node) {
    const stats::PlaceSummary summary = stats::summarise(pod, node.facts);
    const bool resolves = !pod.nameservers.empty();
    return {{"namespace", pod.ns},
            {"name", pod.name},
            {"address", pod.address},
            {"problem", textOrNull(pod.problem)},
            {"netns", pod.netns != 0 ? json(pod.netns) : json(nullptr)},
            {"interface",
             {{"name", textOrNull(pod.device)},
              {"mtu", numberOrNull(pod.mtu)},
              {"peer_index", numberOrNull(pod.peerIndex)}}},
            {"resolv_conf",
             resolves ? json{{"nameservers", pod.nameservers}, {"search", pod.search}, {"ndots", pod.ndots}}
                      : json(nullptr)},
            {"sysctl", pod.sysctl},
            {"sysctl_unlike_node", summary.unlikeNode},
            {"counters_delta", summary.counterDelta},
            {"dns", dnsJson(pod.dns)},
            {"dns_pairs", pairsJson(pod.dns)},
            {"lookups", lookupsJson(pod.lookups)},
            {"rtt", rttJson(pod.rtt)},
            {"pmtu", pmtuJson(pod.pmtu)}};
}

} // namespace

json podsJson(const model::Node& node) {
    json out = json::array();
    for (const model::PodPlace& pod : node.pods)
        out.push_back(podJson(pod, node));
    return out;
}

} // namespace netopsy::show
