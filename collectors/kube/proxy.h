// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The proxy on the way to the API server: the kubeconfig's proxy-url, else what the environment says for such
// a server, as Go's ProxyFromEnvironment reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Qt's own reading is not
// used: it knows neither address ranges nor ports in NO_PROXY.
#pragma once

#include "core/base/result.h"

#include <QNetworkProxy>
#include <QUrl>

#include <string>

namespace netopsy::kube {

[[nodiscard]] Result<QNetworkProxy> proxyFor(const QUrl& server, const std::string& proxyUrl);

/// Whether `noProxy` (a list as in NO_PROXY) exempts `server`. Loopback always is.
[[nodiscard]] bool isExempt(const QUrl& server, const std::string& noProxy);

} // namespace netopsy::kube
