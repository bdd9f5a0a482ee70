// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What was measured from one place, a node or a pod of it, as JSON: times in milliseconds, null where nothing was
// measured.
#pragma once

#include "core/model/probe.h"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace netopsy::show {

[[nodiscard]] nlohmann::json dnsJson(const std::vector<model::DnsSeries>& all);
[[nodiscard]] nlohmann::json lookupsJson(const std::vector<model::LookupSeries>& all);
[[nodiscard]] nlohmann::json rttJson(const std::vector<model::RttSeries>& all);
/// Pairs of A and AAAA of all series: how many were sent, and of how many one half or both stayed without an answer.
[[nodiscard]] nlohmann::json pairsJson(const std::vector<model::DnsSeries>& all);

} // namespace netopsy::show
