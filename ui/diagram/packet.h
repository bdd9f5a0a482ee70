// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the packet looks like along a path, and how it fills each hop's MTU. Pure: no painter, no words.
#pragma once

#include "core/path/path.h"

#include <optional>
#include <vector>

namespace netopsy::ui::diagram {

/// A hop's number over the whole picture: those of `hops`, then those of `back`.
[[nodiscard]] std::size_t hopCount(const path::Path& path);
[[nodiscard]] const path::Hop& hopAt(const path::Path& path, std::size_t index);

/// Headers before the inner packet, outermost first, as it leaves each of these hops.
[[nodiscard]] std::vector<std::vector<path::Header>> headersAlong(const std::vector<path::Hop>& hops);
[[nodiscard]] int bytesOf(const std::vector<path::Header>& headers);

/// How one packet fills a hop's MTU. The packet is the largest that the hops before let through.
struct MtuUse {
    int mtu = 0;     ///< bytes, over 0
    int headers = 0; ///< bytes of outer headers on the packet here
    int packet = 0;  ///< bytes of the inner packet
    [[nodiscard]] int left() const { return mtu - headers - packet; } ///< negative: it does not fit
};
/// nullopt where a hop's MTU isn't known.
[[nodiscard]] std::vector<std::optional<MtuUse>> mtuAlong(const std::vector<path::Hop>& hops);

} // namespace netopsy::ui::diagram
