// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/path/lookup.h"

#include "core/base/ip_text.h"
#include "core/base/text.h"
#include "core/path/address.h"

namespace netopsy::path {

namespace {

/// Names that /etc/iproute2/rt_tables gives to numbers everywhere.
std::string_view tableName(std::string_view table) {
    if (table.empty() || table == "254")
        return "main";
    if (table == "255")
        return "local";
    return table == "253" ? "default" : table;
}

struct Mark {
    std::uint64_t value = 0, mask = 0;
};

std::optional<Mark> parseMark(std::string_view s) {
    const auto number = [](std::string_view digits) {
        return digits.starts_with("0x") ? text::toUint(digits.substr(2), 16) : text::toUint(digits);
    };
    const auto slash = s.find('/');
    const auto value = number(s.substr(0, slash));
    const auto mask =
        slash == std::string_view::npos ? std::optional<std::uint64_t>(0xFFFFFFFF) : number(s.substr(slash + 1));
    if (!value || !mask)
        return std::nullopt;
    return Mark{*value, *mask};
}

bool within(std::string_view cidr, const std::string& address) {
    if (cidr.empty() || cidr == "all")
        return true;
    const auto prefix = parsePrefix(cidr);
    const auto parsed = parseAddress(address);
    return prefix && parsed && prefix->contains(*parsed);
}

bool matches(const model::RouteRule& rule, const Flow& flow) {
    bool same = within(rule.from, flow.from) && within(rule.to, flow.to);
    if (!rule.fwmark.empty()) {
        const auto asked = parseMark(rule.fwmark);
        const auto has = flow.mark.empty() ? std::optional(Mark{}) : parseMark(flow.mark);
        same = same && asked && has && (has->value & asked->mask) == (asked->value & asked->mask);
    }
    same = same && (rule.iif.empty() || rule.iif == flow.iif);
    same = same && rule.oif.empty(); // for sockets bound to a device
    return same != rule.invert;
}

} // namespace

const model::Route* lookUpIn(const std::vector<model::Route>& routes, std::string_view to,
                             std::string_view table) {
    const auto address = parseAddress(to);
    if (!address)
        return nullptr;
    const model::Route* best = nullptr;
    int bestBits = -1;
    for (const model::Route& route : routes) {
        if (tableName(route.table) != tableName(table))
            continue;
        int bits = 0;
        if (route.dst == "default") {
            const bool v6 = route.ipv6 || text::isIpv6(route.via);
            // A default route of neither mark nor gateway may be of either family.
            if ((v6 || !route.via.empty()) && v6 != address->v6)
                continue;
        } else {
            const auto prefix = parsePrefix(route.dst);
            if (!prefix || !prefix->contains(*address))
                continue;
            bits = prefix->bits;
        }
        if (bits > bestBits || (bits == bestBits && route.metric < best->metric)) {
            best = &route;
            bestBits = bits;
        }
    }
    return best;
}

Choice choose(const model::NodeFacts& facts, const Flow& flow) {
    const auto to = parseAddress(flow.to);
    bool any = false;
    if (to)
        for (const model::RouteRule& rule : facts.rules) {
            if (rule.ipv6 != to->v6)
                continue;
            any = true;
            if (!matches(rule, flow))
                continue;
            if (const model::Route* route = lookUpIn(facts.routes, flow.to, rule.table))
                return {route, &rule};
        }
    if (any)
        return {};
    Choice out{lookUpIn(facts.routes, flow.to, "main"), nullptr, nullptr};
    for (const model::Route& route : facts.routes) {
        const std::string_view table = tableName(route.table);
        if (out.other == nullptr && table != "main" && table != "local" && table != "default")
            out.other = lookUpIn(facts.routes, flow.to, table);
    }
    return out;
}

} // namespace netopsy::path
