// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/report/chapters.h"

#include <algorithm>

namespace netopsy::report {

std::vector<std::string> blamedNodes(const analysis::Analysis& analysis) {
    std::vector<std::string> names;
    for (const analysis::Finding& finding : analysis.findings)
        for (const std::string& node : finding.nodes)
            if (std::find(names.begin(), names.end(), node) == names.end())
                names.push_back(node);
    return names;
}

Document build(const model::Case& subject, const analysis::Analysis& analysis, const tuning::Plan& plan) {
    Document out;
    const std::string what = subject.cluster         ? subject.cluster->context
                             : subject.nodes.empty() ? std::string("no node")
                                                     : subject.nodes.front().name;
    out.title = "Network autopsy of " + text::printable(what);
    out.subtitle = text::rfc3339(subject.meta.started);
    out.author = subject.meta.tool;
    out.created = text::rfc3339(subject.meta.started);
    addSummary(out, subject, analysis);
    addFindings(out, analysis);
    addLatency(out, subject);
    addTaint(out, subject);
    addMesh(out, subject);
    addPlaces(out, subject);
    addSeries(out, subject, analysis);
    addPath(out, subject, analysis);
    addTuning(out, plan);
    addGaps(out, subject, analysis);
    addMethod(out, subject);
    return out;
}

} // namespace netopsy::report
