// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/collectors/kube/api_server.h"

#include <QPointer>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTimer>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

// A connection that ends amid its handshake now and then leaves Qt's TLS backend with OpenSSL objects that it does not
// free. Our own code allocates nothing there.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libcrypto.so\nleak:libssl.so\n";
}

namespace testing {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Cert = std::unique_ptr<X509, decltype(&X509_free)>;

Key newKey(KeyType type) {
    EVP_PKEY* key = nullptr;
    switch (type) {
    case KeyType::Rsa:
        key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048});
        break;
    case KeyType::Ec:
        key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
        break;
    case KeyType::Ed25519:
        key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        break;
    }
    return {key, EVP_PKEY_free};
}

template<class Write>
std::string pem(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    write(out.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

void extend(X509* cert, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
}

Cert newCert(EVP_PKEY* key, const std::string& name, long from, long until) {
    static long serial = 1;
    Cert cert(X509_new(), X509_free);
    X509_set_version(cert.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(cert.get()), from);
    X509_gmtime_adj(X509_getm_notAfter(cert.get()), until);
    X509_set_pubkey(cert.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return cert;
}

Identity asPem(X509* cert, EVP_PKEY* key) {
    return {pem([&](BIO* out) { PEM_write_bio_X509(out, cert); }),
            pem([&](BIO* out) { PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); })};
}

} // namespace

Authority::Authority() {
    const Key key = newKey(KeyType::Ec);
    const Cert cert = newCert(key.get(), "test authority", -3600, 86400);
    X509_set_issuer_name(cert.get(), X509_get_subject_name(cert.get()));
    extend(cert.get(), cert.get(), NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(cert.get(), key.get(), EVP_sha256());
    m_root = asPem(cert.get(), key.get());
}

Identity Authority::issue(const Options& options) const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> certIn(BIO_new_mem_buf(m_root.certificate.data(), -1),
                                                           BIO_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> keyIn(BIO_new_mem_buf(m_root.key.data(), -1), BIO_free);
    const Cert root(PEM_read_bio_X509(certIn.get(), nullptr, nullptr, nullptr), X509_free);
    const Key rootKey(PEM_read_bio_PrivateKey(keyIn.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    const Key key = newKey(options.type);
    const Cert cert = newCert(key.get(), options.name, options.from, options.until);
    X509_set_issuer_name(cert.get(), X509_get_subject_name(root.get()));
    const bool address = std::isdigit(static_cast<unsigned char>(options.name.front())) != 0;
    extend(cert.get(), root.get(), NID_subject_alt_name, (address ? "IP:" : "DNS:") + options.name);
    X509_sign(cert.get(), rootKey.get(), EVP_sha256());
    return asPem(cert.get(), key.get());
}

std::string traditionalPem(const std::string& key) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_mem_buf(key.data(), -1), BIO_free);
    const Key parsed(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    std::string out;
    if (EVP_PKEY_is_a(parsed.get(), "EC")) // openssl ecparam -genkey puts this block first
        out = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    return out + pem([&](BIO* to) {
               PEM_write_bio_PrivateKey_traditional(to, parsed.get(), nullptr, nullptr, 0, nullptr, nullptr);
           });
}

QByteArray Asked::header(const QByteArray& name) const {
    const QList<QByteArray> found = all(name);
    return found.isEmpty() ? QByteArray() : found.first();
}

QList<QByteArray> Asked::all(const QByteArray& name) const {
    QList<QByteArray> out;
    for (const auto& [key, value] : headers)
        if (key.compare(name, Qt::CaseInsensitive) == 0)
            out << value;
    return out;
}

ApiServer::ApiServer(const Identity& identity, const std::string& clientCa)
    : m_identity(identity), m_clientCa(clientCa) {
    listen(QHostAddress::LocalHost);
}

std::string ApiServer::url() const {
    return (m_identity.certificate.empty() ? "http://127.0.0.1:" : "https://127.0.0.1:") +
           std::to_string(serverPort());
}

void ApiServer::incomingConnection(qintptr handle) {
    if (m_identity.certificate.empty()) {
        auto* socket = new QTcpSocket(this);
        socket->setSocketDescriptor(handle);
        serve(socket);
        return;
    }
    auto* socket = new QSslSocket(this);
    socket->setSocketDescriptor(handle);
    QSslConfiguration tls = socket->sslConfiguration();
    tls.setLocalCertificate(QSslCertificate(QByteArray::fromStdString(m_identity.certificate)));
    tls.setPrivateKey(QSslKey(QByteArray::fromStdString(m_identity.key), QSsl::Ec));
    if (!m_clientCa.empty()) {
        tls.setPeerVerifyMode(QSslSocket::QueryPeer);
        tls.setCaCertificates(QSslCertificate::fromData(QByteArray::fromStdString(m_clientCa)));
    }
    socket->setSslConfiguration(tls);
    serve(socket);
    socket->startServerEncryption();
}

void ApiServer::serve(QTcpSocket* socket) {
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    auto pending = std::make_shared<QByteArray>();
    connect(socket, &QTcpSocket::readyRead, this, [this, socket, pending] {
        *pending += socket->readAll();
        for (qsizetype end; (end = pending->indexOf("\r\n\r\n")) >= 0;) {
            const QList<QByteArray> lines = pending->left(end).split('\n');
            pending->remove(0, end + 4);
            Asked asked;
            const QList<QByteArray> first = lines.first().trimmed().split(' ');
            asked.method = first.value(0);
            asked.path = first.value(1);
            for (const QByteArray& line : lines.mid(1)) {
                const auto colon = line.indexOf(':');
                asked.headers.append({line.left(colon), line.mid(colon + 1).trimmed()});
            }
            if (const auto* tls = qobject_cast<QSslSocket*>(socket))
                asked.user = tls->peerCertificate().subjectInfo(QSslCertificate::CommonName).value(0);
            log.append(asked);
            busiest = std::max(busiest, ++busy);
            const Answer given = answer(asked);
            if (given.hang)
                continue;
            QTimer::singleShot(given.delayMs, this, [this, socket = QPointer(socket), given] {
                --busy;
                if (socket)
                    reply(socket, given);
            });
        }
    });
}

void ApiServer::reply(QTcpSocket* socket, const Answer& given) {
    QByteArray head = "HTTP/1.1 " + QByteArray::number(given.status) +
                      " Status\r\nContent-Length: " + QByteArray::number(given.body.size()) + "\r\n";
    for (const auto& [name, value] : given.headers)
        head += name + ": " + value + "\r\n";
    socket->write(head + "\r\n");
    if (given.tricklePause > 0) {
        auto at = std::make_shared<qsizetype>(0);
        auto* timer = new QTimer(socket);
        connect(timer, &QTimer::timeout, socket, [socket, timer, at, body = given.body] {
            socket->write(body.mid((*at)++, 1));
            if (*at >= body.size())
                timer->stop();
        });
        timer->start(given.tricklePause);
        return;
    }
    socket->write(given.cutAt >= 0 ? given.body.left(given.cutAt) : given.body);
    if (given.cutAt >= 0)
        socket->disconnectFromHost();
}

QByteArray gzip(const QByteArray& plain) {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char c : plain) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1U) ^ (0xEDB88320U & (0U - (crc & 1U)));
    }
    crc = ~crc;
    // qCompress: four bytes of length, two of zlib header, deflate, four of Adler-32.
    const QByteArray zlib = qCompress(plain);
    QByteArray out = QByteArray::fromHex("1f8b0800000000000003") + zlib.mid(6, zlib.size() - 10);
    for (const std::uint32_t word : {crc, static_cast<std::uint32_t>(plain.size())})
        for (unsigned shift = 0; shift < 32; shift += 8)
            out += static_cast<char>((word >> shift) & 0xFFU);
    return out;
}

} // namespace testing
