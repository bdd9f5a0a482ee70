// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/config.h"

#include "core/base/text.h"

#include <netinet/in.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <map>

namespace netopsy::ssh {

namespace {

/// The first value of each keyword; IdentityFile collects.
struct Found {
    std::map<std::string, ConfigValue> first;
    std::vector<ConfigValue> identities;

    const ConfigValue* get(const std::string& keyword) const {
        const auto it = first.find(keyword);
        return it == first.end() ? nullptr : &it->second;
    }
};

std::vector<std::string> commaList(const std::string& s) {
    std::vector<std::string> out;
    for (const std::string_view part : text::split(s, ','))
        out.emplace_back(part);
    return out;
}

class Walk {
public:
    Walk(const Account& account, std::string host, std::string user)
        : m_account(account), m_host(std::move(host)), m_user(std::move(user)) {}

    Found found;

    void go(const std::vector<ConfigNode>& nodes) {
        bool active = true;
        for (const ConfigNode& node : nodes) {
            switch (node.kind) {
            case ConfigNode::Kind::Host:
                active = matchesPatterns(m_host, node.args);
                break;
            case ConfigNode::Kind::Match:
                active = matches(node);
                break;
            case ConfigNode::Kind::Include:
                for (const auto& file : node.files)
                    if (active)
                        go(file);
                break;
            case ConfigNode::Kind::Setting:
                if (active)
                    take(node);
                break;
            }
        }
    }

    /// `Match final` asks for a second pass, with what the first one found still going first.
    [[nodiscard]] bool again() { return !std::exchange(m_final, m_wantsFinal) && m_wantsFinal; }

    /// HostName so far, for `Match host`.
    std::string hostName() const {
        const ConfigValue* value = found.get("hostname");
        if (!value)
            return m_host;
        return expand(value->args[0], {{'h', m_host}}, false, {}).value_or(m_host);
    }

private:
    void take(const ConfigNode& node) {
        ConfigValue value{node.args, node.rest, node.where};
        if (node.keyword == "identityfile") {
            if (std::none_of(found.identities.begin(), found.identities.end(),
                             [&](const ConfigValue& known) { return known.args == value.args; }))
                found.identities.push_back(std::move(value));
        } else if (node.keyword == "proxyjump" || node.keyword == "proxycommand") {
            // Whichever comes first wins over both; but `ProxyJump none` leaves room for a command.
            const ConfigValue* jump = found.get("proxyjump");
            const bool jumps = jump && (node.keyword == "proxyjump" || lowered(jump->args[0]) != "none");
            if (!jumps && !found.get("proxycommand"))
                found.first.emplace(node.keyword, std::move(value));
        } else
            found.first.emplace(node.keyword, std::move(value));
    }

    bool matches(const ConfigNode& node) {
        for (std::size_t i = 0; i < node.args.size(); ++i) {
            std::string criterion = lowered(node.args[i]);
            const bool negated = criterion.starts_with('!');
            if (negated)
                criterion.erase(0, 1);
            bool holds = false;
            if (criterion == "all") {
                holds = true;
            } else if (criterion == "final") {
                m_wantsFinal = true;
                holds = m_final;
            } else if (criterion == "canonical" || i + 1 == node.args.size()) {
                holds = false; // names are not canonicalized
            } else {
                const std::vector<std::string> patterns = commaList(node.args[++i]);
                const ConfigValue* user = found.get("user");
                if (criterion == "host")
                    holds = matchesPatterns(lowered(hostName()), patterns);
                else if (criterion == "originalhost")
                    holds = matchesPatterns(lowered(m_host), patterns);
                else if (criterion == "user")
                    holds = matchesPatterns(!m_user.empty() ? m_user
                                            : user          ? user->args[0]
                                                            : m_account.login,
                                            patterns);
                else if (criterion == "localuser")
                    holds = matchesPatterns(m_account.login, patterns);
                else
                    return false; // exec and what newer versions may add
            }
            if (holds == negated)
                return false;
        }
        return true;
    }

