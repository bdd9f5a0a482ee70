// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A real sshd of this machine on a loopback port, with keys and files in a folder of the test's own; no mock.
// The port is free when asked for, so a stranger taking it between is possible and would be a failure to
// start.
#pragma once

#include "collectors/local/child.h"

#include <filesystem>
#include <string>

namespace netopsy::test {

/// Runs a shell command to its end; its output, without the last newline. Fails the program's assumptions
/// loudly: an empty answer where one is needed breaks the test that asked.
std::string shell(const std::string& command, int* status = nullptr);

/// True where sshd, ssh-keygen and what sshd needs to run are there; else `why`.
bool canRunSshd(std::string& why);

/// A folder that goes with the object.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] std::string operator/(const std::string& name) const { return (m_path / name).string(); }
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    void write(const std::string& name, const std::string& text, int mode = 0600) const;
    [[nodiscard]] std::string read(const std::string& name) const;

private:
    std::filesystem::path m_path;
};

[[nodiscard]] int freePort();
[[nodiscard]] std::size_t openFds();

class RealSshd {
public:
    /// Host keys of all kinds, the user's `authorized` lines, more sshd_config lines in `extra`.
    explicit RealSshd(const std::string& authorized, const std::string& extra = {});
    [[nodiscard]] bool up() const { return m_up; }
    [[nodiscard]] int port() const { return m_port; }
    /// The known_hosts line for one kind ("ed25519").
    [[nodiscard]] std::string knownHostsLine(const std::string& kind) const;
    [[nodiscard]] std::string fingerprint(const std::string& kind) const;
    [[nodiscard]] std::string log() const { return m_folder.read("log"); }
    void authorize(const std::string& line) { m_folder.write("authorized_keys", line, 0644); }

private:
    Folder m_folder;
    int m_port;
    std::unique_ptr<local::Child> m_child;
    bool m_up = false;
};

} // namespace netopsy::test
