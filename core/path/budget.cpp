// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/path/budget.h"

#include "core/base/ip_text.h"
#include "core/base/text.h"

#include <algorithm>

namespace netopsy::path {

namespace {

std::string bytes(int n) {
    return text::integer(static_cast<std::uint64_t>(std::max(0, n))) + " B";
}

std::string wrapping(const Path& path) {
    for (const Hop& hop : path.hops)
        for (const Header& header : hop.encapsulates)
            if (header.name == "VXLAN" || header.name == "Geneve" || header.name == "WireGuard")
                return header.name;
    return "encapsulation";
}

/// The largest inner packet that reaches a hop, by the hops before it; 0 = not known yet.
struct Budget {
    Path& path;
    const std::string& sender;
    int largest = 0;

    void fit(Hop& hop, int carried) {
        if (!hop.mtu)
            return;
        const int room = *hop.mtu - carried;
        if (largest > 0 && largest > room) {
            const std::string where = hop.node.empty()
                                          ? "between the nodes"
                                          : hop.node + " " + (hop.device.empty() ? "routing" : hop.device);
            const std::string what =
                where + ": " + bytes(largest) + " packet" +
                (carried > 0 ? " + " + bytes(carried) + " " + wrapping(path) : std::string()) + " does not fit " +
                bytes(*hop.mtu);
            // Before it is wrapped or sent, the node itself tells the sender by ICMP; later nobody need do so.
            if (carried == 0 && hop.node == sender)
                path.notes.push_back(what + "; the node tells the sender (ICMP), or the pod's route is smaller");
            else {
                path.problems.push_back(what);
                hop.problems.push_back(what);
            }
        }
        largest = largest == 0 ? room : std::min(largest, room);
    }
};

const model::PmtuResult* measured(const Ends& ends, model::Plane plane) {
    for (const model::PmtuResult& r : ends.from.node->pmtu)
        if (r.peer == ends.to.node->name && r.plane == plane && text::isIpv6(r.address) == ends.from.ipv6())
            return &r;
    return nullptr;
}

} // namespace

void judgeBudget(Path& path, const std::string& sender) {
    Budget budget{path, sender};
    int before = 0;
    for (Hop& hop : path.hops) {
        // A tunnel takes the packet in before it wraps it, and what comes out of one is the inner packet.
        budget.fit(hop, hop.kind == HopKind::Tunnel ? std::min(before, hop.headerBytes) : hop.headerBytes);
        before = hop.headerBytes;
    }
    if (budget.largest > 0)
        path.innerMtu = budget.largest;
    else
        path.innerMtu = Absent{"no MTU on this path is known"};
}

void compareWithMeasured(Path& path, const Ends& ends) {
    if (ends.from.node == ends.to.node || ends.to.node == nullptr)
        return;
    const bool overlay = ends.from.pod != nullptr || ends.to.pod != nullptr;
    const model::PmtuResult* r = measured(ends, overlay ? model::Plane::Overlay : model::Plane::Underlay);
    if (r == nullptr) {
        path.notes.emplace_back("what really gets through was not measured between these nodes");
        return;
    }
    if (r->blackhole)
        path.problems.push_back("measured: packets above " + bytes(r->mtu) + " vanish on this way without a word");
    else if (r->mtu > 0)
        path.notes.push_back("measured: " + bytes(r->mtu) + " get through");
}

} // namespace netopsy::path
