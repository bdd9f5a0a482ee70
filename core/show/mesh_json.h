// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/case.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace netopsy::show {

/// The case document's "mesh": the pairs that were probed, of one node where it is given. A plane that was not probed
/// is null; one whose every answer was lost has null times.
[[nodiscard]] nlohmann::json meshJson(const model::Case& subject, const std::optional<std::string>& onlyNode);

} // namespace netopsy::show
