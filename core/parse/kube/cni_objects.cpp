// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/kube/item.h"
#include "core/parse/kube/objects.h"

#include <nlohmann/json.hpp>

namespace netopsy::parse::kube {

namespace {

using nlohmann::json;

constexpr std::size_t maxFields = 256; ///< an Installation of the operator has some thirty
constexpr std::size_t longestField = 1024;

/// Depth is bounded by the reader of the page (64).
void flatten(const json& value, const std::string& path, std::map<std::string, std::string>& out) {
    if (out.size() >= maxFields)
        return;
    if (value.is_object()) {
        for (const auto& [key, child] : value.items())
            flatten(child, path + "." + key, out);
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            flatten(value[i], path + "." + std::to_string(i), out);
    } else if (value.is_string()) {
        if (value.get_ref<const std::string&>().size() <= longestField)
            out.emplace(path, value.get<std::string>());
    } else if (!value.is_null()) {
        out.emplace(path, value.dump());
    }
}

} // namespace

Result<Page> parseCniObjects(std::string_view bytes, std::string_view kind, std::vector<model::CniObject>& out) {
    static const Keep keep{"metadata.name", "metadata.namespace", "spec", "status.variant",
                           "status.calicoVersion"};
    return parseList(bytes, keep, [&](const json& object) {
        Item item(object);
        model::CniObject entry;
        entry.kind = kind;
        entry.name = item.required("metadata.name");
        if (const std::string ns = item.text("metadata.namespace"); !ns.empty())
            entry.fields.emplace("metadata.namespace", ns);
        for (const char* part : {"spec", "status"})
            if (const auto found = object.find(part); found != object.end())
                flatten(*found, part, entry.fields);
        if (item.problem().empty())
            out.push_back(std::move(entry));
        return item.problem();
    });
}

} // namespace netopsy::parse::kube
