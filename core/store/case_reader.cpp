// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/detect/detect.h"
#include "core/model/json.h"
#include "core/parse/absorb.h"
#include "core/store/schema.h"
#include "core/store/sqlite.h"
#include "core/store/state_name.h"

#include <nlohmann/json.hpp>
#include <sqlite3.h>
#include <zstd.h>

#include <map>
#include <random>

namespace netopsy::store {

namespace {

Result<std::string> decompress(std::string_view packed, std::uint64_t size, const std::string& where) {
    if (size > maxSectionBytes)
        return fail("a section claims " + std::to_string(size) + " B, more than a case may hold", where,
                    "the file is damaged or was made by hand");
    const unsigned long long content = ZSTD_getFrameContentSize(packed.data(), packed.size());
    if (content != size)
        return fail("a section's size does not fit its content", where, "the file is damaged");
    std::string out(size, '\0');
    const std::size_t got = ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size());
    if (ZSTD_isError(got) || got != size)
        return fail("a section can't be unpacked", where, "the file is damaged");
    return out;
}

Result<nlohmann::json> parseJson(std::string_view bytes, const std::string& where) {
    try {
        return nlohmann::json::parse(bytes);
    } catch (const nlohmann::json::exception& problem) {
        return fail(std::string("its description can't be read: ") + problem.what(), where, "the file is damaged");
    }
}

Result<void> checkHeader(const Header& header, const std::string& where) {
    if (!header.sqlite || header.applicationId != applicationId)
        return fail("it is not a Netopsy case", where);
    if (header.userVersion > schemaVersion)
        return fail("it was written by a newer Netopsy (schema " + std::to_string(header.userVersion) +
                        "; this one knows up to " + std::to_string(schemaVersion) + ")",
                    where, "update Netopsy");
    return {};
}

/// SQLite notices neither a last page that is not whole nor says in words what is wrong with a shortened file. To be
/// called under SQLite's shared lock and with no journal left: a commit writes the header before the file's end.
Result<void> checkSize(const std::filesystem::path& file, const std::string& where) {
    const auto header = readHeader(file);
    if (!header)
        return tl::unexpected(header.error());
    if (header->claimedSize > header->actualSize)
        return fail("it was cut short: " + std::to_string(header->actualSize) + " of " +
                        std::to_string(header->claimedSize) + " B are there",
                    where, "copy it anew from where it came");
    return {};
}

/// A run that was killed can leave a journal whose rolling back would write to the file. It is done on a copy.
struct Copy {
    explicit Copy(std::filesystem::path folderToRemove) : folder(std::move(folderToRemove)) {}
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;
    ~Copy() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    std::filesystem::path folder;
};

Result<std::unique_ptr<Copy>> copyWithJournal(const std::filesystem::path& path) {
    std::error_code problem;
    std::random_device draw;
    const auto folder = std::filesystem::temp_directory_path(problem) /
                        ("netopsy-case-" + std::to_string(draw()) + std::to_string(draw()));
    if (problem || !std::filesystem::create_directory(folder, problem))
        return fail("it must be recovered in a copy, and no folder for one can be made: " + problem.message(),
                    path.string());
    auto copy = std::make_unique<Copy>(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, problem);
    std::filesystem::copy_file(path, folder / "case", problem);
    if (!problem)
        std::filesystem::copy_file(path.string() + "-journal", folder / "case-journal", problem);
    if (problem)
        return fail("it must be recovered in a copy, which can't be made: " + problem.message(), path.string(),
                    "is there room in the temporary folder?");
    return copy;
}

bool needsRecovery(const Database& database) {
    auto probe = database.prepare("SELECT count(*) FROM sqlite_schema");
    if (probe && probe->step())
        return false;
    const int code = database.lastError();
    return code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY || code == SQLITE_CANTOPEN;
}

} // namespace

struct CaseReader::Impl {
    std::unique_ptr<Copy> copy; // outlives the connection to it
    Database database;
    std::string path;