    const Account& m_account;
    std::string m_host, m_user;
    bool m_final = false, m_wantsFinal = false;
};

bool anyNames(const std::vector<ConfigNode>& nodes, const std::string& host) {
    for (const ConfigNode& node : nodes) {
        for (const auto& file : node.files)
            if (anyNames(file, host))
                return true;
        if (node.kind != ConfigNode::Kind::Host || !matchesPatterns(host, node.args))
            continue;
        for (const std::string& pattern : node.args)
            if (pattern.find_first_not_of('*') != std::string::npos && matchesPattern(host, pattern))
                return true;
    }
    return false;
}

} // namespace

Account Account::current() {
    Account account;
    account.uid = geteuid();
    passwd entry{}, *found = nullptr;
    std::array<char, 16384> buffer;
    if (getpwuid_r(account.uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found) {
        account.home = entry.pw_dir;
        account.login = entry.pw_name;
    } else { // a container's nameless user
        const char* home = std::getenv("HOME");
        const char* user = std::getenv("USER");
        account.home = home ? home : "/";
        account.login = user ? user : std::to_string(account.uid);
    }
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) == 0)
        account.localHost = name.data();
    return account;
}

Result<Config> Config::read(const std::filesystem::path& file, Account account, const Warn& warn) {
    Config config;
    config.m_account = std::move(account);
    const auto add = [&](const std::filesystem::path& path, bool system, bool isPrivate) -> Result<void> {
        auto nodes = readConfigFile(path, {config.m_account.home, system, isPrivate});
        if (!nodes)
            return tl::unexpected(nodes.error());
        if (auto ok = checkConfig(*nodes, warn); !ok)
            return ok;
        config.m_files.push_back(std::move(*nodes));
        return {};
    };
    if (!file.empty()) {
        if (auto ok = add(file, false, false); !ok)
            return tl::unexpected(ok.error());
        return config;
    }
    std::error_code ignored;
    const std::filesystem::path own = config.m_account.home / ".ssh/config";
    if (std::filesystem::exists(own, ignored))
        if (auto ok = add(own, false, true); !ok)
            return tl::unexpected(ok.error());
    const std::filesystem::path system = "/etc/ssh/ssh_config";
    if (std::filesystem::exists(system, ignored))
        if (auto ok = add(system, true, false); !ok)
            return tl::unexpected(ok.error());
    return config;
}

bool Config::names(const std::string& host) const {
    return std::any_of(m_files.begin(), m_files.end(), [&](const auto& file) { return anyNames(file, host); });
}

