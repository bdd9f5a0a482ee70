// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// IP addresses and prefixes as bytes, for route look-ups. The C library's inet_pton would pull socket headers
// into core, which knows none.
#pragma once

#include "core/model/case.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace netopsy::path {

struct Address {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{}; ///< IPv4 in the first four
    bool operator==(const Address&) const = default;
};

/// Dotted IPv4 or RFC 4291 IPv6 (with "::", without zone or embedded IPv4); strict.
[[nodiscard]] std::optional<Address> parseAddress(std::string_view text);

struct Prefix {
    Address address;
    int bits = 0;
    [[nodiscard]] bool contains(const Address& a) const;
};

/// "10.244.1.0/24", or an address alone as a host prefix.
[[nodiscard]] std::optional<Prefix> parsePrefix(std::string_view text);

/// The route to `to` of the main table; nullptr when none. Where policy rules matter, lookup.h's choose() asks them.
[[nodiscard]] const model::Route* lookUp(const std::vector<model::Route>& routes, std::string_view to);

/// The link with this name; nullptr when there is none.
[[nodiscard]] const model::Link* findLink(const model::NodeFacts& facts, std::string_view name);
/// The link that carries this address.
[[nodiscard]] const model::Link* linkWithAddress(const model::NodeFacts& facts, std::string_view address);

/// The interface that carries the node's own traffic: the one with `address`, else the default route's.
[[nodiscard]] const model::Link* underlay(const model::NodeFacts& facts, std::string_view address);
/// Of a tunnel: its `dev`, the link of its local address, else the node's underlay.
[[nodiscard]] const model::Link* underlayOf(const model::NodeFacts& facts, const model::Link& tunnel,
                                            std::string_view nodeAddress);

/// The node's address inside the cluster: its InternalIP by the API, else where it was reached.
[[nodiscard]] std::string nodeAddress(const model::Case& subject, const model::Node& node);
/// All of them, of both families, that one first: its InternalIPs, and of a family that the API names none of, the
/// first global one of its underlay interface.
[[nodiscard]] std::vector<std::string> nodeAddresses(const model::Case& subject, const model::Node& node);
/// The network that `address` of this link lies in, as a key to compare; empty when it isn't the link's.
[[nodiscard]] std::string networkOf(const model::Link& link, std::string_view address);

/// "[2001:db8::1]:22", "10.0.0.1:22" or an address alone -> the address.
[[nodiscard]] std::string_view hostPart(std::string_view hostAndPort);

} // namespace netopsy::path
