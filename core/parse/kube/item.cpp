// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/kube/item.h"

#include <nlohmann/json.hpp>

#include <limits>

namespace netopsy::parse::kube {

using nlohmann::json;

const json* Item::at(std::string_view path) const {
    const json* value = &m_object;
    for (;;) {
        const auto dot = path.find('.');
        if (!value->is_object())
            return value->is_null() ? nullptr : value; // the caller finds it is of the wrong type
        const auto found = value->find(path.substr(0, dot));
        if (found == value->end() || found->is_null())
            return nullptr;
        value = &*found;
        if (dot == std::string_view::npos)
            return value;
        path.remove_prefix(dot + 1);
    }
}

void Item::mistyped(std::string_view path, const char* wanted) {
    reject("has a field " + std::string(path) + " that is no " + wanted);
}

std::string Item::text(std::string_view path) {
    const json* value = at(path);
    if (!value)
        return {};
    if (!value->is_string()) {
        mistyped(path, "text");
        return {};
    }
    return value->get<std::string>();
}

std::string Item::required(std::string_view path) {
    std::string value = text(path);
    if (value.empty())
        reject("has no " + std::string(path));
    return value;
}

bool Item::flag(std::string_view path) {
    const json* value = at(path);
    if (value && !value->is_boolean())
        mistyped(path, "truth value");
    return value && value->is_boolean() && value->get<bool>();
}

int Item::integer(std::string_view path) {
    const json* value = at(path);
    if (!value)
        return 0;
    if (value->is_number_integer()) {
        const auto number = value->is_number_unsigned()
                                ? static_cast<std::int64_t>(std::min<std::uint64_t>(
                                      value->get<std::uint64_t>(), std::numeric_limits<std::int64_t>::max()))
                                : value->get<std::int64_t>();
        if (number >= std::numeric_limits<int>::min() && number <= std::numeric_limits<int>::max())
            return static_cast<int>(number);
    }
    mistyped(path, "integer");
    return 0;
}

std::string Item::textOrInteger(std::string_view path) {
    const json* value = at(path);
    return value && value->is_number_integer() ? std::to_string(integer(path)) : text(path);
}

std::vector<std::string> Item::texts(std::string_view path) {
    std::vector<std::string> out;
    const json* value = at(path);
    if (!value)
        return out;
    if (!value->is_array()) {
        mistyped(path, "list");
        return out;
    }
    for (const json& element : *value) {
        if (!element.is_string()) {
            mistyped(path, "list of texts");
            return {};
        }
        out.push_back(element.get<std::string>());
    }
    return out;
}

std::map<std::string, std::string> Item::map(std::string_view path) {
    std::map<std::string, std::string> out;
    const json* value = at(path);
    if (!value)
        return out;
    if (!value->is_object()) {
        mistyped(path, "map");
        return out;
    }
    for (const auto& [key, element] : value->items()) {
        if (!element.is_string()) {
            mistyped(path, "map of texts");
            return {};
        }
        out.emplace(key, element.get<std::string>());
    }
    return out;
}

std::vector<const json*> Item::objects(std::string_view path) {
    std::vector<const json*> out;
    const json* value = at(path);
    if (!value)
        return out;
    if (!value->is_array()) {
        mistyped(path, "list");
        return out;
    }
    for (const json& element : *value) {
        if (!element.is_object()) {
            mistyped(path, "list of objects");
            return {};
        }
        out.push_back(&element);
    }
    return out;
}

} // namespace netopsy::parse::kube
