// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/file_lines.h"

#include "core/base/text.h"

namespace netopsy::parse {

FileLines fileLines(std::string_view body) {
    FileLines out;
    int number = 0;
    for (const std::string_view line : text::lines(body)) {
        ++number;
        const auto colon = line.find(':');
        if (line.starts_with('/') && colon != std::string_view::npos)
            out[line.substr(0, colon)].push_back({line.substr(colon + 1), number});
    }
    return out;
}

std::string_view oneLine(const FileLines& files, std::string_view path) {
    const auto file = files.find(path);
    return file == files.end() || file->second.empty() ? std::string_view{} : file->second.front().text;
}

} // namespace netopsy::parse
