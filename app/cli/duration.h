// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

namespace netopsy::app {

/// A Go duration ("500ms", "30s", "1h30m", "1.5s") in seconds; nullopt when it is none, negative or over a year.
/// As in Go, a number without a unit is no duration, but "0" is.
[[nodiscard]] std::optional<double> parseDuration(std::string_view text);

} // namespace netopsy::app
