// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/dial.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace netopsy::ssh {

namespace {

using namespace std::chrono_literals;

std::vector<Address> addressesOf(const addrinfo* list) {
    std::vector<Address> out;
    for (; list != nullptr && out.size() < 16; list = list->ai_next) {
        Address address;
        std::memcpy(&address.storage, list->ai_addr, list->ai_addrlen);
        address.size = list->ai_addrlen;
        out.push_back(address);
    }
    return out;
}

addrinfo hints(int family, int flags) {
    addrinfo h{};
    h.ai_family = family;
    h.ai_socktype = SOCK_STREAM;
    h.ai_flags = flags;
    return h;
}

/// What the asking and the looking thread share; the looking one may outlive the other.
struct Lookup {
    std::string host, port;
    int family = 0;
    local::Fd done{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::mutex mutex;
    std::vector<Address> addresses;
    int problem = 0;
};

struct LookupSlots {
    std::mutex mutex;
    std::condition_variable_any changed;
    int busy = 0;
};
constexpr int mostLookups = 32;

void look(const std::shared_ptr<Lookup>& lookup, const std::shared_ptr<LookupSlots>& slots) {
    addrinfo* list = nullptr;
    const addrinfo wanted = hints(lookup->family, AI_ADDRCONFIG);
    const int rc = getaddrinfo(lookup->host.c_str(), lookup->port.c_str(), &wanted, &list);
    {
        const std::lock_guard lock(lookup->mutex);
        lookup->problem = rc;
        if (rc == 0)
            lookup->addresses = addressesOf(list);
    }
    if (list)
        freeaddrinfo(list);
    eventfd_write(lookup->done.get(), 1);
    const std::lock_guard lock(slots->mutex);
    --slots->busy;
    slots->changed.notify_all();
}

std::string words(int problem) {
    switch (problem) {
    case ECONNREFUSED:
        return "the connection was refused";
    case EHOSTUNREACH:
    case ENETUNREACH:
        return "there is no route to it";
    case ETIMEDOUT:
        return "no answer";
    default:
        return std::strerror(problem);
    }
}

} // namespace

std::string Address::text() const {
    char host[NI_MAXHOST] = {}, port[NI_MAXSERV] = {};
    if (getnameinfo(reinterpret_cast<const sockaddr*>(&storage), size, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return "?";
    return (storage.ss_family == AF_INET6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" + port;
}

Attempt<std::vector<Address>> resolve(const std::string& host, int port, int family, const Patience& patience,
                                      std::chrono::milliseconds timeout, const std::string& where) {
    const std::string service = std::to_string(port);
    addrinfo* list = nullptr;
    const addrinfo numeric = hints(family, AI_NUMERICHOST | AI_NUMERICSERV);
    if (getaddrinfo(host.c_str(), service.c_str(), &numeric, &list) == 0) {
        auto addresses = addressesOf(list);
        freeaddrinfo(list);
        return addresses;
    }

    const auto deadline = Clock::now() + timeout;
    static const auto slots = std::make_shared<LookupSlots>(); // looking threads may outlive any connector
    {
        std::unique_lock lock(slots->mutex);
        if (!slots->changed.wait_until(lock, patience.token(), deadline,
                                       [&] { return slots->busy < mostLookups; }))
            return failed(patience.cancelled() ? "cancelled" : "the resolver is too busy with other names", where);
        ++slots->busy;
    }
    auto lookup = std::make_shared<Lookup>();
    lookup->host = host;
    lookup->port = service;
    lookup->family = family;
    std::thread([lookup, slots = slots] { look(lookup, slots); }).detach();

    const std::string remedy =
        "check the resolver of this machine, or give the node's address with --node-address";
    switch (patience.wait(lookup->done.get(), POLLIN, deadline)) {
    case Patience::Outcome::Cancelled:
        return failed("cancelled", where);
    case Patience::Outcome::TimedOut:
        return failed("resolving the name " + host + " took longer than " + spoken(timeout), where, remedy);
    case Patience::Outcome::Ready:
        break;
    }
    const std::lock_guard lock(lookup->mutex);
    if (lookup->problem != 0 || lookup->addresses.empty())
        return failed("the name " + host + " can't be resolved: " +
                          (lookup->problem != 0 ? gai_strerror(lookup->problem) : "no address"),
                      where, remedy);
    return lookup->addresses;
}

Attempt<local::Fd> dial(const std::vector<Address>& addresses, const Patience& patience,
                        std::chrono::milliseconds timeout, const std::string& where) {
    const auto each =
        std::max<std::chrono::milliseconds>(timeout / static_cast<int>(std::max<std::size_t>(addresses.size(), 1)),
                                            std::min<std::chrono::milliseconds>(timeout, 1s));
    std::string problem = "no address", address;
    bool again = false;
    for (const Address& target : addresses) {
        address = target.text();
        local::Fd fd(socket(target.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!fd)
            return failed("no socket: " + std::string(std::strerror(errno)), where,
                          "raise the limit of open files");
        const int on = 1, idle = 20, every = 10, count = 4, unanswered = 60'000;
        setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
        setsockopt(fd.get(), IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
        setsockopt(fd.get(), IPPROTO_TCP, TCP_KEEPINTVL, &every, sizeof every);
        setsockopt(fd.get(), IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
        setsockopt(fd.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &unanswered, sizeof unanswered);
        int rc =
            ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&target.storage), target.size) == 0 ? 0 : errno;
        if (rc == EINPROGRESS) {
            switch (patience.wait(fd.get(), POLLOUT, Clock::now() + each)) {
            case Patience::Outcome::Cancelled:
                return failed("cancelled", where);
            case Patience::Outcome::TimedOut:
                problem = "no answer within " + spoken(each);
                again = false;
                continue;
            case Patience::Outcome::Ready: {
                socklen_t size = sizeof rc;
                if (getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &rc, &size) != 0)
                    rc = errno;
                break;
            }
            }
        }
        if (rc == 0)
            return fd;
        problem = words(rc);
        again = rc == ECONNRESET;
    }
    return failed("connecting to " + address + ": " + problem, where,
                  problem == words(ECONNREFUSED) ? "check that sshd runs there and listens on this port"
                                                 : "check the address, the routes and the firewalls between",
                  again);
}

std::shared_ptr<void> Gates::enter(const std::string& address, const Patience& patience) {
    std::unique_lock lock(m_mutex);
    Gate& gate = m_gates[address];
    ++gate.waiting;
    const bool in = m_changed.wait(lock, patience.token(), [&] { return gate.inside < m_most; });
    --gate.waiting;
    if (!in) {
        if (gate.inside == 0 && gate.waiting == 0)
            m_gates.erase(address);
        return nullptr;
    }
    ++gate.inside;
    return std::shared_ptr<void>(this, [this, address](void*) {
        const std::lock_guard leave(m_mutex);
        const auto it = m_gates.find(address);
        if (--it->second.inside == 0 && it->second.waiting == 0)
            m_gates.erase(it);
        m_changed.notify_all();
    });
}

} // namespace netopsy::ssh
