// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/parse/proc.h"

#include <array>

namespace netopsy::parse {

void procNetDev(const Lines& lines, model::NodeSample& sample) {
    for (const FileLine& line : lines) {
        const auto colon = line.text.find(':');
        if (colon == std::string_view::npos)
            continue; // the two lines of heading
        const auto words = text::words(line.text.substr(colon + 1));
        if (words.size() < 16)
            continue;
        std::array<std::uint64_t, 16> n{};
        bool readable = true;
        for (std::size_t i = 0; i < n.size(); ++i) {
            const auto value = text::toUint(words[i]);
            readable = readable && value;
            n[i] = value.value_or(0);
        }
        if (!readable)
            continue;
        model::LinkCounters c;
        c.rxBytes = n[0];
        c.rxPackets = n[1];
        c.rxErrors = n[2];
        c.rxDropped = n[3];
        c.rxFifoErrors = n[4];
        c.rxFrameErrors = n[5];
        c.txBytes = n[8];
        c.txPackets = n[9];
        c.txErrors = n[10];
        c.txDropped = n[11];
        c.txFifoErrors = n[12];
        c.collisions = n[13];
        c.txCarrierErrors = n[14];
        sample.links[text::printable(text::trim(line.text.substr(0, colon)))] = c;
    }
}

void procSnmp(const Lines& lines, model::NodeSample& sample) {
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
        const auto names = text::words(lines[i].text), values = text::words(lines[i + 1].text);
        if (names.size() < 2 || values.empty() || names[0] != values.front() || !names[0].ends_with(':') ||
            text::toInt(names[1]))
            continue;
        const std::string group = text::printable(names[0].substr(0, names[0].size() - 1));
        // MaxConn is -1 by design; a counter can't be negative, so it is passed over.
        for (std::size_t c = 1; c < names.size() && c < values.size(); ++c)
            if (const auto value = text::toUint(values[c]))
                sample.netCounters[group + "." + text::printable(names[c])] = *value;
        ++i;
    }
}

void procSockstat(const Lines& lines, model::NodeSample& sample) {
    for (const FileLine& line : lines) {
        const auto words = text::words(line.text);
        if (words.size() < 3 || !words[0].ends_with(':'))
            continue;
        const std::string group = text::printable(words[0].substr(0, words[0].size() - 1));
        for (std::size_t i = 1; i + 1 < words.size(); i += 2)
            if (const auto value = text::toUint(words[i + 1]))
                sample.sockstat[group + "." + text::printable(words[i])] = *value;
    }
}

void procConntrack(const FileLines& files, model::NodeSample& sample) {
    const auto setting = [&](std::string_view name) {
        return text::toUint(text::trim(oneLine(files, "/proc/sys/net/netfilter/" + std::string(name))));
    };
    const auto count = setting("nf_conntrack_count"), max = setting("nf_conntrack_max");
    if (!count || !max) {
        sample.conntrack = Absent{"nf_conntrack is not loaded, or its files can't be read"};
        return;
    }
    model::Conntrack table;
    table.count = *count;
    table.max = *max;
    if (const auto buckets = setting("nf_conntrack_buckets"))
        table.buckets = *buckets;
    if (const auto file = files.find("/proc/net/stat/nf_conntrack");
        file != files.end() && !file->second.empty()) {
        const auto names = text::words(file->second.front().text);
        for (std::size_t row = 1; row < file->second.size(); ++row) {
            const auto values = text::words(file->second[row].text);
            if (values.size() != names.size())
                continue; // half a row would make half a sum
            for (std::size_t c = 0; c < names.size() && c < values.size(); ++c) {
                // The same total stands in every CPU's row.
                if (names[c] == "entries")
                    continue;
                if (const auto value = text::toUint(values[c], 16))
                    table.stats[text::printable(names[c])] += *value;
            }
        }
    }
    sample.conntrack = std::move(table);
}

} // namespace netopsy::parse
