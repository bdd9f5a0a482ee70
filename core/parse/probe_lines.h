// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Within core/parse: the lines of netopsy-probe's output (probe_output.h) that every measuring place has, whether it is
// the node itself or a pod of it, and what the readers of lines share.
#pragma once

#include "core/model/node.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::parse::probe {

/// A line cut at single blanks; the first names what it is.
using Fields = std::vector<std::string_view>;

inline constexpr std::int64_t maxOffsetNs = 7'200'000'000'000, maxRttNs = 60'000'000'000;

/// Where the lines of one measuring place go.
struct PlaceSink {
    std::vector<model::DnsSeries>& dns;
    std::vector<model::LookupSeries>& lookups;
    std::vector<model::RttSeries>& rtt;
    std::vector<model::PmtuResult>& pmtu;
    std::vector<model::TaintedSpan>& tainted;
};
[[nodiscard]] PlaceSink sinkOf(model::Node& node);
[[nodiscard]] PlaceSink sinkOf(model::PodPlace& place);

/// S, D, L, R, U, P, T, d, r. False: it is none of these, or is not as it should be; then nothing was changed.
/// `node` counts the samples of all its places, whose bound they share.
[[nodiscard]] bool readPlaceLine(model::Node& node, PlaceSink sink, const Fields& fields);

/// A line `@K REST` without its prefix: one of the above for the place K, or one that only places have (probe_places.cpp).
[[nodiscard]] bool readPodLine(model::Node& node, std::size_t place, const Fields& fields);

/// A text field: %XX undone, a lone % for none, made printable.
[[nodiscard]] std::string decoded(std::string_view field);
[[nodiscard]] std::optional<std::int64_t> within(std::string_view field, std::int64_t least, std::int64_t most);
/// At most 40 notes come from the probe, and none twice.
void note(model::Node& node, std::string text);

} // namespace netopsy::parse::probe
