// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diagram/packet.h"

#include <algorithm>

namespace netopsy::ui::diagram {

std::size_t hopCount(const path::Path& path) {
    return path.hops.size() + path.back.size();
}

const path::Hop& hopAt(const path::Path& path, std::size_t index) {
    return index < path.hops.size() ? path.hops[index] : path.back[index - path.hops.size()];
}

int bytesOf(const std::vector<path::Header>& headers) {
    int bytes = 0;
    for (const path::Header& header : headers)
        bytes += header.bytes;
    return bytes;
}

std::vector<std::vector<path::Header>> headersAlong(const std::vector<path::Hop>& hops) {
    std::vector<std::vector<path::Header>> out;
    std::vector<path::Header> carried;
    for (const path::Hop& hop : hops) {
        // What is taken off is the outermost; a hop may name fewer headers than were added unseen.
        carried.erase(carried.begin(), carried.begin() + static_cast<std::ptrdiff_t>(
                                                             std::min(carried.size(), hop.decapsulates.size())));
        carried.insert(carried.begin(), hop.encapsulates.begin(), hop.encapsulates.end());
        out.push_back(carried);
    }
    return out;
}

std::vector<std::optional<MtuUse>> mtuAlong(const std::vector<path::Hop>& hops) {
    std::vector<std::optional<MtuUse>> out(hops.size());
    int before = 0, largest = 0; // headers before this hop; the largest packet so far, 0: not known yet
    for (std::size_t i = 0; i < hops.size(); ++i) {
        const path::Hop& hop = hops[i];
        // A tunnel takes the packet in before it wraps it, and its MTU is that of the packet it takes in.
        const int carried =
            hop.kind == path::HopKind::Tunnel ? std::min(before, hop.headerBytes) : hop.headerBytes;
        before = hop.headerBytes;
        if (!hop.mtu || *hop.mtu <= 0)
            continue;
        const int room = hop.mtuLeft ? *hop.mtuLeft : *hop.mtu - carried;
        out[i] = MtuUse{*hop.mtu, *hop.mtu - room, largest > 0 ? largest : std::max(0, room)};
        largest = std::max(0, largest > 0 ? std::min(largest, room) : room);
    }
    return out;
}

} // namespace netopsy::ui::diagram
