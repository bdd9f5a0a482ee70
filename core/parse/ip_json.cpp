// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// iproute2's `ip -j` and `bridge -j`. Their documents are arrays of flat objects; what is missing keeps its default,
// what has another type than documented is passed over.
#include "core/base/text.h"
#include "core/parse/sections.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <tuple>

namespace netopsy::parse {

namespace {

using nlohmann::json;

constexpr std::size_t maxRows = 100'000;

std::string textOf(const json& object, const char* key) {
    const auto field = object.find(key);
    return field != object.end() && field->is_string() ? text::printable(field->get_ref<const std::string&>())
                                                       : std::string{};
}

int intOf(const json& object, const char* key) {
    const auto field = object.find(key);
    if (field == object.end() || !field->is_number_integer())
        return 0;
    const auto value = field->get<std::int64_t>();
    return value >= 0 && value <= INT32_MAX ? static_cast<int>(value) : 0;
}

bool flag(const json& object, const char* key, bool fallback) {
    const auto field = object.find(key);
    return field != object.end() && field->is_boolean() ? field->get<bool>() : fallback;
}

bool hasFlag(const json& object, std::string_view name) {
    const auto flags = object.find("flags");
    return flags != object.end() && flags->is_array() &&
           std::any_of(flags->begin(), flags->end(),
                       [&](const json& f) { return f.is_string() && f.get_ref<const std::string&>() == name; });
}

/// The objects of the array that `section` holds; a note and nothing where it holds none.
json rows(model::Node& node, const model::RawSection& section, const char* command) {
    const std::string_view body = text::trim(section.body);
    if (body.empty()) {
        // No rows is an answer, too; no program is not.
        if (section.exitCode != 0)
            note(node, section.collector + ": `" + command + "` failed with status " +
                           std::to_string(section.exitCode) + " (is iproute2 there, and does its ip know -j?)");
        return json::array();
    }
    json parsed = json::parse(body, nullptr, false);
    if (!parsed.is_array() || parsed.size() > maxRows) {
        note(node, section.collector + ": `" + command + "` printed what is no JSON array of bounded size");
        return json::array();
    }
    parsed.erase(std::remove_if(parsed.begin(), parsed.end(), [](const json& row) { return !row.is_object(); }),
                 parsed.end());
    return parsed;
}

std::string kindOf(const json& row, const json& info) {
    if (std::string kind = info.is_object() ? textOf(info, "info_kind") : std::string{}; !kind.empty())
        return kind;
    const std::string type = textOf(row, "link_type");
    if (type == "loopback")
        return "loopback";
    return type == "ether" ? "physical" : type;
}

model::Link linkOf(const json& row) {
    model::Link link;
    link.index = intOf(row, "ifindex");
    link.name = textOf(row, "ifname");
    link.state = textOf(row, "operstate");
    link.mac = textOf(row, "address");
    link.master = textOf(row, "master");
    link.mtu = intOf(row, "mtu");
    link.peerIndex = intOf(row, "link_index");
    if (row.contains("link_netnsid"))
        link.peerNetnsId = intOf(row, "link_netnsid");
    const json info = row.value("linkinfo", json::object());
    link.kind = kindOf(row, info);
    if (link.kind == "vxlan" && info.contains("info_data") && info["info_data"].is_object()) {
        const json& data = info["info_data"];
        model::VxlanInfo vxlan;
        vxlan.id = intOf(data, "id");
        vxlan.dstPort = intOf(data, "port");
        vxlan.local = textOf(data, "local");
        if (vxlan.local.empty())
            vxlan.local = textOf(data, "local6");
        vxlan.device = textOf(data, "link");
        vxlan.learning = flag(data, "learning", true);
        link.vxlan = vxlan;
    }
    const json addresses = row.value("addr_info", json::array());
    if (addresses.is_array())
        for (const json& address : addresses)
            if (address.is_object() && !textOf(address, "local").empty())
                link.addresses.push_back(
                    {textOf(address, "local"), intOf(address, "prefixlen"), textOf(address, "scope")});
    return link;
}

void routes(model::Node& node, const model::RawSection& section, bool ipv6) {
    std::erase_if(node.facts.routes, [&](const model::Route& route) { return route.ipv6 == ipv6; });
    std::vector<model::Route> told;
    for (const json& row :
         rows(node, section, ipv6 ? "ip -6 -j route show table all" : "ip -4 -j route show table all")) {
        model::Route route;
        route.dst = textOf(row, "dst");
        route.via = textOf(row, "gateway");
        route.dev = textOf(row, "dev");
        route.src = textOf(row, "prefsrc");
        route.table = textOf(row, "table");
        if (route.table.empty())
            route.table = "main";
        route.proto = textOf(row, "protocol");
        route.scope = textOf(row, "scope");
        route.metric = intOf(row, "metric");
        route.onlink = hasFlag(row, "onlink");
        if (const auto metrics = row.find("metrics"); metrics != row.end() && metrics->is_array())
            for (const json& metric : *metrics)
                if (metric.is_object() && intOf(metric, "mtu") > 0)
                    route.mtu = intOf(metric, "mtu");
        // Without -4, "table all" tells of both families (iproute2 6.1).
        if (!ipv6 && (route.dst + route.via + route.src).find(':') != std::string::npos)
            continue;
        route.ipv6 = ipv6;
        if (!route.dst.empty())
            told.push_back(std::move(route));
    }
    // IPv4 first, whichever section comes first.
    auto& all = node.facts.routes;
    all.insert(ipv6 ? all.end() : all.begin(), std::move_iterator(told.begin()), std::move_iterator(told.end()));
}

std::string prefixOf(const json& row, const char* address, const char* length) {
    const std::string base = textOf(row, address);
    if (base.empty() || base == "all" || row.find(length) == row.end())
        return base;
    return base + "/" + std::to_string(intOf(row, length));
}

void rules(model::Node& node, const model::RawSection& section, bool ipv6) {
    auto& all = node.facts.rules;
    std::erase_if(all, [&](const model::RouteRule& r) { return r.ipv6 == ipv6; });
    for (const json& row : rows(node, section, ipv6 ? "ip -6 -j rule show" : "ip -4 -j rule show")) {
        model::RouteRule rule;
        rule.priority = intOf(row, "priority");
        rule.from = prefixOf(row, "src", "srclen");
        rule.to = prefixOf(row, "dst", "dstlen");
        rule.table = textOf(row, "table");
        rule.fwmark = textOf(row, "fwmark");
        if (const std::string mask = textOf(row, "fwmask"); !mask.empty())
            rule.fwmark += "/" + mask;
        rule.iif = textOf(row, "iif");
        rule.oif = textOf(row, "oif");
        rule.ipv6 = ipv6;
        rule.invert = row.contains("not");
        // What a look-up can't follow is told, not guessed at: a rule that only drops, or takes no short routes.
        if (rule.table.empty() || row.contains("suppress_prefixlen")) {
            note(node, section.collector + ": the rule of priority " + std::to_string(rule.priority) +
                           " is left out of look-ups: " +
                           (rule.table.empty() ? "its action is " + textOf(row, "action")
                                               : "it passes over short prefixes of table " + rule.table));
            continue;
        }
        all.push_back(std::move(rule));
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::tie(a.priority, a.ipv6) < std::tie(b.priority, b.ipv6);
    });
}

/// Facts that sysfs and ethtool alone know survive when `ip` speaks after them.
void keepSysfsFacts(model::Link& link, const model::Link& old) {
    link.driver = old.driver;
    link.speedMbps = old.speedMbps;
    link.rxQueues = old.rxQueues;
    link.txQueues = old.txQueues;
    link.rps = old.rps;
    link.offloads = old.offloads;
}

} // namespace

