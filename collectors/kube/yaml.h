// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Strict reading of a kubeconfig's YAML (or JSON, which is YAML). kubectl turns the file into JSON and
// decodes that into typed fields: an unquoted 123 or yes where text belongs is an error there, and so it is
// here. The rules are those of YAML 1.1, which kubectl's library follows.
#pragma once

#include "core/base/result.h"

#include <yaml-cpp/yaml.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::kube {

/// Thrown while walking a document, caught where the file is read; never leaves collectors/kube.
struct YamlFault {
    int line = 0; ///< 1-based; 0 unknown
    std::string what;
};

/// An error names the line. Bounded: 64 levels deep, no aliases that multiply.
[[nodiscard]] YAML::Node parseYaml(const std::string& text);

[[nodiscard]] bool isNull(const YAML::Node& node);
[[nodiscard]] std::string yamlText(const YAML::Node& node, std::string_view field);
[[nodiscard]] bool yamlFlag(const YAML::Node& node, std::string_view field);
[[nodiscard]] std::vector<std::string> yamlTexts(const YAML::Node& node, std::string_view field);
/// base64 as Go's decoder takes it: padded, newlines ignored, nothing else.
[[nodiscard]] std::string yamlBytes(const YAML::Node& node, std::string_view field);
/// Calls `each` for the entries of a map; null is an empty map.
void yamlMap(const YAML::Node& node, std::string_view field,
             const std::function<void(const std::string& key, const YAML::Node& value)>& each);
/// Calls `each` for the elements of a list; null is an empty list.
void yamlList(const YAML::Node& node, std::string_view field,
              const std::function<void(const YAML::Node& element)>& each);

} // namespace netopsy::kube
