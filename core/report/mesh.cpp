// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/mesh.h"

#include "core/base/text.h"
#include "core/report/chapters.h"

#include <algorithm>

namespace netopsy::report {

namespace {

constexpr std::size_t drawnNodes = 40; ///< beyond it a cell would be smaller than a letter
constexpr std::size_t listed = 10, listedAlone = 25;

std::string time(const std::optional<stats::Percentiles>& rtt, std::int64_t stats::Percentiles::*which) {
    return rtt ? text::duration(static_cast<double>((*rtt).*which)) : "–";
}

std::string figures(const stats::MeshPlane& plane) {
    if (!plane.probed())
        return "not probed";
    if (plane.lostAll())
        return "all " + text::integer(plane.sent) + " lost";
    return time(plane.all, &stats::Percentiles::p50) + ", p99 " + time(plane.all, &stats::Percentiles::p99);
}

std::string lost(const stats::MeshCell& cell) {
    const std::uint32_t sum = cell.underlay.lost + cell.overlay.lost;
    return sum == 0 ? "none" : text::integer(sum) + " of " + text::integer(cell.underlay.sent + cell.overlay.sent);
}

std::string adds(const stats::MeshCell& cell) {
    if (!cell.difference)
        return "–";
    const auto word = [](double ns) {
        return (ns < 0 ? std::string("−") : std::string("+")) + text::duration(ns < 0 ? -ns : ns);
    };
    const stats::MedianDifference& d = *cell.difference;
    return word(d.median) + " (" + word(d.low95) + " to " + word(d.high95) + ")";
}

double worstLoss(const stats::MeshCell& cell) {
    return std::max(cell.underlay.lossPct(), cell.overlay.lossPct());
}

std::int64_t slowest(const stats::MeshCell& cell) {
    std::int64_t out = 0;
    for (const stats::MeshPlane* plane : {&cell.underlay, &cell.overlay})
        if (plane->all)
            out = std::max(out, plane->all->p50);
    return out;
}

/// `family`: "", or "By IPv4, " where both were measured.
void addFamily(Document& out, stats::Mesh mesh, const std::string& family) {
    std::size_t silent = 0, lossy = 0;
    std::vector<const stats::MeshCell*> worst;
    for (const stats::MeshCell& cell : mesh.cells) {
        silent += cell.underlay.lostAll() || cell.overlay.lostAll() ? 1 : 0;
        lossy += worstLoss(cell) > 0 ? 1 : 0;
        worst.push_back(&cell);
    }
    const std::size_t n = mesh.nodes.size(), all = n * (n - 1);
    std::string words = family + text::integer(mesh.cells.size()) + " of " + text::integer(all) +
                        " pairs were probed, each direction counted; ";
    words += lossy == 0 ? "no probe was lost."
                        : text::integer(lossy) + " lost probes, of which " + text::integer(silent) +
                              " got no answer at all on a plane.";
    if (mesh.cells.size() < all)
        words += " A pair that was not probed says nothing.";
    out.blocks.emplace_back(Paragraph{std::move(words)});
    std::stable_sort(worst.begin(), worst.end(), [](const stats::MeshCell* a, const stats::MeshCell* b) {
        return worstLoss(*a) != worstLoss(*b) ? worstLoss(*a) > worstLoss(*b) : slowest(*a) > slowest(*b);
    });
    const bool drawn = n <= drawnNodes;
    worst.resize(std::min(worst.size(), drawn ? listed : listedAlone));
    Table table{{"From", "To", "Underlay, median", "Overlay, median", "Overlay adds (95 %)", "Lost"}, {}, {}};
    for (const stats::MeshCell* cell : worst)
        table.rows.push_back({text::printable(mesh.nodes[cell->from]), text::printable(mesh.nodes[cell->to]),
                              figures(cell->underlay), figures(cell->overlay), adds(*cell), lost(*cell)});
    const std::string title = worst.size() < mesh.cells.size()
                                  ? "The " + std::to_string(worst.size()) + " worst pairs, by loss, then by median"
                                  : "All pairs, by loss, then by median";
    if (drawn)
        out.blocks.emplace_back(MeshMaps{std::move(mesh)});
    out.blocks.emplace_back(Paragraph{title + ":"});
    out.blocks.emplace_back(std::move(table));
}

} // namespace

void addMesh(Document& out, const model::Case& subject) {
    if (subject.nodes.size() < 2)
        return;      // one node has nobody to measure
    Heading heading; // named: GCC 12 warns of an overflow in the braces' temporary, wrongly
    heading.text = "Round trips between nodes";
    out.blocks.emplace_back(std::move(heading));
    const stats::MeshFamilies families = stats::meshFamilies(subject);
    if (!families.v4 && !families.v6)
        out.blocks.emplace_back(
            Paragraph{"None was measured: the run had no active probes, or none could start."});
    for (const bool ipv6 : {false, true})
        if (ipv6 ? families.v6 : families.v4)
            addFamily(out, stats::mesh(subject, stats::MeshIntervals::All, ipv6),
                      !families.both() ? ""
                      : ipv6           ? "By IPv6, "
                                       : "By IPv4, ");
}

} // namespace netopsy::report
