// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Flow control: libssh lets a channel send about 1.3 MB ahead of what was read, and it takes in more only
// while somebody reads. So a node that floods fills its own window, and costs no memory beyond that.
#include "collectors/ssh/session.h"

#include "core/base/text.h"

#include <signal.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <set>

namespace netopsy::ssh {

namespace {

constexpr std::size_t mostPerRead = 256u << 10;
constexpr std::size_t writePiece = 32u << 10;

int signalNumber(std::string_view name) {
    static const std::map<std::string_view, int> numbers{
        {"ABRT", SIGABRT}, {"ALRM", SIGALRM}, {"FPE", SIGFPE},   {"HUP", SIGHUP},   {"ILL", SIGILL},
        {"INT", SIGINT},   {"KILL", SIGKILL}, {"PIPE", SIGPIPE}, {"QUIT", SIGQUIT}, {"SEGV", SIGSEGV},
        {"TERM", SIGTERM}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2}};
    const auto it = numbers.find(name);
    return it == numbers.end() ? 0 : it->second;
}

class SshProcess;

/// What a session and its processes share, so that either may go first.
struct Shared {
    std::shared_ptr<Link> link;
    std::string description;
    std::set<SshProcess*> processes;
    local::Fd always; ///< always readable: stands for what libssh holds already
};

class SshProcess final : public run::Process {
public:
    explicit SshProcess(std::shared_ptr<Shared> shared) : m_shared(std::move(shared)) {
        m_shared->processes.insert(this);
    }
    ~SshProcess() override {
        m_shared->processes.erase(this);
        if (!m_channel)
            return;
        if (m_watched)
            ssh_remove_channel_callbacks(m_channel, &m_callbacks);
        end();
        ssh_channel_free(m_channel);
    }

    /// Opens the channel and starts the command.
    Result<void> start(const std::string& command, const Patience& patience, std::chrono::milliseconds timeout);

    void write(std::string_view bytes) override {
        if (m_inputOver || m_remoteClosed)
            return;
        m_queued.append(bytes);
        feed();
    }
    void closeInput() override {
        m_inputOver = true;
        feed();
    }
    Result<run::Chunk> read() override;
    std::optional<int> exitStatus() const override { return m_status; }
    void end() override {
        // A channel that never opened has no number at the server yet: libssh would speak to number 0, another's.
        if (m_remoteClosed || ssh_channel_is_open(m_channel) == 0)
            return;
        if (!m_status)
            ssh_channel_request_send_signal(m_channel, "TERM");
        // Twice: the first call may only get the end of input out, and says so by SSH_AGAIN.
        if (ssh_channel_close(m_channel) != SSH_OK)
            ssh_channel_close(m_channel);
        m_inputOver = true;
        m_queued.clear();
    }
    /// Something came in for this process while another one was read.
    [[nodiscard]] bool pending() const { return m_pending; }

private:
    void feed();
    static void noteEnd(ssh_session, ssh_channel, void* self) { static_cast<SshProcess*>(self)->m_pending = true; }
    static void noteClose(ssh_session, ssh_channel, void* self) {
        static_cast<SshProcess*>(self)->m_pending = true;
        static_cast<SshProcess*>(self)->m_remoteClosed = true;
    }
    static int noteData(ssh_session, ssh_channel, void*, uint32_t, int, void* self) {
        static_cast<SshProcess*>(self)->m_pending = true;
        return 0; // taken by read()
    }
    static void noteStatus(ssh_session, ssh_channel, int status, void* self) {
        static_cast<SshProcess*>(self)->m_status = status;
        static_cast<SshProcess*>(self)->m_pending = true;
    }
    static void noteSignal(ssh_session, ssh_channel, const char* name, int, const char*, const char*, void* self) {
        static_cast<SshProcess*>(self)->m_status = 128 + signalNumber(name);
        static_cast<SshProcess*>(self)->m_pending = true;
    }

