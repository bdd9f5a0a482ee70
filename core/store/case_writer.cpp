// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/json.h"
#include "core/store/schema.h"
#include "core/store/sqlite.h"
#include "core/store/state_name.h"

#include <nlohmann/json.hpp>
#include <zstd.h>

namespace netopsy::store {

namespace {

constexpr int zstdLevel = 3;

std::string compress(std::string_view bytes) {
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    const std::size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), zstdLevel);
    out.resize(ZSTD_isError(size) ? 0 : size);
    return out;
}

/// Text of nodes and files need not be UTF-8; a case's JSON is.
std::string dump(const nlohmann::json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Refuses to touch what is no case, or a case when that was not asked for.
Result<void> mayReplace(const std::filesystem::path& path, bool overwrite) {
    std::error_code problem;
    if (!std::filesystem::exists(std::filesystem::symlink_status(path, problem)))
        return {};
    const auto header = readHeader(path);
    if (!header)
        return tl::unexpected(header.error());
    if (!header->sqlite || header->applicationId != applicationId)
        return fail("there is a file already, and it is no case; it was left as it is", path.string(),
                    "choose another name");
    if (!overwrite)
        return fail("there is a case of this name already", path.string(), "choose another name");
    return {};
}

} // namespace

struct CaseWriter::Impl {
    Database database;
    std::string path;
    std::optional<Statement> section, node;
    bool open = false; ///< a transaction is

    Result<void> begin() {
        if (open)
            return {};
        open = true;
        return database.exec("BEGIN IMMEDIATE");
    }

    Result<void> replaceRow(const char* sql, const std::string& json) {
        if (auto begun = begin(); !begun)
            return begun;
        auto statement = database.prepare(sql);
        if (!statement)
            return tl::unexpected(statement.error());
        statement->bind(1, std::string_view(json));
        return statement->run();
    }
};

CaseWriter::CaseWriter(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
CaseWriter::CaseWriter(CaseWriter&&) noexcept = default;
CaseWriter& CaseWriter::operator=(CaseWriter&&) noexcept = default;

CaseWriter::~CaseWriter() {
    if (m_impl && m_impl->open)
        static_cast<void>(m_impl->database.exec("COMMIT"));
}

Result<CaseWriter> CaseWriter::create(const std::filesystem::path& path, const model::CaseMeta& meta,
                                      bool overwrite) {
    if (auto allowed = mayReplace(path, overwrite); !allowed)
        return tl::unexpected(allowed.error());
    // Made beside the target and renamed, so that an older case is there in full until the new one is. It is
    // closed for the rename, because SQLite names its journal after the file that it opened.
    const std::filesystem::path draft = path.string() + ".new";
    std::error_code problem;
    std::filesystem::remove(draft, problem);
    std::filesystem::remove(draft.string() + "-journal", problem);
    {
        auto made = Database::open(draft.string(), Database::Mode::Create);
        if (!made)
            return tl::unexpected(
                Error{"the case can't be created: " + made.error().what, path.string(), made.error().remedy});
        if (auto done = made->exec(schemaSql().c_str()); !done) {
            std::filesystem::remove(draft, problem);
            return tl::unexpected(done.error());
        }
    }
    // A journal that a crashed run left beside the older case would be taken for the new one's.
    std::filesystem::remove(path.string() + "-journal", problem);
    std::filesystem::rename(draft, path, problem);
    if (problem) {
        std::filesystem::remove(draft);
        return fail("the case can't be put in its place: " + problem.message(), path.string());
    }
    auto database = Database::open(path.string(), Database::Mode::ReadWrite);
    if (!database)
        return tl::unexpected(database.error());
    auto impl = std::make_unique<Impl>();
    impl->database = std::move(*database);
    impl->path = path.string();
    if (auto done = impl->database.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL"); !done)
        return tl::unexpected(done.error());
    auto section = impl->database.prepare("INSERT OR REPLACE INTO section"
                                          "(node, collector, seq, at_ns, exit_code, truncated, raw_size, body)"
                                          " VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    auto node = impl->database.prepare(
        "INSERT INTO node(name, address, state, error, started_ns, bytes_sent, bytes_received, notes)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT(name) DO UPDATE SET"
        " address = ?2, state = ?3, error = ?4, started_ns = ?5, bytes_sent = ?6, bytes_received = ?7, notes = "
        "?8");
    if (!section)
        return tl::unexpected(section.error());
    if (!node)
        return tl::unexpected(node.error());
    impl->section = std::move(*section);
    impl->node = std::move(*node);
    CaseWriter writer(std::move(impl));
    if (auto written = writer.setMeta(meta); !written)
        return tl::unexpected(written.error());
    if (auto flushed = writer.flush(); !flushed)
        return tl::unexpected(flushed.error());
    return writer;
}

Result<void> CaseWriter::setMeta(const model::CaseMeta& meta) {
    return m_impl->replaceRow("INSERT OR REPLACE INTO meta(id, json) VALUES(1, ?)", dump(model::toJson(meta)));
}

Result<void> CaseWriter::setInventory(const model::Inventory& inventory) {
    return m_impl->replaceRow("INSERT OR REPLACE INTO inventory(id, json) VALUES(1, ?)",
                              dump(model::toJson(inventory)));
}

Result<void> CaseWriter::setNode(const model::Node& node) {
    if (auto begun = m_impl->begin(); !begun)
        return begun;
    Statement& row = *m_impl->node;
    row.bind(1, std::string_view(node.name));
    row.bind(2, std::string_view(node.address));
    row.bind(3, std::string_view(stateName(node.state)));
    row.bind(4, std::string_view(node.error));
    row.bind(5, node.started);
    row.bind(6, std::int64_t(node.cost.bytesSent));
    row.bind(7, std::int64_t(node.cost.bytesReceived));
    const std::string notes = dump(nlohmann::json(node.notes));
    row.bind(8, std::string_view(notes));
    return row.run();
}

Result<void> CaseWriter::addSection(const model::RawSection& section) {
    if (section.body.size() > maxSectionBytes)
        return fail("a section of " + std::to_string(section.body.size()) + " B is more than a case takes",
                    m_impl->path);
    if (auto begun = m_impl->begin(); !begun)
        return begun;
    Statement& row = *m_impl->section;
    row.bind(1, std::string_view(section.node));
    row.bind(2, std::string_view(section.collector));
    row.bind(3, std::int64_t(section.seq));
    row.bind(4, section.at);
    row.bind(5, std::int64_t(section.exitCode));
    row.bind(6, std::int64_t(section.truncated));
    row.bind(7, std::int64_t(section.body.size()));
    row.bindBlob(8, compress(section.body));
    return row.run();
}

Result<void> CaseWriter::flush() {
    if (!m_impl->open)
        return {};
    m_impl->open = false;
    return m_impl->database.exec("COMMIT");
}

} // namespace netopsy::store
