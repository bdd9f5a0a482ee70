// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/node.h"

#include <string_view>

namespace netopsy::store {

/// As a case spells a node's state.
[[nodiscard]] const char* stateName(model::NodeState state);
/// A state that this program doesn't know reads as partial: what was measured still stands.
[[nodiscard]] model::NodeState stateFromName(std::string_view name);

} // namespace netopsy::store
