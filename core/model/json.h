// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The inventory as JSON and back, for the case file. Reading is strict and bounded: a case may come from anywhere.
#pragma once

#include "core/base/result.h"
#include "core/model/case.h"

#include <nlohmann/json_fwd.hpp>

namespace netopsy::model {

[[nodiscard]] nlohmann::json toJson(const Inventory& inventory);
[[nodiscard]] Result<Inventory> inventoryFromJson(const nlohmann::json& json);
[[nodiscard]] nlohmann::json toJson(const CaseMeta& meta);
[[nodiscard]] Result<CaseMeta> metaFromJson(const nlohmann::json& json);

} // namespace netopsy::model
