// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/kube/status.h"

#include "core/base/text.h"
#include "core/parse/kube/item.h"
#include "core/parse/kube/list.h"

#include <nlohmann/json.hpp>

namespace netopsy::parse::kube {

namespace {

/// What a server says is shown to people: bounded, and without control characters.
std::string shown(std::string_view s) {
    constexpr std::size_t longest = 400;
    return text::printable(s.substr(0, longest)) + (s.size() > longest ? "…" : "");
}

} // namespace

Status parseStatus(std::string_view bytes) {
    Status status;
    static const Keep keep{"kind", "message", "reason", "details.retryAfterSeconds"};
    const auto parsed = parseObject(bytes, keep, [&](const nlohmann::json& object) {
        Item item(object);
        if (item.text("kind") != "Status")
            return std::string("is no Status");
        status.message = shown(item.text("message"));
        status.reason = shown(item.text("reason"));
        status.retryAfterSeconds = item.integer("details.retryAfterSeconds");
        return item.problem();
    });
    return parsed ? status : Status{};
}

Result<std::string> parseVersion(std::string_view bytes) {
    std::string version;
    static const Keep keep{"gitVersion"};
    const auto parsed = parseObject(bytes, keep, [&](const nlohmann::json& object) {
        Item item(object);
        version = shown(item.required("gitVersion"));
        return item.problem();
    });
    if (!parsed)
        return tl::unexpected(parsed.error());
    return version;
}

Result<std::set<std::string>> parseApiGroups(std::string_view bytes) {
    std::set<std::string> out;
    static const Keep keep{"groups.versions.groupVersion"};
    const auto parsed = parseObject(bytes, keep, [&](const nlohmann::json& object) {
        Item item(object);
        for (const nlohmann::json* group : item.objects("groups")) {
            Item entry(*group);
            for (const nlohmann::json* version : entry.objects("versions"))
                out.insert(Item(*version).text("groupVersion"));
            if (!entry.problem().empty())
                return entry.problem();
        }
        return item.problem();
    });
    if (!parsed)
        return tl::unexpected(parsed.error());
    return out;
}

} // namespace netopsy::parse::kube
