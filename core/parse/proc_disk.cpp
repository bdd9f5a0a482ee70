// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/parse/proc.h"

#include <array>

namespace netopsy::parse {

void procDiskstats(const Lines& lines, model::NodeSample& sample) {
    for (const FileLine& line : lines) {
        const auto words = text::words(line.text);
        if (words.size() < 14)
            continue;
        // Devices of the kernel's own making tell nothing of a disk.
        if (words[2].starts_with("loop") || words[2].starts_with("ram") || words[2].starts_with("zram"))
            continue;
        const std::array<std::size_t, 5> columns{3, 7, 6, 10,
                                                 12}; // reads, writes, ms reading, ms writing, ms busy
        std::array<std::uint64_t, 5> n{};
        bool readable = true;
        for (std::size_t i = 0; i < n.size(); ++i) {
            const auto value = text::toUint(words[columns[i]]);
            readable = readable && value;
            n[i] = value.value_or(0);
        }
        if (readable)
            sample.disks[text::printable(words[2])] = {n[0], n[1], n[2], n[3], n[4]};
    }
}

void procPressure(std::string_view name, const Lines& lines, model::NodeSample& sample) {
    for (const FileLine& line : lines) {
        const auto words = text::words(line.text);
        if (words.size() < 5)
            continue;
        model::Pressure pressure;
        bool total = false;
        for (const std::string_view word : words) {
            if (word.starts_with("avg10="))
                pressure.avg10 = text::toDouble(word.substr(6)).value_or(0);
            else if (word.starts_with("avg60="))
                pressure.avg60 = text::toDouble(word.substr(6)).value_or(0);
            else if (word.starts_with("total="))
                if (const auto us = text::toUint(word.substr(6))) {
                    pressure.totalUs = *us;
                    total = true;
                }
        }
        if (total)
            sample.pressure[std::string(name) + "." + text::printable(words[0])] = pressure;
    }
}

} // namespace netopsy::parse
