// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One palette, one set of pens. Charts take every pen from here: QCustomPlot paints lines wider than a pixel many times
// slower, so none is.
#pragma once

#include "core/analysis/finding.h"

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QPalette>
#include <QPen>

#include <optional>

namespace netopsy::ui::theme {

struct Colours {
    QColor text, faint, rule, surface, band, accent, good;
};
/// Follows the palette: light or dark.
[[nodiscard]] Colours colours();
[[nodiscard]] bool isDark();

[[nodiscard]] QColor severityColour(analysis::Severity severity);
/// Circle, triangle or octagon; a hollow ring for "nothing found".
[[nodiscard]] QIcon severityIcon(std::optional<analysis::Severity> severity);
[[nodiscard]] QIcon unreachableIcon();

/// Okabe and Ito's colours, told apart by any eye; the same series has the same one on every page.
[[nodiscard]] QColor seriesColour(int index);
[[nodiscard]] QPen line(const QColor& colour, Qt::PenStyle style = Qt::SolidLine);

[[nodiscard]] QFont heading();
[[nodiscard]] QFont mono();

} // namespace netopsy::ui::theme
