// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace netopsy::text {

namespace {

constexpr std::string_view blanks = " \t\r\n\v\f";

std::string withThousands(std::string digits) {
    const auto dot = digits.find('.');
    auto pos = static_cast<std::ptrdiff_t>(dot == std::string::npos ? digits.size() : dot);
    const std::ptrdiff_t first = !digits.empty() && digits[0] == '-' ? 1 : 0;
    for (pos -= 3; pos > first; pos -= 3)
        digits.insert(static_cast<std::size_t>(pos), 1, ',');
    return digits;
}

/// Length of the valid UTF-8 sequence at `i`, or 0.
std::size_t sequenceAt(std::string_view s, std::size_t i) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(s[k]); };
    const unsigned char lead = byte(i);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || i + length > s.size())
        return 0;
    for (std::size_t k = 1; k < length; ++k)
        if ((byte(i + k) & 0xC0) != 0x80)
            return 0;
    if ((lead == 0xE0 && byte(i + 1) < 0xA0) || (lead == 0xED && byte(i + 1) > 0x9F) ||
        (lead == 0xF0 && byte(i + 1) < 0x90) || (lead == 0xF4 && byte(i + 1) > 0x8F))
        return 0;
    return length;
}

} // namespace

std::string_view trim(std::string_view s) {
    const auto first = s.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return s.substr(first, s.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> lines(std::string_view s) {
    std::vector<std::string_view> out = split(s, '\n');
    if (!out.empty() && out.back().empty())
        out.pop_back();
    return out;
}

std::vector<std::string_view> split(std::string_view s, char separator) {
    std::vector<std::string_view> out;
    for (;;) {
        const auto at = s.find(separator);
        out.push_back(s.substr(0, at));
        if (at == std::string_view::npos)
            return out;
        s.remove_prefix(at + 1);
    }
}

std::vector<std::string_view> words(std::string_view s) {
    std::vector<std::string_view> out;
    for (;;) {
        const auto first = s.find_first_not_of(blanks);
        if (first == std::string_view::npos)
            return out;
        s.remove_prefix(first);
        const auto end = std::min(s.find_first_of(blanks), s.size());
        out.push_back(s.substr(0, end));
        s.remove_prefix(end);
    }
}

std::string foldBlanks(std::string_view s) {
    std::string out;
    for (const std::string_view word : words(s)) {
        if (!out.empty())
            out += ' ';
        out += word;
    }
    return out;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    std::string out;
    for (const std::string& part : parts) {
        if (&part != &parts.front())
            out += separator;
        out += part;
    }
    return out;
}

namespace {
template<class T, class... Extra>
std::optional<T> whole(std::string_view s, Extra... extra) {
    T value{};
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value, extra...);
    if (s.empty() || error != std::errc{} || end != s.data() + s.size())
        return std::nullopt;
    return value;
}
} // namespace

std::optional<std::uint64_t> toUint(std::string_view s, int base) {
    return whole<std::uint64_t>(s, base);
}

std::optional<std::int64_t> toInt(std::string_view s) {
    return whole<std::int64_t>(s, 10);
}

std::optional<double> toDouble(std::string_view s) {
    return whole<double>(s);
}

std::string printable(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size();) {
        const std::size_t length = sequenceAt(bytes, i);
        const auto lead = static_cast<unsigned char>(bytes[i]);
        const bool c1Control = length == 2 && lead == 0xC2 && static_cast<unsigned char>(bytes[i + 1]) < 0xA0;
        if (length == 0 || c1Control ||
            (length == 1 && (lead < 0x20 || lead == 0x7F) && lead != '\n' && lead != '\t'))
            out += "\xEF\xBF\xBD";
        else
            out += bytes.substr(i, length);
        i += length == 0 ? 1 : length;
    }
    return out;
}

std::string shellQuote(std::string_view s) {
    std::string out = "'";
    for (const char c : s) {
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out + "'";
}

std::string number(double value) {
    if (!std::isfinite(value))
        return "–";
    const double magnitude = std::fabs(value);
    int decimals = 0;
    if (magnitude > 0 && magnitude < 99.95)
        decimals = std::clamp(2 - static_cast<int>(std::floor(std::log10(magnitude * 1.0005))), 0, 6);
    std::array<char, 64> buffer{};
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
    if (error != std::errc{})
        return "–";
    return withThousands(std::string(buffer.data(), end));
}

std::string integer(std::uint64_t value) {
    return withThousands(std::to_string(value));
}

std::string duration(double nanoseconds) {
    const double magnitude = std::fabs(nanoseconds);
    if (magnitude < 999.5e3)
        return number(nanoseconds / 1e3) + " µs";
    if (magnitude < 999.5e6)
        return number(nanoseconds / 1e6) + " ms";
    return number(nanoseconds / 1e9) + " s";
}

std::string percent(double ratioTimes100) {
    return number(ratioTimes100) + " %";
}

std::string rfc3339(std::int64_t nsSinceEpoch) {
    using namespace std::chrono;
    const sys_time<milliseconds> at{floor<milliseconds>(nanoseconds{nsSinceEpoch})};
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss time{at - day};
    std::array<char, 40> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                  static_cast<int>(time.subseconds().count()));
    return buffer.data();
}

} // namespace netopsy::text
