// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the values of ssh_config(5) mean: times, ports, yes and no, tokens, jumps. Errors name file and line.
#pragma once

#include "collectors/ssh/config_file.h"

#include <chrono>
#include <functional>
#include <map>

namespace netopsy::ssh {

struct ConfigValue {
    std::vector<std::string> args; ///< at least one, but for ProxyCommand
    std::string rest;              ///< as ConfigNode's
    std::string where;             ///< "file:line"
};

[[nodiscard]] Result<bool> yesNo(const ConfigValue& value);
[[nodiscard]] Result<int> portNumber(const std::string& text, const std::string& where);
/// "90", "1m30s"; at most 1,000,000 s
[[nodiscard]] Result<std::chrono::milliseconds> seconds(const ConfigValue& value);
/// Expands "%x" by `tokens` (keyed by the letter), and "${NAME}" where `environment` allows it.
[[nodiscard]] Result<std::string> expand(const std::string& text, const std::map<char, std::string>& tokens,
                                         bool environment, const std::string& where);

/// A jump of ProxyJump: "[user@]host[:port]".
struct JumpHost {
    std::string user; ///< empty: its own configuration's
    std::string host;
    int port = 0; ///< 0: its own configuration's
    bool operator==(const JumpHost&) const = default;
};
[[nodiscard]] Result<std::vector<JumpHost>> parseJumps(const std::string& text, const std::string& where);

/// What a malformed value would only tell when some host met it is told at once; `warn` hears of what Netopsy
/// takes otherwise than ssh.
[[nodiscard]] Result<void> checkConfig(const std::vector<ConfigNode>& nodes,
                                       const std::function<void(const std::string&)>& warn);

} // namespace netopsy::ssh
