// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/local/connector.h"

#include "collectors/local/child.h"

#include <fcntl.h>
#include <signal.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace netopsy::local {

namespace {

constexpr std::size_t mostPerRead = 256u << 10;

/// write(2) to a pipe that nobody reads raises SIGPIPE, which would end the program. The signal is held back
/// and taken off this thread, whatever the program thinks of it elsewhere.
ssize_t writeQuietly(int fd, const char* bytes, std::size_t size) {
    sigset_t pipeSignal, before;
    sigemptyset(&pipeSignal);
    sigaddset(&pipeSignal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipeSignal, &before);
    const ssize_t n = write(fd, bytes, size);
    const int problem = errno;
    if (n < 0 && problem == EPIPE && sigismember(&before, SIGPIPE) == 0) {
        const timespec now{};
        while (sigtimedwait(&pipeSignal, nullptr, &now) < 0 && errno == EINTR) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = problem;
    return n;
}

/// What a session knows of a process, also while the caller holds it.
struct Pipes {
    Fd in, out, err;
    std::unique_ptr<Child> child;
    std::string queued;
    bool inputOver = false;
    std::uint64_t sent = 0, received = 0;

    void feed() {
        while (in && !queued.empty()) {
            const ssize_t n = writeQuietly(in.get(), queued.data(), queued.size());
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0 && errno == EAGAIN)
                return;
            if (n < 0) { // it reads no more; what it says and its status tell why
                in.reset();
                queued.clear();
                return;
            }
            sent += static_cast<std::uint64_t>(n);
            queued.erase(0, static_cast<std::size_t>(n));
        }
        if (inputOver)
            in.reset();
    }
};

/// Reads at most `most` bytes; closes at the end of the stream. Returns how many.
std::size_t drain(Fd& from, std::string& to, std::size_t most) {
    std::array<char, 65536> buffer;
    std::size_t total = 0;
    while (from && total < most) {
        const ssize_t n = read(from.get(), buffer.data(), std::min(buffer.size(), most - total));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            break;
        if (n <= 0) {
            from.reset();
            break;
        }
        to.append(buffer.data(), static_cast<std::size_t>(n));
        total += static_cast<std::size_t>(n);
    }
    return total;
}

class LocalProcess : public run::Process {
public:
    explicit LocalProcess(std::shared_ptr<Pipes> pipes) : m_pipes(std::move(pipes)) {}
    ~LocalProcess() override {
        m_pipes->in.reset();
        m_pipes->out.reset();
        m_pipes->err.reset();
        m_pipes->child.reset();
    }

    void write(std::string_view bytes) override {
        if (!m_pipes->in || m_pipes->inputOver)
            return;
        m_pipes->queued.append(bytes);
        m_pipes->feed();
    }
    void closeInput() override {
        m_pipes->inputOver = true;
        m_pipes->feed();
    }
    Result<run::Chunk> read() override {
        m_pipes->feed();
        run::Chunk chunk;
        // Half for each, so that a flood on one stream can't keep the other from being heard.
        std::size_t got = drain(m_pipes->out, chunk.out, mostPerRead / 2);
        got += drain(m_pipes->err, chunk.err, mostPerRead / 2);
        m_pipes->received += got;
        chunk.ended = !m_pipes->out && !m_pipes->err && exitStatus();
        return chunk;
    }
    std::optional<int> exitStatus() const override { return m_pipes->child->exitStatus(); }
    void end() override { m_pipes->child->terminate(); }

private:
    std::shared_ptr<Pipes> m_pipes;
};

class LocalSession : public run::Session {
public:
    Result<std::unique_ptr<run::Process>> start(const std::string& command) override {
        Fd ends[3][2]; // in, out, err; each its reading and its writing end
        for (auto& pair : ends) {
            int fds[2];
            if (pipe2(fds, O_CLOEXEC) != 0)
                return fail("no pipe for a command: " + std::string(std::strerror(errno)), description(),
                            "raise the limit of open files");
            pair[0].reset(fds[0]);
            pair[1].reset(fds[1]);
        }
        auto child = Child::spawn(command, ends[0][0].get(), ends[1][1].get(), ends[2][1].get());
        if (!child)
            return tl::unexpected(child.error());
        auto pipes = std::make_shared<Pipes>();
        pipes->in = std::move(ends[0][1]);
        pipes->out = std::move(ends[1][0]);
        pipes->err = std::move(ends[2][0]);
        pipes->child = std::move(*child);
        for (const Fd* fd : {&pipes->in, &pipes->out, &pipes->err}) // our ends only: a shell expects to block
            fcntl(fd->get(), F_SETFL, fcntl(fd->get(), F_GETFL) | O_NONBLOCK);
        m_pipes.push_back(pipes);
        return std::make_unique<LocalProcess>(std::move(pipes));
    }
    void pollFds(std::vector<pollfd>& out) const override {
        for (const auto& pipes : m_pipes) {
            if (!pipes->child)
                continue;
            if (pipes->in && !pipes->queued.empty())
                out.push_back({pipes->in.get(), POLLOUT, 0});
            if (pipes->out)
                out.push_back({pipes->out.get(), POLLIN, 0});
            if (pipes->err)
                out.push_back({pipes->err.get(), POLLIN, 0});
            if (!pipes->out && !pipes->err && pipes->child->pidFd() >= 0)
                out.push_back({pipes->child->pidFd(), POLLIN, 0});
        }
    }
    run::Traffic traffic() const override {
        run::Traffic sum;
        for (const auto& pipes : m_pipes) {
            sum.sent += pipes->sent;
            sum.received += pipes->received;
        }
        return sum;
    }
    std::string description() const override { return "this machine"; }

private:
    std::vector<std::shared_ptr<Pipes>> m_pipes;
};

class LocalConnector : public run::Connector {
public:
    Result<std::unique_ptr<run::Session>> connect(const run::Target&, std::stop_token stop,
                                                  const run::StepFn&) override {
        if (stop.stop_requested())
            return fail("cancelled", "this machine");
        return std::make_unique<LocalSession>();
    }
};

} // namespace

std::unique_ptr<run::Connector> makeConnector() {
    return std::make_unique<LocalConnector>();
}

} // namespace netopsy::local
