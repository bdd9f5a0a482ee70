// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/summary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <unordered_map>
#include <vector>

namespace netopsy::stats {

namespace {

/// Index of the nearest-rank percentile: the smallest rank that covers a share `q` of the values.
std::size_t rankIndex(std::size_t count, double q) {
    // The slack takes back what 0.07 * 100 gains in binary; a real fraction of a rank is never that small.
    const double rank = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count) - 1e-9);
    return rank < 1 ? 0 : std::min(count, static_cast<std::size_t>(rank)) - 1;
}

std::optional<Percentiles> ofSorted(const std::vector<std::int64_t>& sorted) {
    if (sorted.empty())
        return std::nullopt;
    const auto at = [&](double q) { return sorted[rankIndex(sorted.size(), q)]; };
    return Percentiles{sorted.size(), sorted.front(), at(0.5), at(0.9), at(0.99), sorted.back()};
}

std::vector<std::int64_t> sortedCopy(std::span<const std::int64_t> values) {
    std::vector<std::int64_t> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

/// SplitMix64 and the few variates the bootstrap needs. The standard library's distributions differ from one
/// implementation to the next; a case must give the same interval everywhere.
class Random {
public:
    explicit Random(std::uint64_t seed) : m_state(seed) {}

    /// In (0, 1), never an end.
    double uniform() {
        m_state += 0x9E3779B97F4A7C15u;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        z ^= z >> 31;
        return (static_cast<double>(z >> 11) + 0.5) * 0x1.0p-53;
    }
    /// Beta(a, b) for a, b >= 1.
    double beta(double a, double b) {
        const double x = gamma(a);
        return x / (x + gamma(b));
    }

private:
    double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform()); }
    /// Marsaglia and Tsang (2000), shape >= 1.
    double gamma(double shape) {
        const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
        for (;;) {
            const double x = normal(), root = 1 + c * x;
            if (root <= 0)
                continue;
            const double v = root * root * root;
            if (std::log(uniform()) < 0.5 * x * x + d - d * v + d * std::log(v))
                return d * v;
        }
    }
    std::uint64_t m_state;
};

/// The median of one bootstrap resample of `sorted`, exactly, at constant cost: drawing n of n with
/// replacement and taking the k-th smallest is taking the element under the k-th smallest of n uniform
/// variates, which is Beta(k, n + 1 - k). Drawing the resample itself would cost a second per pair of series.
double resampledMedian(const std::vector<std::int64_t>& sorted, Random& random) {
    const std::size_t n = sorted.size(), k = rankIndex(n, 0.5) + 1;
    const double u = random.beta(static_cast<double>(k), static_cast<double>(n + 1 - k));
    return static_cast<double>(sorted[std::min(n - 1, static_cast<std::size_t>(u * static_cast<double>(n)))]);
}

} // namespace

std::optional<std::int64_t> percentile(std::span<const std::int64_t> values, double q) {
    if (values.empty())
        return std::nullopt;
    std::vector<std::int64_t> copy(values.begin(), values.end());
    const auto nth = copy.begin() + static_cast<std::ptrdiff_t>(rankIndex(copy.size(), q));
    std::nth_element(copy.begin(), nth, copy.end());
    return *nth;
}

std::optional<Percentiles> percentiles(std::span<const std::int64_t> values) {
    return ofSorted(sortedCopy(values));
}

DnsStats dnsStats(const model::DnsSeries& series) {
    const model::DnsSeries* const one[] = {&series};
    return dnsStats(one);
}

DnsStats dnsStats(std::span<const model::DnsSeries* const> series) {
    DnsStats stats;
    std::vector<std::int64_t> answered, clean;
    for (const model::DnsSeries* s : series) {
        stats.sent += s->samples.size();
        for (const model::DnsSample& sample : s->samples) {
            stats.tainted += sample.taint != 0 ? 1 : 0;
            stats.truncated += sample.truncated ? 1 : 0;
            if (sample.rcode >= 0)
                ++stats.rcodes[sample.rcode];
            switch (sample.outcome) {
            case model::DnsOutcome::Answered:
                ++stats.answered;
                if (sample.rttNs >= 0) {
                    answered.push_back(sample.rttNs);
                    if (sample.taint == 0)
                        clean.push_back(sample.rttNs);
                }
                break;
            case model::DnsOutcome::Timeout:
                ++stats.timeouts;
                break;
            case model::DnsOutcome::Failed:
                ++stats.failed;
                break;
            }
        }
    }
    std::sort(answered.begin(), answered.end());
    std::sort(clean.begin(), clean.end());
    stats.rtt = ofSorted(answered);
    stats.clean = ofSorted(clean);
    return stats;
}