    std::shared_ptr<Shared> m_shared;
    ssh_channel m_channel = nullptr;
    ssh_channel_callbacks_struct m_callbacks{};
    bool m_watched = false;
    std::string m_queued;
    bool m_inputOver = false, m_eofSent = false, m_remoteClosed = false, m_pending = false, m_ended = false;
    std::optional<int> m_status;
};

Result<void> SshProcess::start(const std::string& command, const Patience& patience,
                               std::chrono::milliseconds timeout) {
    const Link& link = *m_shared->link;
    const auto deadline = Clock::now() + timeout;
    Patience::Outcome outcome{};
    const auto stopped = [&](const char* what) {
        return outcome == Patience::Outcome::Cancelled
                   ? fail("cancelled", m_shared->description)
                   : fail(std::string(what) + " did not come within " + spoken(timeout), m_shared->description,
                          "the node may hang; look at its load and memory");
    };
    m_channel = ssh_channel_new(link.session());
    if (!m_channel)
        return fail("no channel: " + link.problem(), m_shared->description);
    m_callbacks.userdata = this;
    m_callbacks.channel_data_function = noteData;
    m_callbacks.channel_eof_function = noteEnd;
    m_callbacks.channel_close_function = noteClose;
    m_callbacks.channel_exit_status_function = noteStatus;
    m_callbacks.channel_exit_signal_function = noteSignal;
    ssh_callbacks_init(&m_callbacks);
    m_watched = ssh_add_channel_callbacks(m_channel, &m_callbacks) == SSH_OK;

    auto rc = link.await(
        patience, deadline, SSH_AGAIN, [&] { return ssh_channel_open_session(m_channel); }, outcome);
    if (!rc)
        return stopped("the server's consent to a channel");
    if (*rc != SSH_OK)
        return fail("the server opens no channel for a command: " + link.problem(), m_shared->description,
                    "see MaxSessions in its sshd_config");
    rc = link.await(
        patience, deadline, SSH_AGAIN, [&] { return ssh_channel_request_exec(m_channel, command.c_str()); },
        outcome);
    if (!rc)
        return stopped("the start of the command");
    if (*rc != SSH_OK)
        return fail("the server does not run the command: " + link.problem(), m_shared->description,
                    "see ForceCommand and PermitTTY in its sshd_config, and the user's login shell");
    return {};
}

/// Sends what is queued, as far as the channel's window goes and libssh's own queue is empty: it has no
/// bound.
void SshProcess::feed() {
    const Link& link = *m_shared->link;
    while (!m_queued.empty() && !m_remoteClosed && !link.lost()) {
        const std::size_t window = ssh_channel_window_size(m_channel);
        const auto piece = static_cast<uint32_t>(std::min({m_queued.size(), window, writePiece}));
        if (piece == 0 || (ssh_get_status(link.session()) & SSH_WRITE_PENDING) != 0)
            break;
        const int n = ssh_channel_write(m_channel, m_queued.data(), piece);
        if (n <= 0)
            break;
        m_queued.erase(0, static_cast<std::size_t>(n));
    }
    if (m_inputOver && m_queued.empty() && !m_eofSent && !m_remoteClosed && !link.lost()) {
        ssh_channel_send_eof(m_channel);
        m_eofSent = true;
    }
}

Result<run::Chunk> SshProcess::read() {
    run::Chunk chunk;
    chunk.ended = m_ended;
    if (m_ended)
        return chunk;
    const Link& link = *m_shared->link;
    m_pending = false;
    std::array<char, 32768> buffer;
    std::size_t total = 0;
    bool more = true;
    while (more && total < mostPerRead) {
        const std::uint64_t before = link.counter().in_bytes;
        more = false;
        for (const int isError : {0, 1}) {
            const auto room = static_cast<uint32_t>(std::min(buffer.size(), mostPerRead - total));
            const int n = room == 0 ? 0 : ssh_channel_read_nonblocking(m_channel, buffer.data(), room, isError);
            if (n > 0) {
                (isError != 0 ? chunk.err : chunk.out).append(buffer.data(), static_cast<std::size_t>(n));
                total += static_cast<std::size_t>(n);
                more = true;
            }
        }
        feed();
        if (!more)
            link.pump();
        // libssh takes 4 KiB at a time from the socket; a packet may need several such bites.
        more = more || link.counter().in_bytes != before;
    }
    if (total >= mostPerRead) {
        m_pending = true;
        return chunk;
    }
    m_pending = false;
    const bool bothOver = ssh_channel_is_eof(m_channel) != 0;
    if (bothOver && (m_status || m_remoteClosed))
        chunk.ended = m_ended = true;
    else if (link.lost() && total == 0)
        return fail("the connection was lost: " + link.problem(), m_shared->description);
    return chunk;
}

class SshSession : public run::Session {
public:
    SshSession(std::shared_ptr<Shared> shared, std::chrono::milliseconds startTimeout, std::stop_token stop)
        : m_shared(std::move(shared)), m_startTimeout(startTimeout), m_stop(std::move(stop)) {}

    Result<std::unique_ptr<run::Process>> start(const std::string& command) override {
        auto process = std::make_unique<SshProcess>(m_shared);
        const Patience patience(m_stop);
        if (auto ok = process->start(command, patience, m_startTimeout); !ok)
            return tl::unexpected(ok.error());
        return process;
    }
    void pollFds(std::vector<pollfd>& out) const override {
        if (m_shared->processes.empty())
            return; // nobody would read what makes the descriptor readable
        const pollfd watched = m_shared->link->watch();
        const bool pending = std::any_of(m_shared->processes.begin(), m_shared->processes.end(),
                                         [](const SshProcess* process) { return process->pending(); });
        if (watched.fd >= 0)
            out.push_back(watched);
        if (pending || watched.fd < 0)
            out.push_back({m_shared->always.get(), POLLIN, 0});
    }
    run::Traffic traffic() const override {
        return {m_shared->link->counter().out_bytes, m_shared->link->counter().in_bytes};
    }
    std::string description() const override { return m_shared->description; }

private:
    std::shared_ptr<Shared> m_shared;
    std::chrono::milliseconds m_startTimeout;
    std::stop_token m_stop;
};

} // namespace

std::unique_ptr<run::Session> makeSession(std::shared_ptr<Link> link, std::string description,
                                          std::chrono::milliseconds startTimeout, std::stop_token stop) {
    auto shared = std::make_shared<Shared>();
    shared->link = std::move(link);
    shared->description = std::move(description);
    shared->always.reset(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    return std::make_unique<SshSession>(std::move(shared), startTimeout, std::move(stop));
}

} // namespace netopsy::ssh
