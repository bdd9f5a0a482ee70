// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One function a kind of block; each draws at the sheet's cursor and moves it on, breaking pages as it must.
#pragma once

#include "core/report/document.h"
#include "ui/format.h"
#include "ui/report/sheet.h"

namespace netopsy::ui {

void drawBlock(Sheet& sheet, const report::Heading& block);
void drawBlock(Sheet& sheet, const report::Paragraph& block);
void drawBlock(Sheet& sheet, const report::KeyValues& block);
void drawBlock(Sheet& sheet, const report::Table& block);
void drawBlock(Sheet& sheet, const report::FindingBlock& block);
void drawBlock(Sheet& sheet, const report::LatencyChart& block);
void drawBlock(Sheet& sheet, const report::TimeChart& block);
void drawBlock(Sheet& sheet, const report::PathBlock& block);
/// What the path takes of a page; it is kept in one piece where a page holds it.
[[nodiscard]] int heightOf(const report::PathBlock& block);
void drawBlock(Sheet& sheet, const report::MeshMaps& block);
[[nodiscard]] int heightOf(const report::MeshMaps& block);
void drawBlock(Sheet& sheet, const report::Code& block);
void drawBlock(Sheet& sheet, const report::PageBreak& block);

/// Where decades from 10^low to 10^high lie between two ends; used by both charts.
class LogScale {
public:
    LogScale(int lowDecade, int highDecade, double from, double to)
        : m_low(lowDecade), m_high(highDecade), m_from(from), m_to(to) {}
    [[nodiscard]] double at(double value) const;
    [[nodiscard]] int low() const { return m_low; }
    [[nodiscard]] int high() const { return m_high; }

private:
    int m_low, m_high;
    double m_from, m_to;
};
/// "10 µs", "1 ms", "10 s": a decade of milliseconds.
[[nodiscard]] QString decadeLabel(int decade);

} // namespace netopsy::ui
