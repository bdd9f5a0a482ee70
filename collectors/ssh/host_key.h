// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Is the server the one we know? The rules of ssh: a key that stands in known_hosts is right; another one of
// a known host is refused, always; a revoked one is refused; an unknown host is refused, learned, or put
// before a person, as the policy says.
#pragma once

#include "collectors/ssh/config.h"
#include "collectors/ssh/known_hosts.h"
#include "collectors/ssh/options.h"

#include <mutex>

namespace netopsy::ssh {

/// A server's key.
struct HostKey {
    std::string type; ///< "ssh-ed25519"
    std::string blob; ///< wire form
};

/// Thread-safe.
class HostKeyCheck {
public:
    HostKeyCheck(const Options& options, KnownHosts& known) : m_options(options), m_known(known) {}

    /// Reads the files that this host's configuration names.
    Result<void> prepare(const HostConfig& host);
    /// The algorithms to offer, the kinds that are known of this host first, so that the server shows one of
    /// them; in the form of ssh_options_set(SSH_OPTIONS_HOSTKEYS).
    [[nodiscard]] std::string algorithms(const HostConfig& host) const;
    /// Blocks while a person is asked.
    Result<void> verify(const HostConfig& host, const HostKey& key, const std::string& where);

private:
    struct Files {
        std::vector<std::string> all;
        std::string own; ///< where a new key goes
    };
    [[nodiscard]] Files files(const HostConfig& host) const;
    [[nodiscard]] HostKeyPolicy policy(const HostConfig& host) const;
    /// True: known. False: unknown.
    [[nodiscard]] Result<bool> compare(const HostConfig& host, const HostKey& key, const std::string& where) const;

    const Options& m_options;
    KnownHosts& m_known;
    std::mutex m_asking; ///< one question at a time, and no host learned twice
};

} // namespace netopsy::ssh
