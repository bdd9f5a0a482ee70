// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// `ethtool -k`, one interface after another, each after a line "dev NAME". A feature's line is "NAME: on" or "off",
// with "[fixed]" or "[requested …]" after it; sub-features stand below their group, indented.
#include "core/base/text.h"
#include "core/parse/sections.h"

#include <algorithm>

namespace netopsy::parse {

namespace {
constexpr std::size_t maxFeatures = 128; // the kernel of 2024 has some seventy
}

void sectionOffloads(model::Node& node, const model::RawSection& section) {
    model::Link* link = nullptr;
    for (const std::string_view line : text::lines(section.body)) {
        if (line == "no ethtool") {
            note(node, "offloads: not read, for ethtool is not installed");
            return;
        }
        if (line.starts_with("dev ")) {
            const std::string name = text::printable(line.substr(4));
            const auto found = std::find_if(node.facts.links.begin(), node.facts.links.end(),
                                            [&](const model::Link& l) { return l.name == name; });
            link = found == node.facts.links.end() ? nullptr : &*found;
            if (link != nullptr)
                link->offloads.clear();
            continue;
        }
        const auto colon = line.find(": ");
        if (link == nullptr || colon == std::string_view::npos || link->offloads.size() >= maxFeatures)
            continue;
        const auto words = text::words(line.substr(colon + 2));
        if (!words.empty() && (words.front() == "on" || words.front() == "off"))
            link->offloads[text::printable(text::trim(line.substr(0, colon)))] = words.front() == "on";
    }
}

} // namespace netopsy::parse
