// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/mesh.h"

#include "core/base/ip_text.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <unordered_map>

namespace netopsy::stats {

namespace {

constexpr std::size_t enough = 5; // as medianDifference() asks for

/// Round trips of one direction of a pair on one plane, on their way to figures.
struct Gathered {
    MeshPlane figures;
    std::vector<std::int64_t> all, clean;

    void add(const model::RttSeries& series) {
        if (series.samples.empty())
            return;
        if (figures.method.empty())
            figures.method = series.method;
        else if (figures.method.find(series.method) == std::string::npos)
            figures.method += ", " + series.method;
        for (const model::RttSample& sample : series.samples) {
            ++figures.sent;
            figures.duplicates += static_cast<std::uint32_t>(std::max(sample.duplicates, 0));
            figures.reordered += sample.reordered ? 1 : 0;
            figures.tainted += sample.taint != 0 ? 1 : 0;
            if (sample.rttNs < 0) {
                ++figures.lost;
                continue;
            }
            all.push_back(sample.rttNs);
            if (sample.taint == 0)
                clean.push_back(sample.rttNs);
        }
    }
    void finish() {
        figures.all = percentiles(all);
        figures.clean = clean.size() == all.size() ? figures.all : percentiles(clean);
    }
};

struct Pair {
    Gathered underlay, overlay;

    void add(const model::RttSeries& series) {
        (series.plane == model::Plane::Underlay ? underlay : overlay).add(series);
    }
    [[nodiscard]] bool empty() const { return underlay.figures.sent + overlay.figures.sent == 0; }
};

/// Why the planes can't be compared; empty when they can.
std::string incomparable(const Pair& pair) {
    for (const auto& [side, name] : {std::pair{&pair.underlay, "underlay"}, std::pair{&pair.overlay, "overlay"}}) {
        if (!side->figures.probed())
            return std::string("the ") + name + " was not probed";
        if (side->figures.lostAll())
            return std::string("no answer came on the ") + name;
    }
    if (pair.underlay.figures.method != pair.overlay.figures.method)
        return "the planes were measured by different methods: " + pair.underlay.figures.method + " and " +
               pair.overlay.figures.method;
    for (const auto& [side, name] : {std::pair{&pair.underlay, "underlay"}, std::pair{&pair.overlay, "overlay"}})
        if (side->clean.size() < enough)
            return std::string("fewer than five undisturbed answers on the ") + name;
    return {};
}

Reading<MedianDifference> difference(const Pair& pair, MeshIntervals intervals) {
    if (std::string why = incomparable(pair); !why.empty())
        return Absent{std::move(why)};
    if (intervals == MeshIntervals::None) {
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        const auto a = percentile(pair.underlay.clean, 0.5), b = percentile(pair.overlay.clean, 0.5);
        return MedianDifference{static_cast<double>(*b - *a), none, none};
    }
    return *medianDifference(pair.underlay.clean, pair.overlay.clean);
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// A run of digits counts as one number; locales have no say.
bool naturalLess(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty()) {
        if (!isDigit(a.front()) || !isDigit(b.front())) {
            if (a.front() != b.front())
                return a.front() < b.front();
            a.remove_prefix(1);
            b.remove_prefix(1);
            continue;
        }
        const auto number = [](std::string_view& from) {
            from.remove_prefix(std::min(from.find_first_not_of('0'), from.size()));
            std::size_t end = 0;
            while (end < from.size() && isDigit(from[end]))
                ++end;
            const std::string_view out = from.substr(0, end);
            from.remove_prefix(end);
            return out;
        };
        const std::string_view x = number(a), y = number(b);
        if (x != y)
            return x.size() != y.size() ? x.size() < y.size() : x < y;
    }
    return a.size() < b.size();
}

} // namespace

std::optional<std::uint32_t> Mesh::indexOf(std::string_view node) const {
    const auto found = std::find(nodes.begin(), nodes.end(), node);
    if (found == nodes.end())
        return std::nullopt;
    return static_cast<std::uint32_t>(found - nodes.begin());
}

std::span<const MeshCell> Mesh::row(std::uint32_t from) const {
    const auto first = std::partition_point(cells.begin(), cells.end(),
                                            [from](const MeshCell& cell) { return cell.from < from; });
    const auto last =
        std::partition_point(first, cells.end(), [from](const MeshCell& cell) { return cell.from == from; });
    return {first, last};
}

const MeshCell* Mesh::at(std::uint32_t from, std::uint32_t to) const {
    const auto inRow = row(from);
    const auto found =
        std::partition_point(inRow.begin(), inRow.end(), [to](const MeshCell& cell) { return cell.to < to; });
    return found != inRow.end() && found->to == to ? &*found : nullptr;
}

MeshFamilies meshFamilies(const model::Case& subject) {
    MeshFamilies out;
    for (const model::Node& node : subject.nodes)
        for (const model::RttSeries& series : node.rtt)
            if (!series.samples.empty())
                (text::isIpv6(series.address) ? out.v6 : out.v4) = true;
    return out;
}

Mesh mesh(const model::Case& subject, MeshIntervals intervals, std::optional<bool> ipv6) {
    Mesh out;
    const MeshFamilies families = meshFamilies(subject);
    out.ipv6 = ipv6.value_or(families.v6 && !families.v4);
    std::unordered_map<std::string_view, std::uint32_t> indexes; // of strings that the case owns
    const auto indexOf = [&](const std::string& name) {
        const auto [at, isNew] = indexes.try_emplace(name, static_cast<std::uint32_t>(out.nodes.size()));
        if (isNew)
            out.nodes.push_back(name);
        return at->second;
    };
    for (const model::Node& node : subject.nodes)
        indexOf(node.name);
    for (const model::Node& node : subject.nodes) {
        const std::uint32_t from = indexOf(node.name);
        std::map<std::uint32_t, Pair> row;
        for (const model::RttSeries& series : node.rtt)
            if (const std::uint32_t to = indexOf(series.peer); text::isIpv6(series.address) == out.ipv6)
                row[to].add(series);
        for (auto& [to, pair] : row) {
            if (pair.empty())
                continue;
            pair.underlay.finish();
            pair.overlay.finish();
            auto tax = difference(pair, intervals);
            out.cells.push_back(
                {from, to, std::move(pair.underlay.figures), std::move(pair.overlay.figures), std::move(tax)});
        }
    }
    return out;
}

std::vector<std::uint32_t> inOrder(const Mesh& mesh) {
    std::vector<std::uint32_t> out(mesh.nodes.size());
    std::iota(out.begin(), out.end(), 0u);
    std::stable_sort(out.begin(), out.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return naturalLess(mesh.nodes[a], mesh.nodes[b]); });
    return out;
}

} // namespace netopsy::stats