Result<HostConfig> Config::forHost(const std::string& host, const std::string& user, int port,
                                   const std::string& address) const {
    Walk walk(m_account, host, user);
    do
        for (const auto& file : m_files)
            walk.go(file);
    while (walk.again());
    const Found& found = walk.found;

    HostConfig out;
    out.alias = host;
    // A bad HostName token is told; an absent HostName is the address, or the name itself.
    out.hostName = !address.empty() ? address : host;
    if (const ConfigValue* value = found.get("hostname")) {
        auto name = expand(value->args[0], {{'h', host}}, false, value->where);
        if (!name)
            return tl::unexpected(name.error());
        out.hostName = *name;
    }
    if (port != 0) {
        out.port = port;
    } else if (const ConfigValue* value = found.get("port")) {
        auto number = portNumber(value->args[0], value->where);
        if (!number)
            return tl::unexpected(number.error());
        out.port = *number;
    }
    const ConfigValue* configuredUser = found.get("user");
    out.user = !user.empty() ? user : configuredUser ? configuredUser->args[0] : m_account.login;
    if (const ConfigValue* value = found.get("hostkeyalias"))
        out.hostKeyAlias = lowered(value->args[0]);

    const std::map<char, std::string> few{
        {'h', out.hostName}, {'n', host}, {'p', std::to_string(out.port)}, {'r', out.user}};
    std::map<char, std::string> tokens = few;
    tokens.insert({{'d', m_account.home.string()},
                   {'i', std::to_string(m_account.uid)},
                   {'k', out.hostKeyAlias.empty() ? host : out.hostKeyAlias},
                   {'L', m_account.localHost.substr(0, m_account.localHost.find('.'))},
                   {'l', m_account.localHost},
                   {'u', m_account.login}});
    const auto path = [&](const std::string& text, const std::string& where) {
        return expand(expandTilde(text, m_account.home), tokens, true, where);
    };
    const auto paths = [&](const ConfigValue& value, std::vector<std::string>& into) -> Result<void> {
        for (const std::string& arg : value.args) {
            if (lowered(arg) == "none")
                continue;
            auto one = path(arg, value.where);
            if (!one)
                return tl::unexpected(one.error());
            into.push_back(std::move(*one));
        }
        return {};
    };

    for (const ConfigValue& value : found.identities) {
        if (lowered(value.args[0]) == "none") {
            out.identityFilesNone = true;
            continue;
        }
        auto file = path(value.args[0], value.where);
        if (!file)
            return tl::unexpected(file.error());
        out.identityFiles.push_back(std::move(*file));
    }
    if (const ConfigValue* value = found.get("identitiesonly"))
        out.identitiesOnly = yesNo(*value).value_or(false);
    if (const ConfigValue* value = found.get("identityagent")) {
        const std::string& arg = value->args[0];
        if (arg.starts_with('$') && !arg.starts_with("${")) {
            const char* socket = std::getenv(arg.c_str() + 1);
            out.identityAgent = socket ? socket : "none";
        } else if (lowered(arg) == "none") {
            out.identityAgent = "none";
        } else if (arg != "SSH_AUTH_SOCK") {
            auto socket = path(arg, value->where);
            if (!socket)
                return tl::unexpected(socket.error());
            out.identityAgent = *socket;
        }
    }
    if (const ConfigValue* value = found.get("proxyjump"); value && lowered(value->args[0]) != "none") {
        auto jump = expand(value->args[0], few, false, value->where);
        if (!jump)
            return tl::unexpected(jump.error());
        out.proxyJump = *jump;
    }
    if (const ConfigValue* value = found.get("proxycommand"); value && lowered(value->rest) != "none") {
        auto command = expand(value->rest, few, false, value->where);
        if (!command)
            return tl::unexpected(command.error());
        out.proxyCommand = *command;
    }
    if (const ConfigValue* value = found.get("stricthostkeychecking")) {
        const std::string word = lowered(value->args[0]);
        out.strict = word == "yes" || word == "true" ? StrictHostKeys::Yes
                     : word == "ask"                 ? StrictHostKeys::Ask
                                                     : StrictHostKeys::AcceptNew;
    }
    if (const ConfigValue* value = found.get("userknownhostsfile")) {
        if (auto ok = paths(*value, out.userKnownHosts); !ok)
            return tl::unexpected(ok.error());
    } else {
        out.userKnownHosts = {m_account.home / ".ssh/known_hosts", m_account.home / ".ssh/known_hosts2"};
    }
    if (const ConfigValue* value = found.get("globalknownhostsfile")) {
        if (auto ok = paths(*value, out.globalKnownHosts); !ok)
            return tl::unexpected(ok.error());
    } else {
        out.globalKnownHosts = {"/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"};
    }
    if (const ConfigValue* value = found.get("hashknownhosts"))
        out.hashKnownHosts = yesNo(*value).value_or(false);
    if (const ConfigValue* value = found.get("connecttimeout"); value && lowered(value->args[0]) != "none")
        out.connectTimeout = seconds(*value).value_or(std::chrono::milliseconds(0));
    if (const ConfigValue* value = found.get("addressfamily")) {
        const std::string word = lowered(value->args[0]);
        out.addressFamily = word == "inet" ? AF_INET : word == "inet6" ? AF_INET6 : AF_UNSPEC;
    }
    return out;
}

} // namespace netopsy::ssh
