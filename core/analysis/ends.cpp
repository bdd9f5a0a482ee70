// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/ends.h"

#include "core/analysis/locate.h"

#include <algorithm>
#include <span>
#include <vector>

namespace netopsy::analysis {

namespace {

bool sends(const model::Pod& pod) {
    return !pod.hostNetwork && !pod.ips.empty() && pod.phase == "Running";
}

} // namespace

std::string podOrNode(const model::Case& subject, const std::string& node) {
    if (subject.cluster)
        for (const model::Pod& pod : subject.cluster->pods)
            if (pod.node == node && sends(pod))
                return node + "/" + pod.ns + "/" + pod.name;
    return node;
}

EndPair endsFor(const model::Case& subject, const Finding& finding) {
    std::vector<EndPair> likely;
    for (const Location& where : finding.where) {
        const std::string node = where.node.empty() && !finding.nodes.empty() ? finding.nodes.front() : where.node;
        if (subject.findNode(node) == nullptr)
            continue;
        const std::string self = podOrNode(subject, node);
        const path::Family family = where.family == "ipv6" ? path::Family::V6 : path::Family::Any;
        if (!where.netns.empty())
            for (const model::Node& other : subject.nodes)
                if (other.name != node) {
                    likely.push_back({podOrNode(subject, other.name), where.netns, family});
                    break;
                }
        if (!where.peer.empty() && subject.findNode(where.peer) != nullptr) {
            const std::string peer = podOrNode(subject, where.peer);
            likely.push_back({self, peer, family});
            likely.push_back({peer, self, family});
        }
        if (const auto way = path::typical(subject, node))
            likely.push_back({way->from, way->to, family});
        if (subject.cluster)
            for (const model::Endpoint& endpoint : subject.cluster->endpoints)
                if (endpoint.ready) { // a Service's translation is on the way to a Service only
                    likely.push_back({self, endpoint.ns + "/" + endpoint.service, family});
                    break;
                }
    }
    for (const EndPair& ends : likely)
        if (const auto way = path::derive(subject, ends.from, ends.to, ends.family)) {
            const auto located = locate(*way, std::span(&finding, 1));
            if (std::any_of(located.begin(), located.end(), [](const auto& on) { return !on.empty(); }))
                return ends;
        }
    return likely.empty() ? EndPair{} : likely.front();
}

} // namespace netopsy::analysis
