// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// From a page of one kind of API object to the model. Each function appends to `out` and returns what it took
// and skipped; nothing secret is kept (see core/model/inventory.h).
#pragma once

#include "core/model/inventory.h"
#include "core/parse/kube/list.h"

namespace netopsy::parse::kube {

[[nodiscard]] Result<Page> parseNodes(std::string_view bytes, std::vector<model::ClusterNode>& out);
[[nodiscard]] Result<Page> parsePods(std::string_view bytes, std::vector<model::Pod>& out);
[[nodiscard]] Result<Page> parseServices(std::string_view bytes, std::vector<model::Service>& out);
/// discovery.k8s.io/v1 and v1beta1.
[[nodiscard]] Result<Page> parseEndpointSlices(std::string_view bytes, std::vector<model::Endpoint>& out);
/// The core Endpoints of servers before 1.17.
[[nodiscard]] Result<Page> parseEndpoints(std::string_view bytes, std::vector<model::Endpoint>& out);
/// A ConfigMap by its place; which ones to ask for follows from the workloads.
struct ConfigMapRef {
    std::string ns, name;
    auto operator<=>(const ConfigMapRef&) const = default; // NOLINT(modernize-use-nullptr): clang-tidy 14 stumbles
};
/// DaemonSets or Deployments (`kind`); only known network components are kept. `mounted` gets the ConfigMaps
/// that they mount: some installers add a hash to the name ("antrea-config-97bbk7bk2k").
[[nodiscard]] Result<Page> parseWorkloads(std::string_view bytes, std::string_view kind,
                                          std::vector<model::Workload>& out, std::vector<ConfigMapRef>& mounted);
/// One ConfigMap; only the keys that a known network component is told by.
[[nodiscard]] Result<model::ConfigMap> parseConfigMap(std::string_view bytes);
/// Custom objects of a CNI, flattened: "spec.ipipMode" -> "Always".
[[nodiscard]] Result<Page> parseCniObjects(std::string_view bytes, std::string_view kind,
                                           std::vector<model::CniObject>& out);

/// The ConfigMaps that are worth asking for in a cluster that runs `workloads`, which mount `mounted`.
[[nodiscard]] std::vector<ConfigMapRef> configMapsFor(const std::vector<model::Workload>& workloads,
                                                      const std::vector<ConfigMapRef>& mounted);
/// Where Kubernetes' own components and the manifests of each CNI put theirs: asked when workloads can't be
/// listed.
[[nodiscard]] std::vector<ConfigMapRef> usualConfigMaps();

} // namespace netopsy::parse::kube
