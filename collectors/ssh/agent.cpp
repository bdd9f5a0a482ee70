// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/agent.h"

#include "collectors/ssh/encoding.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace netopsy::ssh {

namespace {

// draft-miller-ssh-agent
constexpr char requestIdentities = 11, identitiesAnswer = 12, signRequest = 13, agentFailure = 5;
constexpr std::size_t largestMessage = 256u << 10;
constexpr std::uint32_t mostKeys = 256;

} // namespace

std::unique_ptr<Agent> Agent::open(const std::string& socket, const Patience& patience,
                                   Clock::time_point deadline) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.empty() || socket.size() >= sizeof address.sun_path)
        return nullptr;
    std::memcpy(address.sun_path, socket.data(), socket.size());
    local::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return nullptr; // EAGAIN, too: its queue is full, it hangs

    std::unique_ptr<Agent> agent(new Agent(std::move(fd), patience, deadline));
    if (!agent->send(agent->m_agent, std::string(1, requestIdentities)))
        return nullptr;
    const std::string answer = agent->receive(agent->m_agent);
    if (answer.empty() || answer[0] != identitiesAnswer)
        return nullptr;
    WireReader reader{std::string_view(answer).substr(1)};
    const std::uint32_t count = std::min(reader.number(), mostKeys);
    for (std::uint32_t i = 0; i < count; ++i) {
        AgentKey key;
        key.blob = reader.string();
        key.comment = reader.string();
        if (!reader.ok)
            break;
        agent->m_keys.push_back(std::move(key));
    }
    return agent;
}

Agent::~Agent() {
    if (!m_thread.joinable())
        return;
    shutdown(m_end.get(), SHUT_RDWR);
    shutdown(m_agent.get(), SHUT_RDWR);
    m_thread.join();
}

int Agent::serve(Clock::time_point deadline) {
    m_deadline = deadline;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    m_end.reset(ends[0]);
    m_thread = std::thread([this] { loop(); });
    return ends[1]; // blocking, because libssh expects that
}

/// A message with its length before it.
bool Agent::send(const local::Fd& to, const std::string& message) const {
    const std::string framed = wireString(message);
    for (std::size_t done = 0; done < framed.size();) {
        const ssize_t n =
            ::send(to.get(), framed.data() + done, framed.size() - done, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0)
            done += static_cast<std::size_t>(n);
        else if (n == 0 || (errno != EAGAIN && errno != EINTR) ||
                 m_patience.wait(to.get(), POLLOUT, m_deadline) != Patience::Outcome::Ready)
            return false;
    }
    return true;
}

/// Empty when the other end is gone, the time is up, or the message is too long.
std::string Agent::receive(const local::Fd& from) const {
    std::string message(4, '\0');
    bool sized = false;
    for (std::size_t done = 0; done < message.size();) {
        const ssize_t n = ::recv(from.get(), message.data() + done, message.size() - done, MSG_DONTWAIT);
        if (n > 0) {
            done += static_cast<std::size_t>(n);
        } else if (n == 0 || (errno != EAGAIN && errno != EINTR) ||
                   m_patience.wait(from.get(), POLLIN, m_deadline) != Patience::Outcome::Ready) {
            return {};
        }
        if (done == 4 && !sized) {
            const std::uint32_t size = WireReader{message}.number();
            if (size == 0 || size > largestMessage)
                return {};
            message.resize(4 + size);
            sized = true;
        }
    }
    return message.substr(4);
}

void Agent::loop() {
    for (;;) {
        const std::string request = receive(m_end);
        std::string answer(1, agentFailure);
        if (request.empty())
            break;
        if (request[0] == requestIdentities && m_shown < m_keys.size()) {
            const AgentKey& key = m_keys[m_shown];
            answer =
                std::string(1, identitiesAnswer) + wireNumber(1) + wireString(key.blob) + wireString(key.comment);
        } else if (request[0] == signRequest) {
            if (!send(m_agent, request))
                break;
            answer = receive(m_agent);
            if (answer.empty())
                break;
        }
        if (!send(m_end, answer))
            break;
    }
    shutdown(m_end.get(), SHUT_RDWR); // libssh, blocked in a read, learns it
}

} // namespace netopsy::ssh
