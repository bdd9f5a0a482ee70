// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What one user shows to the API server, kept fresh. All of it is secret.
#pragma once

#include "collectors/kube/exec_plugin.h"
#include "collectors/kube/tls.h"

#include <QByteArray>
#include <QList>

#include <utility>

namespace netopsy::kube {

class Credentials {
public:
    Credentials(const User& user, const Cluster& cluster) : m_user(user), m_cluster(cluster) {}

    /// Obtains what is needed; runs the exec plugin. Blocks within its limits.
    [[nodiscard]] Result<void> refresh(const std::stop_token& stop);
    /// Whether running the plugin again could help after a 401.
    [[nodiscard]] bool renewable() const { return m_user.exec.has_value(); }
    [[nodiscard]] bool expired() const;

    [[nodiscard]] const ClientCertificate& certificate() const { return m_certificate; }
    /// Authorization and impersonation headers, of this moment: a tokenFile is read again each time.
    [[nodiscard]] Result<QList<std::pair<QByteArray, QByteArray>>> headers() const;

private:
    [[nodiscard]] Result<void> loadCertificate();

    User m_user;
    Cluster m_cluster;
    ClientCertificate m_certificate;
    std::optional<ExecCredential> m_exec;
};

} // namespace netopsy::kube
