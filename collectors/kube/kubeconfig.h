// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// kubeconfig, read and merged as kubectl does it (client-go's loading rules).
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace netopsy::kube {

struct Cluster {
    std::string server, tlsServerName, proxyUrl;
    std::filesystem::path caFile;
    std::string caData; ///< PEM
    bool insecureSkipTlsVerify = false;
    bool disableCompression = false;
    std::filesystem::path source;
};

struct ExecPlugin {
    std::string apiVersion, command, installHint, interactiveMode;
    std::vector<std::string> args;
    std::vector<std::pair<std::string, std::string>> env;
    bool provideClusterInfo = false;
};

/// Holds secrets: never log, store or print one.
struct User {
    std::filesystem::path certFile, keyFile, tokenFile;
    std::string certData, keyData, token, username, password;
    std::optional<ExecPlugin> exec;
    std::string impersonate, impersonateUid;
    std::vector<std::string> impersonateGroups;
    std::map<std::string, std::vector<std::string>> impersonateExtra;
    std::string unsupported; ///< e.g. an auth-provider; empty when all is understood
    std::filesystem::path source;
};

struct Context {
    std::string cluster, user, ns;
    std::filesystem::path source;
};

struct Kubeconfig {
    std::map<std::string, Cluster> clusters;
    std::map<std::string, User> users;
    std::map<std::string, Context> contexts;
    std::string currentContext;
    std::vector<std::string> warnings;
};

/// `explicitFile`: --kubeconfig, used alone and must exist; else $KUBECONFIG's list, else ~/.kube/config.
[[nodiscard]] Result<Kubeconfig> loadKubeconfig(const std::optional<std::filesystem::path>& explicitFile);

} // namespace netopsy::kube
