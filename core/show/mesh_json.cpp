// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/show/mesh_json.h"

#include "core/stats/mesh.h"

#include <nlohmann/json.hpp>

namespace netopsy::show {

namespace {

using nlohmann::json;

json ms(double ns) {
    return ns / 1e6;
}

json times(const std::optional<stats::Percentiles>& rtt) {
    if (!rtt)
        return {{"min_ms", nullptr}, {"p50_ms", nullptr}, {"p99_ms", nullptr}};
    return {{"min_ms", ms(static_cast<double>(rtt->min))},
            {"p50_ms", ms(static_cast<double>(rtt->p50))},
            {"p99_ms", ms(static_cast<double>(rtt->p99))}};
}

json planeJson(const stats::MeshPlane& plane) {
    if (!plane.probed())
        return nullptr;
    json out = times(plane.all);
    out["method"] = plane.method;
    out["sent"] = plane.sent;
    out["lost"] = plane.lost;
    out["duplicates"] = plane.duplicates;
    out["reordered"] = plane.reordered;
    out["tainted"] = plane.tainted;
    out["untainted"] = times(plane.clean);
    return out;
}

json differenceJson(const Reading<stats::MedianDifference>& difference) {
    if (!difference)
        return nullptr;
    return {{"median_ms", ms(difference->median)},
            {"low95_ms", ms(difference->low95)},
            {"high95_ms", ms(difference->high95)}};
}

} // namespace

json meshJson(const model::Case& subject, const std::optional<std::string>& onlyNode) {
    json pairs = json::array(), nodes = json::array();
    const stats::MeshFamilies families = stats::meshFamilies(subject);
    for (const bool ipv6 : {false, true}) {
        if (ipv6 ? !families.v6 : !families.v4 && families.v6)
            continue;
        const stats::Mesh mesh = stats::mesh(subject, stats::MeshIntervals::All, ipv6);
        nodes = mesh.nodes;
        for (const stats::MeshCell& cell : mesh.cells) {
            if (onlyNode && mesh.nodes[cell.from] != *onlyNode)
                continue;
            pairs.push_back(
                {{"from", mesh.nodes[cell.from]},
                 {"to", mesh.nodes[cell.to]},
                 {"family", ipv6 ? "ipv6" : "ipv4"},
                 {"underlay", planeJson(cell.underlay)},
                 {"overlay", planeJson(cell.overlay)},
                 {"difference", differenceJson(cell.difference)},
                 {"difference_note", cell.difference ? json(nullptr) : json(cell.difference.reason())}});
        }
    }
    return {{"nodes", std::move(nodes)}, {"pairs", std::move(pairs)}};
}

} // namespace netopsy::show
