// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/bastion.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace netopsy::ssh {

namespace {

constexpr std::size_t piece = 32u << 10;
constexpr int bitesPerTurn = 64; // of 4 KiB from the socket, before the streams get their turn

} // namespace

/// Between the thread that wants a connection and the bastion's.
struct Bastion::Request {
    std::string host;
    int port = 0;
    local::Fd done{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::mutex mutex;
    bool abandoned = false;
    local::Fd end;
    std::string problem;
};

struct Bastion::Stream {
    ssh_channel channel = nullptr;
    ssh_channel_callbacks_struct callbacks{};
    std::shared_ptr<Request> request; ///< while it opens
    local::Fd fd;
    std::string toNode, toUs;
    bool hasData = false, remoteOver = false, remoteClosed = false, localOver = false, eofSent = false;

    ~Stream() {
        if (!channel)
            return;
        ssh_remove_channel_callbacks(channel, &callbacks);
        // One that was refused has no number at the bastion: libssh would close number 0, another node's.
        if (ssh_channel_is_open(channel) != 0 && ssh_channel_close(channel) != SSH_OK)
            ssh_channel_close(channel); // the first call may only get the end of input out
        ssh_channel_free(channel);
    }
    void watch() {
        callbacks.userdata = this;
        callbacks.channel_data_function = [](ssh_session, ssh_channel, void*, uint32_t, int, void* self) {
            static_cast<Stream*>(self)->hasData = true;
            return 0;
        };
        callbacks.channel_eof_function = [](ssh_session, ssh_channel, void* self) {
            static_cast<Stream*>(self)->remoteOver = true;
        };
        callbacks.channel_close_function = [](ssh_session, ssh_channel, void* self) {
            static_cast<Stream*>(self)->remoteOver = static_cast<Stream*>(self)->remoteClosed = true;
        };
        ssh_callbacks_init(&callbacks);
        ssh_add_channel_callbacks(channel, &callbacks);
    }
};

Bastion::Bastion(std::shared_ptr<Link> link, std::string name)
    : m_link(std::move(link)), m_name(std::move(name)), m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      m_thread([this](const std::stop_token& stop) { loop(stop); }) {}

Bastion::~Bastion() {
    m_thread.request_stop();
    eventfd_write(m_wake.get(), 1);
    m_thread.join();
}

Attempt<local::Fd> Bastion::open(const std::string& host, int port, const Patience& patience,
                                 std::chrono::milliseconds timeout, const std::string& where) {
    auto request = std::make_shared<Request>();
    request->host = host;
    request->port = port;
    {
        const std::lock_guard lock(m_mutex);
        m_requests.push_back(request);
    }
    eventfd_write(m_wake.get(), 1);
    const auto outcome = patience.wait(request->done.get(), POLLIN, Clock::now() + timeout);
    const std::lock_guard lock(request->mutex);
    request->abandoned = true;
    const std::string target = host + ":" + std::to_string(port);
    if (outcome == Patience::Outcome::Cancelled)
        return failed("cancelled", where);
    if (request->end)
        return std::move(request->end);
    if (!request->problem.empty())
        return failed("the bastion " + m_name + " could not connect to " + target + ": " + request->problem, where,
                      "check that the bastion reaches this address, and AllowTcpForwarding in its sshd_config");
    return failed("the bastion " + m_name + " did not connect to " + target + " within " + spoken(timeout), where,
                  "check the address, and the routes and firewalls between the bastion and the node");
}

void Bastion::finish(Request& request, local::Fd end, std::string problem) {
    const std::lock_guard lock(request.mutex);
    if (!request.abandoned)
        request.end = std::move(end);
    request.problem = std::move(problem);
    eventfd_write(request.done.get(), 1);
}

void Bastion::loop(const std::stop_token& stop) {
    std::vector<pollfd> fds;
    while (!stop.stop_requested() && !m_link->lost()) {
        const bool full = (ssh_get_status(m_link->session()) & SSH_WRITE_PENDING) != 0;
        fds.assign({{m_wake.get(), POLLIN, 0}, m_link->watch()});
        bool busy = false;
        for (const auto& stream : m_streams) {
            const bool wantsInput = !stream->request && !stream->localOver && !full && stream->toNode.empty();
            const bool hasOutput = !stream->toUs.empty();
            fds.push_back(
                {stream->fd.get(), static_cast<short>((wantsInput ? POLLIN : 0) | (hasOutput ? POLLOUT : 0)), 0});
            busy = busy || (stream->hasData && !hasOutput);
        }
        poll(fds.data(), fds.size(), busy ? 0 : -1);
        // The node's session is gone. What it still had to say goes with it, or a node that stopped reading
        // would keep this loop spinning.
        for (std::size_t i = m_streams.size(); i-- > 0;)
            if ((fds[i + 2].revents & POLLHUP) != 0)
                m_streams.erase(m_streams.begin() + static_cast<std::ptrdiff_t>(i));
        eventfd_t wakes = 0;
        eventfd_read(m_wake.get(), &wakes);
        takeRequests();
        pump();
        const bool mayWrite = (ssh_get_status(m_link->session()) & SSH_WRITE_PENDING) == 0;
        std::erase_if(m_streams, [&](const auto& stream) {
            return stream->request ? !opened(*stream) : !move(*stream, mayWrite);
        });
    }
    m_alive = false;
    const std::string why = m_link->lost() ? "its connection was lost: " + m_link->problem() : "it was given up";
    takeRequests();
    for (const auto& stream : m_streams)
        if (stream->request)
            finish(*stream->request, {}, why);
    m_streams.clear();
}

void Bastion::takeRequests() {
    std::vector<std::shared_ptr<Request>> requests;
    {
        const std::lock_guard lock(m_mutex);
        requests.swap(m_requests);
    }
    for (auto& request : requests) {
        auto stream = std::make_unique<Stream>();
        stream->channel = m_alive ? ssh_channel_new(m_link->session()) : nullptr;
        if (!stream->channel) {
            finish(*request, {}, "its connection was lost");
            continue;
        }
        stream->watch();
        stream->request = std::move(request);
        m_streams.push_back(std::move(stream));
    }
}

/// Lets libssh take in what came; the callbacks note for which stream.
void Bastion::pump() {
    for (int i = 0; i < bitesPerTurn; ++i) {
        const std::uint64_t before = m_link->counter().in_bytes;
        m_link->pump();
        if (m_link->counter().in_bytes == before)
            return;
    }
}

bool Bastion::opened(Stream& stream) {
    Request& request = *stream.request;
    const int rc = ssh_channel_open_forward(stream.channel, request.host.c_str(), request.port, "127.0.0.1", 0);
    if (rc == SSH_AGAIN)
        return true;
    int ends[2];
    if (rc != SSH_OK || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
        std::string problem =
            m_link->problem(); // "Channel opening failure: channel 43 error (2) Connection refused"
        if (const auto close = problem.find(") "); close != std::string::npos)
            problem.erase(0, close + 2);
        finish(request, {}, problem.empty() ? "no channel" : problem);
        return false;
    }
    stream.fd.reset(ends[0]);
    finish(request, local::Fd(ends[1]), {}); // abandoned: the end closes here, and the stream at its next turn
    stream.request.reset();
    return true;
}

bool Bastion::move(Stream& stream, bool mayWrite) {
    std::array<char, piece> buffer;
    // From the node.
    for (int i = 0; i < bitesPerTurn / 8; ++i) {
        if (stream.toUs.empty() && stream.hasData) {
            const int n = ssh_channel_read_nonblocking(stream.channel, buffer.data(), buffer.size(), 0);
            if (n > 0)
                stream.toUs.assign(buffer.data(), static_cast<std::size_t>(n));
            else
                stream.hasData = false;
        }
        if (stream.toUs.empty())
            break;
        const ssize_t n =
            send(stream.fd.get(), stream.toUs.data(), stream.toUs.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return false; // the node's session is gone
        if (n < 0)
            break;
        stream.toUs.erase(0, static_cast<std::size_t>(n));
    }
    if (stream.remoteOver && !stream.hasData && stream.toUs.empty())
        return false; // closing our end tells the node's session

    // To the node, when libssh's queue, which has no bound, is empty.
    if (stream.toNode.empty() && !stream.localOver && mayWrite) {
        const ssize_t n = recv(stream.fd.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (n > 0)
            stream.toNode.assign(buffer.data(), static_cast<std::size_t>(n));
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            stream.localOver = true;
    }
    if (!stream.toNode.empty() && mayWrite) {
        const auto room = std::min<std::size_t>(stream.toNode.size(), ssh_channel_window_size(stream.channel));
        const int n =
            room == 0 ? 0 : ssh_channel_write(stream.channel, stream.toNode.data(), static_cast<uint32_t>(room));
        if (n < 0)
            return false;
        stream.toNode.erase(0, static_cast<std::size_t>(n));
    }
    return !stream.localOver || !stream.toNode.empty();
}

} // namespace netopsy::ssh
