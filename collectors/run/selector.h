// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::run {

/// A label selector of kubectl's equality-based form: "a=b,c==d,e!=f,g,!h", all of which must hold.
class Selector {
public:
    static Result<Selector> parse(std::string_view text);
    [[nodiscard]] bool matches(const std::map<std::string, std::string>& labels) const;

private:
    enum class Kind { Equals, Differs, Exists, Absent };
    struct Term {
        Kind kind;
        std::string key, value;
    };
    std::vector<Term> m_terms;
};

} // namespace netopsy::run
