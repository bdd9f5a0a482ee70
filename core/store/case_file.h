// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The case file: one SQLite database, schema documented in core/store/README.md. The writer commits at least
// every two seconds' worth of what it is given (the caller calls flush(); this library knows no clock), so that
// a crash loses no more. Raw sections are stored compressed; everything else is derived on reading.
#pragma once

#include "core/base/result.h"
#include "core/model/case.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace netopsy::store {

inline constexpr std::int32_t applicationId = 0x4E545059; ///< "NTPY"
inline constexpr int schemaVersion = 1;

/// One thread at a time. Close by destruction; finish() marks the case as whole.
class CaseWriter {
public:
    /// Creates the file; an existing file that is not a case is never overwritten, an existing case only when
    /// `overwrite` is true (then replaced at once, atomically, by the new empty case).
    static Result<CaseWriter> create(const std::filesystem::path& path, const model::CaseMeta& meta,
                                     bool overwrite);
    CaseWriter(CaseWriter&&) noexcept;
    CaseWriter& operator=(CaseWriter&&) noexcept;
    ~CaseWriter();

    Result<void> setMeta(const model::CaseMeta& meta);
    Result<void> setInventory(const model::Inventory& inventory);
    /// Name, address, state, error, started, cost and notes; not what is derived from sections.
    Result<void> setNode(const model::Node& node);
    Result<void> addSection(const model::RawSection& section);
    Result<void> flush(); ///< commits what was given since the last flush

private:
    struct Impl;
    explicit CaseWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Reads only; never writes to the file, nor beside it. One thread at a time.
class CaseReader {
public:
    /// Refuses, with a clear message, a file that is no case, is damaged, cut short, or of a newer schema.
    static Result<CaseReader> open(const std::filesystem::path& path);
    CaseReader(CaseReader&&) noexcept;
    CaseReader& operator=(CaseReader&&) noexcept;
    ~CaseReader();

    /// The whole case, derived anew from its sections by parse::absorb and detect::detect.
    Result<model::Case> read() const;
    Result<model::RawSection> section(const model::SectionRef& ref) const;
    /// Every section of a node without its body, for a list of what was collected.
    Result<std::vector<model::RawSection>> sections(const std::string& node) const;

private:
    struct Impl;
    explicit CaseReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace netopsy::store