void sectionLinks(model::Node& node, const model::RawSection& section) {
    const json parsed = rows(node, section, "ip -d -j addr show");
    if (parsed.empty())
        return;
    const std::vector<model::Link> before = std::move(node.facts.links);
    node.facts.links.clear();
    for (const json& row : parsed) {
        model::Link link = linkOf(row);
        if (link.name.empty())
            continue;
        for (const model::Link& old : before)
            if (old.name == link.name)
                keepSysfsFacts(link, old);
        node.facts.links.push_back(std::move(link));
    }
    // The link below a VXLAN device is given by its index where it stands in another place than a name would.
    for (model::Link& link : node.facts.links)
        if (link.vxlan && link.vxlan->device.empty())
            for (const model::Link& below : node.facts.links)
                for (const model::LinkAddress& address : below.addresses)
                    if (!link.vxlan->local.empty() && address.address == link.vxlan->local)
                        link.vxlan->device = below.name;
}

void sectionRoutes4(model::Node& node, const model::RawSection& section) {
    routes(node, section, false);
}

void sectionRoutes6(model::Node& node, const model::RawSection& section) {
    routes(node, section, true);
}

void sectionRules4(model::Node& node, const model::RawSection& section) {
    rules(node, section, false);
}

void sectionRules6(model::Node& node, const model::RawSection& section) {
    rules(node, section, true);
}

void sectionNeighbours(model::Node& node, const model::RawSection& section) {
    node.facts.neighbours.clear();
    for (const json& row : rows(node, section, "ip -j neigh show")) {
        std::string state;
        if (const auto states = row.find("state"); states != row.end() && states->is_array())
            for (const json& each : *states)
                if (each.is_string())
                    state += (state.empty() ? "" : ",") + text::printable(each.get_ref<const std::string&>());
        node.facts.neighbours.push_back({textOf(row, "dst"), textOf(row, "dev"), textOf(row, "lladdr"), state});
    }
}

void sectionFdb(model::Node& node, const model::RawSection& section) {
    node.facts.fdb.clear();
    for (const json& row : rows(node, section, "bridge -j fdb show"))
        node.facts.fdb.push_back({textOf(row, "mac"), textOf(row, "ifname"), textOf(row, "dst"),
                                  textOf(row, "master"), textOf(row, "state")});
}

} // namespace netopsy::parse
