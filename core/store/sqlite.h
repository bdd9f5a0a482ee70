// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A thin owner of SQLite's C handles: errors become Results, handles close themselves. Nothing more is needed
// here, so no wrapper library is.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace netopsy::store {

class Statement {
public:
    void bind(int index, std::int64_t value);
    void bind(int index, std::string_view text);
    void bindBlob(int index, std::string_view bytes);
    void bindNull(int index);
    /// True: a row is there. False: done. An error names the database.
    Result<bool> step();
    /// Runs to the end and makes ready for the next use.
    Result<void> run();
    [[nodiscard]] std::int64_t integer(int column) const;
    /// Valid until the next step.
    [[nodiscard]] std::string_view bytes(int column) const;

private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    Statement(sqlite3_stmt* statement, std::string where) : m_statement(statement), m_where(std::move(where)) {}
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
    std::string m_where;
};

class Database {
public:
    enum class Mode { ReadOnly, ReadWrite, Create };
    static Result<Database> open(const std::string& path, Mode mode);

    Result<void> exec(const char* sql);
    [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;
    /// SQLite's extended code of the last failure.
    [[nodiscard]] int lastError() const;

private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    std::unique_ptr<sqlite3, Close> m_handle;
    std::string m_path;
};

} // namespace netopsy::store
