// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/tls.h"

#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fstream>
#include <memory>

namespace netopsy::kube {

namespace {

struct Free {
    void operator()(BIO* p) const { BIO_free(p); }
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(X509* p) const { X509_free(p); }
};
template<class T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIO> bio(const std::string& pem) {
    return Owned<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

/// Instead of OpenSSL's own, which would ask on the terminal.
int noPassphrase(char*, int, int, void*) {
    return -1;
}

Result<Owned<EVP_PKEY>> readKey(const std::string& pem) {
    if (pem.find("ENCRYPTED") != std::string::npos)
        return fail("the client key is encrypted, and a kubeconfig cannot hold its passphrase", "client-key",
                    "decrypt it (openssl pkey), or use an exec plugin");
    Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio(pem).get(), nullptr, noPassphrase, nullptr));
    ERR_clear_error();
    if (!key)
        return fail("the client key is no PEM private key", "client-key", "check the kubeconfig's user");
    return key;
}

bool belongTogether(const std::string& certificatePem, EVP_PKEY* key) {
    const Owned<X509> leaf(PEM_read_bio_X509(bio(certificatePem).get(), nullptr, noPassphrase, nullptr));
    const bool match = leaf && X509_check_private_key(leaf.get(), key) == 1;
    ERR_clear_error();
    return match;
}

Result<void> addClient(QSslConfiguration& tls, const ClientCertificate& client) {
    if (client.certificate.empty() || client.key.empty())
        return fail(client.key.empty() ? "there is a client certificate, but no key for it"
                                       : "there is a client key, but no certificate for it",
                    client.key.empty() ? "client-key" : "client-certificate", "both are needed, or neither");
    const QList<QSslCertificate> chain =
        QSslCertificate::fromData(QByteArray::fromStdString(client.certificate), QSsl::Pem);
    if (chain.isEmpty())
        return fail("holds no PEM certificate", "client-certificate", "check the kubeconfig's user");
    auto key = readKey(client.key);
    if (!key)
        return tl::unexpected(key.error());
    if (!belongTogether(client.certificate, key->get()))
        return fail("the client key does not belong to the client certificate", "client-key",
                    "take both from the same place");
    tls.setLocalCertificateChain(chain);
    tls.setPrivateKey(QSslKey(static_cast<Qt::HANDLE>(key->release()), QSsl::PrivateKey)); // takes ownership
    return {};
}

} // namespace

Result<std::string> readSmallFile(const std::filesystem::path& file, const std::string& field) {
    constexpr std::size_t maxBytes = std::size_t{1024} * 1024;
    std::ifstream in(file, std::ios::binary);
    std::string content(maxBytes + 1, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (!in.is_open() || in.bad() || std::filesystem::is_directory(file))
        return fail("cannot read " + field, file.string(), "check that it exists and who may read it");
    content.resize(static_cast<std::size_t>(in.gcount()));
    if (content.size() > maxBytes)
        return fail(field + " is larger than 1 MiB", file.string());
    return content;
}

Result<QSslConfiguration> tlsConfiguration(const Cluster& cluster, const ClientCertificate& client) {
    if (!QSslSocket::supportsSsl())
        return fail("this system's Qt has no TLS", {}, "install Qt's OpenSSL backend");
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    tls.setPeerVerifyMode(cluster.insecureSkipTlsVerify ? QSslSocket::VerifyNone : QSslSocket::VerifyPeer);
    std::string ca = cluster.caData;
    if (ca.empty() && !cluster.caFile.empty()) {
        auto read = readSmallFile(cluster.caFile, "certificate-authority");
        if (!read)
            return tl::unexpected(read.error());
        ca = std::move(*read);
    }
    if (ca.empty()) {
        tls.setCaCertificates(QSslConfiguration::systemCaCertificates());
    } else {
        const QList<QSslCertificate> roots = QSslCertificate::fromData(QByteArray::fromStdString(ca), QSsl::Pem);
        if (roots.isEmpty())
            return fail("holds no PEM certificate", "certificate-authority", "check the kubeconfig's cluster");
        tls.setCaCertificates(roots);
    }
    if (!client.empty())
        if (auto added = addClient(tls, client); !added)
            return tl::unexpected(added.error());
    return tls;
}

} // namespace netopsy::kube
