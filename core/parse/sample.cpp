// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/parse/proc.h"
#include "core/parse/sections.h"

#include <algorithm>

namespace netopsy::parse {

void sectionSample(model::Node& node, const model::RawSection& section) {
    const FileLines files = fileLines(section.body);
    model::NodeSample sample;
    sample.seq = section.seq;
    sample.at = section.at;
    const auto with = [&](std::string_view path, auto parse) {
        if (const auto file = files.find(path); file != files.end())
            parse(file->second, sample);
    };
    with("/proc/uptime", procUptime);
    with("/proc/stat", procStat);
    with("/proc/softirqs", procSoftirqs);
    with("/proc/net/softnet_stat", procSoftnet);
    with("/proc/net/dev", procNetDev);
    with("/proc/net/snmp", procSnmp);
    with("/proc/net/netstat", procSnmp);
    with("/proc/net/sockstat", procSockstat);
    with("/proc/diskstats", procDiskstats);
    for (const std::string_view name : {"cpu", "io", "memory"})
        with("/proc/pressure/" + std::string(name),
             [name](const Lines& lines, model::NodeSample& into) { procPressure(name, lines, into); });
    procConntrack(files, sample);

    for (const std::string_view path : {"/proc/stat", "/proc/net/softnet_stat", "/proc/net/snmp", "/proc/net/dev"})
        if (!files.contains(path))
            note(node, std::string(path) + ": missing, or it can't be read");
    if (!sample.conntrack)
        note(node, "conntrack: " + sample.conntrack.reason());
    else if (sample.conntrack->stats.empty())
        note(node, "/proc/net/stat/nf_conntrack: missing, or it can't be read (kernels without "
                   "CONFIG_NF_CONNTRACK_PROCFS have none): insert_failed, drop and early_drop are unknown");
    if (sample.pressure.empty())
        note(node, "/proc/pressure: missing (pressure stall information is off)");

    if (!node.facts.cpus && !sample.perCpu.empty())
        node.facts.cpus = static_cast<int>(sample.perCpu.size());
    const auto place = std::lower_bound(node.samples.begin(), node.samples.end(), sample.seq,
                                        [](const model::NodeSample& s, std::uint32_t seq) { return s.seq < seq; });
    if (place != node.samples.end() && place->seq == sample.seq)
        *place = std::move(sample);
    else
        node.samples.insert(place, std::move(sample));
}

void sectionCost(model::Node& node, const model::RawSection& section) {
    if (node.cost.scriptCpuMs)
        return;
    // /proc/PID/stat: the command's name stands in parentheses and may hold blanks; fields count from after it.
    const auto close = section.body.rfind(')');
    if (close == std::string::npos)
        return;
    const auto words = text::words(std::string_view(section.body).substr(close + 1));
    constexpr std::size_t utime = 11; // then stime, cutime, cstime
    if (words.size() < utime + 4)
        return;
    std::uint64_t ticks = 0;
    for (std::size_t i = utime; i < utime + 4; ++i) {
        const auto value = text::toUint(words[i]);
        if (!value)
            return;
        ticks += *value;
    }
    const int perSecond = node.facts.ticksPerSecond.valueOr(100);
    node.cost.scriptCpuMs = 1000.0 * static_cast<double>(ticks) / perSecond;
    node.cost.nodeCpuMs = node.cost.nodeCpuMs.valueOr(0) + *node.cost.scriptCpuMs;
}

} // namespace netopsy::parse
