// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/collectors/ssh/real_sshd.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <thread>

namespace netopsy::test {

using namespace std::chrono_literals;

std::string shell(const std::string& command, int* status) {
    std::FILE* pipe = popen(command.c_str(), "re");
    std::string out;
    char buffer[4096];
    std::size_t n = 0;
    while (pipe && (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0)
        out.append(buffer, n);
    const int rc = pipe ? pclose(pipe) : -1;
    if (status)
        *status = WIFEXITED(rc) ? WEXITSTATUS(rc) : -1;
    if (out.ends_with('\n'))
        out.pop_back();
    return out;
}

bool canRunSshd(std::string& why) {
    for (const char* program : {"/usr/sbin/sshd", "/usr/bin/ssh-keygen", "/usr/bin/ssh-agent", "/usr/bin/ssh-add"})
        if (access(program, X_OK) != 0) {
            why = std::string(program) + " is missing (apt install openssh-server openssh-client)";
            return false;
        }
    if (geteuid() == 0) {
        mkdir("/run/sshd", 0755); // privilege separation wants it; a service manager usually makes it
        if (access("/run/sshd", X_OK) != 0) {
            why = "/run/sshd is missing and could not be made";
            return false;
        }
    }
    return true;
}

Folder::Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "netopsy-ssh-XXXXXX").string();
    m_path = mkdtemp(pattern.data());
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

void Folder::write(const std::string& name, const std::string& text, int mode) const {
    std::ofstream(m_path / name, std::ios::binary | std::ios::trunc) << text;
    chmod((m_path / name).c_str(), static_cast<mode_t>(mode));
}

std::string Folder::read(const std::string& name) const {
    std::ifstream in(m_path / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

int freePort() {
    const local::Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return 0;
    return ntohs(address.sin_port);
}

std::size_t openFds() {
    const std::filesystem::directory_iterator entries("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

RealSshd::RealSshd(const std::string& authorized, const std::string& extra) : m_port(freePort()) {
    std::string config =
        "ListenAddress 127.0.0.1:" + std::to_string(m_port) + "\nUsePAM no\nPidFile none\nStrictModes no\n" +
        "LogLevel VERBOSE\nPermitRootLogin yes\nAuthorizedKeysFile " + (m_folder / "authorized_keys") + "\n";
    for (const char* kind : {"ed25519", "ecdsa", "rsa"}) {
        shell(std::string("ssh-keygen -q -N '' -t ") + kind + " -f " + (m_folder / (std::string("host_") + kind)));
        config += "HostKey " + (m_folder / (std::string("host_") + kind)) + "\n";
    }
    m_folder.write("sshd_config", extra + "\n" + config);
    authorize(authorized);
    const local::Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
    auto child = local::Child::spawn("exec /usr/sbin/sshd -D -f " + (m_folder / "sshd_config") + " -E " +
                                         (m_folder / "log"),
                                     null.get(), null.get(), null.get());
    if (!child)
        return;
    m_child = std::move(*child);
    for (int i = 0; i < 200 && !m_up && !m_child->exitStatus(); ++i) {
        m_up = log().find("Server listening") != std::string::npos;
        if (!m_up)
            std::this_thread::sleep_for(25ms);
    }
}

std::string RealSshd::knownHostsLine(const std::string& kind) const {
    return "[127.0.0.1]:" + std::to_string(m_port) + " " + m_folder.read("host_" + kind + ".pub");
}

std::string RealSshd::fingerprint(const std::string& kind) const {
    return shell("ssh-keygen -l -f " + (m_folder / ("host_" + kind + ".pub")) + " | cut -d' ' -f2");
}

} // namespace netopsy::test
