// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The case file's schema, version 1; README.md explains it. A change of it raises schemaVersion and keeps old
// files opening.
#pragma once

#include "core/store/case_file.h"

#include <string>

namespace netopsy::store {

/// Tables and the header's two marks.
[[nodiscard]] std::string schemaSql();

/// What the first 100 bytes of a file say, without letting SQLite near it.
struct Header {
    bool sqlite = false;
    std::int32_t applicationId = 0;
    int userVersion = 0;
    std::uint64_t claimedSize = 0; ///< pages times page size; 0 when the header doesn't say
    std::uint64_t actualSize = 0;
};
[[nodiscard]] Result<Header> readHeader(const std::filesystem::path& path);

inline constexpr std::uint64_t maxSectionBytes = 64u << 20; ///< of one section, decompressed
inline constexpr std::int64_t maxSections = 4'000'000;

} // namespace netopsy::store
