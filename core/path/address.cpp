// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/path/address.h"

#include "core/base/ip_text.h"
#include "core/base/text.h"
#include "core/path/lookup.h"

#include <algorithm>

namespace netopsy::path {

namespace {

std::optional<Address> parseV4(std::string_view s) {
    const auto parts = text::split(s, '.');
    if (parts.size() != 4)
        return std::nullopt;
    Address out;
    for (std::size_t i = 0; i < 4; ++i) {
        const auto byte = text::toUint(parts[i]);
        if (!byte || *byte > 255 || parts[i].size() > 3)
            return std::nullopt;
        out.bytes[i] = static_cast<std::uint8_t>(*byte);
    }
    return out;
}

/// Appends the 16-bit groups of `s` ("" = none); false when malformed.
bool groups(std::string_view s, std::vector<std::uint16_t>& out) {
    if (s.empty())
        return true;
    for (const std::string_view part : text::split(s, ':')) {
        const auto value = part.size() > 4 ? std::nullopt : text::toUint(part, 16);
        if (!value)
            return false;
        out.push_back(static_cast<std::uint16_t>(*value));
    }
    return true;
}

std::optional<Address> parseV6(std::string_view s) {
    const auto gap = s.find("::");
    std::vector<std::uint16_t> head, tail;
    if (gap == std::string_view::npos) {
        if (!groups(s, head) || head.size() != 8)
            return std::nullopt;
    } else if (!groups(s.substr(0, gap), head) || !groups(s.substr(gap + 2), tail) ||
               head.size() + tail.size() > 7) {
        return std::nullopt;
    }
    Address out;
    out.v6 = true;
    const auto put = [&](std::size_t group, std::uint16_t value) {
        out.bytes[2 * group] = static_cast<std::uint8_t>(value >> 8);
        out.bytes[2 * group + 1] = static_cast<std::uint8_t>(value & 0xFF);
    };
    for (std::size_t i = 0; i < head.size(); ++i)
        put(i, head[i]);
    for (std::size_t i = 0; i < tail.size(); ++i)
        put(8 - tail.size() + i, tail[i]);
    return out;
}

} // namespace

std::optional<Address> parseAddress(std::string_view s) {
    return s.find(':') == std::string_view::npos ? parseV4(s) : parseV6(s);
}

bool Prefix::contains(const Address& a) const {
    if (a.v6 != address.v6)
        return false;
    for (int bit = 0; bit < bits; bit += 8) {
        const auto i = static_cast<std::size_t>(bit / 8);
        const int left = std::min(8, bits - bit);
        const auto mask = static_cast<std::uint8_t>(0xFF << (8 - left));
        if ((a.bytes[i] & mask) != (address.bytes[i] & mask))
            return false;
    }
    return true;
}

std::optional<Prefix> parsePrefix(std::string_view s) {
    const auto slash = s.find('/');
    const auto address = parseAddress(s.substr(0, slash));
    if (!address)
        return std::nullopt;
    const int all = address->v6 ? 128 : 32;
    if (slash == std::string_view::npos)
        return Prefix{*address, all};
    const auto bits = text::toUint(s.substr(slash + 1));
    if (!bits || *bits > static_cast<std::uint64_t>(all))
        return std::nullopt;
    return Prefix{*address, static_cast<int>(*bits)};
}

const model::Route* lookUp(const std::vector<model::Route>& routes, std::string_view to) {
    return lookUpIn(routes, to, "main");
}

const model::Link* findLink(const model::NodeFacts& facts, std::string_view name) {
    for (const model::Link& link : facts.links)
        if (link.name == name)
            return &link;
    return nullptr;
}

const model::Link* linkWithAddress(const model::NodeFacts& facts, std::string_view address) {
    for (const model::Link& link : facts.links)
        for (const model::LinkAddress& own : link.addresses)
            if (own.address == address)
                return &link;
    return nullptr;
}

const model::Link* underlay(const model::NodeFacts& facts, std::string_view address) {
    const model::Link* own = linkWithAddress(facts, address);
    if (own != nullptr && own->kind != "loopback")
        return own;
    const model::Route* best = nullptr;
    for (const model::Route& route : facts.routes)
        if (route.dst == "default" && (best == nullptr || route.metric < best->metric))
            best = &route;
    return best == nullptr ? nullptr : findLink(facts, best->dev);
}

const model::Link* underlayOf(const model::NodeFacts& facts, const model::Link& tunnel,
                              std::string_view nodeAddress) {
    if (tunnel.vxlan) {
        if (const model::Link* link = findLink(facts, tunnel.vxlan->device))
            return link;
        if (const model::Link* link = linkWithAddress(facts, tunnel.vxlan->local))
            return link;
    }
    return underlay(facts, nodeAddress);
}

std::string nodeAddress(const model::Case& subject, const model::Node& node) {
    if (subject.cluster)
        for (const model::ClusterNode& known : subject.cluster->nodes)
            if (known.name == node.name)
                for (const model::NodeAddress& address : known.addresses)
                    if (address.type == "InternalIP")
                        return address.address;
    return std::string(hostPart(node.address));
}

std::vector<std::string> nodeAddresses(const model::Case& subject, const model::Node& node) {
    std::vector<std::string> out{nodeAddress(subject, node)};
    const auto has = [&](bool v6) {
        return std::any_of(out.begin(), out.end(), [&](const std::string& a) { return text::isIpv6(a) == v6; });
    };
    if (subject.cluster)
        for (const model::ClusterNode& known : subject.cluster->nodes)
            if (known.name == node.name)
                for (const model::NodeAddress& address : known.addresses)
                    if (address.type == "InternalIP" && address.address != out.front())
                        out.push_back(address.address);
    for (const bool v6 : {false, true})
        if (!has(v6))
            if (const model::Link* link = underlay(node.facts, out.front()))
                for (const model::LinkAddress& own : link->addresses)
                    if (own.scope == "global" && !has(v6) && text::isIpv6(own.address) == v6)
                        out.push_back(own.address);
    return out;
}

std::string networkOf(const model::Link& link, std::string_view address) {
    for (const model::LinkAddress& own : link.addresses) {
        const auto parsed = own.address == address ? parseAddress(own.address) : std::nullopt;
        if (!parsed)
            continue;
        std::string out;
        for (int bit = 0; bit < own.prefix && bit < 128; bit += 8) {
            const int left = std::min(8, own.prefix - bit);
            const int byte = parsed->bytes[static_cast<std::size_t>(bit / 8)] & (0xFF << (8 - left)) & 0xFF;
            out += std::to_string(byte) + (parsed->v6 ? ":" : ".");
        }
        return out + "/" + std::to_string(own.prefix);
    }
    return {};
}

std::string_view hostPart(std::string_view s) {
    if (s.starts_with('[')) {
        const auto end = s.find(']');
        return end == std::string_view::npos ? s : s.substr(1, end - 1);
    }
    return std::count(s.begin(), s.end(), ':') == 1 ? s.substr(0, s.find(':')) : s;
}

} // namespace netopsy::path
