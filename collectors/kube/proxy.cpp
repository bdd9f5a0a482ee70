// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/proxy.h"

#include "core/base/text.h"

#include <QHostAddress>

namespace netopsy::kube {

namespace {

std::string environment(const char* upper, const char* lower) {
    QByteArray value = qgetenv(upper);
    if (value.isEmpty())
        value = qgetenv(lower);
    return value.toStdString();
}

/// One entry of NO_PROXY: "*", an address, a range, "host", ".domain", each perhaps with ":port".
bool covers(QString entry, const QString& host, int port) {
    if (entry == QLatin1String("*"))
        return true;
    const auto range = QHostAddress::parseSubnet(entry);
    const QHostAddress address(host);
    if (entry.contains(QLatin1Char('/')))
        return !address.isNull() && range.second >= 0 && address.isInSubnet(range);
    if (QHostAddress whole(entry); !whole.isNull())
        return whole == address;
    if (const auto colon = entry.lastIndexOf(QLatin1Char(':')); colon > 0) {
        if (entry.mid(colon + 1).toInt() != port)
            return false;
        entry.truncate(colon);
    }
    if (entry.startsWith(QLatin1String("*.")))
        entry.remove(0, 1);
    if (entry.startsWith(QLatin1Char('.')))
        return host.endsWith(entry, Qt::CaseInsensitive);
    return host.compare(entry, Qt::CaseInsensitive) == 0 ||
           host.endsWith(QLatin1Char('.') + entry, Qt::CaseInsensitive);
}

} // namespace

bool isExempt(const QUrl& server, const std::string& noProxy) {
    const QString host = server.host();
    if (host.compare(QLatin1String("localhost"), Qt::CaseInsensitive) == 0 || QHostAddress(host).isLoopback())
        return true;
    const int port = server.port(server.scheme() == QLatin1String("https") ? 443 : 80);
    for (const std::string_view entry : text::split(noProxy, ',')) {
        const std::string_view trimmed = text::trim(entry);
        if (!trimmed.empty() &&
            covers(QString::fromUtf8(trimmed.data(), static_cast<qsizetype>(trimmed.size())), host, port))
            return true;
    }
    return false;
}

Result<QNetworkProxy> proxyFor(const QUrl& server, const std::string& proxyUrl) {
    std::string chosen = proxyUrl;
    std::string where = "proxy-url";
    if (chosen.empty() && !isExempt(server, environment("NO_PROXY", "no_proxy"))) {
        const bool secure = server.scheme() == QLatin1String("https");
        where = secure ? "HTTPS_PROXY" : "HTTP_PROXY";
        chosen = secure ? environment("HTTPS_PROXY", "https_proxy") : environment("HTTP_PROXY", "http_proxy");
        if (!chosen.empty() && chosen.find("://") == std::string::npos)
            chosen.insert(0, "http://");
    }
    if (chosen.empty())
        return QNetworkProxy(QNetworkProxy::NoProxy);
    const QUrl url(QString::fromStdString(chosen), QUrl::StrictMode);
    const QString scheme = url.scheme().toLower();
    // The URL may hold a password: errors name the field only.
    if (!url.isValid() || url.host().isEmpty())
        return fail("is no valid URL", where, "write it as http://host:port or socks5://host:port");
    if (scheme == QLatin1String("https"))
        return fail("a proxy that itself speaks TLS is not supported", where,
                    "use its http:// or socks5:// address; what passes through stays encrypted either way");
    if (scheme != QLatin1String("http") && scheme != QLatin1String("socks5"))
        return fail("has an unknown scheme", where, "http and socks5 are known");
    const bool socks = scheme == QLatin1String("socks5");
    return QNetworkProxy(socks ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy, url.host(),
                         static_cast<quint16>(url.port(socks ? 1080 : 80)), url.userName(QUrl::FullyDecoded),
                         url.password(QUrl::FullyDecoded));
}

} // namespace netopsy::kube
