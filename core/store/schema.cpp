// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/schema.h"

#include <sqlite3.h>

#include <array>
#include <cstring>
#include <memory>

namespace netopsy::store {

std::string schemaSql() {
    return "PRAGMA application_id = " + std::to_string(applicationId) + ";" +
           "PRAGMA user_version = " + std::to_string(schemaVersion) + ";" + R"(
CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK(id = 1), json TEXT NOT NULL) STRICT;
CREATE TABLE inventory(id INTEGER PRIMARY KEY CHECK(id = 1), json TEXT NOT NULL) STRICT;
CREATE TABLE node(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, address TEXT NOT NULL, state TEXT NOT NULL, error TEXT NOT NULL,
  started_ns INTEGER NOT NULL, bytes_sent INTEGER NOT NULL, bytes_received INTEGER NOT NULL, notes TEXT NOT NULL) STRICT;
CREATE TABLE section(
  id INTEGER PRIMARY KEY, node TEXT NOT NULL, collector TEXT NOT NULL, seq INTEGER NOT NULL, at_ns INTEGER NOT NULL,
  exit_code INTEGER NOT NULL, truncated INTEGER NOT NULL, raw_size INTEGER NOT NULL, body BLOB NOT NULL,
  UNIQUE(node, collector, seq)) STRICT;
)";
}

Result<Header> readHeader(const std::filesystem::path& path) {
    const std::string where = path.string();
    std::error_code problem;
    if (!std::filesystem::exists(path, problem))
        return fail("no such file", where);
    if (!std::filesystem::is_regular_file(path, problem))
        return fail("it is not a file", where);
    // Through SQLite's own file, of which nothing is interpreted: closing a file of one's own would give up, by POSIX's
    // rule, the locks of a writer in this process.
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(where.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle(opened, &sqlite3_close_v2);
    sqlite3_file* file = nullptr;
    if (code != SQLITE_OK || sqlite3_file_control(opened, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file == nullptr || file->pMethods == nullptr)
        return fail("it can't be read", where, "may you read it?");
    std::array<unsigned char, 100> bytes{};
    const int got = file->pMethods->xRead(file, bytes.data(), int(bytes.size()), 0);
    if (got != SQLITE_OK && got != SQLITE_IOERR_SHORT_READ)
        return fail("it can't be read", where, "may you read it?");
    Header header;
    header.actualSize = std::filesystem::file_size(path, problem);
    constexpr char magic[] = "SQLite format 3";
    if (got != SQLITE_OK || std::memcmp(bytes.data(), magic, sizeof magic) != 0)
        return header;
    const auto big = [&](std::size_t at) {
        return std::uint32_t(bytes[at]) << 24 | std::uint32_t(bytes[at + 1]) << 16 |
               std::uint32_t(bytes[at + 2]) << 8 | std::uint32_t(bytes[at + 3]);
    };
    const std::uint32_t stored = std::uint32_t(bytes[16]) << 8 | bytes[17];
    const std::uint64_t pageSize = stored == 1 ? 65536 : stored;
    header.sqlite = true;
    header.applicationId = std::int32_t(big(68));
    header.userVersion = int(big(60));
    header.claimedSize = pageSize * big(28);
    return header;
}

} // namespace netopsy::store
