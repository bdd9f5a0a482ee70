// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/host_key.h"

#include "core/base/text.h"

#include <algorithm>

namespace netopsy::ssh {

namespace {

/// How known_hosts spells the host; an alias stands alone, without port.
std::string nameOf(const HostConfig& host) {
    return host.hostKeyAlias.empty() ? knownHostsName(host.hostName, host.port) : host.hostKeyAlias;
}

} // namespace

HostKeyCheck::Files HostKeyCheck::files(const HostConfig& host) const {
    if (!m_options.knownHosts.empty())
        return {{m_options.knownHosts.string()}, m_options.knownHosts.string()};
    Files files{host.userKnownHosts, host.userKnownHosts.empty() ? std::string() : host.userKnownHosts[0]};
    files.all.insert(files.all.end(), host.globalKnownHosts.begin(), host.globalKnownHosts.end());
    return files;
}

Result<void> HostKeyCheck::prepare(const HostConfig& host) {
    for (const std::string& file : files(host).all)
        if (auto ok = m_known.load(file); !ok)
            return ok;
    return {};
}

HostKeyPolicy HostKeyCheck::policy(const HostConfig& host) const {
    if (m_options.hostKeyPolicyIsExplicit || !host.strict)
        return m_options.hostKeyPolicy;
    switch (*host.strict) {
    case StrictHostKeys::Yes:
        return HostKeyPolicy::Strict;
    case StrictHostKeys::AcceptNew:
        return HostKeyPolicy::AcceptNew;
    case StrictHostKeys::Ask:
        break;
    }
    return m_options.hostKeyPolicy; // nobody can be asked on a command line that is strict
}

std::string HostKeyCheck::algorithms(const HostConfig& host) const {
    const std::vector<std::string> usual{"ssh-ed25519",         "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                         "ecdsa-sha2-nistp521", "rsa-sha2-512",        "rsa-sha2-256"};
    std::vector<std::string> order;
    for (const KnownKey& key : m_known.find(files(host).all, nameOf(host))) {
        if (key.marker != KnownKey::Marker::None)
            continue;
        if (key.type == "ssh-rsa") // the key's name; SHA-1 signatures with it are not wanted
            order.insert(order.end(), {"rsa-sha2-512", "rsa-sha2-256"});
        else if (std::find(usual.begin(), usual.end(), key.type) != usual.end())
            order.push_back(key.type);
    }
    order.insert(order.end(), usual.begin(), usual.end());
    std::vector<std::string> unique;
    for (const std::string& one : order)
        if (std::find(unique.begin(), unique.end(), one) == unique.end())
            unique.push_back(one);
    return text::join(unique, ",");
}

Result<bool> HostKeyCheck::compare(const HostConfig& host, const HostKey& key, const std::string& where) const {
    const std::string name = nameOf(host);
    const std::string encoded = base64(key.blob);
    std::vector<KnownKey> keys = m_known.find(files(host).all, name);
    const KnownKey* other = nullptr;
    bool known = false;
    for (const KnownKey& one : keys) {
        if (one.marker == KnownKey::Marker::Authority)
            continue;
        if (one.marker == KnownKey::Marker::Revoked) {
            if (one.key == encoded)
                return fail("the server's " + key.type + " key " + fingerprint(key.blob) +
                                " is marked as revoked at " + one.where,
                            where, "do not connect; give the server a new host key");
            continue;
        }
        known = known || one.key == encoded;
        // Of several, the one of the same kind tells most.
        if (!other || (other->type != key.type && one.type == key.type))
            other = &one;
    }
    if (known)
        return true;
    if (other) {
        const std::string shown = key.type + " key " + fingerprint(key.blob);
        const std::string remedy =
            "if the host was set up anew, check the fingerprint on it, then remove the old key: "
            "ssh-keygen -R " +
            text::shellQuote(name);
        if (other->type == key.type)
            return fail("the host key has changed: the server shows the " + shown + ", but " + other->where +
                            " has another " + other->type + " key " +
                            fingerprint(fromBase64(other->key).value_or(std::string())) +
                            "; someone may be listening in",
                        where, remedy);
        return fail("the server shows the " + shown + ", but what is known of it is the " + other->type +
                        " key at " + other->where,
                    where, remedy);
    }
    // As ssh does: a server on another port may be known by its plain name, if the key is the same.
    if (host.hostKeyAlias.empty() && host.port != 22)
        for (const KnownKey& one : m_known.find(files(host).all, knownHostsName(host.hostName, 22)))
            if (one.marker == KnownKey::Marker::None && one.key == encoded)
                return true;
    return false;
}

Result<void> HostKeyCheck::verify(const HostConfig& host, const HostKey& key, const std::string& where) {
    auto known = compare(host, key, where);
    if (!known)
        return tl::unexpected(known.error());
    if (*known)
        return {};
    const HostKeyPolicy rule = policy(host);
    const std::string name = nameOf(host), print = fingerprint(key.blob);
    const Files places = files(host);
    if (rule == HostKeyPolicy::Strict || (rule == HostKeyPolicy::Ask && !m_options.askHostKey)) {
        std::string authority;
        for (const KnownKey& one : m_known.find(places.all, name))
            if (one.marker == KnownKey::Marker::Authority)
                authority = "; " + one.where + " trusts an authority, but host certificates are not supported";
        return fail("the host key of " + name + " is not known: " + key.type + " " + print + authority, where,
                    "check the fingerprint, then add it with ssh-keyscan" +
                        (host.port != 22 ? " -p " + std::to_string(host.port) : std::string()) + " " +
                        host.hostName + ", or let it be learned with --host-key-policy accept-new");
    }

    const std::lock_guard lock(m_asking);
    // While this one waited, another session may have learned the host.
    known = compare(host, key, where);
    if (!known)
        return tl::unexpected(known.error());
    if (*known)
        return {};
    if (rule == HostKeyPolicy::Ask && !m_options.askHostKey({name, key.type, print}))
        return fail("the host key " + print + " was not accepted", where);
    if (places.own.empty())
        return fail("there is no known_hosts file to add the host key to", where,
                    "UserKnownHostsFile is none; give --known-hosts FILE");
    return m_known.add(places.own, name, key.type, base64(key.blob), host.hashKnownHosts);
}

} // namespace netopsy::ssh
