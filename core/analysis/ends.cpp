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
        if (!where.peer.empty() && subject.findNode(where.peer) != nullptr) {
            const std::string peer = podOrNode(subject, where.peer);
            likely.emplace_back(self, peer);
            likely.emplace_back(peer, self);
        }
        if (const auto way = path::typical(subject, node))
            likely.emplace_back(way->from, way->to);
        if (subject.cluster)
            for (const model::Endpoint& endpoint : subject.cluster->endpoints)
                if (endpoint.ready) { // a Service's translation is on the way to a Service only
                    likely.emplace_back(self, endpoint.ns + "/" + endpoint.service);
                    break;
                }
    }
    for (const auto& [from, to] : likely)
        if (const auto way = path::derive(subject, from, to)) {
            const auto located = locate(*way, std::span(&finding, 1));
            if (std::any_of(located.begin(), located.end(), [](const auto& on) { return !on.empty(); }))
                return {from, to};
        }
    return likely.empty() ? EndPair{} : likely.front();
}

} // namespace netopsy::analysis
