// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ssh_config(5) as written: its lines, its Host and Match blocks, its included files. Read once and walked
// for each host, because which lines hold depends on the host and on the lines before. libssh's own reader is
// not used: it runs the command of `Match exec`, and reads all files again for every session.
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::ssh {

struct ConfigNode {
    enum class Kind { Setting, Host, Match, Include };
    Kind kind = Kind::Setting;
    std::string where;                          ///< "file:line"
    std::string keyword;                        ///< lower case
    std::vector<std::string> args;              ///< unquoted
    std::string rest;                           ///< the line after the keyword as it stands, for ProxyCommand
    std::vector<std::vector<ConfigNode>> files; ///< of an Include, in order
};

/// What decides how paths in the file are understood.
struct ConfigPlace {
    std::filesystem::path home; ///< of the account, as the password file has it
    bool system = false;        ///< /etc/ssh/ssh_config: relative Includes are in /etc/ssh
    bool mustBePrivate = false; ///< as ssh does with ~/.ssh/config: nobody else may write it
};

/// At most 1 MiB a file, 16 levels and 256 files.
[[nodiscard]] Result<std::vector<ConfigNode>> readConfigFile(const std::filesystem::path& file,
                                                             const ConfigPlace& place);

/// Words as ssh splits them: single and double quotes, backslash before a quote, a backslash or a blank, a
/// comment from an unquoted '#' at a word's start. Fails on a quote that is not closed.
[[nodiscard]] Result<std::vector<std::string>> splitArguments(std::string_view line);

/// In ASCII, whatever the locale.
[[nodiscard]] std::string lowered(std::string_view s);
/// "*" and "?" as in ssh_config patterns; case matters.
[[nodiscard]] bool matchesPattern(std::string_view text, std::string_view pattern);
/// Several patterns, some with "!" before: no negated one matches, and another does.
[[nodiscard]] bool matchesPatterns(std::string_view text, const std::vector<std::string>& patterns);

/// "~" and "~/x"; another user's home ("~other/x") is looked up.
[[nodiscard]] std::string expandTilde(const std::string& path, const std::filesystem::path& home);

} // namespace netopsy::ssh
