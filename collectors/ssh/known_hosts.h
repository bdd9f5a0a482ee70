// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The known_hosts files as an index: each is read once, whatever the number of nodes. libssh would read them
// all twice for each session (10,000 hashed lines cost it 233 ms a time). Every key keeps the file and line
// it stands on, because a person who meets a changed key has to look there.
#pragma once

#include "collectors/ssh/encoding.h"
#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace netopsy::ssh {

struct KnownKey {
    enum class Marker { None, Revoked, Authority };
    std::string type;  ///< "ssh-ed25519"
    std::string key;   ///< base64 of the wire form
    std::string where; ///< "file:line"
    Marker marker = Marker::None;
};

/// "10.0.0.5", or "[10.0.0.5]:2222" where the port is not 22; lower case.
[[nodiscard]] std::string knownHostsName(const std::string& host, int port);

/// Thread-safe.
class KnownHosts {
public:
    using Warn = std::function<void(const std::string&)>;
    /// `warn` hears of lines that can't be read (they are passed by, as ssh does).
    explicit KnownHosts(Warn warn) : m_warn(std::move(warn)) {}

    /// Reads a file if it wasn't yet. A file that doesn't exist is empty; one that can't be read, or is
    /// larger than 64 MiB, is an error.
    Result<void> load(const std::string& file);
    /// All that these files (loaded before) say of a host, spelled as by knownHostsName().
    [[nodiscard]] std::vector<KnownKey> find(const std::vector<std::string>& files, const std::string& name) const;
    /// Appends a line in one write, for a private file that is made where missing, and remembers it.
    Result<void> add(const std::string& file, const std::string& name, const std::string& type,
                     const std::string& key, bool hashed);

private:
    struct Hashed {
        HostHash::Digest salt, hash;
        std::size_t key;
    };
    struct Patterns {
        std::vector<std::string> patterns;
        std::size_t key;
    };
    struct File {
        std::vector<KnownKey> keys;
        std::unordered_map<std::string, std::vector<std::size_t>> plain;
        std::vector<Hashed> hashed;
        std::vector<Patterns> patterns;
        std::size_t lines = 0;
    };
    bool addLine(File& file, std::string_view line, const std::string& where) const;

    Warn m_warn;
    mutable std::shared_mutex m_mutex; // a look-up among hashed lines takes milliseconds
    std::map<std::string, File> m_files;
};

} // namespace netopsy::ssh
