// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How every layer reports an expected failure. An Error is made for a person: it says what failed, where
// (file:line, node, URL or field) and what to do about it. Exceptions of libraries are caught at the edge
// where the library is called and turned into one of these; bugs are assertions, never Errors.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace netopsy {

struct Error {
    std::string what;   ///< what failed, plain words, no trailing full stop
    std::string where;  ///< file:line, node, URL or field; may be empty
    std::string remedy; ///< what the operator can do; may be empty

    /// "where: what (remedy)", leaving out the empty parts.
    [[nodiscard]] std::string text() const {
        std::string out = where.empty() ? what : where + ": " + what;
        if (!remedy.empty())
            out += " (" + remedy + ")";
        return out;
    }
};

template<class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(std::string what, std::string where = {},
                                                std::string remedy = {}) {
    return tl::unexpected<Error>(Error{std::move(what), std::move(where), std::move(remedy)});
}

} // namespace netopsy
