// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Why the API did not give what was asked for. The kind decides what happens next (a gap, a retry, the end);
// the Error is for people. Neither ever holds a credential.
#pragma once

#include "core/base/result.h"

#include <QList>
#include <QSslError>

#include <string>
#include <string_view>

class QNetworkReply;

namespace netopsy::kube {

enum class Fault {
    Cancelled,
    NameNotResolved,
    Refused,
    Timeout,
    Tls,
    Unauthenticated,
    Forbidden,
    NotFound,
    Gone,          ///< 410: the continue token is too old
    Throttled,     ///< 429 after all retries
    Server,        ///< 5xx after all retries
    TooLarge,      ///< the answer exceeds the byte cap
    NotUnderstood, ///< not JSON, cut short, redirected, or no Kubernetes API
    Network,       ///< any other failure of the connection
};

struct ApiError {
    Fault fault = Fault::Network;
    Error error;
};

template<class T>
using Answer = tl::expected<T, ApiError>;

/// What was asked for, in the API's words: "list", "pods".
struct Asked {
    std::string verb, resource, server;
    bool proxied = false;
};

/// From an HTTP status of 300 and above and the body that came with it.
[[nodiscard]] ApiError httpFault(int status, std::string_view body, const Asked& asked);
/// From a reply that failed below HTTP.
[[nodiscard]] ApiError networkFault(const QNetworkReply& reply, const QList<QSslError>& tls, const Asked& asked);

} // namespace netopsy::kube
