// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/run/selector.h"

#include "core/base/text.h"

namespace netopsy::run {

Result<Selector> Selector::parse(std::string_view source) {
    Selector selector;
    if (text::trim(source).empty())
        return selector;
    for (const std::string_view part : text::split(source, ',')) {
        std::string_view term = text::trim(part);
        Term parsed{Kind::Exists, {}, {}};
        if (const auto differs = term.find("!="); differs != std::string_view::npos) {
            parsed = {Kind::Differs, std::string(text::trim(term.substr(0, differs))),
                      std::string(text::trim(term.substr(differs + 2)))};
        } else if (const auto equals = term.find('='); equals != std::string_view::npos) {
            std::string_view value = term.substr(equals + 1);
            if (value.starts_with('='))
                value.remove_prefix(1);
            parsed = {Kind::Equals, std::string(text::trim(term.substr(0, equals))),
                      std::string(text::trim(value))};
        } else if (term.starts_with('!')) {
            parsed = {Kind::Absent, std::string(text::trim(term.substr(1))), {}};
        } else {
            parsed.key = term;
        }
        if (parsed.key.empty() || parsed.key.find_first_of(" ()!=") != std::string::npos ||
            parsed.value.find_first_of(" ()!=") != std::string::npos)
            return fail("cannot read the term '" + std::string(part) + "'", "--selector",
                        "use k=v, k!=v, k or !k, separated by commas");
        selector.m_terms.push_back(std::move(parsed));
    }
    return selector;
}

bool Selector::matches(const std::map<std::string, std::string>& labels) const {
    for (const Term& term : m_terms) {
        const auto label = labels.find(term.key);
        const bool there = label != labels.end();
        const bool same = there && label->second == term.value;
        // As in Kubernetes, "k!=v" also holds where the label is missing.
        if ((term.kind == Kind::Equals && !same) || (term.kind == Kind::Differs && same) ||
            (term.kind == Kind::Exists && !there) || (term.kind == Kind::Absent && there))
            return false;
    }
    return true;
}

} // namespace netopsy::run
