// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Percentiles come from all samples, by nearest rank, never from averages or from other percentiles.
#pragma once

#include "core/base/reading.h"
#include "core/model/probe.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

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
    std::optional<Percentiles> rtt;    ///< of the answered ones
    std::size_t truncated = 0;         ///< answers over UDP that were cut off
    std::map<int, std::size_t> rcodes; ///< RFC 1035 code -> answers that had it
    std::size_t tainted = 0;           ///< samples, whatever came of them, that were disturbed (model::taint)
    std::optional<Percentiles> clean;  ///< of the answered ones without taint
};
[[nodiscard]] DnsStats dnsStats(const model::DnsSeries& series);
/// Several series taken together (e.g. all internal names of a node over UDP), again from all samples.
[[nodiscard]] DnsStats dnsStats(std::span<const model::DnsSeries* const> series);

/// "NXDOMAIN", "SERVFAIL" …; "RCODE 11" for one that has no name.
[[nodiscard]] std::string rcodeName(int rcode);

/// A and AAAA that were sent at once from one socket. Only one half lost is the mark of conntrack's insert race, and of
/// resolvers or firewalls that can't bear two questions from one port.
struct PairStats {
    std::size_t sent = 0; ///< pairs of which both halves are known
    std::size_t onlyALost = 0, onlyAaaaLost = 0, bothLost = 0;
    [[nodiscard]] std::size_t halfLost() const { return onlyALost + onlyAaaaLost; }
};
/// The series of one place; pairs are numbered by place.
[[nodiscard]] PairStats pairStats(std::span<const model::DnsSeries* const> series);

struct RttStats {
    std::size_t sent = 0, lost = 0;
    std::optional<Percentiles> rtt;
    std::size_t duplicates = 0, reordered = 0;
    std::size_t tainted = 0; ///< samples, lost ones included
    std::optional<Percentiles> clean;
};
[[nodiscard]] RttStats rttStats(const model::RttSeries& series);
/// Times of the answers during which the probing node was not disturbed, ns, in their order.
[[nodiscard]] std::vector<std::int64_t> undisturbed(const model::RttSeries& series);

/// Median and its bootstrap interval, in nanoseconds, for the difference of two sets' medians (b - a).
struct MedianDifference {
    double median = 0, low95 = 0, high95 = 0;
};
/// nullopt when either side has fewer than 5 samples. Deterministic: the resampling is seeded by `seed`.
[[nodiscard]] std::optional<MedianDifference>
medianDifference(std::span<const std::int64_t> a, std::span<const std::int64_t> b, std::uint64_t seed = 1);

} // namespace netopsy::stats
