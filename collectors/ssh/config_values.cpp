// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/config_values.h"

#include "core/base/text.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace netopsy::ssh {

Result<std::string> expand(const std::string& text, const std::map<char, std::string>& tokens, bool environment,
                           const std::string& where) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (environment && text.compare(i, 2, "${") == 0) {
            const auto close = text.find('}', i);
            if (close == std::string::npos)
                return fail("\"${\" is not closed", where);
            const std::string name = text.substr(i + 2, close - i - 2);
            const char* value = std::getenv(name.c_str());
            if (!value)
                return fail("the environment has no \"" + name + "\"", where);
            out += value;
            i = close;
        } else if (text[i] != '%') {
            out += text[i];
        } else if (++i == text.size()) {
            return fail("a lone \"%\" at the end", where, "write %% for a percent sign");
        } else if (text[i] == '%') {
            out += '%';
        } else if (const auto it = tokens.find(text[i]); it != tokens.end()) {
            out += it->second;
        } else {
            return fail("the token " + text.substr(i - 1, 2) + " is not known here", where,
                        "Netopsy knows %% %d %h %i %k %L %l %n %p %r %u");
        }
    }
    return out;
}

Result<bool> yesNo(const ConfigValue& value) {
    const std::string word = lowered(value.args[0]);
    if (word == "yes" || word == "true")
        return true;
    if (word == "no" || word == "false")
        return false;
    return fail("\"" + text::printable(value.args[0]) + "\" is neither yes nor no", value.where);
}

Result<int> portNumber(const std::string& text, const std::string& where) {
    const auto port = text::toUint(text);
    if (!port || *port == 0 || *port > 65535)
        return fail("\"" + text::printable(text) + "\" is no port number", where);
    return static_cast<int>(*port);
}

Result<std::chrono::milliseconds> seconds(const ConfigValue& value) {
    const auto bad = fail("\"" + text::printable(value.args[0]) + "\" is no time", value.where);
    std::uint64_t total = 0, number = 0;
    bool digits = false;
    for (const char c : value.args[0] + "s") {
        const std::map<char, std::uint64_t> units{{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
        if (c >= '0' && c <= '9') {
            number = number * 10 + static_cast<std::uint64_t>(c - '0');
            digits = true;
        } else if (const auto unit = units.find(static_cast<char>(std::tolower(c))); unit != units.end()) {
            total += number * unit->second;
            number = 0;
        } else {
            return bad;
        }
        if (number > 1'000'000 || total > 1'000'000)
            return bad;
    }
    if (!digits)
        return bad;
    return std::chrono::seconds(total);
}

Result<std::vector<JumpHost>> parseJumps(const std::string& text, const std::string& where) {
    std::vector<JumpHost> jumps;
    if (lowered(text) == "none")
        return jumps;
    for (const std::string_view part : text::split(text, ',')) {
        std::string_view rest = text::trim(part);
        if (rest.starts_with("ssh://"))
            rest.remove_prefix(6);
        JumpHost jump;
        if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
            jump.user = rest.substr(0, at);
            rest.remove_prefix(at + 1);
        }
        const bool bracketed = rest.starts_with('[');
        const auto close = rest.find(']');
        const auto colon = bracketed ? (close == std::string_view::npos ? close : rest.find(':', close))
                           : std::count(rest.begin(), rest.end(), ':') == 1 ? rest.find(':')
                                                                            : std::string_view::npos;
        if (colon != std::string_view::npos) {
            auto port = portNumber(std::string(rest.substr(colon + 1)), where);
            if (!port)
                return tl::unexpected(port.error());
            jump.port = *port;
            rest = rest.substr(0, colon);
        }
        if (bracketed && rest.ends_with(']'))
            rest = rest.substr(1, rest.size() - 2);
        jump.host = rest;
        if (jump.host.empty() || jump.host.starts_with('-') ||
            jump.host.find_first_of("[] \t/") != std::string::npos)
            return fail("\"" + text::printable(part) + "\" is no [user@]host[:port]", where);
        jumps.push_back(std::move(jump));
    }
    return jumps;
}

Result<void> checkConfig(const std::vector<ConfigNode>& nodes,
                         const std::function<void(const std::string&)>& warn) {
    for (const ConfigNode& node : nodes) {
        for (const auto& file : node.files)
            if (auto ok = checkConfig(file, warn); !ok)
                return ok;
        const ConfigValue value{node.args, node.rest, node.where};
        if (node.keyword == "match") {
            for (const std::string& arg : node.args)
                if (lowered(arg) == "exec" || lowered(arg) == "!exec")
                    warn(node.where + ": Match exec is not run by Netopsy; its block is passed by");
        } else if (node.keyword == "port") {
            if (auto port = portNumber(node.args[0], node.where); !port)
                return tl::unexpected(port.error());
        } else if (node.keyword == "identitiesonly" || node.keyword == "hashknownhosts") {
            if (auto flag = yesNo(value); !flag)
                return tl::unexpected(flag.error());
        } else if (node.keyword == "connecttimeout" && lowered(node.args[0]) != "none") {
            if (auto time = seconds(value); !time)
                return tl::unexpected(time.error());
        } else if (node.keyword == "stricthostkeychecking") {
            const std::string word = lowered(node.args[0]);
            if (word == "no" || word == "off" || word == "false")
                warn(node.where + ": StrictHostKeyChecking no is taken as accept-new: a changed key is refused");
            else if (word != "yes" && word != "true" && word != "ask" && word != "accept-new")
                return fail("\"" + text::printable(node.args[0]) + "\" is none of yes, ask, accept-new, no",
                            node.where);
        } else if (node.keyword == "proxyjump") {
            if (auto jumps = parseJumps(node.args[0], node.where); !jumps)
                return tl::unexpected(jumps.error());
        } else if (node.keyword == "addressfamily") {
            const std::string word = lowered(node.args[0]);
            if (word != "any" && word != "inet" && word != "inet6")
                return fail("\"" + text::printable(node.args[0]) + "\" is none of any, inet, inet6", node.where);
        }
    }
    return {};
}

} // namespace netopsy::ssh
