// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/local/child.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace netopsy::local {

namespace {

using namespace std::chrono_literals;

struct Actions {
    Actions() { posix_spawn_file_actions_init(&actions); }
    ~Actions() { posix_spawn_file_actions_destroy(&actions); }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;
    posix_spawn_file_actions_t actions;
};

struct Attributes {
    Attributes() { posix_spawnattr_init(&attributes); }
    ~Attributes() { posix_spawnattr_destroy(&attributes); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    posix_spawnattr_t attributes;
};

// By number: the header of glibc 2.36 lacks C linkage for C++.
int openPidFd(pid_t pid) {
    return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

} // namespace

Result<std::unique_ptr<Child>> Child::spawn(const std::string& command, int in, int out, int err) {
    // A standard stream whose number lies below 3 could be overwritten by the dup2 before it: no caller has
    // one, because 0 to 2 are open in every sane process.
    Actions files;
    posix_spawn_file_actions_adddup2(&files.actions, in, 0);
    posix_spawn_file_actions_adddup2(&files.actions, out, 1);
    posix_spawn_file_actions_adddup2(&files.actions, err, 2);
    posix_spawn_file_actions_addclosefrom_np(&files.actions, 3);

    // Own group; no signal blocked or ignored, whatever this program does with its own.
    Attributes how;
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD})
        sigaddset(&usual, signal);
    posix_spawnattr_setflags(&how.attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&how.attributes, 0);
    posix_spawnattr_setsigmask(&how.attributes, &none);
    posix_spawnattr_setsigdefault(&how.attributes, &usual);

    std::string shell = "sh", dashC = "-c", text = command;
    char* arguments[] = {shell.data(), dashC.data(), text.data(), nullptr};
    pid_t pid = 0;
    const int problem = posix_spawn(&pid, "/bin/sh", &files.actions, &how.attributes, arguments, environ);
    if (problem != 0)
        return fail("could not start /bin/sh: " + std::string(std::strerror(problem)), "this machine");
    return std::unique_ptr<Child>(new Child(pid, Fd(openPidFd(pid))));
}

// The shell is left a zombie until the destructor, so that no stranger can get its process group's number
// while this object may still send a signal there.
std::optional<int> Child::exitStatus() {
    if (!m_status) {
        siginfo_t info{};
        if (waitid(P_PID, static_cast<id_t>(m_pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0)
            m_status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    }
    return m_status;
}

void Child::terminate() {
    if (!m_asked)
        kill(-m_pid, SIGTERM);
    m_asked = true;
}

Child::~Child() {
    if (!exitStatus()) {
        terminate();
        if (m_pidFd) {
            pollfd ended{m_pidFd.get(), POLLIN, 0};
            poll(&ended, 1, 100);
        } else {
            for (int i = 0; i < 20 && !exitStatus(); ++i)
                std::this_thread::sleep_for(5ms);
        }
    }
    kill(-m_pid, SIGKILL); // what the shell left behind, too
    while (waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) {
    }
}

} // namespace netopsy::local
