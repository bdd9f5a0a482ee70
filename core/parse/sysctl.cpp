// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/parse/file_lines.h"
#include "core/parse/sections.h"

#include <algorithm>
#include <array>

namespace netopsy::parse {

namespace {

constexpr std::string_view root = "/proc/sys/";
constexpr std::size_t maxValue = 4096;

/// "net/ipv4/conf/eth0.100/rp_filter" -> "net.ipv4.conf.eth0/100.rp_filter": where a name has a dot, sysctl(8) writes
/// a slash.
std::string dottedKey(std::string_view path) {
    std::string key(path);
    for (char& c : key)
        c = c == '/' ? '.' : c == '.' ? '/' : c;
    return text::printable(key);
}

/// A key as a file may write it ("net/ipv4/ip_forward" or dotted), in dotted form.
std::string fileKey(std::string_view key) {
    const auto separator = key.find_first_of("./");
    return separator != std::string_view::npos && key[separator] == '/' ? dottedKey(key) : text::printable(key);
}

/// sysctl.d(5): of files with the same name the one in the earlier folder counts, then all run in the order of their
/// names. procps reads /etc/sysctl.conf last of all; systemd only through a link such as 99-sysctl.conf, which comes to
/// the same wherever that link is. So: last here.
int folderRank(std::string_view path) {
    constexpr std::array<std::string_view, 5> folders{
        "/etc/sysctl.d/", "/run/sysctl.d/", "/usr/local/lib/sysctl.d/", "/usr/lib/sysctl.d/", "/lib/sysctl.d/"};
    for (std::size_t i = 0; i < folders.size(); ++i)
        if (path.starts_with(folders[i]))
            return static_cast<int>(i);
    return static_cast<int>(folders.size());
}

} // namespace

void sectionSysctl(model::Node& node, const model::RawSection& section) {
    node.facts.sysctl.clear();
    node.facts.sysctlWritable.clear();
    for (const auto& [path, lines] : fileLines(section.body)) {
        if (!path.starts_with(root) || lines.empty())
            continue;
        // A value of several lines (there are a few) is kept as one, like sysctl(8) in a script would see it.
        // The lines of one reading stand together; a file that two patterns name is read again further on.
        std::string value;
        for (std::size_t i = 0; i < lines.size() && lines[i].number == lines[0].number + static_cast<int>(i); ++i)
            value += (value.empty() ? "" : " ") + text::foldBlanks(lines[i].text);
        node.facts.sysctl[dottedKey(path.substr(root.size()))] = text::printable(value.substr(0, maxValue));
    }
    for (const std::string_view line : text::lines(section.body)) {
        const auto words = text::words(line);
        if (words.size() == 3 && words[0] == "writable" && words[2].starts_with(root))
            node.facts.sysctlWritable[dottedKey(words[2].substr(root.size()))] = words[1] == "1";
    }
    // busybox's [ -w ] tells root "yes" unasked, so the file's mode has a say too: 0444 is how the kernel marks what a
    // network namespace may only read.
    for (const std::string_view line : text::lines(section.body)) {
        const auto words = text::words(line);
        if (words.size() >= 3 && words[0].size() >= 10 && words[0].starts_with("-") &&
            words.back().starts_with(root) && words[0].find('w') == std::string_view::npos)
            node.facts.sysctlWritable[dottedKey(words.back().substr(root.size()))] = false;
    }
    if (node.facts.sysctl.empty())
        note(node, "sysctl: nothing under /proc/sys could be read");
}

void sectionSysctlFiles(model::Node& node, const model::RawSection& section) {
    struct Setting {
        std::string name; // of the file, which orders it
        int rank = 0;
        std::string key;
        model::PersistedSysctl value;
    };
    std::vector<Setting> settings;
    std::map<std::string, int, std::less<>> bestRank; // by the file's name
    const auto seen = [&](std::string_view path) {
        const std::string name(path.substr(path.rfind('/') + 1));
        const int rank = folderRank(path);
        if (const auto known = bestRank.find(name); known == bestRank.end() || rank < known->second)
            bestRank[name] = rank;
    };
    // An empty file, or a link to /dev/null, sets nothing yet hides its namesakes: such files are named apart.
    for (const std::string_view line : text::lines(section.body))
        if (line.starts_with("file /"))
            seen(line.substr(5));
    for (const auto& [path, lines] : fileLines(section.body)) {
        const int rank = folderRank(path);
        const std::string name(path.substr(path.rfind('/') + 1));
        seen(path);
        for (const FileLine& line : lines) {
            const auto colon = line.text.find(':'); // grep -n puts the line's number first
            const auto number = text::toUint(line.text.substr(0, colon));
            if (colon == std::string_view::npos || !number)
                continue;
            std::string_view content = text::trim(line.text.substr(colon + 1));
            if (content.empty() || content.front() == '#' || content.front() == ';')
                continue;
            if (content.front() == '-') // "ignore errors"; it sets the key all the same
                content.remove_prefix(1);
            const auto equals = content.find('=');
            const std::string_view key = text::trim(content.substr(0, equals));
            // A pattern's effect depends on what exists when it is applied; it is no single key's value.
            if (equals == std::string_view::npos || key.empty() ||
                key.find_first_of("*?[") != std::string_view::npos)
                continue;
            settings.push_back(
                {name,
                 rank,
                 fileKey(key),
                 {text::printable(path), static_cast<int>(std::min<std::uint64_t>(*number, 1'000'000)),
                  text::printable(text::foldBlanks(content.substr(equals + 1).substr(0, maxValue)))}});
        }
    }
    constexpr int conf = 5; // /etc/sysctl.conf itself
    std::stable_sort(settings.begin(), settings.end(), [](const Setting& a, const Setting& b) {
        const bool aLast = a.rank == conf, bLast = b.rank == conf;
        return aLast != bLast ? bLast : a.name < b.name;
    });
    node.facts.sysctlPersisted.clear();
    for (Setting& setting : settings)
        if (setting.rank == bestRank[setting.name])
            node.facts.sysctlPersisted[setting.key] = std::move(setting.value);
}

} // namespace netopsy::parse
