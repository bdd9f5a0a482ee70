// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/duration.h"

#include "core/base/text.h"

#include <array>
#include <utility>

namespace netopsy::app {

std::optional<double> parseDuration(std::string_view source) {
    // Longer units first, so that "ms" is not read as "m". Of micro there are two signs in Unicode; Go takes both.
    constexpr std::array<std::pair<std::string_view, double>, 8> units{{{"ns", 1e-9},
                                                                        {"us", 1e-6},
                                                                        {"\u00b5s", 1e-6},
                                                                        {"\u03bcs", 1e-6},
                                                                        {"ms", 1e-3},
                                                                        {"s", 1},
                                                                        {"m", 60},
                                                                        {"h", 3600}}};
    constexpr double longest = 366.0 * 24 * 3600;
    if (source == "0")
        return 0.0;
    if (source.empty())
        return std::nullopt;
    double total = 0;
    while (!source.empty()) {
        const std::size_t digits = source.find_first_not_of("0123456789.");
        if (digits == 0 || digits == std::string_view::npos)
            return std::nullopt;
        const auto value = text::toDouble(source.substr(0, digits));
        if (!value)
            return std::nullopt;
        source.remove_prefix(digits);
        bool known = false;
        for (const auto& [name, seconds] : units) {
            if (!source.starts_with(name))
                continue;
            total += *value * seconds;
            source.remove_prefix(name.size());
            known = true;
            break;
        }
        if (!known || total > longest)
            return std::nullopt;
    }
    return total;
}

} // namespace netopsy::app
