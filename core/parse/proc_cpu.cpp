// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/parse/proc.h"

namespace netopsy::parse {

namespace {

constexpr int maxCpus = 8192;

std::optional<int> cpuNumber(std::string_view digits) {
    const auto number = text::toUint(digits);
    return number && *number < maxCpus ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

} // namespace

void procUptime(const Lines& lines, model::NodeSample& sample) {
    if (lines.empty())
        return;
    const auto words = text::words(lines.front().text);
    if (!words.empty())
        if (const auto seconds = text::toDouble(words[0]); seconds && *seconds >= 0)
            sample.uptimeS = *seconds;
}

void procStat(const Lines& lines, model::NodeSample& sample) {
    for (const FileLine& line : lines) {
        const auto words = text::words(line.text);
        if (words.size() < 5 || !words[0].starts_with("cpu"))
            continue;
        model::CpuTimes times;
        std::uint64_t* const fields[] = {&times.user,   &times.nice, &times.system,  &times.idle,
                                         &times.iowait, &times.irq,  &times.softirq, &times.steal};
        bool readable = true;
        for (std::size_t i = 0; i < std::size(fields) && i + 1 < words.size(); ++i) {
            const auto value = text::toUint(words[i + 1]);
            readable = readable && value;
            *fields[i] = value.value_or(0);
        }
        if (!readable)
            continue;
        if (words[0] == "cpu")
            sample.cpu = times;
        else if (const auto cpu = cpuNumber(words[0].substr(3)))
            sample.perCpu[*cpu] = times;
    }
}

void procSoftirqs(const Lines& lines, model::NodeSample& sample) {
    if (lines.empty())
        return;
    std::vector<int> cpus;
    for (const std::string_view word : text::words(lines.front().text)) {
        const auto cpu = word.starts_with("CPU") ? cpuNumber(word.substr(3)) : std::nullopt;
        if (!cpu)
            return;
        cpus.push_back(*cpu);
    }
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto words = text::words(lines[i].text);
        if (words.empty() || !words[0].ends_with(':') || !words[0].starts_with("NET_"))
            continue;
        auto& row = sample.softirqs[text::printable(words[0].substr(0, words[0].size() - 1))];
        for (std::size_t c = 0; c < cpus.size() && c + 1 < words.size(); ++c)
            if (const auto value = text::toUint(words[c + 1]))
                row[cpus[c]] = *value;
    }
}

void procSoftnet(const Lines& lines, model::NodeSample& sample) {
    std::vector<model::SoftnetCpu> rows;
    for (const FileLine& line : lines) {
        const auto words = text::words(line.text);
        if (words.size() < 9)
            continue;
        const auto hex = [&](std::size_t column) {
            return column < words.size() ? text::toUint(words[column], 16) : std::nullopt;
        };
        const auto processed = hex(0), dropped = hex(1), squeezed = hex(2);
        if (!processed || !dropped || !squeezed)
            continue;
        model::SoftnetCpu row;
        // Offline CPUs have no row, so counting rows is right only where the kernel does not name the CPU.
        const auto named = hex(12);
        row.cpu = named && *named < maxCpus ? static_cast<int>(*named) : static_cast<int>(rows.size());
        row.processed = *processed;
        row.dropped = *dropped;
        row.timeSqueeze = *squeezed;
        row.receivedRps = hex(9).value_or(0);
        row.flowLimit = hex(10).value_or(0);
        rows.push_back(row);
    }
    if (!rows.empty())
        sample.softnet = std::move(rows);
}

} // namespace netopsy::parse
