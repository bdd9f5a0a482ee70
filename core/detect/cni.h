// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One detector per family of CNIs. Each looks for its own and answers nothing when it isn't there; the order
// in which they are asked settles clusters that hold traces of several (detect.cpp).
#pragma once

#include "core/detect/view.h"

namespace netopsy::detect {

[[nodiscard]] std::optional<model::CniInfo> canal(const View& view);
[[nodiscard]] std::optional<model::CniInfo> cilium(const View& view);
[[nodiscard]] std::optional<model::CniInfo> calico(const View& view);
[[nodiscard]] std::optional<model::CniInfo> flannel(const View& view);
[[nodiscard]] std::optional<model::CniInfo> antrea(const View& view);
[[nodiscard]] std::optional<model::CniInfo> weave(const View& view);
[[nodiscard]] std::optional<model::CniInfo> kubeRouter(const View& view);
[[nodiscard]] std::optional<model::CniInfo> ovnKubernetes(const View& view);
[[nodiscard]] std::optional<model::CniInfo> cloud(const View& view); ///< AWS VPC, Azure, GKE
[[nodiscard]] std::optional<model::CniInfo> kindnet(const View& view);

/// Told from nodes' links and routes alone, for when the API is silent.
[[nodiscard]] std::optional<model::CniInfo> byLinks(const View& view);
/// The mode alone, of a CNI that the API named without telling the mode.
void modeByLinks(model::CniInfo& cni, const View& view);
/// Whether the nodes' links agree with `cni`: one more sentence of evidence.
void confirm(model::CniInfo& cni, const View& view);

[[nodiscard]] model::ProxyInfo proxy(const View& view);
[[nodiscard]] model::DnsInfo dns(const View& view, const model::ProxyInfo& proxy);

} // namespace netopsy::detect
