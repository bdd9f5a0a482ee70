// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A small HTTPS server on loopback, for answers that a real API server gives only under stress, and a certificate
// authority of its own. It lives in the test's thread: the client's event loop serves both.
#pragma once

#include <QHash>
#include <QList>
#include <QSslCertificate>
#include <QSslKey>
#include <QTcpServer>

#include <functional>
#include <string>

class QSslSocket;

namespace testing {

enum class KeyType { Rsa, Ec, Ed25519 };

struct Identity {
    std::string certificate, key; ///< PEM
};

/// An authority and what it signs; all of it made anew for each run.
class Authority {
public:
    Authority();
    struct Options {
        std::string name = "127.0.0.1"; ///< DNS name or address in the certificate
        KeyType type = KeyType::Ec;
        long from = -60, until = 3600; ///< seconds from now
    };
    [[nodiscard]] Identity issue(const Options& options) const;
    [[nodiscard]] const std::string& certificate() const { return m_root.certificate; }

private:
    Identity m_root;
};

/// The same key in another PEM form: "EC PRIVATE KEY" after "EC PARAMETERS", "RSA PRIVATE KEY".
[[nodiscard]] std::string traditionalPem(const std::string& key);

struct Asked {
    QByteArray method, path; ///< with query
    QList<std::pair<QByteArray, QByteArray>> headers;
    QString user; ///< CN of the client certificate
    [[nodiscard]] QByteArray header(const QByteArray& name) const;
    [[nodiscard]] QList<QByteArray> all(const QByteArray& name) const;
};

struct Answer {
    int status = 200;
    QByteArray body = "{}";
    QList<std::pair<QByteArray, QByteArray>> headers = {};
    int delayMs = 0;
    bool hang = false;    ///< never answer
    qsizetype cutAt = -1; ///< send only so much of the body, then close
    int tricklePause = 0; ///< one byte at a time, with so many milliseconds between
};

class ApiServer : public QTcpServer {
public:
    /// Empty identity: plain HTTP.
    explicit ApiServer(const Identity& identity, const std::string& clientCa = {});
    std::function<Answer(const Asked&)> answer;
    QList<Asked> log;
    int busy = 0, busiest = 0;
    [[nodiscard]] std::string url() const;

protected:
    void incomingConnection(qintptr handle) override;

private:
    void serve(QTcpSocket* socket);
    void reply(QTcpSocket* socket, const Answer& answer);

    Identity m_identity;
    std::string m_clientCa;
};

[[nodiscard]] QByteArray gzip(const QByteArray& plain);

} // namespace testing
