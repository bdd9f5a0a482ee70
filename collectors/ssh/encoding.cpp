// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/encoding.h"

#include <openssl/evp.h>

namespace netopsy::ssh {

namespace {

const unsigned char* bytesOf(std::string_view s) {
    return reinterpret_cast<const unsigned char*>(s.data());
}

} // namespace

std::string base64(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    out.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                                        bytesOf(bytes), static_cast<int>(bytes.size()))));
    return out;
}

std::optional<std::string> fromBase64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0 || text.size() > 65536 ||
        text.find_first_of(" \t\r\n") != std::string_view::npos)
        return std::nullopt;
    std::string out(text.size() / 4 * 3, '\0');
    const int n = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytesOf(text),
                                  static_cast<int>(text.size()));
    if (n < 0)
        return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    out.resize(static_cast<std::size_t>(n) - padding);
    return out;
}

std::string fingerprint(std::string_view keyBlob) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(keyBlob.data(), keyBlob.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    std::string text = base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
    while (text.ends_with('='))
        text.pop_back();
    return "SHA256:" + text;
}

std::uint32_t WireReader::number() {
    if (rest.size() < 4) {
        ok = false;
        rest = {};
        return 0;
    }
    std::uint32_t value = 0;
    for (const char c : rest.substr(0, 4))
        value = value << 8 | static_cast<unsigned char>(c);
    rest.remove_prefix(4);
    return value;
}

std::string_view WireReader::string() {
    const std::uint32_t size = number();
    if (size > rest.size()) {
        ok = false;
        rest = {};
        return {};
    }
    const std::string_view out = rest.substr(0, size);
    rest.remove_prefix(size);
    return out;
}

std::string wireNumber(std::uint32_t value) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift & 0xff);
    return out;
}

std::string wireString(std::string_view text) {
    return wireNumber(static_cast<std::uint32_t>(text.size())).append(text);
}

std::string keyType(std::string_view keyBlob) {
    const std::string_view type = WireReader{keyBlob}.string();
    return std::string(type.size() <= 64 ? type : std::string_view());
}

HostHash::HostHash() : m_md(EVP_MD_fetch(nullptr, "SHA1", nullptr)), m_context(EVP_MD_CTX_new()) {}

HostHash::~HostHash() {
    EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(m_context));
    EVP_MD_free(static_cast<EVP_MD*>(m_md));
}

HostHash::Digest HostHash::operator()(const Digest& salt, std::string_view host) {
    auto* context = static_cast<EVP_MD_CTX*>(m_context);
    const auto* md = static_cast<const EVP_MD*>(m_md);
    const auto half = [&](unsigned char pad, const void* text, std::size_t size) {
        std::array<unsigned char, 64> block;
        block.fill(pad);
        for (std::size_t i = 0; i < salt.size(); ++i)
            block[i] ^= salt[i];
        Digest digest{};
        EVP_DigestInit_ex2(context, md, nullptr);
        EVP_DigestUpdate(context, block.data(), block.size());
        EVP_DigestUpdate(context, text, size);
        EVP_DigestFinal_ex(context, digest.data(), nullptr);
        return digest;
    };
    const Digest inner = half(0x36, host.data(), host.size());
    return half(0x5c, inner.data(), inner.size());
}

} // namespace netopsy::ssh
