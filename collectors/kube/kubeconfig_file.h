// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One kubeconfig file, read into the same shape as the merged whole.
#pragma once

#include "collectors/kube/kubeconfig.h"

namespace netopsy::kube {

/// `file` gives errors their place and relative paths their base. No byte of a secret gets into an error.
[[nodiscard]] Result<Kubeconfig> parseKubeconfig(const std::string& text, const std::filesystem::path& file);

/// Reads at most 4 MiB.
[[nodiscard]] Result<Kubeconfig> readKubeconfig(const std::filesystem::path& file);

/// What is wrong with using `context`, in plain words; empty when it can be tried. Looks at the kubeconfig
/// and at the files that it names, never at the network.
[[nodiscard]] std::string contextProblem(const Kubeconfig& config, const Context& context);

} // namespace netopsy::kube
