// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/ssh/known_hosts.h"

#include "collectors/local/fd.h"
#include "collectors/ssh/config_file.h"
#include "core/base/text.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>

namespace netopsy::ssh {

namespace {

constexpr std::size_t largestFile = 64u << 20;
constexpr int mostWarnings = 5;

Result<std::string> readWhole(const std::string& file) {
    const local::Fd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) {
        if (errno == ENOENT || errno == ENOTDIR)
            return std::string();
        return fail("can't be read: " + std::string(std::strerror(errno)), file, "check its permissions");
    }
    std::string text, piece(1u << 16, '\0');
    for (;;) {
        const ssize_t n = ::read(fd.get(), piece.data(), piece.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail("can't be read: " + std::string(std::strerror(errno)), file);
        if (n == 0)
            return text;
        text.append(piece, 0, static_cast<std::size_t>(n));
        if (text.size() > largestFile)
            return fail("larger than 64 MiB: not a known_hosts file", file);
    }
}

std::optional<HostHash::Digest> digest(std::string_view base64Text) {
    const auto bytes = fromBase64(base64Text);
    HostHash::Digest out{};
    if (!bytes || bytes->size() != out.size())
        return std::nullopt;
    std::memcpy(out.data(), bytes->data(), out.size());
    return out;
}

/// A line that names another type than the key's own is damaged.
bool typeAgrees(std::string_view type, std::string_view key) {
    const auto blob = fromBase64(key);
    return blob && !type.empty() && keyType(*blob) == type;
}

} // namespace

std::string knownHostsName(const std::string& host, int port) {
    const std::string name = lowered(host);
    return port == 22 || port == 0 ? name : "[" + name + "]:" + std::to_string(port);
}

bool KnownHosts::addLine(File& file, std::string_view line, const std::string& where) const {
    auto words = text::words(line);
    KnownKey key;
    key.where = where;
    if (!words.empty() && words[0].starts_with('@')) {
        if (words[0] == "@revoked")
            key.marker = KnownKey::Marker::Revoked;
        else if (words[0] == "@cert-authority")
            key.marker = KnownKey::Marker::Authority;
        else
            return false;
        words.erase(words.begin());
    }
    if (words.size() < 3 || !typeAgrees(words[1], words[2]))
        return false;
    key.type = words[1];
    key.key = words[2];
    const std::size_t index = file.keys.size();
    const std::string_view names = words[0];
    if (names.starts_with("|1|")) {
        const auto parts = text::split(names, '|');
        const auto salt = parts.size() == 4 ? digest(parts[2]) : std::nullopt;
        const auto hash = parts.size() == 4 ? digest(parts[3]) : std::nullopt;
        if (!salt || !hash)
            return false;
        file.hashed.push_back({*salt, *hash, index});
    } else if (names.find_first_of("*?!") != std::string_view::npos) {
        Patterns patterns{{}, index};
        for (const std::string_view name : text::split(names, ','))
            patterns.patterns.push_back(lowered(name));
        file.patterns.push_back(std::move(patterns));
    } else {
        for (const std::string_view name : text::split(names, ','))
            file.plain[lowered(name)].push_back(index);
    }
    file.keys.push_back(std::move(key));
    return true;
}

Result<void> KnownHosts::load(const std::string& path) {
    const std::lock_guard lock(m_mutex);
    if (m_files.contains(path))
        return {};
    const auto whole = readWhole(path);
    if (!whole)
        return tl::unexpected(whole.error());
    File file;
    int bad = 0;
    for (const std::string_view raw : text::lines(*whole)) {
        ++file.lines;
        const std::string_view line = text::trim(raw);
        if (line.empty() || line.front() == '#')
            continue;
        const std::string where = path + ":" + std::to_string(file.lines);
        if (!addLine(file, line, where) && m_warn && ++bad <= mostWarnings)
            m_warn(where + ": not a known_hosts line; it is passed by" +
                   (bad == mostWarnings ? ", and so are later ones in this file" : ""));
    }
    m_files.emplace(path, std::move(file));
    return {};
}

std::vector<KnownKey> KnownHosts::find(const std::vector<std::string>& files, const std::string& name) const {
    static thread_local HostHash hash;
    std::vector<KnownKey> found;
    const std::shared_lock lock(m_mutex);
    for (const std::string& path : files) {
        const auto it = m_files.find(path);
        if (it == m_files.end())
            continue;
        const File& file = it->second;
        if (const auto plain = file.plain.find(name); plain != file.plain.end())
            for (const std::size_t key : plain->second)
                found.push_back(file.keys[key]);
        for (const Hashed& one : file.hashed)
            if (hash(one.salt, name) == one.hash)
                found.push_back(file.keys[one.key]);
        for (const Patterns& one : file.patterns)
            if (matchesPatterns(name, one.patterns))
                found.push_back(file.keys[one.key]);
    }
    return found;
}

Result<void> KnownHosts::add(const std::string& path, const std::string& name, const std::string& type,
                             const std::string& key, bool hashed) {
    std::string spelled = name;
    if (hashed) {
        HostHash::Digest salt{};
        RAND_bytes(salt.data(), static_cast<int>(salt.size()));
        const HostHash::Digest value = HostHash()(salt, name);
        const auto text = [](const HostHash::Digest& d) {
            return base64({reinterpret_cast<const char*>(d.data()), d.size()});
        };
        spelled = "|1|" + text(salt) + "|" + text(value);
    }
    std::string line = spelled + " " + type + " " + key + "\n";

    const std::lock_guard lock(m_mutex);
    std::error_code ignored;
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty() && !std::filesystem::exists(folder, ignored))
        mkdir(folder.c_str(), 0700);
    const auto problem = [&] {
        return fail("the host key could not be added: " + std::string(std::strerror(errno)), path,
                    "check the permissions of the file and its folder");
    };
    const local::Fd fd(open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!fd)
        return problem();
    // Others may append at the same time, ssh too; a last line without its end would swallow ours.
    flock(fd.get(), LOCK_EX);
    const off_t size = lseek(fd.get(), 0, SEEK_END);
    char last = '\n';
    if (size > 0 && pread(fd.get(), &last, 1, size - 1) == 1 && last != '\n')
        line.insert(0, "\n");
    if (::write(fd.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        return problem();

    File& file = m_files[path];
    addLine(file, text::trim(line), path + " (added by this run)");
    return {};
}

} // namespace netopsy::ssh
