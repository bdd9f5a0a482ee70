// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// GET requests to one API server as one user. Used from one worker thread: requests are queued with get(),
// and run() spins the thread's only event loop until all of them, and those that their answers queued, are
// done.
//
// One QNetworkAccessManager per client, and a new one when the certificate changes: Qt would go on using a
// connection that was authenticated with another certificate. HTTP/2 is off: after a GOAWAY, Qt 6.4 lets
// later requests hang for ever. At most six requests are under way, Qt's own limit for HTTP/1.1, so that none
// times out while it waits in Qt's queue.
#pragma once

#include "collectors/kube/credentials.h"
#include "collectors/kube/fault.h"

#include <QByteArray>
#include <QObject>
#include <QSslConfiguration>
#include <QUrl>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

class QNetworkAccessManager;

namespace netopsy::kube {

struct Request {
    std::string path;                       ///< "/api/v1/nodes?limit=500", below the server's own path
    std::string verb, resource;             ///< for messages: "list", "nodes"
    std::chrono::milliseconds idle{30'000}; ///< longest time without a byte
};

/// The figures by which the client waits and gives up; a test sets smaller ones.
struct ClientLimits {
    std::size_t bodyBytes = std::size_t{64} * 1024 * 1024; ///< after decompression
    std::chrono::milliseconds total{120'000};              ///< one request, from its start
    std::chrono::milliseconds longestWait{30'000};         ///< a server's Retry-After is capped by it
    std::chrono::milliseconds second{1000};                ///< what Retry-After counts in
    int retries = 10;                                      ///< as client-go
};

class Client {
public:
    using Done = std::function<void(Answer<QByteArray>)>;

    /// Runs the exec plugin if there is one. `onWarning` hears of everything that weakens the connection.
    [[nodiscard]] static Result<std::unique_ptr<Client>>
    create(const Cluster& cluster, const User& user, std::stop_token stop,
           const std::function<void(const std::string&)>& onWarning, const ClientLimits& limits = {});
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// `done` is called from run(), exactly once; it may queue more.
    void get(Request request, Done done);
    void run();

    [[nodiscard]] const std::string& server() const { return m_server; }

private:
    struct Pending;
    struct Flight;

    Client(const Cluster& cluster, const User& user, std::stop_token stop, const ClientLimits& limits);
    [[nodiscard]] Result<void> connectAs();
    void pump();
    void start(Pending pending);
    void onFinished(Flight* flight);
    void settle(Flight& flight);
    bool retry(Pending& pending, int status, const QByteArray& body, const QByteArray& retryAfter);
    void cancel();
    void failWaiting(const ApiError& error);

    Cluster m_cluster;
    Credentials m_credentials;
    std::stop_token m_stop;
    ClientLimits m_limits;
    std::string m_server;
    QUrl m_base;
    QObject m_context; ///< owner of queued calls: they die with the client
    QSslConfiguration m_tls;
    std::unique_ptr<QNetworkAccessManager> m_manager;
    std::deque<Pending> m_waiting;
    std::vector<std::unique_ptr<Flight>> m_flights;
    std::function<void()> m_quit;
    int m_generation = 0; ///< of the credentials
    bool m_stale = false; ///< a 401 said so: renew before the next request
    bool m_cancelled = false;
};

} // namespace netopsy::kube
