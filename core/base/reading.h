// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Absent is not zero: a Reading holds a value or the reason why there is none ("needs root",
// "no such file"). Anything that a node might not be able to tell is a Reading, never a sentinel.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace netopsy {

/// Why a value is missing. The text is shown to people as it is.
struct Absent {
    std::string reason = "not collected";
    bool operator==(const Absent&) const = default;
};

template<class T>
class Reading {
public:
    Reading() = default;
    Reading(T value) : m_state(std::move(value)) {}
    Reading(Absent why) : m_state(std::move(why)) {}

    [[nodiscard]] bool has() const { return std::holds_alternative<T>(m_state); }
    explicit operator bool() const { return has(); }

    [[nodiscard]] const T& operator*() const {
        assert(has());
        return *std::get_if<T>(&m_state);
    }
    [[nodiscard]] const T* operator->() const { return &**this; }
    [[nodiscard]] T valueOr(T fallback) const { return has() ? **this : std::move(fallback); }

    /// The reason of absence; empty when there is a value.
    [[nodiscard]] std::string reason() const { return has() ? std::string{} : std::get<Absent>(m_state).reason; }

    bool operator==(const Reading&) const = default;

private:
    std::variant<Absent, T> m_state;
};

} // namespace netopsy
