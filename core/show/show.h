// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What was measured, as `netopsy show` prints it: the `netopsy.case/1` document and its words for people.
#pragma once

#include "core/model/case.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace netopsy::show {

[[nodiscard]] nlohmann::json caseJson(const model::Case& subject, const std::optional<std::string>& onlyNode = {});
[[nodiscard]] std::string caseText(const model::Case& subject, const std::optional<std::string>& onlyNode = {});

} // namespace netopsy::show
