// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The user's key files. Each is read once, and its passphrase is asked for once, whatever the number of
// nodes. An unlocked key stays in memory, inside libssh, as long as the store; the passphrase itself is wiped
// at once.
#pragma once

#include "collectors/ssh/options.h"

#include <libssh/libssh.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace netopsy::ssh {

struct KeyFree {
    void operator()(ssh_key key) const { ssh_key_free(key); }
};
using Key = std::unique_ptr<ssh_key_struct, KeyFree>;

/// What can be told of a key file without its passphrase.
struct KeyFile {
    std::string problem; ///< why it can't be used; empty: it can
    bool absent = false; ///< there is no such file
    bool encrypted = false;
    std::string publicBlob; ///< wire form; empty when only the passphrase would tell
};

/// Thread-safe.
class KeyStore {
public:
    explicit KeyStore(const Options& options) : m_options(options) {}
    ~KeyStore();

    [[nodiscard]] KeyFile inspect(const std::string& file);
    /// A copy of the private key, for one thread. Asks for the passphrase where one is needed and nobody was
    /// asked before. Null with the reason in `problem`.
    [[nodiscard]] Key unlock(const std::string& file, std::string& problem);

private:
    struct Entry {
        KeyFile about;
        std::string bytes; ///< the file, until it is unlocked
        Key key;
        std::string problem; ///< of unlocking
    };
    Entry& entry(const std::string& file);

    const Options& m_options;
    std::mutex m_mutex;  ///< of the entries; never held while a person is asked
    std::mutex m_asking; ///< one question at a time
    std::map<std::string, Entry> m_entries;
};

} // namespace netopsy::ssh
