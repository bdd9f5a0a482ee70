// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A shell command of this machine in a process group of its own, so that ending it ends what it started. Made
// with posix_spawn: fork(2) would copy the page tables of a program that holds a whole case in memory.
#pragma once

#include "collectors/local/fd.h"
#include "core/base/result.h"

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

namespace netopsy::local {

class Child {
public:
    /// Runs `/bin/sh -c command` with the three descriptors as its standard streams; it inherits no other.
    /// They stay the caller's.
    static Result<std::unique_ptr<Child>> spawn(const std::string& command, int in, int out, int err);

    /// Ends the group: asks it first, waits a tenth of a second at most, then kills.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// Does not wait. 128+n when signal n ended it; nullopt while it runs.
    [[nodiscard]] std::optional<int> exitStatus();
    /// Asks the whole group to end (SIGTERM). The destructor does not ask again.
    void terminate();
    /// Becomes readable when the shell has ended; -1 where the kernel can't tell (before 5.3).
    [[nodiscard]] int pidFd() const { return m_pidFd.get(); }

private:
    Child(pid_t pid, Fd pidFd) : m_pid(pid), m_pidFd(std::move(pidFd)) {}

    pid_t m_pid;
    Fd m_pidFd;
    std::optional<int> m_status;
    bool m_asked = false;
};

} // namespace netopsy::local
