// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/credentials.h"

#include "core/base/text.h"

#include <QUrl>

#include <algorithm>

namespace netopsy::kube {

namespace {

/// A header's value must not be able to become another header.
bool isSafe(std::string_view value) {
    return std::none_of(value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

} // namespace

bool Credentials::expired() const {
    using namespace std::chrono_literals;
    return m_exec && m_exec->expires && std::chrono::system_clock::now() + 10s >= *m_exec->expires;
}

Result<void> Credentials::loadCertificate() {
    m_certificate = {m_user.certData, m_user.keyData};
    const auto fill = [](std::string& into, const std::filesystem::path& file, const char* field) -> Result<void> {
        if (!into.empty() || file.empty())
            return {};
        auto read = readSmallFile(file, field);
        if (!read)
            return tl::unexpected(read.error());
        into = std::move(*read);
        return {};
    };
    if (auto read = fill(m_certificate.certificate, m_user.certFile, "client-certificate"); !read)
        return read;
    return fill(m_certificate.key, m_user.keyFile, "client-key");
}

Result<void> Credentials::refresh(const std::stop_token& stop) {
    if (!m_user.unsupported.empty())
        return fail(m_user.unsupported, m_user.source.string());
    if (m_user.impersonate.empty() &&
        (!m_user.impersonateUid.empty() || !m_user.impersonateGroups.empty() || !m_user.impersonateExtra.empty()))
        return fail("as-uid, as-groups or as-user-extra stand without as", m_user.source.string(),
                    "name the user to impersonate, or remove them");
    if (auto loaded = loadCertificate(); !loaded)
        return loaded;
    if (!m_user.exec)
        return {};
    auto credential = runExecPlugin(*m_user.exec, m_cluster, stop);
    if (!credential)
        return tl::unexpected(credential.error());
    m_exec = std::move(*credential);
    if (!m_exec->certificate.empty())
        m_certificate = {m_exec->certificate, m_exec->key};
    return {};
}

Result<QList<std::pair<QByteArray, QByteArray>>> Credentials::headers() const {
    QList<std::pair<QByteArray, QByteArray>> out;
    std::string token = m_user.token;
    if (!m_user.tokenFile.empty()) {
        auto read = readSmallFile(m_user.tokenFile, "tokenFile");
        if (!read)
            return tl::unexpected(read.error());
        token = text::trim(*read);
        if (token.empty())
            return fail("is empty", m_user.tokenFile.string(), "renew the token");
    }
    if (m_exec && !m_exec->token.empty())
        token = m_exec->token;
    const auto add = [&](const QByteArray& name, const std::string& value) {
        out.append({name, QByteArray::fromStdString(value)});
    };
    bool safe = isSafe(token) && isSafe(m_user.impersonate) && isSafe(m_user.impersonateUid);
    if (!token.empty())
        add("Authorization", "Bearer " + token);
    else if (!m_user.username.empty() || !m_user.password.empty())
        out.append({"Authorization",
                    "Basic " + QByteArray::fromStdString(m_user.username + ":" + m_user.password).toBase64()});
    if (!m_user.impersonate.empty())
        add("Impersonate-User", m_user.impersonate);
    if (!m_user.impersonateUid.empty())
        add("Impersonate-Uid", m_user.impersonateUid);
    for (const std::string& member : m_user.impersonateGroups) {
        safe = safe && isSafe(member);
        add("Impersonate-Group", member);
    }
    for (const auto& [key, values] : m_user.impersonateExtra)
        for (const std::string& value : values) {
            safe = safe && isSafe(value);
            add("Impersonate-Extra-" + QUrl::toPercentEncoding(QString::fromStdString(key).toLower()), value);
        }
    if (!safe)
        return fail("a token or an impersonated name holds a line break", m_user.source.string(),
                    "correct the kubeconfig's user");
    return out;
}

} // namespace netopsy::kube
