// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/path/facts.h"

#include "core/base/ip_text.h"
#include "core/base/text.h"
#include "core/path/address.h"
#include "core/stats/mesh.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace netopsy::path {

namespace {

/// Undisturbed answers of the echoes from one node to another on one plane, in the path's family where it has any.
std::vector<std::int64_t> answers(const Ends& ends, model::Plane plane) {
    std::vector<std::int64_t> out;
    for (const model::RttSeries& series : ends.from.node->rtt)
        if (series.peer == ends.to.node->name && series.plane == plane &&
            text::isIpv6(series.address) == ends.from.ipv6())
            for (const std::int64_t rttNs : stats::undisturbed(series))
                out.push_back(rttNs);
    return out;
}

Hop* first(std::vector<Hop>& hops, HopKind kind) {
    const auto found = std::find_if(hops.begin(), hops.end(), [&](const Hop& hop) { return hop.kind == kind; });
    return found == hops.end() ? nullptr : &*found;
}

} // namespace

void addRoom(std::vector<Hop>& hops) {
    int before = 0;
    for (Hop& hop : hops) {
        // A tunnel's MTU is that of what it takes in: what it adds itself counts where the packet leaves by.
        const int carried = hop.kind == HopKind::Tunnel ? std::min(before, hop.headerBytes) : hop.headerBytes;
        if (hop.mtu)
            hop.mtuLeft = *hop.mtu - carried;
        else
            hop.mtuLeft = Absent{hop.mtu.reason()};
        before = hop.headerBytes;
    }
}

void addLatency(std::vector<Hop>& hops, const Ends& ends) {
    if (ends.to.node == nullptr || ends.from.node == ends.to.node)
        return;
    const auto under = answers(ends, model::Plane::Underlay), over = answers(ends, model::Plane::Overlay);
    const auto plain = stats::percentile(under, 0.5);
    Hop *wire = first(hops, HopKind::Wire), *tunnel = first(hops, HopKind::Tunnel);
    if (wire != nullptr && plain) {
        wire->latencyNs = *plain;
        wire->latencySource = ends.from.node->name + ": probe, underlay, median of " +
                              text::integer(under.size()) + " echoes; both ends' stacks are in it";
    }
    if (tunnel == nullptr)
        return;
    const auto difference = stats::medianDifference(under, over);
    if (!difference)
        return;
    tunnel->latencyNs = std::llround(std::max(0.0, difference->median));
    tunnel->latencySource = ends.from.node->name + ": probe, overlay minus underlay, medians of " +
                            text::integer(over.size()) + " and " + text::integer(under.size()) +
                            " echoes; 95 % interval " + text::duration(difference->low95) + " to " +
                            text::duration(difference->high95);
}

void compareBackends(std::vector<Hop>& hops, const model::Case& subject, const Ends& ends) {
    Hop* hop = first(hops, HopKind::ServiceNat);
    if (hop == nullptr || ends.to.service == nullptr || !subject.cluster)
        return;
    const auto address = parseAddress(ends.to.serviceIp);
    std::set<std::string> rules, ready;
    for (const model::NatBackend& backend : ends.from.node->facts.natBackends)
        if (address && parseAddress(backend.service) == address)
            rules.insert(backend.backend);
    for (const model::Endpoint& endpoint : subject.cluster->endpoints)
        if (endpoint.ready && endpoint.ns == ends.to.service->ns && endpoint.service == ends.to.service->name &&
            text::isIpv6(endpoint.address) == text::isIpv6(ends.to.serviceIp))
            ready.insert(endpoint.address);
    if (rules.empty() || ready.empty())
        return;
    std::vector<std::string> stale, missing;
    std::set_difference(rules.begin(), rules.end(), ready.begin(), ready.end(), std::back_inserter(stale));
    std::set_difference(ready.begin(), ready.end(), rules.begin(), rules.end(), std::back_inserter(missing));
    const std::string whose = ends.from.node->name + "'s own Service rules ";
    if (!stale.empty())
        hop->problems.push_back(whose + "still send to " + text::join(stale, ", ") +
                                ", which no ready endpoint has");
    if (!missing.empty())
        hop->problems.push_back(whose + "don't send to " + text::join(missing, ", ") + ", which is ready");
}

} // namespace netopsy::path
