// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diagram/row_breaks.h"

#include <algorithm>
#include <limits>

namespace netopsy::ui::diagram {

std::vector<std::size_t> rowStarts(std::size_t count, double available,
                                   const std::function<double(std::size_t, std::size_t)>& width,
                                   const std::function<double(std::size_t)>& penalty) {
    constexpr double ofRow = 2,
                     ofLone = 1; // a row of one item is mostly empty, and tears it from both its neighbours
    std::vector<double> cost(count + 1, std::numeric_limits<double>::infinity()); // of the items before
    std::vector<std::size_t> begin(count + 1, 0);
    cost[0] = 0;
    for (std::size_t end = 1; end <= count; ++end)
        for (std::size_t first = end; first-- > 0;) {
            const double wide = width(first, end);
            if (wide > available && first + 1 < end)
                break;
            const double empty = available > 0 ? std::max(0.0, 1 - wide / available) : 0;
            const double all = cost[first] + ofRow + empty * empty + (first > 0 ? penalty(first) : 0) +
                               (first + 1 == end && count > 1 ? ofLone : 0);
            if (all < cost[end]) {
                cost[end] = all;
                begin[end] = first;
            }
        }
    std::vector<std::size_t> out;
    for (std::size_t end = count; end > 0; end = begin[end])
        out.push_back(begin[end]);
    std::reverse(out.begin(), out.end());
    return out;
}

} // namespace netopsy::ui::diagram