    [[nodiscard]] Result<std::optional<nlohmann::json>> document(const char* sql) const {
        auto row = database.prepare(sql);
        if (!row)
            return tl::unexpected(row.error());
        const auto there = row->step();
        if (!there)
            return tl::unexpected(there.error());
        if (!*there)
            return std::nullopt;
        auto json = parseJson(row->bytes(0), path);
        if (!json)
            return tl::unexpected(json.error());
        return std::move(*json);
    }

    Result<void> readNodes(model::Case& subject) const;
    Result<void> absorbSections(model::Case& subject) const;
};

CaseReader::CaseReader(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
CaseReader::CaseReader(CaseReader&&) noexcept = default;
CaseReader& CaseReader::operator=(CaseReader&&) noexcept = default;
CaseReader::~CaseReader() = default;

Result<CaseReader> CaseReader::open(const std::filesystem::path& path) {
    const auto header = readHeader(path);
    if (!header)
        return tl::unexpected(header.error());
    if (auto checked = checkHeader(*header, path.string()); !checked)
        return tl::unexpected(checked.error());
    auto impl = std::make_unique<Impl>();
    impl->path = path.string();
    auto database = Database::open(impl->path, Database::Mode::ReadOnly);
    if (!database)
        return tl::unexpected(database.error());
    if (needsRecovery(*database)) {
        auto copy = copyWithJournal(path);
        if (!copy)
            return tl::unexpected(copy.error());
        impl->copy = std::move(*copy);
        database = Database::open((impl->copy->folder / "case").string(), Database::Mode::ReadWrite);
        if (!database)
            return tl::unexpected(database.error());
    }
    impl->database = std::move(*database);
    // One row, and the statement keeps its shared lock until it goes.
    auto check = impl->database.prepare("PRAGMA quick_check(1)");
    const auto checked = check ? check->step() : Result<bool>(tl::unexpected(check.error()));
    const bool sound = checked && *checked && check->bytes(0) == "ok";
    if (auto size = checkSize(impl->copy ? impl->copy->folder / "case" : path, impl->path); !size)
        return tl::unexpected(size.error());
    if (!sound)
        return fail("the file is damaged" +
                        (checked && *checked ? ": " + std::string(check->bytes(0)) : std::string()),
                    impl->path, "copy it anew from where it came");
    return CaseReader(std::move(impl));
}

Result<void> CaseReader::Impl::readNodes(model::Case& subject) const {
    auto rows =
        database.prepare("SELECT name, address, state, error, started_ns, bytes_sent, bytes_received, notes"
                         " FROM node ORDER BY id LIMIT 100000");
    if (!rows)
        return tl::unexpected(rows.error());
    for (;;) {
        const auto there = rows->step();
        if (!there)
            return tl::unexpected(there.error());
        if (!*there)
            return {};
        model::Node node;
        node.name = rows->bytes(0);
        node.address = rows->bytes(1);
        node.state = stateFromName(rows->bytes(2));
        node.error = rows->bytes(3);
        node.started = rows->integer(4);
        node.cost.bytesSent = std::uint64_t(rows->integer(5));
        node.cost.bytesReceived = std::uint64_t(rows->integer(6));
        const auto notes = parseJson(rows->bytes(7), path);
        if (notes && notes->is_array())
            for (const nlohmann::json& note : *notes)
                if (note.is_string())
                    node.notes.push_back(note.get<std::string>());
        subject.nodes.push_back(std::move(node));
    }
}

Result<void> CaseReader::Impl::absorbSections(model::Case& subject) const {
    std::map<std::string, model::Node*, std::less<>> byName;
    for (model::Node& node : subject.nodes)
        byName[node.name] = &node;
    auto rows = database.prepare("SELECT node, collector, seq, at_ns, exit_code, truncated, raw_size, body"
                                 " FROM section ORDER BY id LIMIT " +
                                 std::to_string(maxSections));
    if (!rows)
        return tl::unexpected(rows.error());
    for (;;) {
        const auto there = rows->step();
        if (!there)
            return tl::unexpected(there.error());
        if (!*there)
            return {};
        const auto node = byName.find(rows->bytes(0));
        if (node == byName.end())
            continue;
        model::RawSection section;
        section.node = node->first;
        section.collector = rows->bytes(1);
        section.seq = std::uint32_t(rows->integer(2));
        section.at = rows->integer(3);
        section.exitCode = int(rows->integer(4));
        section.truncated = rows->integer(5) != 0;
        auto body = decompress(rows->bytes(7), std::uint64_t(rows->integer(6)), path);
        if (!body)
            return tl::unexpected(body.error());
        section.body = std::move(*body);
        parse::absorb(*node->second, section);
    }
}

Result<model::Case> CaseReader::read() const {
    model::Case subject;
    const auto meta = m_impl->document("SELECT json FROM meta");
    if (!meta)
        return tl::unexpected(meta.error());
    if (!*meta)
        return fail("it says nothing of its run", m_impl->path, "the file is damaged");
    auto readMeta = model::metaFromJson(**meta);
    if (!readMeta)
        return tl::unexpected(Error{readMeta.error().what, m_impl->path, readMeta.error().remedy});
    subject.meta = std::move(*readMeta);
    const auto inventory = m_impl->document("SELECT json FROM inventory");
    if (!inventory)
        return tl::unexpected(inventory.error());
    if (*inventory) {
        auto read = model::inventoryFromJson(**inventory);
        if (!read)
            return tl::unexpected(Error{read.error().what, m_impl->path, read.error().remedy});
        subject.cluster = std::move(*read);
    }
    if (auto nodes = m_impl->readNodes(subject); !nodes)
        return tl::unexpected(nodes.error());
    if (auto sections = m_impl->absorbSections(subject); !sections)
        return tl::unexpected(sections.error());
    if (subject.cluster)
        detect::detect(*subject.cluster, subject.nodes);
    return subject;
}

Result<model::RawSection> CaseReader::section(const model::SectionRef& ref) const {
    auto row = m_impl->database.prepare("SELECT at_ns, exit_code, truncated, raw_size, body FROM section"
                                        " WHERE node = ? AND collector = ? AND seq = ?");
    if (!row)
        return tl::unexpected(row.error());
    row->bind(1, std::string_view(ref.node));
    row->bind(2, std::string_view(ref.collector));
    row->bind(3, std::int64_t(ref.seq));
    const auto there = row->step();
    if (!there)
        return tl::unexpected(there.error());
    if (!*there)
        return fail("the case holds no such section", ref.text());
    auto body = decompress(row->bytes(4), std::uint64_t(row->integer(3)), m_impl->path);
    if (!body)
        return tl::unexpected(body.error());
    model::RawSection section{ref.node,        ref.collector,        ref.seq,
                              row->integer(0), int(row->integer(1)), row->integer(2) != 0,
                              std::move(*body)};
    return section;
}

Result<std::vector<model::RawSection>> CaseReader::sections(const std::string& node) const {
    auto rows = m_impl->database.prepare("SELECT collector, seq, at_ns, exit_code, truncated FROM section"
                                         " WHERE node = ? ORDER BY id LIMIT " +
                                         std::to_string(maxSections));
    if (!rows)
        return tl::unexpected(rows.error());
    rows->bind(1, std::string_view(node));
    std::vector<model::RawSection> out;
    for (;;) {
        const auto there = rows->step();
        if (!there)
            return tl::unexpected(there.error());
        if (!*there)
            return out;
        out.push_back({node,
                       std::string(rows->bytes(0)),
                       std::uint32_t(rows->integer(1)),
                       rows->integer(2),
                       int(rows->integer(3)),
                       rows->integer(4) != 0,
                       {}});
    }
}

} // namespace netopsy::store
