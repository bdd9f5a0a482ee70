// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The small documents of the API: /version, /apis, and the Status that comes with a refusal.
#pragma once

#include "core/base/result.h"

#include <set>
#include <string>
#include <string_view>

namespace netopsy::parse::kube {

/// metav1.Status, as far as it is there; empty fields otherwise. Never fails: a proxy answers with HTML.
struct Status {
    std::string message, reason;
    int retryAfterSeconds = 0;
};
[[nodiscard]] Status parseStatus(std::string_view bytes);

/// gitVersion: "v1.29.3".
[[nodiscard]] Result<std::string> parseVersion(std::string_view bytes);

/// "crd.projectcalico.org/v1", every group and version that is served.
[[nodiscard]] Result<std::set<std::string>> parseApiGroups(std::string_view bytes);

} // namespace netopsy::parse::kube
