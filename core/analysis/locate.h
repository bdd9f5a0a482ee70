// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/finding.h"
#include "core/path/path.h"

#include <cstddef>
#include <span>
#include <vector>

namespace netopsy::analysis {

/// Of each of `path.hops`, the findings (as indexes) that sit on it, in their order. A finding that matches several
/// hops sits on the first of the most exact match; one about a wire sits there only when both ends match.
[[nodiscard]] std::vector<std::vector<std::size_t>> locate(const path::Path& path,
                                                           std::span<const Finding> findings);

} // namespace netopsy::analysis
