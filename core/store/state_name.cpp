// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/state_name.h"

#include <array>
#include <utility>

namespace netopsy::store {

namespace {
constexpr std::array<std::pair<model::NodeState, const char*>, 5> names{
    {{model::NodeState::Pending, "pending"},
     {model::NodeState::Running, "running"},
     {model::NodeState::Complete, "complete"},
     {model::NodeState::Partial, "partial"},
     {model::NodeState::Unreachable, "unreachable"}}};
}

const char* stateName(model::NodeState state) {
    for (const auto& [known, name] : names)
        if (known == state)
            return name;
    return "partial";
}

model::NodeState stateFromName(std::string_view name) {
    for (const auto& [state, known] : names)
        if (name == known)
            return state;
    return model::NodeState::Partial;
}

} // namespace netopsy::store
