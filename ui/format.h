// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The edge where core's UTF-8 becomes QString, and where numbers get their units.
#pragma once

#include "core/base/reading.h"
#include "core/stats/summary.h"

#include <QString>

#include <optional>
#include <string>

namespace netopsy::ui {

/// What a node or server sent, as plain text.
[[nodiscard]] QString shown(const std::string& text);
[[nodiscard]] QString duration(double ns); ///< "24.1 ms"
[[nodiscard]] QString durationOf(const std::optional<stats::Percentiles>& rtt,
                                 std::int64_t stats::Percentiles::*which); ///< "–" without samples
[[nodiscard]] QString percent(double value);

} // namespace netopsy::ui
