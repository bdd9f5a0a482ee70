// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reads fields of one API object strictly: a field that is absent or null gives the empty value, a field of
// another type makes the whole object malformed, with the field's path as the reason.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::parse::kube {

class Item {
public:
    explicit Item(const nlohmann::json& object) : m_object(object) {}

    [[nodiscard]] std::string text(std::string_view path);
    [[nodiscard]] bool flag(std::string_view path);
    [[nodiscard]] int integer(std::string_view path);
    [[nodiscard]] std::string textOrInteger(std::string_view path); ///< IntOrString
    [[nodiscard]] std::vector<std::string> texts(std::string_view path);
    [[nodiscard]] std::map<std::string, std::string> map(std::string_view path);
    /// The objects in an array.
    [[nodiscard]] std::vector<const nlohmann::json*> objects(std::string_view path);

    /// A required text field.
    [[nodiscard]] std::string required(std::string_view path);

    void reject(std::string problem) {
        if (m_problem.empty())
            m_problem = std::move(problem);
    }
    /// What is wrong with the object, so far; empty when nothing is.
    [[nodiscard]] const std::string& problem() const { return m_problem; }

private:
    [[nodiscard]] const nlohmann::json* at(std::string_view path) const;
    void mistyped(std::string_view path, const char* wanted);

    const nlohmann::json& m_object;
    std::string m_problem;
};

} // namespace netopsy::parse::kube
