// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Credentials from a program that the kubeconfig names (client.authentication.k8s.io v1 and v1beta1). The
// program runs as the operator, without a terminal; its output and its time are bounded, and its whole
// process group ends with it. QProcess is used with its blocking calls only: no event loop runs here.
#pragma once

#include "collectors/kube/kubeconfig.h"

#include <chrono>
#include <optional>
#include <stop_token>

namespace netopsy::kube {

/// What the plugin gave; secrets.
struct ExecCredential {
    std::string token, certificate, key;
    std::optional<std::chrono::system_clock::time_point> expires;
};

struct ExecLimits {
    std::chrono::milliseconds time{120'000}; ///< a person may have to confirm a login in a browser
    std::size_t outputBytes = std::size_t{1024} * 1024;
};

[[nodiscard]] Result<ExecCredential> runExecPlugin(const ExecPlugin& plugin, const Cluster& cluster,
                                                   const std::stop_token& stop, const ExecLimits& limits = {});

/// The plugin's standard output, judged strictly. Errors never quote it.
[[nodiscard]] Result<ExecCredential> parseExecCredential(const std::string& output, const std::string& apiVersion);

} // namespace netopsy::kube
