// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The raw bytes of one collector on one node at one time. Sections are the only thing a run brings home;
// all that Netopsy says is derived from them again whenever a case is opened.
#pragma once

#include <cstdint>
#include <string>

namespace netopsy::model {

/// Nanoseconds since the Unix epoch, UTC, by the clock of the machine that runs Netopsy.
using TimeNs = std::int64_t;

struct RawSection {
    std::string node;       ///< node name as in the inventory
    std::string collector;  ///< the collector's id ("sysctl", "softnet", "probe", …)
    std::uint32_t seq = 0;  ///< 0 for a one-shot section; 0, 1, 2 … for each sample
    TimeNs at = 0;          ///< when its last byte arrived
    int exitCode = 0;       ///< of the shell piece that made it
    bool truncated = false; ///< the size bound cut it
    std::string body;       ///< bytes as they came; not necessarily UTF-8
};

/// Points at the line of a section which a statement rests on.
struct SectionRef {
    std::string node;
    std::string collector;
    std::uint32_t seq = 0;
    int line = 0; ///< 1-based; 0 = the whole section

    /// "node2: softnet #3, line 4"
    [[nodiscard]] std::string text() const {
        std::string out = node + ": " + collector;
        if (seq != 0)
            out += " #" + std::to_string(seq);
        if (line != 0)
            out += ", line " + std::to_string(line);
        return out;
    }
    bool operator==(const SectionRef&) const = default;
};

} // namespace netopsy::model
