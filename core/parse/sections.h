// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One function a collector's section; absorb() picks it by the collector's id. Each replaces what it fills, so that the
// same section read twice changes nothing.
#pragma once

#include "core/model/node.h"
#include "core/model/section.h"

namespace netopsy::parse {

void sectionSystem(model::Node& node, const model::RawSection& section);
void sectionSysctl(model::Node& node, const model::RawSection& section);
void sectionSysctlFiles(model::Node& node, const model::RawSection& section);
void sectionLinks(model::Node& node, const model::RawSection& section);
void sectionLinksSysfs(model::Node& node, const model::RawSection& section);
void sectionRoutes4(model::Node& node, const model::RawSection& section);
void sectionRoutes6(model::Node& node, const model::RawSection& section);
void sectionRules4(model::Node& node, const model::RawSection& section);
void sectionRules6(model::Node& node, const model::RawSection& section);
void sectionOffloads(model::Node& node, const model::RawSection& section);
void sectionServiceNat(model::Node& node, const model::RawSection& section);
void sectionNeighbours(model::Node& node, const model::RawSection& section);
void sectionFdb(model::Node& node, const model::RawSection& section);
void sectionResolv(model::Node& node, const model::RawSection& section);
void sectionDisks(model::Node& node, const model::RawSection& section);
void sectionNoSudo(model::Node& node, const model::RawSection& section);
void sectionSample(model::Node& node, const model::RawSection& section);
void sectionCost(model::Node& node, const model::RawSection& section);

/// Adds a note unless it stands there already.
void note(model::Node& node, std::string text);

} // namespace netopsy::parse
