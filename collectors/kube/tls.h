// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// TLS towards the API server: the kubeconfig's own CA and nothing else (the system's when it names none), and
// the user's certificate. Keys go through OpenSSL's PEM reader, because QSslKey knows RSA and EC only, and
// Ed25519 would be refused without a word.
#pragma once

#include "collectors/kube/kubeconfig.h"

#include <QSslConfiguration>

namespace netopsy::kube {

/// Certificate chain and key, both PEM; empty when the user has none. The key is a secret.
struct ClientCertificate {
    std::string certificate, key;
    [[nodiscard]] bool empty() const { return certificate.empty() && key.empty(); }
};

[[nodiscard]] Result<QSslConfiguration> tlsConfiguration(const Cluster& cluster, const ClientCertificate& client);

/// Reads a certificate, key or token file of at most 1 MiB. The error names the file, never its content.
[[nodiscard]] Result<std::string> readSmallFile(const std::filesystem::path& file, const std::string& field);

} // namespace netopsy::kube
