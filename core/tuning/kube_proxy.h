// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What kube-proxy writes into conntrack's settings at its start, by its version and configuration. Sources:
// kubernetes/kubernetes pkg/proxy/apis/config/v1alpha1/defaults.go; PR 103174 (1.23: only raises), PR 120448
// (1.29: exact again), PR 137002 (1.36: capped).
#pragma once

#include "core/model/inventory.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace netopsy::tuning {

struct ProxyWrite {
    std::uint64_t value = 0;
    bool onlyRaises = false; ///< leaves a higher value alone
    std::string from;        ///< "conntrack.maxPerCore 32768 x 2 CPUs, min 131072; kube-proxy 1.20"
};

/// nullopt when no kube-proxy runs here, it leaves the key alone, or it can't be told.
[[nodiscard]] std::optional<ProxyWrite> kubeProxyWrites(const model::Inventory& cluster, std::string_view key,
                                                        std::optional<int> cpus);

/// "24h0m0s" in seconds, by Go's rules for h, m and s; nullopt when it is none.
[[nodiscard]] std::optional<std::uint64_t> goSeconds(std::string_view duration);

} // namespace netopsy::tuning
