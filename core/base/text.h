// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Small, strict text helpers shared by parsers and renderers. None of them depends on the locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::text {

[[nodiscard]] std::string_view trim(std::string_view s);
/// Views into `s`, one a line, without the newline; a last line without newline counts, an empty rest doesn't.
[[nodiscard]] std::vector<std::string_view> lines(std::string_view s);
[[nodiscard]] std::vector<std::string_view> split(std::string_view s, char separator);
/// Runs of blanks and tabs separate; no empty words.
[[nodiscard]] std::vector<std::string_view> words(std::string_view s);
/// "a \t b" -> "a b", trimmed: how sysctl values with several numbers are compared.
[[nodiscard]] std::string foldBlanks(std::string_view s);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// The whole of `s` must be the number; no sign for unsigned, no blanks, no overflow.
[[nodiscard]] std::optional<std::uint64_t> toUint(std::string_view s, int base = 10);
[[nodiscard]] std::optional<std::int64_t> toInt(std::string_view s);
[[nodiscard]] std::optional<double> toDouble(std::string_view s);

/// Valid UTF-8 without control characters but newline and tab, for showing what a node sent as plain text.
[[nodiscard]] std::string printable(std::string_view bytes);
/// In single quotes for a POSIX shell.
[[nodiscard]] std::string shellQuote(std::string_view s);

/// Three significant digits: "0.312", "24.1", "1,200".
[[nodiscard]] std::string number(double value);
[[nodiscard]] std::string integer(std::uint64_t value); ///< "1,200"
/// A time given in nanoseconds, three significant digits with the unit that suits: "312 µs", "24.1 ms", "5.00 s".
[[nodiscard]] std::string duration(double nanoseconds);
[[nodiscard]] std::string percent(double ratioTimes100); ///< "4.37 %"
/// RFC 3339 in UTC with milliseconds: "2026-11-23T06:45:29.123Z".
[[nodiscard]] std::string rfc3339(std::int64_t nsSinceEpoch);

} // namespace netopsy::text
