// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files under resources/ that are compiled into the program, so that it finds them wherever it is installed.
#pragma once

#include <string_view>
#include <vector>

namespace netopsy {

/// The file's bytes by its path below resources/ ("rules/dns.yaml"); empty when there is none.
[[nodiscard]] std::string_view resource(std::string_view name);
[[nodiscard]] std::vector<std::string_view> resourceNames();

} // namespace netopsy
