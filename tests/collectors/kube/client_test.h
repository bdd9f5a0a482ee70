// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the tests of the client share.
#pragma once

#include "collectors/kube/client.h"
#include "tests/collectors/kube/api_server.h"

#include <QObject>

namespace testing {

class ClientTest : public QObject {
protected:
    Authority m_ca;

    [[nodiscard]] netopsy::kube::Cluster clusterOf(const ApiServer& server) const {
        netopsy::kube::Cluster out;
        out.server = server.url();
        out.caData = m_ca.certificate();
        return out;
    }
    [[nodiscard]] static netopsy::kube::User tokenUser() {
        netopsy::kube::User out;
        out.token = "a-secret-token";
        return out;
    }
    static netopsy::kube::ClientLimits quick() {
        netopsy::kube::ClientLimits limits;
        limits.second = std::chrono::milliseconds(5);
        return limits;
    }

    static netopsy::kube::Answer<QByteArray> get(netopsy::kube::Client& client,
                                                 const std::string& path = "/version",
                                                 std::chrono::milliseconds idle = std::chrono::seconds(5)) {
        netopsy::kube::Answer<QByteArray> out =
            tl::unexpected(netopsy::kube::ApiError{netopsy::kube::Fault::Network, {"never answered", {}, {}}});
        client.get({path, "get", path, idle},
                   [&](netopsy::kube::Answer<QByteArray> answer) { out = std::move(answer); });
        client.run();
        return out;
    }

    std::unique_ptr<netopsy::kube::Client> make(const netopsy::kube::Cluster& cluster,
                                                const netopsy::kube::User& user,
                                                const netopsy::kube::ClientLimits& limits = quick(),
                                                std::stop_token stop = {}) {
        auto made = netopsy::kube::Client::create(cluster, user, std::move(stop), {}, limits);
        if (!made)
            qFatal("%s", made.error().text().c_str());
        return std::move(*made);
    }

    /// What a failure says, with a check that nothing secret is in it.
    static QString said(const netopsy::kube::ApiError& error) {
        const QString text = QString::fromStdString(error.error.text());
        if (text.contains("a-secret-token"))
            qFatal("a secret in an error: %s", qPrintable(text));
        return text;
    }
};

} // namespace testing
