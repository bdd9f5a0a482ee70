// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/config.h"

#include "core/base/text.h"

#include <netinet/in.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <map>

namespace netopsy::ssh {

namespace {

struct Value {
    std::vector<std::string> args;
    std::string rest;
    std::string where;
};

/// The first value of each keyword; IdentityFile collects.
struct Found {
    std::map<std::string, Value> first;
    std::vector<Value> identities;

    const Value* get(const std::string& keyword) const {
        const auto it = first.find(keyword);
        return it == first.end() ? nullptr : &it->second;
    }
};

std::string lower(std::string s) {
    for (char& c : s)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return s;
}

std::vector<std::string> commaList(const std::string& s) {
    std::vector<std::string> out;
    for (const std::string_view part : text::split(s, ','))
        out.emplace_back(part);
    return out;
}

/// Expands "%x" by `tokens` (keyed by the letter), and "${NAME}" where `environment` allows it.
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
            return fail(std::string("the token %") + text[i] + " is not known here", where,
                        "Netopsy knows %% %d %h %i %k %L %l %n %p %r %u");
        }
    }
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
        const Value* value = found.get("hostname");
        if (!value)
            return m_host;
        return expand(value->args[0], {{'h', m_host}}, false, {}).value_or(m_host);
    }

private:
    void take(const ConfigNode& node) {
        Value value{node.args, node.rest, node.where};
        if (node.keyword == "identityfile") {
            if (std::none_of(found.identities.begin(), found.identities.end(),
                             [&](const Value& known) { return known.args == value.args; }))
                found.identities.push_back(std::move(value));
        } else if (node.keyword == "proxyjump" || node.keyword == "proxycommand") {
            // Whichever comes first wins over both; but `ProxyJump none` leaves room for a command.
            const Value* jump = found.get("proxyjump");
            const bool jumps = jump && (node.keyword == "proxyjump" || lower(jump->args[0]) != "none");
            if (!jumps && !found.get("proxycommand"))
                found.first.emplace(node.keyword, std::move(value));
        } else
            found.first.emplace(node.keyword, std::move(value));
    }

    bool matches(const ConfigNode& node) {
        for (std::size_t i = 0; i < node.args.size(); ++i) {
            std::string criterion = lower(node.args[i]);
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
                const Value* user = found.get("user");
                if (criterion == "host")
                    holds = matchesPatterns(lower(hostName()), patterns);
                else if (criterion == "originalhost")
                    holds = matchesPatterns(lower(m_host), patterns);
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

Result<bool> yesNo(const Value& value) {
    const std::string word = lower(value.args[0]);
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

/// "90", "1m30s"
Result<std::chrono::milliseconds> seconds(const Value& value) {
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

/// What a malformed value would only tell when some host met it is told at once.
Result<void> check(const std::vector<ConfigNode>& nodes, const Config::Warn& warn) {
    for (const ConfigNode& node : nodes) {
        for (const auto& file : node.files)
            if (auto ok = check(file, warn); !ok)
                return ok;
        const Value value{node.args, node.rest, node.where};
        if (node.keyword == "match") {
            for (const std::string& arg : node.args)
                if (lower(arg) == "exec" || lower(arg) == "!exec")
                    warn(node.where + ": Match exec is not run by Netopsy; its block is passed by");
        } else if (node.keyword == "port") {
            if (auto port = portNumber(node.args[0], node.where); !port)
                return tl::unexpected(port.error());
        } else if (node.keyword == "identitiesonly" || node.keyword == "hashknownhosts") {
            if (auto flag = yesNo(value); !flag)
                return tl::unexpected(flag.error());
        } else if (node.keyword == "connecttimeout" && lower(node.args[0]) != "none") {
            if (auto time = seconds(value); !time)
                return tl::unexpected(time.error());
        } else if (node.keyword == "stricthostkeychecking") {
            const std::string word = lower(node.args[0]);
            if (word == "no" || word == "off" || word == "false")
                warn(node.where + ": StrictHostKeyChecking no is taken as accept-new: a changed key is refused");
            else if (word != "yes" && word != "true" && word != "ask" && word != "accept-new")
                return fail("\"" + text::printable(node.args[0]) + "\" is none of yes, ask, accept-new, no",
                            node.where);
        } else if (node.keyword == "proxyjump") {
            if (auto jumps = parseJumps(node.args[0], node.where); !jumps)
                return tl::unexpected(jumps.error());
        } else if (node.keyword == "addressfamily") {
            const std::string word = lower(node.args[0]);
            if (word != "any" && word != "inet" && word != "inet6")
                return fail("\"" + text::printable(node.args[0]) + "\" is none of any, inet, inet6", node.where);
        }
    }
    return {};
}

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

Result<std::vector<JumpHost>> parseJumps(const std::string& text, const std::string& where) {
    std::vector<JumpHost> jumps;
    if (lower(text) == "none")
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

Result<Config> Config::read(const std::filesystem::path& file, Account account, const Warn& warn) {
    Config config;
    config.m_account = std::move(account);
    const auto add = [&](const std::filesystem::path& path, bool system, bool isPrivate) -> Result<void> {
        auto nodes = readConfigFile(path, {config.m_account.home, system, isPrivate});
        if (!nodes)
            return tl::unexpected(nodes.error());
        if (auto ok = check(*nodes, warn); !ok)
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
    if (const Value* value = found.get("hostname")) {
        auto name = expand(value->args[0], {{'h', host}}, false, value->where);
        if (!name)
            return tl::unexpected(name.error());
        out.hostName = *name;
    }
    if (port != 0) {
        out.port = port;
    } else if (const Value* value = found.get("port")) {
        auto number = portNumber(value->args[0], value->where);
        if (!number)
            return tl::unexpected(number.error());
        out.port = *number;
    }
    const Value* configuredUser = found.get("user");
    out.user = !user.empty() ? user : configuredUser ? configuredUser->args[0] : m_account.login;
    if (const Value* value = found.get("hostkeyalias"))
        out.hostKeyAlias = lower(value->args[0]);

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
    const auto paths = [&](const Value& value, std::vector<std::string>& into) -> Result<void> {
        for (const std::string& arg : value.args) {
            if (lower(arg) == "none")
                continue;
            auto one = path(arg, value.where);
            if (!one)
                return tl::unexpected(one.error());
            into.push_back(std::move(*one));
        }
        return {};
    };

    for (const Value& value : found.identities) {
        if (lower(value.args[0]) == "none") {
            out.identityFilesNone = true;
            continue;
        }
        auto file = path(value.args[0], value.where);
        if (!file)
            return tl::unexpected(file.error());
        out.identityFiles.push_back(std::move(*file));
    }
    if (const Value* value = found.get("identitiesonly"))
        out.identitiesOnly = yesNo(*value).value_or(false);
    if (const Value* value = found.get("identityagent")) {
        const std::string& arg = value->args[0];
        if (arg.starts_with('$') && !arg.starts_with("${")) {
            const char* socket = std::getenv(arg.c_str() + 1);
            out.identityAgent = socket ? socket : "none";
        } else if (lower(arg) == "none") {
            out.identityAgent = "none";
        } else if (arg != "SSH_AUTH_SOCK") {
            auto socket = path(arg, value->where);
            if (!socket)
                return tl::unexpected(socket.error());
            out.identityAgent = *socket;
        }
    }
    if (const Value* value = found.get("proxyjump"); value && lower(value->args[0]) != "none") {
        auto jump = expand(value->args[0], few, false, value->where);
        if (!jump)
            return tl::unexpected(jump.error());
        out.proxyJump = *jump;
    }
    if (const Value* value = found.get("proxycommand"); value && lower(value->rest) != "none") {
        auto command = expand(value->rest, few, false, value->where);
        if (!command)
            return tl::unexpected(command.error());
        out.proxyCommand = *command;
    }
    if (const Value* value = found.get("stricthostkeychecking")) {
        const std::string word = lower(value->args[0]);
        out.strict = word == "yes" || word == "true" ? StrictHostKeys::Yes
                     : word == "ask"                 ? StrictHostKeys::Ask
                                                     : StrictHostKeys::AcceptNew;
    }
    if (const Value* value = found.get("userknownhostsfile")) {
        if (auto ok = paths(*value, out.userKnownHosts); !ok)
            return tl::unexpected(ok.error());
    } else {
        out.userKnownHosts = {m_account.home / ".ssh/known_hosts", m_account.home / ".ssh/known_hosts2"};
    }
    if (const Value* value = found.get("globalknownhostsfile")) {
        if (auto ok = paths(*value, out.globalKnownHosts); !ok)
            return tl::unexpected(ok.error());
    } else {
        out.globalKnownHosts = {"/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"};
    }
    if (const Value* value = found.get("hashknownhosts"))
        out.hashKnownHosts = yesNo(*value).value_or(false);
    if (const Value* value = found.get("connecttimeout"); value && lower(value->args[0]) != "none")
        out.connectTimeout = seconds(*value).value_or(std::chrono::milliseconds(0));
    if (const Value* value = found.get("addressfamily")) {
        const std::string word = lower(value->args[0]);
        out.addressFamily = word == "inet" ? AF_INET : word == "inet6" ? AF_INET6 : AF_UNSPEC;
    }
    return out;
}

} // namespace netopsy::ssh
