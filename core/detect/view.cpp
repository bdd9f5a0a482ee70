// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/view.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace netopsy::detect {

namespace {

bool matches(std::string_view name, std::string_view pattern) {
    if (pattern.ends_with('*'))
        return name.starts_with(pattern.substr(0, pattern.size() - 1));
    return name == pattern;
}

bool isUp(const model::Link& link) {
    return link.state != "DOWN" && link.state != "LOWERLAYERDOWN";
}

} // namespace

const model::Workload* View::workload(std::initializer_list<std::string_view> names) const {
    for (const std::string_view pattern : names)
        for (const model::Workload& w : api.workloads)
            if (matches(w.name, pattern))
                return &w;
    return nullptr;
}

const model::ConfigMap* View::configMap(std::string_view name) const {
    const std::string hashed = std::string(name) + "-";
    const model::ConfigMap* second = nullptr;
    for (const model::ConfigMap& map : api.configMaps) {
        if (map.name == name)
            return &map;
        if (!second && map.name.starts_with(hashed))
            second = &map;
    }
    return second;
}

std::vector<const model::CniObject*> View::objects(std::string_view kind) const {
    std::vector<const model::CniObject*> out;
    for (const model::CniObject& object : api.cniObjects)
        if (object.kind == kind)
            out.push_back(&object);
    return out;
}

View::Annotated View::annotation(std::string_view key) const {
    Annotated out;
    for (const model::ClusterNode& node : api.nodes)
        if (const std::string* value = find(node.annotations, key); value && !value->empty() && ++out.count == 1)
            out.value = *value;
    return out;
}

std::size_t View::nodesWithLink(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(nodes.begin(), nodes.end(), [&](const model::Node& node) {
        return std::any_of(node.facts.links.begin(), node.facts.links.end(),
                           [&](const model::Link& link) { return matches(link.name, name) && isUp(link); });
    }));
}

std::size_t View::nodesHoldingLink(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(nodes.begin(), nodes.end(), [&](const model::Node& node) {
        return std::any_of(node.facts.links.begin(), node.facts.links.end(),
                           [&](const model::Link& link) { return link.name == name; });
    }));
}

std::size_t View::nodesRoutingBy(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(nodes.begin(), nodes.end(), [&](const model::Node& node) {
        const bool link = std::any_of(node.facts.links.begin(), node.facts.links.end(), [&](const model::Link& l) {
            return matches(l.name, name) && isUp(l) && !l.addresses.empty();
        });
        return link && std::any_of(node.facts.routes.begin(), node.facts.routes.end(),
                                   [&](const model::Route& r) { return matches(r.dev, name); });
    }));
}

std::size_t View::nodesWithLinksRead() const {
    return static_cast<std::size_t>(
        std::count_if(nodes.begin(), nodes.end(), [](const model::Node& n) { return !n.facts.links.empty(); }));
}

const std::string* find(const std::map<std::string, std::string>& map, std::string_view key) {
    const auto found = map.find(std::string(key));
    return found == map.end() ? nullptr : &found->second;
}

std::string place(const model::Workload& workload) {
    return workload.kind + " " + workload.ns + "/" + workload.name;
}

std::string says(const model::ConfigMap& map, std::string_view key, std::string_view value) {
    return "ConfigMap " + map.ns + "/" + map.name + ": " + std::string(key) + "=" +
           (value.empty() ? "\"\"" : std::string(value));
}

std::string imageVersion(const model::Workload& workload, std::string_view part) {
    for (std::string_view image : workload.images) {
        image = image.substr(0, image.find('@'));
        const auto slash = image.rfind('/');
        std::string_view name = slash == std::string_view::npos ? image : image.substr(slash + 1);
        const auto colon = name.find(':');
        if (colon == std::string_view::npos || name.substr(0, colon).find(part) == std::string_view::npos)
            continue;
        name.remove_prefix(colon + 1);
        if (name.starts_with('v'))
            name.remove_prefix(1);
        return std::string(name);
    }
    return {};
}

std::optional<std::string> argument(const model::Workload& workload, std::string_view name) {
    const std::string flag = "--" + std::string(name);
    for (std::size_t i = 0; i < workload.args.size(); ++i) {
        const std::string& arg = workload.args[i];
        if (arg.starts_with(flag + "="))
            return arg.substr(flag.size() + 1);
        if (arg == flag)
            return i + 1 < workload.args.size() && !workload.args[i + 1].starts_with("-") ? workload.args[i + 1]
                                                                                          : "true";
    }
    return std::nullopt;
}

std::optional<std::string> yamlScalar(const std::string& document, std::string_view key, std::string_view below) {
    try {
        YAML::Node node = YAML::Load(document);
        if (!below.empty() && node.IsMap())
            node.reset(node[std::string(below)]);
        if (!node.IsDefined() || !node.IsMap())
            return std::nullopt;
        const YAML::Node value = node[std::string(key)];
        if (!value.IsDefined())
            return std::nullopt;
        return value.IsNull() ? std::string{} : value.IsScalar() ? std::optional(value.Scalar()) : std::nullopt;
    } catch (const YAML::Exception&) {
        return std::nullopt; // what can't be read tells nothing
    }
}

std::string share(std::size_t count, std::size_t of) {
    return std::to_string(count) + " of " + std::to_string(of) + (of == 1 ? " node" : " nodes");
}

} // namespace netopsy::detect
