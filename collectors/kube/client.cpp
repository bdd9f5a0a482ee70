// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/client.h"

#include "collectors/kube/proxy.h"
#include "core/base/text.h"
#include "core/parse/kube/status.h"

#include <QEventLoop>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QTimer>

#include <algorithm>
#include <cassert>

namespace netopsy::kube {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t maxFlights = 6;
constexpr qint64 readBuffer = qint64{1024} * 1024;

enum class Abort { None, Cancelled, Deadline, TooLarge };

/// As client-go takes it: "host:port" alone is https when the kubeconfig speaks of TLS, else http.
QUrl baseUrl(const Cluster& cluster, bool hasCertificate) {
    std::string server = cluster.server;
    if (server.find("://") == std::string::npos) {
        const bool tls =
            hasCertificate || !cluster.caData.empty() || !cluster.caFile.empty() || cluster.insecureSkipTlsVerify;
        server.insert(0, tls ? "https://" : "http://");
    }
    while (server.ends_with('/'))
        server.pop_back();
    return QUrl(QString::fromStdString(server), QUrl::StrictMode);
}

/// For messages: without user, password and query, which may be secret.
std::string shown(const QUrl& url) {
    return url.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment).toStdString();
}

void setHeaders(QNetworkRequest& request, const QList<std::pair<QByteArray, QByteArray>>& headers) {
    // The API server wants repeated headers (one group each), and QNetworkRequest knows a name once only:
    // further values ride in the first one's, each on its line. Credentials::headers() let no line break
    // through.
    QList<std::pair<QByteArray, QByteArray>> once;
    for (const auto& header : headers) {
        const auto same =
            std::find_if(once.begin(), once.end(), [&](const auto& known) { return known.first == header.first; });
        if (same == once.end())
            once.append(header);
        else
            same->second += "\r\n" + header.first + ": " + header.second;
    }
    for (const auto& [name, value] : once)
        request.setRawHeader(name, value);
}

} // namespace

struct Client::Pending {
    Request request;
    Done done;
    steady_clock::time_point notBefore{};
    int attempts = 0;
    int generation = -1;  ///< of the credentials it was last sent with
    bool renewed = false; ///< a 401 has renewed the credentials for it once
};

struct Client::Flight {
    Pending pending;
    QNetworkReply* reply = nullptr;
    QByteArray body;
    QList<QSslError> tlsErrors;
    Abort abort = Abort::None;
    QTimer deadline;

    void end(Abort why) {
        if (abort == Abort::None)
            abort = why;
        reply->abort();
    }
};

Client::Client(const Cluster& cluster, const User& user, std::stop_token stop, const ClientLimits& limits)
    : m_cluster(cluster), m_credentials(user, cluster), m_stop(std::move(stop)), m_limits(limits) {}

Client::~Client() {
    for (const auto& flight : m_flights) {
        flight->reply->disconnect(&m_context);
        flight->reply->abort();
    }
}

Result<std::unique_ptr<Client>> Client::create(const Cluster& cluster, const User& user, std::stop_token stop,
                                               const std::function<void(const std::string&)>& onWarning,
                                               const ClientLimits& limits) {
    if (cluster.server.empty())
        return fail("the cluster has no server", cluster.source.string(), "complete the kubeconfig");
    std::unique_ptr<Client> client(new Client(cluster, user, std::move(stop), limits));
    client->m_base = baseUrl(cluster, !user.certData.empty() || !user.certFile.empty());
    const QString scheme = client->m_base.scheme();
    if (!client->m_base.isValid() || client->m_base.host().isEmpty() ||
        (scheme != QLatin1String("https") && scheme != QLatin1String("http")))
        return fail("the server is no http or https URL", cluster.source.string(), "correct the kubeconfig");
    client->m_server = shown(client->m_base);
    if (onWarning && cluster.insecureSkipTlsVerify)
        onWarning(client->m_server +
                  ": TLS verification is OFF (insecure-skip-tls-verify): anyone on the way can read "
                  "and change what is exchanged, credentials included");
    if (onWarning && scheme == QLatin1String("http"))
        onWarning(client->m_server + ": plain HTTP: credentials travel unencrypted");
    if (auto connected = client->connectAs(); !connected)
        return tl::unexpected(connected.error());
    return client;
}

