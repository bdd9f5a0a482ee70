// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sqlite.h"

#include <sqlite3.h>

namespace netopsy::store {

namespace {

constexpr int busyMs = 3000; // a writer commits in milliseconds; a reader that waits this long has met a stuck one

tl::unexpected<Error> sqliteError(sqlite3* handle, const std::string& where) {
    const int code = handle != nullptr ? sqlite3_errcode(handle) & 0xff : SQLITE_NOMEM;
    const char* remedy = code == SQLITE_FULL       ? "free some room on the disk"
                         : code == SQLITE_READONLY ? "the file or its folder can't be written"
                         : code == SQLITE_CANTOPEN ? "does the folder exist, and may it be used?"
                         : code == SQLITE_BUSY     ? "another program is writing to it"
                                                   : "";
    return fail(handle != nullptr ? sqlite3_errmsg(handle) : "out of memory", where, remedy);
}

} // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void Database::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

void Statement::bind(int index, std::int64_t value) {
    sqlite3_bind_int64(m_statement.get(), index, value);
}

void Statement::bind(int index, std::string_view text) {
    sqlite3_bind_text64(m_statement.get(), index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::bindBlob(int index, std::string_view bytes) {
    sqlite3_bind_blob64(m_statement.get(), index, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

void Statement::bindNull(int index) {
    sqlite3_bind_null(m_statement.get(), index);
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    return sqliteError(sqlite3_db_handle(m_statement.get()), m_where);
}

Result<void> Statement::run() {
    for (;;) {
        const auto row = step();
        if (!row || !*row) {
            Result<void> outcome = row ? Result<void>{} : Result<void>(tl::unexpected(row.error()));
            sqlite3_reset(m_statement.get());
            sqlite3_clear_bindings(m_statement.get());
            return outcome;
        }
    }
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(m_statement.get(), column);
}

std::string_view Statement::bytes(int column) const {
    const void* data = sqlite3_column_blob(m_statement.get(), column); // text is given as its bytes, too
    const int size = sqlite3_column_bytes(m_statement.get(), column);
    return data == nullptr ? std::string_view{}
                           : std::string_view{static_cast<const char*>(data), std::size_t(size)};
}

Result<Database> Database::open(const std::string& path, Mode mode) {
    const int flags =
        SQLITE_OPEN_NOMUTEX | (mode == Mode::ReadOnly    ? SQLITE_OPEN_READONLY
                               : mode == Mode::ReadWrite ? SQLITE_OPEN_READWRITE
                                                         : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    Database database;
    database.m_handle.reset(handle);
    database.m_path = path;
    if (code != SQLITE_OK)
        return sqliteError(handle, path);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busyMs);
    // A case may come from anywhere: its schema gets to run nothing, and its cells stay bounded.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 256 << 20);
    return database;
}

Result<void> Database::exec(const char* sql) {
    if (sqlite3_exec(m_handle.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return sqliteError(m_handle.get(), m_path);
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) const {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(m_handle.get(), sql.data(), int(sql.size()), &statement, nullptr) != SQLITE_OK)
        return sqliteError(m_handle.get(), m_path);
    return Statement(statement, m_path);
}

int Database::lastError() const {
    return sqlite3_extended_errcode(m_handle.get());
}

} // namespace netopsy::store
