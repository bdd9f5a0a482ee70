// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/fault.h"

#include "core/base/text.h"
#include "core/parse/kube/status.h"

#include <QNetworkReply>

#include <algorithm>

namespace netopsy::kube {

namespace {

constexpr auto proxyRemedy = "check proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY";

ApiError make(Fault fault, std::string what, const Asked& asked, std::string remedy = {}) {
    return {fault, {std::move(what), asked.server, std::move(remedy)}};
}

bool isNameError(QSslError::SslError e) {
    return e == QSslError::HostNameMismatch;
}

bool isTimeError(QSslError::SslError e) {
    return e == QSslError::CertificateExpired || e == QSslError::CertificateNotYetValid;
}

ApiError tlsFault(const QList<QSslError>& errors, const QString& fallback, const Asked& asked) {
    const auto has = [&](auto predicate) {
        return std::any_of(errors.begin(), errors.end(), [&](const QSslError& e) { return predicate(e.error()); });
    };
    if (errors.isEmpty())
        return make(Fault::Tls, "the TLS handshake failed: " + text::printable(fallback.toStdString()), asked,
                    "check the client certificate and key of the kubeconfig's user");
    if (has(isTimeError)) {
        const bool expired = has([](QSslError::SslError e) { return e == QSslError::CertificateExpired; });
        return make(Fault::Tls,
                    std::string("the server's certificate ") + (expired ? "has expired" : "is not valid yet"),
                    asked, "renew it, or check the clocks of both machines");
    }
    if (std::all_of(errors.begin(), errors.end(), [](const QSslError& e) { return isNameError(e.error()); }))
        return make(Fault::Tls, "the server's certificate is for another name", asked,
                    "set tls-server-name in the kubeconfig's cluster to a name that the certificate holds");
    return make(Fault::Tls,
                "the server's certificate is not trusted: " +
                    text::printable(errors.first().errorString().toStdString()),
                asked, "the kubeconfig's certificate-authority must be the one that signed it");
}

} // namespace

ApiError httpFault(int status, std::string_view body, const Asked& asked) {
    const parse::kube::Status said = parse::kube::parseStatus(body);
    const std::string why = said.message.empty() ? "" : ": " + said.message;
    const std::string what = asked.verb + " " + asked.resource;
    switch (status) {
    case 401:
        return make(Fault::Unauthenticated, "the API server did not accept the credentials (401)" + why, asked,
                    "renew the token or certificate of the kubeconfig's user; kubectl would fail likewise");
    case 403:
        return make(Fault::Forbidden, "forbidden to " + what + why, asked,
                    "grant the user \"" + asked.verb + "\" on \"" + asked.resource + "\"");
    case 404:
        return make(Fault::NotFound, what + ": not found" + why, asked);
    case 410:
        return make(Fault::Gone, what + ": the list changed too much while it was being read" + why, asked,
                    "try again");
    case 429:
        return make(Fault::Throttled, what + ": the API server asks for patience (429), and kept doing so" + why,
                    asked, "try again when it is less busy");
    default:
        break;
    }
    if (status >= 300 && status < 400)
        return make(Fault::NotUnderstood,
                    "redirects elsewhere (" + std::to_string(status) + "), which is not followed with credentials",
                    asked, "put the address of the API server itself into the kubeconfig");
    if (status >= 500)
        return make(Fault::Server, what + ": the API server failed (" + std::to_string(status) + ")" + why, asked);
    return make(Fault::NotUnderstood, what + ": unexpected answer " + std::to_string(status) + why, asked);
}

ApiError networkFault(const QNetworkReply& reply, const QList<QSslError>& tls, const Asked& asked) {
    const std::string said = text::printable(reply.errorString().toStdString());
    switch (reply.error()) {
    case QNetworkReply::HostNotFoundError:
        return make(Fault::NameNotResolved, "the server's name cannot be resolved", asked,
                    "check the server address in the kubeconfig and this machine's DNS");
    case QNetworkReply::ConnectionRefusedError:
        return make(Fault::Refused, "the connection was refused", asked,
                    "is the API server running, and the port right?");
    case QNetworkReply::TimeoutError:
        return make(Fault::Timeout, "no answer in time", asked, "check the way to the API server (VPN, firewall)");
    case QNetworkReply::SslHandshakeFailedError:
        return tlsFault(tls, reply.errorString(), asked);
    case QNetworkReply::ProxyConnectionRefusedError:
    case QNetworkReply::ProxyConnectionClosedError:
    case QNetworkReply::ProxyNotFoundError:
    case QNetworkReply::ProxyTimeoutError:
    case QNetworkReply::ProxyAuthenticationRequiredError:
    case QNetworkReply::UnknownProxyError:
        return make(Fault::Network, "the proxy does not let through: " + said, asked, proxyRemedy);
    default:
        if (!tls.isEmpty())
            return tlsFault(tls, reply.errorString(), asked);
        return make(Fault::Network,
                    asked.verb + " " + asked.resource + ": the connection " +
                        (asked.proxied ? "through the proxy " : "") + "failed: " + said,
                    asked, asked.proxied ? proxyRemedy : "");
    }
}

} // namespace netopsy::kube
