// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/key_store.h"

#include "collectors/local/fd.h"
#include "collectors/ssh/encoding.h"
#include "core/base/text.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace netopsy::ssh {

namespace {

constexpr std::size_t largestFile = 64u << 10;
constexpr int mostAsked = 3; // a mistyped passphrase may be typed again, as with ssh

void wipe(std::string& secret) {
    OPENSSL_cleanse(secret.data(), secret.size());
    secret.clear();
}

/// libssh would else ask on the terminal.
int refuse(const char*, char*, size_t, int, int, void*) {
    return -1;
}

/// The body between the lines of dashes, decoded.
std::string pemBody(std::string_view pem) {
    std::string joined;
    for (const std::string_view line : text::lines(pem))
        if (!line.starts_with("-----"))
            joined += text::trim(line);
    return fromBase64(joined).value_or(std::string());
}

/// "type base64 comment" of the .pub file beside it.
std::string publicBlobBeside(const std::string& file) {
    std::ifstream in(file + ".pub");
    std::string type, key;
    in.width(64);
    in >> type;
    in.width(largestFile);
    in >> key;
    std::string blob = fromBase64(key).value_or(std::string());
    return !blob.empty() && keyType(blob) == type ? blob : std::string();
}

std::string publicBlobOf(ssh_key key) {
    char* encoded = nullptr;
    std::string blob;
    if (ssh_pki_export_pubkey_base64(key, &encoded) == SSH_OK && encoded)
        blob = fromBase64(encoded).value_or(std::string());
    ssh_string_free_char(encoded);
    return blob;
}

} // namespace

KeyStore::~KeyStore() {
    for (auto& [file, one] : m_entries)
        wipe(one.bytes);
}

KeyStore::Entry& KeyStore::entry(const std::string& file) {
    const auto [it, isNew] = m_entries.try_emplace(file);
    Entry& one = it->second;
    if (!isNew)
        return one;
    const local::Fd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) {
        one.about.absent = errno == ENOENT || errno == ENOTDIR;
        one.about.problem = one.about.absent ? "no such file" : std::strerror(errno);
        return one;
    }
    struct stat st {};
    if (fstat(fd.get(), &st) != 0 || !S_ISREG(st.st_mode)) {
        one.about.problem = "not a file";
        return one;
    }
    if (st.st_uid == getuid() && (st.st_mode & 077) != 0) {
        one.about.problem = "others may read it";
        if (m_options.warn)
            m_options.warn(file + ": others may read this private key, so it is not used (chmod 600 " +
                           text::shellQuote(file) + ")");
        return one;
    }
    one.bytes.resize(largestFile + 1);
    const ssize_t n = ::read(fd.get(), one.bytes.data(), one.bytes.size());
    one.bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    if (one.bytes.empty() || one.bytes.size() > largestFile) {
        one.about.problem = "not a private key";
        wipe(one.bytes);
        return one;
    }

    const std::string_view pem = text::trim(one.bytes);
    if (pem.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----")) {
        std::string body = pemBody(pem);
        constexpr std::string_view magic("openssh-key-v1\0", 15);
        if (body.starts_with(magic)) {
            WireReader reader{std::string_view(body).substr(magic.size())};
            one.about.encrypted = reader.string() != "none"; // the cipher
            static_cast<void>(reader.string());              // key derivation, and its parameters
            static_cast<void>(reader.string());
            if (reader.number() == 1)
                one.about.publicBlob = reader.string();
        }
        wipe(body);
    } else {
        one.about.encrypted = pem.find("ENCRYPTED") != std::string_view::npos;
        one.about.publicBlob = publicBlobBeside(file);
    }
    if (!one.about.encrypted) {
        ssh_key key = nullptr;
        if (ssh_pki_import_privkey_base64(one.bytes.c_str(), nullptr, refuse, nullptr, &key) == SSH_OK) {
            one.key.reset(key);
            one.about.publicBlob = publicBlobOf(key);
        } else {
            one.about.problem = "not a private key that can be used";
        }
        wipe(one.bytes);
    }
    return one;
}

KeyFile KeyStore::inspect(const std::string& file) {
    const std::lock_guard lock(m_mutex);
    return entry(file).about;
}

Key KeyStore::unlock(const std::string& file, std::string& problem) {
    const std::lock_guard asking(m_asking);
    std::string bytes;
    {
        const std::lock_guard lock(m_mutex);
        Entry& one = entry(file);
        problem = !one.about.problem.empty() ? one.about.problem : one.problem;
        if (one.key)
            return Key(ssh_key_dup(one.key.get()));
        if (!problem.empty())
            return nullptr;
        bytes = one.bytes;
    }

    Key key;
    if (!m_options.askPassphrase)
        problem = "it has a passphrase, and nobody can be asked; load it into ssh-agent";
    for (int i = 0; i < mostAsked && !key && problem.empty(); ++i) {
        std::string passphrase = m_options.askPassphrase(file);
        ssh_key found = nullptr;
        if (passphrase.empty())
            problem = "its passphrase was not given";
        else if (ssh_pki_import_privkey_base64(bytes.c_str(), passphrase.c_str(), refuse, nullptr, &found) ==
                 SSH_OK)
            key.reset(found);
        wipe(passphrase);
    }
    if (!key && problem.empty())
        problem = "the passphrase is wrong";
    wipe(bytes);

    const std::lock_guard lock(m_mutex);
    Entry& one = entry(file);
    one.problem = problem;
    wipe(one.bytes);
    if (!key)
        return nullptr;
    one.about.publicBlob = publicBlobOf(key.get());
    one.key = std::move(key);
    return Key(ssh_key_dup(one.key.get()));
}

} // namespace netopsy::ssh
