// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What ssh_config(5) says for one host. `ssh -G` is the yardstick: the tests compare with it.
//
// Two departures, both on the side of caution: `Match exec` is never run (a warning says so and the block
// counts as not matching), and `StrictHostKeyChecking no` means accept-new, because a changed key is never
// let through.
#pragma once

#include "collectors/ssh/config_file.h"
#include "collectors/ssh/config_values.h"

#include <chrono>
#include <functional>
#include <optional>

namespace netopsy::ssh {

enum class StrictHostKeys { Yes, Ask, AcceptNew };

/// With all tokens and tildes expanded.
struct HostConfig {
    std::string alias;    ///< what was asked for
    std::string hostName; ///< where to connect
    int port = 22;
    std::string user;
    std::vector<std::string> identityFiles; ///< empty: none configured, so ssh's defaults hold
    bool identityFilesNone = false;         ///< `IdentityFile none`: not even the defaults
    bool identitiesOnly = false;
    std::string identityAgent;           ///< a socket's path; "none"; empty: $SSH_AUTH_SOCK
    std::string proxyJump, proxyCommand; ///< empty: none
    std::optional<StrictHostKeys> strict;
    std::vector<std::string> userKnownHosts, globalKnownHosts;
    bool hashKnownHosts = false;
    std::string hostKeyAlias;
    std::optional<std::chrono::milliseconds> connectTimeout;
    int addressFamily = 0; ///< AF_UNSPEC, AF_INET, AF_INET6
};

/// Who asks; a test can be someone else.
struct Account {
    std::filesystem::path home; ///< from the password file, as ssh does, not $HOME
    std::string login;
    std::string localHost;
    unsigned uid = 0;
    [[nodiscard]] static Account current();
};

class Config {
public:
    using Warn = std::function<void(const std::string&)>;

    /// `file` alone where given; else ~/.ssh/config, then /etc/ssh/ssh_config, each if it exists.
    [[nodiscard]] static Result<Config> read(const std::filesystem::path& file, Account account, const Warn& warn);

    /// `user`, `port`: from the command line, which beats the files; empty and 0 when not given.
    /// `address`: stands for HostName where the files give none; may be empty.
    [[nodiscard]] Result<HostConfig> forHost(const std::string& host, const std::string& user = {}, int port = 0,
                                             const std::string& address = {}) const;
    /// True when a Host line names this host by more than "*".
    [[nodiscard]] bool names(const std::string& host) const;
    [[nodiscard]] const Account& account() const { return m_account; }

private:
    std::vector<std::vector<ConfigNode>> m_files;
    Account m_account;
};

} // namespace netopsy::ssh
