// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the detectors look at, and the few questions that all of them ask.
#pragma once

#include "core/model/case.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::detect {

struct View {
    const model::Inventory& api;
    const std::vector<model::Node>& nodes;

    /// The first workload of one of these names; a name that ends in '*' is a prefix.
    [[nodiscard]] const model::Workload* workload(std::initializer_list<std::string_view> names) const;
    /// A ConfigMap by name, or by its name and a hash ("antrea-config-97bbk7bk2k").
    [[nodiscard]] const model::ConfigMap* configMap(std::string_view name) const;
    [[nodiscard]] std::vector<const model::CniObject*> objects(std::string_view kind) const;
    /// How many nodes of the API carry an annotation, and its value on the first of them.
    struct Annotated {
        std::size_t count = 0;
        std::string value;
    };
    [[nodiscard]] Annotated annotation(std::string_view key) const;
    /// Nodes whose links were read and that have a link of this name (or prefix, with '*') which is not down.
    [[nodiscard]] std::size_t nodesWithLink(std::string_view name) const;
    /// The same, up or down: dummies that only hold addresses (kube-ipvs0) stay down.
    [[nodiscard]] std::size_t nodesHoldingLink(std::string_view name) const;
    /// As nodesWithLink, and the link has an address and a route goes out by it: it carries traffic.
    [[nodiscard]] std::size_t nodesRoutingBy(std::string_view name) const;
    [[nodiscard]] std::size_t nodesWithLinksRead() const;
};

[[nodiscard]] const std::string* find(const std::map<std::string, std::string>& map, std::string_view key);
/// "DaemonSet kube-system/cilium"
[[nodiscard]] std::string place(const model::Workload& workload);
/// "ConfigMap kube-system/cilium-config: routing-mode=native"
[[nodiscard]] std::string says(const model::ConfigMap& map, std::string_view key, std::string_view value);
/// The tag of the image whose name holds `part`, without "v" and digest; empty when it has none.
[[nodiscard]] std::string imageVersion(const model::Workload& workload, std::string_view part);
/// "--name=value" or "--name value" among a workload's arguments; "true" for the bare flag.
[[nodiscard]] std::optional<std::string> argument(const model::Workload& workload, std::string_view name);
/// A scalar at the top level of a YAML document; nullopt when it isn't there or the document can't be read.
[[nodiscard]] std::optional<std::string> yamlScalar(const std::string& document, std::string_view key,
                                                    std::string_view below = {});
/// "3 of 3 nodes"
[[nodiscard]] std::string share(std::size_t count, std::size_t of);

} // namespace netopsy::detect
