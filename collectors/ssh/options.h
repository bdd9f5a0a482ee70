// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace netopsy::ssh {

enum class HostKeyPolicy { Strict, AcceptNew, Ask };

/// An unknown host key, put before a person.
struct HostKeyQuestion {
    std::string host;        ///< "10.0.0.5" or "[10.0.0.5]:2222", as known_hosts spells it
    std::string keyType;     ///< "ssh-ed25519"
    std::string fingerprint; ///< "SHA256:…"
};

struct Options {
    std::string user;                              ///< empty: ssh_config's, else the login name
    int port = 0;                                  ///< 0: ssh_config's, else 22
    std::vector<std::filesystem::path> identities; ///< tried before ssh_config's
    std::filesystem::path configFile;              ///< empty: ~/.ssh/config then /etc/ssh/ssh_config
    std::filesystem::path knownHosts; ///< empty: ssh_config's, else ~/.ssh/known_hosts + /etc/ssh/ssh_known_hosts
    HostKeyPolicy hostKeyPolicy = HostKeyPolicy::Strict;
    bool useAgent = true;
    std::chrono::milliseconds resolveTimeout{5000}, connectTimeout{5000}, handshakeTimeout{10000},
        authTimeout{10000}, startTimeout{10000};
    int maxUnauthenticatedPerHost = 8;
    int connectRetries = 2; ///< after a reset before the banner (MaxStartups), with jitter

    /// Called from worker threads, one at a time; true accepts (and the key is added to known_hosts).
    std::function<bool(const HostKeyQuestion&)> askHostKey;
    /// Called from worker threads, one at a time; nullopt-like empty string means: skip this key.
    std::function<std::string(const std::string& keyFile)> askPassphrase;
    /// Warnings for people (e.g. a key file that is readable by others).
    std::function<void(const std::string&)> warn;

    /// True when a person chose hostKeyPolicy: then it holds whatever StrictHostKeyChecking says. Else a
    /// host's own `yes`, `accept-new` or `no` (taken as accept-new) goes before it.
    bool hostKeyPolicyIsExplicit = false;
};

} // namespace netopsy::ssh
