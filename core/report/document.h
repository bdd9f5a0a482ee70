// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The report's content, free of any painter: what stands on the pages, in order. ui/report draws it.
#pragma once

#include "core/analysis/finding.h"
#include "core/base/result.h"
#include "core/model/case.h"
#include "core/path/path.h"
#include "core/stats/mesh.h"
#include "core/tuning/tuning.h"

#include <string>
#include <variant>
#include <vector>

namespace netopsy::report {

struct Heading {
    int level = 1; ///< 1..3; also the PDF's outline
    std::string text;
};
struct Paragraph {
    std::string text;
};
struct KeyValues {
    std::vector<std::pair<std::string, std::string>> rows;
};
struct Table {
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;
    std::vector<int> numericColumns; ///< right-aligned
};
struct FindingBlock {
    analysis::Finding finding;
};
/// Latency per node: median, p90, p99 (ms) and the count lost; sorted worst first.
struct LatencyChart {
    std::string title, unit;
    struct Bar {
        std::string node;
        double p50 = 0, p90 = 0, p99 = 0;
        std::size_t samples = 0, lost = 0;
        bool measured = true;
    };
    std::vector<Bar> bars;
    double threshold = 0; ///< drawn dashed; 0 = none
    std::string thresholdLabel;
};
/// One or more series over the run; a gap is a gap.
struct TimeChart {
    std::string title, unit;
    bool logScale = false;
    struct Series {
        std::string name;
        std::vector<std::pair<double, double>> points; ///< seconds since start, value
    };
    std::vector<Series> series;
    std::vector<double> lost = {}; ///< seconds since start, of what was asked and never answered
};
struct PathBlock {
    path::Path path;
    std::vector<analysis::Finding> findings; ///< that may sit on it (analysis::locate)
};
/// Who measured whom: two maps beside each other, the median of each plane, on one scale.
struct MeshMaps {
    stats::Mesh mesh;
};
struct Code {
    std::string text; ///< monospace, kept line by line
};
struct PageBreak {};

using Block = std::variant<Heading, Paragraph, KeyValues, Table, FindingBlock, LatencyChart, TimeChart, PathBlock,
                           MeshMaps, Code, PageBreak>;

struct Document {
    std::string title, subtitle, author, created; ///< created: RFC 3339
    std::vector<Block> blocks;
};

[[nodiscard]] Document build(const model::Case& subject, const analysis::Analysis& analysis,
                             const tuning::Plan& plan);

} // namespace netopsy::report
