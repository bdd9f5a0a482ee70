// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/node.h"

#include <nlohmann/json_fwd.hpp>

namespace netopsy::show {

/// A node's entry "pods": what was measured from their places, and what is their network namespaces' own.
[[nodiscard]] nlohmann::json podsJson(const model::Node& node);

} // namespace netopsy::show
