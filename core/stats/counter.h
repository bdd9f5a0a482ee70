// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a kernel counter did over a run. All samples are looked at, not only the ends: a counter that was
// reset half way and then grew past its start would otherwise give a plausible, wrong figure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace netopsy::stats {

class Counter {
public:
    /// `bits`: 32 for what the kernel prints from an unsigned int (softnet_stat, the conntrack statistics,
    /// the times of diskstats), whose wrap is told from a reset by how small the step over the edge is.
    explicit Counter(int bits = 64) : m_bits(bits) {}

    void add(std::uint64_t value) {
        if (m_seen++ > 0) {
            if (value >= m_last)
                m_delta += value - m_last;
            else if (m_bits == 32 && value + (std::uint64_t{1} << 32) - m_last < largestStep)
                m_delta += value + (std::uint64_t{1} << 32) - m_last;
            else
                m_fallen += m_last - value;
        }
        m_last = value;
    }

    [[nodiscard]] bool moved() const { return m_seen > 1; }          ///< at least two samples
    [[nodiscard]] bool ranBackwards() const { return m_fallen > 0; } ///< other than by wrapping
    [[nodiscard]] std::uint64_t fallen() const { return m_fallen; }  ///< sum of all steps back
    [[nodiscard]] std::uint64_t delta() const { return m_delta; }    ///< sum of all steps forward

private:
    /// Of one sample to the next: ten million events a second for half a minute.
    static constexpr std::uint64_t largestStep = std::uint64_t{1} << 28;
    int m_bits;
    std::size_t m_seen = 0;
    std::uint64_t m_last = 0, m_delta = 0, m_fallen = 0;
};

} // namespace netopsy::stats
