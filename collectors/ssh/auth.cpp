// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/auth.h"

#include "collectors/ssh/agent.h"
#include "core/base/text.h"

#include <algorithm>
#include <cstdlib>

namespace netopsy::ssh {

namespace {

class Authentication {
public:
    Authentication(const Link& link, const HostConfig& host, const Options& options, KeyStore& keys,
                   const Patience& patience, const std::string& where)
        : m_link(link), m_host(host), m_options(options), m_keys(keys), m_patience(patience), m_where(where),
          m_deadline(Clock::now() + options.authTimeout) {}

    Result<void> go(const std::filesystem::path& home);

private:
    enum class Verdict { Accepted, Refused, Over }; ///< Over: no use to go on; m_over tells why

    Verdict tryFile(const std::string& file, bool mustExist);
    Verdict tryAgent(std::size_t key, const std::string& alsoKnownAs);
    template<class Call>
    Verdict send(Call call);
    Result<void> refused();
    void openAgent();

    const Link& m_link;
    const HostConfig& m_host;
    const Options& m_options;
    KeyStore& m_keys;
    const Patience& m_patience;
    const std::string& m_where;
    Clock::time_point m_deadline;
    std::unique_ptr<Agent> m_agent;
    std::vector<bool> m_agentTried;
    std::vector<std::string> m_tried; ///< for people
    Error m_over;
};

Result<void> Authentication::go(const std::filesystem::path& home) {
    std::vector<std::string> files;
    for (const auto& file : m_options.identities)
        files.push_back(expandTilde(file.string(), home));
    for (const std::string& file : m_host.identityFiles)
        if (std::find(files.begin(), files.end(), file) == files.end())
            files.push_back(file);
    std::vector<std::string> defaults;
    if (files.empty() && !m_host.identityFilesNone)
        for (const char* name : {"id_ed25519", "id_ecdsa", "id_rsa"})
            defaults.push_back(home / ".ssh" / name);

    openAgent();
    Verdict verdict = Verdict::Refused;
    const auto each = [&](const std::vector<std::string>& list, bool mustExist) {
        for (std::size_t i = 0; i < list.size() && verdict == Verdict::Refused; ++i)
            verdict = tryFile(list[i], mustExist);
    };
    each(files, true);
    if (m_agent && !m_host.identitiesOnly)
        for (std::size_t i = 0; i < m_agent->keys().size() && verdict == Verdict::Refused; ++i)
            if (!m_agentTried[i])
                verdict = tryAgent(i, {});
    each(defaults, false);
    if (verdict == Verdict::Accepted)
        return {};
    if (verdict == Verdict::Over)
        return tl::unexpected(m_over);
    return refused();
}

void Authentication::openAgent() {
    if (!m_options.useAgent || m_host.identityAgent == "none")
        return;
    const char* environment = std::getenv("SSH_AUTH_SOCK");
    const std::string socket = !m_host.identityAgent.empty() ? m_host.identityAgent
                               : environment                 ? environment
                                                             : "";
    if (socket.empty())
        return;
    m_agent = Agent::open(socket, m_patience, std::min(m_deadline, Clock::now() + std::chrono::seconds(3)));
    if (!m_agent) {
        m_tried.push_back("ssh-agent at " + socket + " (does not answer)");
        return;
    }
    m_agentTried.resize(m_agent->keys().size());
    if (m_agent->keys().empty() || ssh_set_agent_socket(m_link.session(), m_agent->serve(m_deadline)) != SSH_OK)
        m_agent.reset();
}

template<class Call>
Authentication::Verdict Authentication::send(Call call) {
    Patience::Outcome outcome{};
    const auto rc = m_link.await(m_patience, m_deadline, SSH_AUTH_AGAIN, call, outcome);
    if (m_patience.cancelled()) {
        m_over = {"cancelled", m_where, {}};
        return Verdict::Over;
    }
    if (!rc) {
        m_over = {"authentication did not end within " + spoken(m_options.authTimeout), m_where,
                  "the node, or what it asks about its users, may hang; look at its load and its name service"};
        return Verdict::Over;
    }
    switch (*rc) {
    case SSH_AUTH_SUCCESS:
        return Verdict::Accepted;
    case SSH_AUTH_PARTIAL:
        m_over = {"the server accepts the key of " + m_host.user + ", but wants more than a key", m_where,
                  "let this user in with a key alone (AuthenticationMethods in sshd_config)"};
        return Verdict::Over;
    case SSH_AUTH_DENIED:
        return Verdict::Refused;
    default:
        if (!m_link.lost())
            return Verdict::Refused; // a key or agent that libssh can't work with; the next may do
        m_over = {"the server ended the connection while user " + m_host.user + " authenticated: " +
                      m_link.problem() + (m_tried.empty() ? "" : "; tried " + text::join(m_tried, ", ")),
                  m_where, "name the right key with --identity, or IdentitiesOnly in ssh_config"};
        return Verdict::Over;
    }
}

Authentication::Verdict Authentication::tryAgent(std::size_t key, const std::string& alsoKnownAs) {
    m_agentTried[key] = true;
    m_agent->show(key);
    const AgentKey& one = m_agent->keys()[key];
    const std::string name = alsoKnownAs.empty() ? text::printable(one.comment.substr(0, 100)) : alsoKnownAs;
    m_tried.push_back(name + " through ssh-agent (" + fingerprint(one.blob) + ")");
    return send([&] { return ssh_userauth_agent(m_link.session(), nullptr); });
}

Authentication::Verdict Authentication::tryFile(const std::string& file, bool mustExist) {
    const KeyFile about = m_keys.inspect(file);
    // A file that is only a name for a key in the agent need not be readable, nor exist as a private key.
    if (m_agent && !about.publicBlob.empty())
        for (std::size_t i = 0; i < m_agent->keys().size(); ++i)
            if (m_agent->keys()[i].blob == about.publicBlob)
                return m_agentTried[i] ? Verdict::Refused : tryAgent(i, file);
    if (!about.problem.empty()) {
        if (mustExist || !about.absent)
            m_tried.push_back(file + " (" + about.problem + ")");
        return Verdict::Refused;
    }
    const std::string print = about.publicBlob.empty() ? std::string() : ", " + fingerprint(about.publicBlob);
    if (about.encrypted && !about.publicBlob.empty()) {
        // Nobody is asked for the passphrase of a key that the server doesn't want.
        ssh_key found = nullptr;
        const std::string type = keyType(about.publicBlob);
        if (ssh_pki_import_pubkey_base64(base64(about.publicBlob).c_str(), ssh_key_type_from_name(type.c_str()),
                                         &found) == SSH_OK) {
            const Key key(found);
            m_tried.push_back(file + " (not wanted by the server" + print + ")");
            const Verdict wanted =
                send([&] { return ssh_userauth_try_publickey(m_link.session(), nullptr, key.get()); });
            if (wanted != Verdict::Accepted)
                return wanted;
            m_tried.pop_back();
        }
    }
    const auto before = Clock::now();
    std::string problem;
    const Key key = m_keys.unlock(file, problem);
    m_deadline += Clock::now() - before; // a person's time is not the server's
    if (!key) {
        m_tried.push_back(file + " (" + problem + print + ")");
        return Verdict::Refused;
    }
    m_tried.push_back(file + " (refused" + print + ")");
    return send([&] { return ssh_userauth_publickey(m_link.session(), nullptr, key.get()); });
}

Result<void> Authentication::refused() {
    int methods = ssh_userauth_list(m_link.session(), nullptr);
    if (methods == 0) { // nothing was sent yet, so nothing was answered
        const Verdict verdict = send([&] { return ssh_userauth_none(m_link.session(), nullptr); });
        if (verdict == Verdict::Accepted)
            return {};
        if (verdict == Verdict::Over)
            return tl::unexpected(m_over);
        methods = ssh_userauth_list(m_link.session(), nullptr);
    }
    std::vector<std::string> offered;
    for (const auto& [bit, name] : {std::pair{SSH_AUTH_METHOD_PUBLICKEY, "publickey"},
                                    {SSH_AUTH_METHOD_PASSWORD, "password"},
                                    {SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"},
                                    {SSH_AUTH_METHOD_HOSTBASED, "hostbased"},
                                    {SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi"}})
        if ((static_cast<unsigned>(methods) & bit) != 0)
            offered.emplace_back(name);
    const bool byKey = (static_cast<unsigned>(methods) & SSH_AUTH_METHOD_PUBLICKEY) != 0;
    return fail("authentication as user " + m_host.user + " failed; tried " +
                    (m_tried.empty() ? "no key, because there is none" : text::join(m_tried, ", ")) +
                    "; the server offers " + (offered.empty() ? "no method" : text::join(offered, ", ")),
                m_where,
                byKey || offered.empty()
                    ? "check the user (--ssh-user) and the key (--identity), and authorized_keys on the node"
                    : "Netopsy authenticates by keys only; allow publickey in the node's sshd_config");
}

} // namespace

Result<void> authenticate(const Link& link, const HostConfig& host, const Options& options,
                          const std::filesystem::path& home, KeyStore& keys, const Patience& patience,
                          const std::string& where) {
    return Authentication(link, host, options, keys, patience, where).go(home);
}

} // namespace netopsy::ssh
