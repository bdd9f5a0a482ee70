// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an encapsulation costs of the underlay's MTU. The figures: calico mtu.mdx, Linux drivers/net/geneve.c
// and drivers/net/wireguard/device.c.
#pragma once

#include "core/path/path.h"

#include <string_view>
#include <vector>

namespace netopsy::path {

/// Headers that a tunnel of this link kind puts before an inner packet, outermost first; empty for a kind
/// that is no tunnel or whose cost isn't known. `ipv6`: of the outer header. Geneve is counted without
/// options, which add to it; WireGuard's 32 B are its 16 B header and 16 B tag (padding comes out of the
/// inner MTU).
[[nodiscard]] std::vector<Header> encapsulationHeaders(std::string_view kind, bool ipv6);

/// Their sum: what is left of the outer MTU is the largest inner IP packet. 0 when unknown.
[[nodiscard]] int encapsulationOverhead(std::string_view kind, bool ipv6);

} // namespace netopsy::path
