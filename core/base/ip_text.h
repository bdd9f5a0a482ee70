// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace netopsy::text {

/// Of an address or prefix that is known to be one: IPv6 is what has a colon. path::parseAddress() judges the rest.
[[nodiscard]] constexpr bool isIpv6(std::string_view address) {
    return address.find(':') != std::string_view::npos;
}

} // namespace netopsy::text
