// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A path together with what was found on it, as `netopsy path` prints it. core/path knows nothing of findings.
#pragma once

#include "core/analysis/finding.h"
#include "core/path/path.h"

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string>

namespace netopsy::analysis {

/// path::pathJson with `findings` at each hop: rule, severity and title of those that sit there.
[[nodiscard]] nlohmann::json pathJson(const path::Path& path, std::span<const Finding> findings);
/// path::pathText, then the findings, each with the hop that it sits on.
[[nodiscard]] std::string pathText(const path::Path& path, std::span<const Finding> findings);

} // namespace netopsy::analysis