Result<void> Client::connectAs() {
    const ClientCertificate before = m_credentials.certificate();
    if (auto fresh = m_credentials.refresh(m_stop); !fresh)
        return fresh;
    m_stale = false;
    ++m_generation;
    const ClientCertificate& now = m_credentials.certificate();
    if (m_manager && before.certificate == now.certificate && before.key == now.key)
        return {};
    auto tls = tlsConfiguration(m_cluster, now);
    if (!tls)
        return tl::unexpected(tls.error());
    auto proxy = proxyFor(m_base, m_cluster.proxyUrl);
    if (!proxy)
        return tl::unexpected(proxy.error());
    m_tls = *tls;
    m_manager = std::make_unique<QNetworkAccessManager>();
    m_manager->setProxy(*proxy);
    m_manager->setAutoDeleteReplies(false);
    return {};
}

void Client::get(Request request, Done done) {
    Pending pending;
    pending.request = std::move(request);
    pending.done = std::move(done);
    m_waiting.push_back(std::move(pending));
}

void Client::run() {
    assert(!m_quit); // no loop within the loop
    QEventLoop loop;
    m_quit = [&] { loop.quit(); };
    const std::stop_callback onStop(m_stop, [this] {
        QMetaObject::invokeMethod(
            &m_context, [this] { cancel(); }, Qt::QueuedConnection);
    });
    QMetaObject::invokeMethod(
        &m_context, [this] { pump(); }, Qt::QueuedConnection);
    loop.exec();
    m_quit = nullptr;
}

void Client::pump() {
    if (m_cancelled)
        failWaiting({Fault::Cancelled, {"cancelled", m_server, {}}});
    if (!m_waiting.empty() && (m_stale || m_credentials.expired())) {
        if (!m_flights.empty())
            return; // renewed when the line is quiet: the plugin blocks this thread
        if (auto renewed = connectAs(); !renewed)
            failWaiting({Fault::Unauthenticated, renewed.error()});
    }
    const auto now = steady_clock::now();
    auto next = steady_clock::time_point::max();
    for (auto it = m_waiting.begin(); it != m_waiting.end() && m_flights.size() < maxFlights;) {
        if (it->notBefore > now) {
            next = std::min(next, it->notBefore);
            ++it;
            continue;
        }
        Pending pending = std::move(*it);
        it = m_waiting.erase(it);
        start(std::move(pending));
        it = m_waiting.begin(); // start() may have called back
    }
    if (m_flights.empty() && m_waiting.empty()) {
        if (m_quit) // a timer or a cancel may come after run() is over
            m_quit();
    } else if (m_flights.size() < maxFlights && next != steady_clock::time_point::max()) {
        QTimer::singleShot(std::chrono::ceil<milliseconds>(next - now), &m_context, [this] { pump(); });
    }
}

void Client::start(Pending pending) {
    auto headers = m_credentials.headers();
    if (!headers) {
        pending.done(tl::unexpected(ApiError{Fault::Unauthenticated, headers.error()}));
        return;
    }
    QNetworkRequest request(QUrl(m_base.toString() + QString::fromStdString(pending.request.path)));
    request.setSslConfiguration(m_tls);
    if (!m_cluster.tlsServerName.empty())
        request.setPeerVerifyName(QString::fromStdString(m_cluster.tlsServerName));
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setTransferTimeout(static_cast<int>(pending.request.idle.count()));
    request.setDecompressedSafetyCheckThreshold(static_cast<qint64>(m_limits.bodyBytes));
    request.setHeader(QNetworkRequest::UserAgentHeader, QStringLiteral("netopsy"));
    request.setRawHeader("Accept", "application/json");
    if (m_cluster.disableCompression)
        request.setRawHeader("Accept-Encoding", "identity"); // else Qt asks for gzip and unpacks it
    setHeaders(request, *headers);

    pending.generation = m_generation;
    ++pending.attempts;
    auto flight = std::make_unique<Flight>();
    flight->pending = std::move(pending);
    flight->reply = m_manager->get(request);
    Flight* const f = flight.get();
    f->reply->setReadBufferSize(readBuffer);
    const auto drain = [this, f] {
        while (f->abort == Abort::None && f->reply->bytesAvailable() > 0) {
            f->body += f->reply->read(readBuffer);
            if (static_cast<std::size_t>(f->body.size()) > m_limits.bodyBytes)
                f->end(Abort::TooLarge);
        }
    };
    QObject::connect(f->reply, &QNetworkReply::readyRead, &m_context, drain);
    QObject::connect(f->reply, &QNetworkReply::sslErrors, &m_context, [this, f](const QList<QSslError>& errors) {
        f->tlsErrors = errors;
        if (m_cluster.insecureSkipTlsVerify)
            f->reply->ignoreSslErrors();
    });
    QObject::connect(
        f->reply, &QNetworkReply::finished, &m_context,
        [this, f, drain] {
            if (f->reply->error() == QNetworkReply::NoError)
                drain();
            onFinished(f);
        },
        Qt::QueuedConnection);
    f->deadline.setSingleShot(true);
    QObject::connect(&f->deadline, &QTimer::timeout, &m_context, [f] { f->end(Abort::Deadline); });
    f->deadline.start(m_limits.total);
    m_flights.push_back(std::move(flight));
}

