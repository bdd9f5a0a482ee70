// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/link.h"

#include "core/base/text.h"

#include <fcntl.h>

namespace netopsy::ssh {

Attempt<std::shared_ptr<Link>> Link::handshake(local::Fd socket, std::shared_ptr<void> transport,
                                               const std::string& hostKeyAlgorithms, const std::string& user,
                                               const Patience& patience, std::chrono::milliseconds timeout,
                                               const std::string& where) {
    std::shared_ptr<Link> link(new Link(std::move(transport)));
    link->m_session = ssh_new();
    if (!link->m_session)
        return failed("out of memory", where);
    ssh_session s = link->m_session;
    const int fd = socket.get();
    const bool configured = false;
    ssh_options_set(s, SSH_OPTIONS_PROCESS_CONFIG, &configured);
    ssh_options_set(s, SSH_OPTIONS_HOST, "node"); // only ever shown in libssh's own log
    ssh_options_set(s, SSH_OPTIONS_USER, user.c_str());
    ssh_options_set(s, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
    ssh_options_set(s, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
    ssh_options_set(s, SSH_OPTIONS_HOSTKEYS, hostKeyAlgorithms.c_str());
    ssh_options_set(s, SSH_OPTIONS_FD, &fd);
    ssh_set_counters(s, &link->m_counter, nullptr);
    ssh_set_blocking(s, 0);

    const auto deadline = Clock::now() + timeout;
    for (;;) {
        const int rc = ssh_connect(s);
        static_cast<void>(socket.release()); // libssh's now
        if (rc == SSH_OK) {
            link->m_event = ssh_event_new();
            ssh_event_add_session(link->m_event, s);
            return link;
        }
        const char* banner = ssh_get_serverbanner(s);
        if (rc != SSH_AGAIN) {
            const std::string problem = link->problem();
            const bool foreign = problem.find("banner") != std::string::npos;
            if (!banner && foreign)
                return failed("what answers there is not an SSH server: " + problem, where,
                              "check address and port");
            if (!banner)
                return failed("the server closed the connection before it introduced itself", where,
                              "it may be overloaded (MaxStartups of sshd), or not let this machine in", true);
            const bool cut = problem.starts_with("Socket error");
            return failed("the SSH handshake failed: " + problem, where, {}, cut);
        }
        fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
        switch (link->wait(patience, deadline)) {
        case Patience::Outcome::Ready:
            break;
        case Patience::Outcome::Cancelled:
            return failed("cancelled", where);
        case Patience::Outcome::TimedOut:
            if (!banner)
                return failed("the connection was accepted, but no SSH server spoke within " + spoken(timeout),
                              where, "sshd there may hang; look at the node's load and memory");
            return failed("the SSH handshake did not end within " + spoken(timeout), where,
                          "look at the node's load and the MTU of the way to it");
        }
    }
}

Link::~Link() {
    if (m_event) {
        ssh_event_remove_session(m_event, m_session);
        ssh_event_free(m_event);
    }
    ssh_free(m_session);
}

void Link::pump() const {
    ssh_event_dopoll(m_event, 0);
}

Result<HostKey> Link::serverKey() const {
    ssh_key key = nullptr;
    char* encoded = nullptr;
    HostKey out;
    if (ssh_get_server_publickey(m_session, &key) == SSH_OK && key &&
        ssh_pki_export_pubkey_base64(key, &encoded) == SSH_OK && encoded) {
        out.blob = fromBase64(encoded).value_or(std::string());
        out.type = keyType(out.blob);
    }
    ssh_string_free_char(encoded);
    ssh_key_free(key);
    if (out.blob.empty())
        return fail("the server's host key could not be read");
    return out;
}

Patience::Outcome Link::wait(const Patience& patience, Clock::time_point deadline) const {
    const pollfd p = watch();
    if (p.fd < 0)
        return Patience::Outcome::Ready; // closed by libssh: the next call tells why
    return patience.wait(p.fd, p.events, deadline);
}

pollfd Link::watch() const {
    const bool queued = (ssh_get_status(m_session) & SSH_WRITE_PENDING) != 0;
    // Before the handshake libssh asks for POLLOUT without anything queued, to learn that it is connected.
    const bool begins = m_counter.out_bytes == 0;
    return {ssh_get_fd(m_session), static_cast<short>(queued || begins ? POLLIN | POLLOUT : POLLIN), 0};
}

bool Link::lost() const {
    return ssh_is_connected(m_session) == 0 || ssh_get_fd(m_session) < 0;
}

std::string Link::problem() const {
    return text::printable(std::string_view(ssh_get_error(m_session)).substr(0, 300));
}

} // namespace netopsy::ssh
