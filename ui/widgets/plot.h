// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QCPAxis;
class QCustomPlot;

namespace netopsy::ui {

/// Colours, fonts and grid of every chart's axes.
void styleAxis(QCPAxis& axis);
/// Decades of milliseconds with their own units: "10 µs", "1 ms", "10 s".
void styleLogAxis(QCPAxis& axis, double lowMs, double highMs);
void styleLegend(QCustomPlot& plot);

} // namespace netopsy::ui