std::string rcodeName(int rcode) {
    static constexpr std::array<const char*, 11> names{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                                       "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                                       "NXRRSET", "NOTAUTH", "NOTZONE"};
    if (rcode >= 0 && static_cast<std::size_t>(rcode) < names.size())
        return names[static_cast<std::size_t>(rcode)];
    return "RCODE " + std::to_string(rcode);
}

PairStats pairStats(std::span<const model::DnsSeries* const> series) {
    struct Halves {
        int known = 0;
        bool aLost = false, aaaaLost = false;
    };
    std::unordered_map<std::int32_t, Halves> pairs;
    for (const model::DnsSeries* s : series)
        for (const model::DnsSample& sample : s->samples) {
            if (sample.pair < 0)
                continue;
            Halves& halves = pairs[sample.pair];
            ++halves.known;
            if (sample.outcome == model::DnsOutcome::Timeout)
                (s->type == model::DnsType::A ? halves.aLost : halves.aaaaLost) = true;
        }
    PairStats stats;
    for (const auto& [number, halves] : pairs) {
        if (halves.known != 2)
            continue; // the run ended between them
        ++stats.sent;
        stats.bothLost += halves.aLost && halves.aaaaLost ? 1 : 0;
        stats.onlyALost += halves.aLost && !halves.aaaaLost ? 1 : 0;
        stats.onlyAaaaLost += !halves.aLost && halves.aaaaLost ? 1 : 0;
    }
    return stats;
}

std::vector<std::int64_t> undisturbed(const model::RttSeries& series) {
    std::vector<std::int64_t> out;
    for (const model::RttSample& sample : series.samples)
        if (sample.rttNs >= 0 && sample.taint == 0)
            out.push_back(sample.rttNs);
    return out;
}

RttStats rttStats(const model::RttSeries& series) {
    RttStats stats;
    stats.sent = series.samples.size();
    std::vector<std::int64_t> times, clean;
    times.reserve(stats.sent);
    for (const model::RttSample& sample : series.samples) {
        stats.duplicates += static_cast<std::size_t>(sample.duplicates);
        stats.reordered += sample.reordered ? 1 : 0;
        stats.tainted += sample.taint != 0 ? 1 : 0;
        if (sample.rttNs >= 0)
            times.push_back(sample.rttNs);
        if (sample.rttNs >= 0 && sample.taint == 0)
            clean.push_back(sample.rttNs);
    }
    stats.lost = stats.sent - times.size();
    std::sort(times.begin(), times.end());
    std::sort(clean.begin(), clean.end());
    stats.rtt = ofSorted(times);
    stats.clean = ofSorted(clean);
    return stats;
}

std::optional<MedianDifference> medianDifference(std::span<const std::int64_t> a, std::span<const std::int64_t> b,
                                                 std::uint64_t seed) {
    constexpr std::size_t enough = 5, resamples = 2000;
    if (a.size() < enough || b.size() < enough)
        return std::nullopt;
    const auto sortedA = sortedCopy(a), sortedB = sortedCopy(b);
    Random random(seed);
    std::vector<double> differences(resamples);
    for (double& difference : differences)
        difference = resampledMedian(sortedB, random) - resampledMedian(sortedA, random);
    std::sort(differences.begin(), differences.end());
    return MedianDifference{
        static_cast<double>(sortedB[rankIndex(sortedB.size(), 0.5)] - sortedA[rankIndex(sortedA.size(), 0.5)]),
        differences[rankIndex(resamples, 0.025)], differences[rankIndex(resamples, 0.975)]};
}

} // namespace netopsy::stats
