// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace netopsy::ui::diagram {

/// Where rows begin (the first at 0) so that each is at most `available` wide, unless one item alone is wider: few rows,
/// broken where `penalty(i)` (for a row that begins at i; about 0 to 1) is low, of even width, none with one item alone
/// if that can be helped. Of all ways to break the best is taken, not the first that fits: a row that ends at a node's
/// border reads better than a full one.
[[nodiscard]] std::vector<std::size_t> rowStarts(std::size_t count, double available,
                                                 const std::function<double(std::size_t, std::size_t)>& width,
                                                 const std::function<double(std::size_t)>& penalty);

} // namespace netopsy::ui::diagram
