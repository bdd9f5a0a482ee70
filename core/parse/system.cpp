// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/parse/file_lines.h"
#include "core/parse/sections.h"

#include <algorithm>

namespace netopsy::parse {

namespace {

std::string shownLine(const FileLines& files, std::string_view path) {
    return text::printable(text::trim(oneLine(files, path).substr(0, 300)));
}

/// PRETTY_NAME="…" of os-release(5).
std::string prettyName(const FileLines& files) {
    const auto file = files.find("/etc/os-release");
    if (file == files.end())
        return {};
    for (const FileLine& line : file->second) {
        if (!line.text.starts_with("PRETTY_NAME="))
            continue;
        std::string_view value = text::trim(line.text.substr(12));
        if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
            value = value.substr(1, value.size() - 2);
        return text::printable(value.substr(0, 200));
    }
    return {};
}

} // namespace

void sectionSystem(model::Node& node, const model::RawSection& section) {
    model::NodeFacts& facts = node.facts;
    const FileLines files = fileLines(section.body);
    for (const std::string_view line : text::lines(section.body)) {
        const auto words = text::words(line);
        if (words.size() != 2)
            continue;
        if (words[0] == "uid") {
            facts.root = words[1] == "0";
            if (words[1] != "0")
                note(node, "the script did not run as root: some figures may be missing");
        } else if (words[0] == "machine") {
            facts.arch = text::printable(words[1]);
        } else if (words[0] == "clk_tck") {
            if (const auto ticks = text::toUint(words[1]); ticks && *ticks > 0 && *ticks <= 10000)
                facts.ticksPerSecond = static_cast<int>(*ticks);
        }
    }
    const auto set = [](Reading<std::string>& reading, std::string value, const char* absent) {
        if (value.empty())
            reading = Absent{absent};
        else
            reading = std::move(value);
    };
    set(facts.hostname, shownLine(files, "/proc/sys/kernel/hostname"), "/proc/sys/kernel/hostname can't be read");
    set(facts.kernel, shownLine(files, "/proc/sys/kernel/osrelease"), "/proc/sys/kernel/osrelease can't be read");
    set(facts.os, prettyName(files), "/etc/os-release is missing or has no PRETTY_NAME");
    const std::string clocks = "/sys/devices/system/clocksource/clocksource0/";
    set(facts.clocksource, shownLine(files, clocks + "current_clocksource"), "no clock source is shown in sysfs");
    facts.clocksourcesAvailable.clear();
    for (const std::string_view name : text::words(oneLine(files, clocks + "available_clocksource")))
        facts.clocksourcesAvailable.push_back(text::printable(name));
    const auto memory = text::words(oneLine(files, "/proc/meminfo"));
    if (memory.size() >= 2)
        if (const auto kib = text::toUint(memory[1]))
            facts.memTotalKiB = *kib;
}

void sectionResolv(model::Node& node, const model::RawSection& section) {
    if (section.body.empty()) {
        node.facts.resolvConf = Absent{"/etc/resolv.conf is missing, empty, or can't be read"};
        return;
    }
    model::ResolvConf conf;
    for (const std::string_view line : text::lines(section.body)) {
        const auto words = text::words(line.substr(0, line.find_first_of("#;")));
        if (words.size() < 2)
            continue;
        if (words[0] == "nameserver") {
            if (conf.nameservers.size() < 32)
                conf.nameservers.push_back(text::printable(words[1]));
        } else if (words[0] == "search" || words[0] == "domain") {
            conf.search.clear(); // the last one wins, resolv.conf(5)
            for (std::size_t i = 1; i < words.size() && i <= 32; ++i)
                conf.search.push_back(text::printable(words[i]));
        } else if (words[0] == "options") {
            for (std::size_t i = 1; i < words.size() && i <= 32; ++i) {
                conf.options.push_back(text::printable(words[i]));
                if (words[i].starts_with("ndots:"))
                    if (const auto n = text::toUint(words[i].substr(6)))
                        conf.ndots = static_cast<int>(std::min<std::uint64_t>(*n, 15)); // as the resolver caps it
            }
        }
    }
    node.facts.resolvConf = std::move(conf);
}

void sectionDisks(model::Node& node, const model::RawSection& section) {
    node.facts.disks.clear();
    for (const auto& [path, lines] : fileLines(section.body)) {
        const auto parts = text::split(path, '/'); // /sys/block/NAME/queue/rotational
        if (parts.size() != 6 || lines.empty() || parts[3].starts_with("loop") || parts[3].starts_with("ram") ||
            parts[3].starts_with("zram"))
            continue;
        model::Disk disk;
        disk.name = text::printable(parts[3]);
        const std::string_view value = text::trim(lines.front().text);
        if (value == "0" || value == "1")
            disk.rotational = value == "1";
        node.facts.disks.push_back(std::move(disk));
    }
}

void sectionNoSudo(model::Node& node, const model::RawSection&) {
    note(node,
         "sudo was refused (it asks for a password, or this user may not use it): the script ran unprivileged");
}

} // namespace netopsy::parse
