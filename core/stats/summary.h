// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Percentiles come from all samples, by nearest rank, never from averages or from other percentiles.
#pragma once

#include "core/base/reading.h"
#include "core/model/probe.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace netopsy::stats {

/// Of the samples that have a value; all in nanoseconds.
struct Percentiles {
    std::size_t count = 0;
    std::int64_t min = 0, p50 = 0, p90 = 0, p99 = 0, max = 0;
    bool operator==(const Percentiles&) const = default;
};

/// Nearest-rank percentile of unsorted values; nullopt when there are none. `q` in 0..1.
[[nodiscard]] std::optional<std::int64_t> percentile(std::span<const std::int64_t> values, double q);
[[nodiscard]] std::optional<Percentiles> percentiles(std::span<const std::int64_t> values);

struct DnsStats {
    std::size_t sent = 0, answered = 0, timeouts = 0, failed = 0;
    std::optional<Percentiles> rtt; ///< of the answered ones
};
[[nodiscard]] DnsStats dnsStats(const model::DnsSeries& series);
/// Several series taken together (e.g. all internal names of a node over UDP), again from all samples.
[[nodiscard]] DnsStats dnsStats(std::span<const model::DnsSeries* const> series);

struct RttStats {
    std::size_t sent = 0, lost = 0;
    std::optional<Percentiles> rtt;
};
[[nodiscard]] RttStats rttStats(const model::RttSeries& series);

/// Median and its bootstrap interval, in nanoseconds, for the difference of two sets' medians (b - a).
struct MedianDifference {
    double median = 0, low95 = 0, high95 = 0;
};
/// nullopt when either side has fewer than 5 samples. Deterministic: the resampling is seeded by `seed`.
[[nodiscard]] std::optional<MedianDifference>
medianDifference(std::span<const std::int64_t> a, std::span<const std::int64_t> b, std::uint64_t seed = 1);

} // namespace netopsy::stats
