// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The digests and encodings that known_hosts and key fingerprints are written in.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace netopsy::ssh {

[[nodiscard]] std::string base64(std::string_view bytes);
/// Strict: padded, no blanks. At most 64 KiB.
[[nodiscard]] std::optional<std::string> fromBase64(std::string_view text);
/// "SHA256:…" without padding, as ssh-keygen -l prints it; of the key's wire form.
[[nodiscard]] std::string fingerprint(std::string_view keyBlob);

/// A key's wire form begins with its type ("ssh-ed25519"); empty when it doesn't.
[[nodiscard]] std::string keyType(std::string_view keyBlob);

/// Walks over the numbers and counted strings that SSH's binary forms are made of. After a short read \`ok\`
/// is false and everything is empty or 0.
struct WireReader {
    std::string_view rest;
    bool ok = true;
    std::uint32_t number();
    std::string_view string();
};
/// A counted string.
[[nodiscard]] std::string wireString(std::string_view text);
[[nodiscard]] std::string wireNumber(std::uint32_t value);

/// HMAC-SHA1, as hashed known_hosts lines use it. One object serves one thread; it is about four times as
/// fast as OpenSSL's one-shot call, which counts when ten thousand salts are tried for each of thousands of
/// hosts.
class HostHash {
public:
    using Digest = std::array<unsigned char, 20>;
    HostHash();
    ~HostHash();
    HostHash(const HostHash&) = delete;
    HostHash& operator=(const HostHash&) = delete;
    [[nodiscard]] Digest operator()(const Digest& salt, std::string_view host);

private:
    void* m_md;
    void* m_context;
};

} // namespace netopsy::ssh
