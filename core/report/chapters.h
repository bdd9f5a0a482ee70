// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The report's chapters, each a pure function that appends its blocks. build() puts them in order.
#pragma once

#include "core/report/document.h"

namespace netopsy::report {

void addSummary(Document& out, const model::Case& subject, const analysis::Analysis& analysis);
void addFindings(Document& out, const analysis::Analysis& analysis);
void addLatency(Document& out, const model::Case& subject);
void addTaint(Document& out, const model::Case& subject);
void addMesh(Document& out, const model::Case& subject);
void addPlaces(Document& out, const model::Case& subject);
void addSeries(Document& out, const model::Case& subject, const analysis::Analysis& analysis);
void addPath(Document& out, const model::Case& subject, const analysis::Analysis& analysis);
void addTuning(Document& out, const tuning::Plan& plan);
void addGaps(Document& out, const model::Case& subject, const analysis::Analysis& analysis);
void addMethod(Document& out, const model::Case& subject);

/// Nodes that findings name, worst first, each once.
[[nodiscard]] std::vector<std::string> blamedNodes(const analysis::Analysis& analysis);

} // namespace netopsy::report
