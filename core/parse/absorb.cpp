// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/absorb.h"

#include "core/parse/probe_output.h"
#include "core/parse/sections.h"

#include <algorithm>
#include <array>

namespace netopsy::parse {

namespace {

using Parser = void (*)(model::Node&, const model::RawSection&);
struct Entry {
    std::string_view collector;
    Parser parse;
};

constexpr std::array parsers{
    Entry{"sample", sectionSample},
    Entry{"probe", absorbProbe},
    Entry{"system", sectionSystem},
    Entry{"sysctl", sectionSysctl},
    Entry{"sysctl_files", sectionSysctlFiles},
    Entry{"links", sectionLinks},
    Entry{"links_sysfs", sectionLinksSysfs},
    Entry{"routes4", sectionRoutes4},
    Entry{"routes6", sectionRoutes6},
    Entry{"rules4", sectionRules4},
    Entry{"rules6", sectionRules6},
    Entry{"offloads", sectionOffloads},
    Entry{"service_nat", sectionServiceNat},
    Entry{"neighbours", sectionNeighbours},
    Entry{"fdb", sectionFdb},
    Entry{"resolv", sectionResolv},
    Entry{"disks", sectionDisks},
    Entry{"nosudo", sectionNoSudo},
    Entry{"cost", sectionCost},
};

} // namespace

void absorb(model::Node& node, const model::RawSection& section) {
    const auto entry = std::find_if(parsers.begin(), parsers.end(),
                                    [&](const Entry& e) { return e.collector == section.collector; });
    if (entry == parsers.end())
        return;
    if (section.truncated) {
        note(node, section.collector + ": more than the bound allows; what is beyond was cut");
        // The last line may be half a line, and half a number reads like a number.
        model::RawSection whole = section;
        whole.body.erase(whole.body.rfind('\n') == std::string::npos ? 0 : whole.body.rfind('\n') + 1);
        entry->parse(node, whole);
        return;
    }
    entry->parse(node, section);
}

void note(model::Node& node, std::string text) {
    if (std::find(node.notes.begin(), node.notes.end(), text) == node.notes.end())
        node.notes.push_back(std::move(text));
}

} // namespace netopsy::parse
