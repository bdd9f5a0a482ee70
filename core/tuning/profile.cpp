// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keys and values end in files and shell scripts on nodes, so the alphabet that they may use is small.
#include "core/analysis/strict_yaml.h"
#include "core/tuning/tuning.h"
#include "resources/resources.h"

#include <algorithm>

namespace netopsy::tuning {

namespace {

using analysis::Fault;
using analysis::lineOf;
using analysis::scalar;

bool madeOf(const std::string& s, std::string_view more) {
    return !s.empty() && s.size() <= 200 && std::all_of(s.begin(), s.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
    });
}

bool flag(const YAML::Node& node, const std::string& field) {
    const std::string value = scalar(node, field);
    if (value != "true" && value != "false")
        throw Fault{"\"" + field + "\" must be true or false", lineOf(node)};
    return value == "true";
}

ProfileEntry entryOf(const YAML::Node& node) {
    ProfileEntry entry;
    analysis::eachField(node, "entry", [&](const std::string& field, const YAML::Node& value) {
        if (field == "key")
            entry.key = scalar(value, field);
        else if (field == "value")
            entry.value = text::foldBlanks(scalar(value, field));
        else if (field == "floor")
            entry.floor = flag(value, field);
        else if (field == "group")
            entry.group = scalar(value, field);
        else if (field == "reason")
            entry.reason = text::foldBlanks(scalar(value, field));
        else if (field == "risk")
            entry.risk = text::foldBlanks(scalar(value, field));
        else
            throw Fault{"an entry has no field \"" + field + "\"", lineOf(value)};
    });
    if (!madeOf(entry.key, "._-") || entry.key.find('.') == std::string::npos || entry.key.front() == '.' ||
        entry.key.find("..") != std::string::npos)
        throw Fault{"\"" + entry.key + "\" is no sysctl key (like net.core.somaxconn)", lineOf(node)};
    if (!madeOf(entry.value, " ._-"))
        throw Fault{"the value of " + entry.key + " must be numbers or lower-case words", lineOf(node)};
    if (entry.floor && !std::all_of(entry.value.begin(), entry.value.end(),
                                    [](char c) { return c == ' ' || (c >= '0' && c <= '9'); }))
        throw Fault{entry.key + " is a floor, so its value must be a number", lineOf(node)};
    return entry;
}

} // namespace

Result<Profile> Profile::parse(std::string_view yaml, const std::string& file) {
    return analysis::strictly<Profile>(yaml, file, [](const YAML::Node& root) {
        Profile profile;
        analysis::eachField(root, "document", [&](const std::string& field, const YAML::Node& value) {
            if (field == "name")
                profile.name = scalar(value, field);
            else if (field == "title")
                profile.title = scalar(value, field);
            else if (field == "description")
                profile.description = text::foldBlanks(scalar(value, field));
            else if (field == "entries") {
                if (!value.IsSequence())
                    throw Fault{"\"entries\" must be a list", lineOf(value)};
                for (const YAML::Node& node : value) {
                    ProfileEntry entry = entryOf(node);
                    for (const ProfileEntry& before : profile.entries)
                        if (before.key == entry.key)
                            throw Fault{entry.key + " comes twice", lineOf(node)};
                    profile.entries.push_back(std::move(entry));
                }
            } else
                throw Fault{"a profile has no field \"" + field + "\"", lineOf(value)};
        });
        if (!madeOf(profile.name, "-") || profile.name.size() > 40)
            throw Fault{"\"name\" must be lower-case letters, digits and -, at most 40", lineOf(root)};
        if (profile.entries.empty())
            throw Fault{"the profile holds no entries", lineOf(root)};
        return profile;
    });
}

Result<Profile> Profile::builtin(std::string_view name) {
    const std::string file = "profiles/" + std::string(name) + ".yaml";
    const std::string_view yaml = resource(file);
    if (yaml.empty())
        return fail("no profile has this name", std::string(name),
                    "built in: " + text::join(builtinNames(), ", ") + "; or give the path of a YAML file");
    return parse(yaml, "resources/" + file);
}

std::vector<std::string> Profile::builtinNames() {
    std::vector<std::string> names;
    for (std::string_view name : resourceNames())
        if (name.starts_with("profiles/") && name.ends_with(".yaml"))
            names.emplace_back(name.substr(9, name.size() - 14));
    return names;
}

} // namespace netopsy::tuning
