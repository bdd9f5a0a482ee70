// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who measured whom, as a matrix: from node, to node, plane. A large cluster probes k peers a node, so only the pairs
// that were probed are kept, row by row: a thousand nodes of ten peers cost some megabytes where a full matrix would
// cost half a gigabyte.
#pragma once

#include "core/model/case.h"
#include "core/stats/summary.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::stats {

/// One direction of a pair on one plane and by one family; from all samples.
struct MeshPlane {
    std::uint32_t sent = 0; ///< 0: not probed
    std::uint32_t lost = 0, duplicates = 0, reordered = 0;
    std::uint32_t tainted = 0;        ///< samples, lost ones included, whose time may hold more than the network's
    std::optional<Percentiles> all;   ///< of every answer; nullopt: none came
    std::optional<Percentiles> clean; ///< of those without taint
    std::string method;               ///< "icmp-raw"; several are joined by ", "

    [[nodiscard]] bool probed() const { return sent > 0; }
    [[nodiscard]] bool lostAll() const { return sent > 0 && lost == sent; }
    [[nodiscard]] double lossPct() const { return sent == 0 ? 0 : 100.0 * lost / sent; } ///< mind probed()
};

struct MeshCell {
    std::uint32_t from = 0, to = 0; ///< indexes of Mesh::nodes
    MeshPlane underlay, overlay;
    /// Overlay minus underlay, of answers without taint, with its 95 % interval; absent with the reason where a plane was
    /// not probed, the planes were measured by different methods, or fewer than five undisturbed answers came.
    Reading<MedianDifference> difference;

    [[nodiscard]] const MeshPlane& plane(model::Plane which) const {
        return which == model::Plane::Underlay ? underlay : overlay;
    }
};

struct Mesh {
    bool ipv6 = false;              ///< the family that it is of
    std::vector<std::string> nodes; ///< the case's, in its order; then peers that it has no node for
    std::vector<MeshCell> cells;    ///< by from, then by to; only pairs that were probed

    [[nodiscard]] std::optional<std::uint32_t> indexOf(std::string_view node) const;
    [[nodiscard]] std::span<const MeshCell> row(std::uint32_t from) const;
    /// nullptr: not probed.
    [[nodiscard]] const MeshCell* at(std::uint32_t from, std::uint32_t to) const;
};

/// By which families round trips were measured: a dual-stack cluster's go by tunnels and routes of their own, so they are
/// never taken together.
struct MeshFamilies {
    bool v4 = false, v6 = false;
    [[nodiscard]] bool both() const { return v4 && v6; }
};
[[nodiscard]] MeshFamilies meshFamilies(const model::Case& subject);

/// Without `intervals` a cell's difference is its median alone, both ends of the interval being NaN: the resampling
/// is most of the cost, and a view that redraws every second does without.
enum class MeshIntervals { None, All };
/// `ipv6` absent: IPv4 where any was measured by it.
[[nodiscard]] Mesh mesh(const model::Case& subject, MeshIntervals intervals = MeshIntervals::All,
                        std::optional<bool> ipv6 = std::nullopt);

/// Indexes of the nodes with their names sorted as people do: node2 before node10.
[[nodiscard]] std::vector<std::uint32_t> inOrder(const Mesh& mesh);

} // namespace netopsy::stats
