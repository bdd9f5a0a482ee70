// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/node.h"

#include <nlohmann/json_fwd.hpp>

namespace netopsy::show {

/// One entry of the case document's "nodes".
[[nodiscard]] nlohmann::json nodeJson(const model::Node& node);

} // namespace netopsy::show
