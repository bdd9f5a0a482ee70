// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/yaml.h"

#include "core/base/text.h"

#include <cctype>
#include <cstdint>
#include <initializer_list>
#include <optional>

namespace netopsy::kube {

namespace {

constexpr int maxDepth = 64;
constexpr std::size_t maxNodes = 200'000; ///< an alias counts as what it stands for

int lineOf(const YAML::Node& node) {
    return node.Mark().is_null() ? 0 : node.Mark().line + 1;
}

[[noreturn]] void refuse(const YAML::Node& node, std::string what) {
    throw YamlFault{lineOf(node), std::move(what)};
}

void bound(const YAML::Node& node, int depth, std::size_t& count) {
    if (depth > maxDepth)
        refuse(node, "nested deeper than " + std::to_string(maxDepth) + " levels");
    if (++count > maxNodes)
        refuse(node, "more than " + std::to_string(maxNodes) + " values");
    if (node.IsMap())
        for (const auto& entry : node)
            bound(entry.second, depth + 1, count);
    else if (node.IsSequence())
        for (const auto& element : node)
            bound(element, depth + 1, count);
}

bool isOneOf(std::string_view s, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words)
        if (s == word)
            return true;
    return false;
}

std::optional<bool> truth(std::string_view s) {
    if (isOneOf(s, {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}))
        return true;
    if (isOneOf(s, {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}))
        return false;
    return std::nullopt;
}

bool isPlainNumber(std::string_view s) {
    if (isOneOf(s, {".inf", ".Inf", ".INF", "+.inf", "-.inf", ".nan", ".NaN", ".NAN"}))
        return true;
    if (!s.empty() && (s.front() == '+' || s.front() == '-'))
        s.remove_prefix(1);
    if (s.empty() || !(std::isdigit(static_cast<unsigned char>(s.front())) || s.front() == '.'))
        return false;
    std::string digits;
    for (const char c : s)
        if (c != '_')
            digits += c;
    const std::string_view d = digits;
    if (d.size() > 2 && d.front() == '0' && (d[1] == 'x' || d[1] == 'o' || d[1] == 'b'))
        return text::toUint(d.substr(2), d[1] == 'x' ? 16 : d[1] == 'o' ? 8 : 2).has_value();
    return d != "." && text::toDouble(d.front() == '.'       ? "0" + digits
                                      : digits.back() == '.' ? digits + "0"
                                                             : digits)
                           .has_value();
}

/// yaml-cpp marks a plain scalar "?", a quoted one "!".
bool isPlain(const YAML::Node& node) {
    return node.IsScalar() && node.Tag() == "?";
}

} // namespace

YAML::Node parseYaml(const std::string& text) {
    try {
        // A second document is ignored, as kubectl does.
        YAML::Node root = YAML::Load(text);
        std::size_t count = 0;
        bound(root, 0, count);
        return root;
    } catch (const YAML::Exception& e) {
        throw YamlFault{e.mark.is_null() ? 0 : e.mark.line + 1, "not valid YAML: " + e.msg};
    }
}

bool isNull(const YAML::Node& node) {
    return !node.IsDefined() || node.IsNull() ||
           (isPlain(node) && isOneOf(node.Scalar(), {"", "~", "null", "Null", "NULL"}));
}

std::string yamlText(const YAML::Node& node, std::string_view field) {
    if (isNull(node))
        return {};
    if (!node.IsScalar())
        refuse(node, std::string(field) + " must be text");
    if (isPlain(node) && (truth(node.Scalar()) || isPlainNumber(node.Scalar())))
        refuse(node, std::string(field) + " must be text: put the value in quotes");
    return node.Scalar();
}

bool yamlFlag(const YAML::Node& node, std::string_view field) {
    if (isNull(node))
        return false;
    const auto value = isPlain(node) ? truth(node.Scalar()) : std::nullopt;
    if (!value)
        refuse(node, std::string(field) + " must be true or false");
    return *value;
}

void yamlMap(const YAML::Node& node, std::string_view field,
             const std::function<void(const std::string&, const YAML::Node&)>& each) {
    if (isNull(node))
        return;
    if (!node.IsMap())
        refuse(node, std::string(field) + " must be a map");
    for (const auto& entry : node) {
        if (!entry.first.IsScalar())
            refuse(entry.first, "a key of " + std::string(field) + " is not text");
        each(entry.first.Scalar(), entry.second);
    }
}

void yamlList(const YAML::Node& node, std::string_view field, const std::function<void(const YAML::Node&)>& each) {
    if (isNull(node))
        return;
    if (!node.IsSequence())
        refuse(node, std::string(field) + " must be a list");
    for (const auto& element : node)
        each(element);
}

std::vector<std::string> yamlTexts(const YAML::Node& node, std::string_view field) {
    std::vector<std::string> out;
    yamlList(node, field, [&](const YAML::Node& element) { out.push_back(yamlText(element, field)); });
    return out;
}

std::string yamlBytes(const YAML::Node& node, std::string_view field) {
    const std::string encoded = yamlText(node, field);
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    int have = 0;
    std::size_t symbols = 0;
    std::size_t padding = 0;
    for (const char c : encoded) {
        if (c == '\r' || c == '\n')
            continue;
        ++symbols;
        if (c == '=') {
            ++padding;
            continue;
        }
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos || padding > 0)
            refuse(node, std::string(field) + " is not valid base64");
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        if (have += 6; have >= 8) {
            have -= 8;
            out += static_cast<char>((bits >> static_cast<unsigned>(have)) & 0xFFU);
        }
    }
    if (symbols % 4 != 0 || padding > 2)
        refuse(node, std::string(field) + " is not valid base64: it is cut short");
    return out;
}

} // namespace netopsy::kube
