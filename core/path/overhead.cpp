// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/path/overhead.h"

namespace netopsy::path {

std::vector<Header> encapsulationHeaders(std::string_view kind, bool ipv6) {
    const Header ip = ipv6 ? Header{"IPv6", 40} : Header{"IPv4", 20};
    if (kind == "vxlan")
        return {ip, {"UDP", 8}, {"VXLAN", 8}, {"Ethernet", 14}};
    if (kind == "geneve")
        return {ip, {"UDP", 8}, {"Geneve", 8}, {"Ethernet", 14}};
    if (kind == "ipip" || kind == "sit" || kind == "ip6tnl")
        return {kind == "ip6tnl" ? Header{"IPv6", 40} : ip};
    if (kind == "gre" || kind == "ip6gre")
        return {ip, {"GRE", 4}};
    if (kind == "gretap" || kind == "ip6gretap")
        return {ip, {"GRE", 4}, {"Ethernet", 14}};
    if (kind == "wireguard")
        return {ip, {"UDP", 8}, {"WireGuard", 32}};
    return {};
}

int encapsulationOverhead(std::string_view kind, bool ipv6) {
    int bytes = 0;
    for (const Header& header : encapsulationHeaders(kind, ipv6))
        bytes += header.bytes;
    return bytes;
}

} // namespace netopsy::path