void Client::onFinished(Flight* flight) {
    const auto at =
        std::find_if(m_flights.begin(), m_flights.end(), [&](const auto& f) { return f.get() == flight; });
    assert(at != m_flights.end());
    const std::unique_ptr<Flight> ended = std::move(*at);
    m_flights.erase(at);
    ended->deadline.stop();
    settle(*ended);
    ended->reply->deleteLater();
    pump();
}

void Client::settle(Flight& flight) {
    Pending& pending = flight.pending;
    const Asked what{pending.request.verb, pending.request.resource, m_server,
                     m_manager->proxy().type() != QNetworkProxy::NoProxy};
    const auto give = [&](Fault fault, std::string text, std::string remedy = {}) {
        pending.done(tl::unexpected(ApiError{fault, {std::move(text), m_server, std::move(remedy)}}));
    };
    const std::string name = pending.request.verb + " " + pending.request.resource;
    const QNetworkReply& reply = *flight.reply;
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (m_cancelled || flight.abort == Abort::Cancelled)
        return give(Fault::Cancelled, "cancelled");
    if (flight.abort == Abort::TooLarge)
        return give(Fault::TooLarge,
                    name + ": the answer is larger than " + text::integer(m_limits.bodyBytes) + " bytes");
    // Qt reports its own transfer time-out as a cancelled operation.
    if (flight.abort == Abort::Deadline || reply.error() == QNetworkReply::OperationCanceledError)
        return give(Fault::Timeout, name + ": no answer in time",
                    "check the way to the API server (VPN, firewall, proxy)");
    if (status >= 300) {
        const bool mayRenew = status == 401 && m_credentials.renewable() && !pending.renewed;
        if (mayRenew) {
            pending.renewed = true;
            m_stale |= pending.generation == m_generation;
            m_waiting.push_front(std::move(pending));
            return;
        }
        if (retry(pending, status, flight.body, reply.rawHeader("Retry-After"))) {
            m_waiting.push_back(std::move(pending));
            return;
        }
        const std::string_view body(flight.body.constData(), static_cast<std::size_t>(flight.body.size()));
        return pending.done(tl::unexpected(httpFault(status, body, what)));
    }
    if (reply.error() == QNetworkReply::RemoteHostClosedError && pending.attempts < 3) {
        m_waiting.push_back(std::move(pending)); // a GET can be asked again; a server that restarts does this
        return;
    }
    if (reply.error() == QNetworkReply::UnknownContentError) // Qt's guard against archive bombs speaks so
        return give(Fault::TooLarge, name + ": the answer cannot be unpacked, or unpacks to far too much");
    if (reply.error() != QNetworkReply::NoError)
        return pending.done(tl::unexpected(networkFault(reply, flight.tlsErrors, what)));
    pending.done(std::move(flight.body));
}

bool Client::retry(Pending& pending, int status, const QByteArray& body, const QByteArray& retryAfter) {
    if ((status != 429 && status < 500) || pending.attempts > m_limits.retries)
        return false;
    bool told = false;
    int seconds = retryAfter.trimmed().toInt(&told);
    if (!told || seconds < 0) {
        const auto said =
            parse::kube::parseStatus({body.constData(), static_cast<std::size_t>(body.size())}).retryAfterSeconds;
        if (told = said > 0; told)
            seconds = said;
    }
    if (!told) {
        // Without being told, a busy server is given a second, and a failing gateway two more tries.
        if (status != 429 && (pending.attempts > 2 || status == 500 || status == 501))
            return false;
        seconds = 1;
    }
    pending.notBefore = steady_clock::now() + std::min(m_limits.longestWait, m_limits.second * seconds);
    return true;
}

void Client::cancel() {
    m_cancelled = true;
    for (const auto& flight : m_flights)
        flight->end(Abort::Cancelled); // finished() is queued: the list stands still
    pump();
}

void Client::failWaiting(const ApiError& error) {
    while (!m_waiting.empty()) {
        const Pending pending = std::move(m_waiting.front());
        m_waiting.pop_front();
        pending.done(tl::unexpected(error));
    }
}

} // namespace netopsy::kube
