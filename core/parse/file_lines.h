// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Takes apart what `grep -H '' FILE…` prints: each line carries its file's path, so that one exec reads many files and
// no content can pass for another file's. Line numbers count in the section, for evidence to point at.
#pragma once

#include <map>
#include <string_view>
#include <vector>

namespace netopsy::parse {

struct FileLine {
    std::string_view text;
    int number = 0; ///< 1-based, in the section
};

/// Paths are views into `body`. Lines without "/…:" are left out: the section's own words, not a file's.
using FileLines = std::map<std::string_view, std::vector<FileLine>, std::less<>>;
[[nodiscard]] FileLines fileLines(std::string_view body);

/// The only (first) line of a file; empty when it is not there.
[[nodiscard]] std::string_view oneLine(const FileLines& files, std::string_view path);

} // namespace netopsy::parse
