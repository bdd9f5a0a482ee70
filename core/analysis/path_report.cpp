// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/path_report.h"

#include "core/analysis/locate.h"
#include "core/base/text.h"

#include <nlohmann/json.hpp>

namespace netopsy::analysis {

nlohmann::json pathJson(const path::Path& path, std::span<const Finding> findings) {
    nlohmann::json out = path::pathJson(path);
    const auto located = locate(path, findings);
    for (std::size_t i = 0; i < located.size(); ++i) {
        nlohmann::json here = nlohmann::json::array();
        for (const std::size_t f : located[i])
            here.push_back({{"rule", findings[f].rule},
                            {"severity", severityName(findings[f].severity)},
                            {"title", text::printable(findings[f].title)}});
        out["hops"][i]["findings"] = std::move(here);
    }
    return out;
}

std::string pathText(const path::Path& path, std::span<const Finding> findings) {
    std::string out = path::pathText(path);
    const auto located = locate(path, findings);
    for (std::size_t i = 0; i < located.size(); ++i)
        for (const std::size_t f : located[i]) {
            const path::Hop& hop = path.hops[i];
            out += std::string("Finding at ") + (hop.node.empty() ? "" : hop.node + ", ") + hop.label + ": " +
                   severityName(findings[f].severity) + ", " + findings[f].title + "\n";
        }
    return text::printable(out);
}

} // namespace netopsy::analysis
