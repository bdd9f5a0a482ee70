// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading a small YAML document strictly: an unknown field, a field that comes twice, a wrong kind of value are
// errors with file and line. For the rule book and the tuning profiles.
#pragma once

#include "core/base/result.h"
#include "core/base/text.h"

#include <yaml-cpp/yaml.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::analysis {

/// Thrown by the functions below and caught by `strictly`, nowhere else: the walk is a tree of small functions,
/// and the first fault ends it.
struct Fault {
    std::string what;
    int line;
};

[[nodiscard]] inline int lineOf(const YAML::Node& node) {
    return node.Mark().line + 1;
}

[[nodiscard]] inline std::string scalar(const YAML::Node& node, const std::string& field) {
    if (!node.IsScalar())
        throw Fault{"\"" + field + "\" must be one text", lineOf(node)};
    return std::string(text::trim(node.Scalar()));
}

[[nodiscard]] inline std::vector<std::string> list(const YAML::Node& node, const std::string& field) {
    if (!node.IsSequence())
        throw Fault{"\"" + field + "\" must be a list", lineOf(node)};
    std::vector<std::string> out;
    for (const YAML::Node& item : node)
        out.push_back(scalar(item, field));
    return out;
}

/// Calls `field(name, value)` for each pair of a map.
template<class Field>
void eachField(const YAML::Node& node, const std::string& what, Field field) {
    if (!node.IsMap())
        throw Fault{"\"" + what + "\" must be a map", lineOf(node)};
    std::set<std::string> seen;
    for (const auto& pair : node) {
        const std::string name = scalar(pair.first, what);
        if (!seen.insert(name).second)
            throw Fault{"\"" + name + "\" comes twice", lineOf(pair.first)};
        field(name, pair.second);
    }
}

/// Parses and walks; whatever goes wrong becomes an Error that names `file` and the line.
template<class T, class Walk>
[[nodiscard]] Result<T> strictly(std::string_view yaml, const std::string& file, Walk walk) {
    const auto at = [&](int line) { return file + ":" + std::to_string(line); };
    try {
        return walk(YAML::Load(std::string(yaml)));
    } catch (const Fault& fault) {
        return fail(fault.what, at(fault.line));
    } catch (const YAML::Exception& error) {
        return fail("not valid YAML: " + error.msg, at(error.mark.line + 1));
    }
}

} // namespace netopsy::analysis
