// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/locate.h"

#include <optional>

namespace netopsy::analysis {

namespace {

/// How exactly `where` names the hop; nullopt: it names another.
std::optional<int> match(const path::Path& path, std::size_t index, const Location& where) {
    const path::Hop& hop = path.hops[index];
    int points = 0;
    const auto field = [&points](const std::string& asked, bool same, int worth) {
        points += asked.empty() ? 0 : worth;
        return asked.empty() || same;
    };
    const bool wire = hop.kind == path::HopKind::Wire;
    if (!field(where.to, where.to == path.hops.back().netns, 1) ||
        !field(where.from, where.from == path.hops.front().node, 1) ||
        !field(where.family, where.family == (path.ipv6 ? "ipv6" : "ipv4"), 1) ||
        !field(where.netns, where.netns == hop.netns, 4))
        return std::nullopt;
    bool onPath = false, peerOnPath = false;
    for (const path::Hop& other : path.hops) {
        onPath = onPath || other.node == where.node;
        peerOnPath = peerOnPath || other.node == where.peer;
    }
    if (!field(where.part, where.part == path::kindName(hop.kind), 2) ||
        !field(where.device, where.device == hop.device, 4) ||
        !field(where.node, wire ? onPath : where.node == hop.node, 1) || !field(where.peer, peerOnPath, 1))
        return std::nullopt;
    if (where.part.empty() && where.device.empty() && where.netns.empty())
        return std::nullopt; // a node as a whole is no hop
    return points;
}

} // namespace

std::vector<std::vector<std::size_t>> locate(const path::Path& path, std::span<const Finding> findings) {
    std::vector<std::vector<std::size_t>> out(path.hops.size());
    for (std::size_t f = 0; f < findings.size(); ++f) {
        std::optional<std::size_t> best;
        int most = -1;
        for (const Location& where : findings[f].where)
            for (std::size_t i = 0; i < path.hops.size(); ++i)
                if (const auto points = match(path, i, where); points && *points > most) {
                    most = *points;
                    best = i;
                }
        if (best)
            out[*best].push_back(f);
    }
    return out;
}

} // namespace netopsy::analysis
