// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "ui/report/blocks.h"

#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

namespace netopsy::ui {

namespace {

constexpr int plotHeight = 900, axisWidth = 420;
// Okabe and Ito's colours, told apart by any eye.
const std::array<QColor, 6> seriesInk{QColor(0x00, 0x72, 0xb2), QColor(0xd5, 0x5e, 0x00),
                                      QColor(0x00, 0x9e, 0x73), QColor(0xcc, 0x79, 0xa7),
                                      QColor(0x56, 0xb4, 0xe9), QColor(0xe6, 0x9f, 0x00)};

struct Range {
    double low = 0, high = 1;
};

Range valuesOf(const report::TimeChart& chart) {
    double high = 0;
    for (const auto& series : chart.series)
        for (const auto& point : series.points)
            if (std::isfinite(point.second))
                high = std::max(high, point.second);
    // A percentage that stays near zero is shown as such, not blown up to fill the chart.
    return {0, chart.unit == "%" ? std::max(5.0, std::min(100.0, high * 1.15)) : std::max(high * 1.15, 1e-3)};
}

/// 1, 2 or 5 times a power of ten, so that at most `most` steps fill the span.
double roundStep(double span, int most) {
    const double least = span / most, power = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= least)
            return factor * power;
    return 10 * power;
}

double lastSecond(const report::TimeChart& chart) {
    double last = 1;
    for (const auto& series : chart.series)
        for (const auto& point : series.points)
            last = std::max(last, point.first);
    for (const double second : chart.lost)
        last = std::max(last, second);
    return last;
}

} // namespace

void drawBlock(Sheet& sheet, const report::TimeChart& block) {
    const QFont small = Sheet::font(7), titleFont = Sheet::font(9, true);
    const int titleHeight = sheet.textHeight(titleFont, shown(block.title), Sheet::contentWidth);
    sheet.need(titleHeight + plotHeight + 520);
    sheet.drawText(Sheet::left, sheet.y(), Sheet::contentWidth, titleFont, ink::text, shown(block.title));
    sheet.advance(titleHeight + 60);

    QPainter& painter = sheet.painter();
    const QRectF plot(Sheet::left + axisWidth, sheet.y(), Sheet::contentWidth - axisWidth, plotHeight);
    const LogScale logarithmic(-2, 4, plot.bottom(), plot.top());
    const Range range = valuesOf(block);
    const double end = lastSecond(block);
    const auto yOf = [&](double value) {
        return block.logScale ? logarithmic.at(value)
                              : plot.bottom() - plot.height() * (value - range.low) / (range.high - range.low);
    };
    painter.setFont(small);
    const auto gridLine = [&](double y, const QString& label) {
        painter.setPen(QPen(ink::rule, 4));
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        painter.setPen(ink::faint);
        painter.drawText(QRectF(Sheet::left, y - 60, axisWidth - 50, 120), Qt::AlignRight | Qt::AlignVCenter,
                         label);
    };
    if (block.logScale) {
        for (int decade = logarithmic.low(); decade <= logarithmic.high(); decade += 2)
            gridLine(logarithmic.at(std::pow(10, decade)), decadeLabel(decade));
    } else {
        const double step = roundStep(range.high - range.low, 5);
        for (int i = 0; range.low + i * step <= range.high; ++i)
            gridLine(yOf(range.low + i * step),
                     QStringLiteral("%1 %2").arg(range.low + i * step).arg(shown(block.unit)));
    }
    const double step = roundStep(end, 8);
    for (int i = 0; i * step <= end; ++i) {
        const double second = i * step;
        const double x = plot.left() + plot.width() * second / end;
        painter.setPen(ink::faint);
        painter.drawText(QRectF(x - 300, plot.bottom() + 40, 600, 110), Qt::AlignHCenter,
                         QStringLiteral("%1 s").arg(second));
    }
    std::size_t index = 0;
    int legendX = int(plot.left());
    for (const auto& series : block.series) {
        const QColor colour = seriesInk[index++ % seriesInk.size()];
        painter.setPen(QPen(colour, 8));
        if (block.logScale) { // single measurements: dots, nothing is drawn between them
            painter.setPen(QPen(colour, 22, Qt::SolidLine, Qt::RoundCap));
            for (const auto& [second, value] : series.points)
                painter.drawPoint(QPointF(plot.left() + plot.width() * second / end, yOf(value)));
        } else {
            QPainterPath path;
            bool gap = true;
            for (const auto& [second, value] : series.points) {
                if (!std::isfinite(value)) {
                    gap = true;
                    continue;
                }
                const QPointF at(plot.left() + plot.width() * second / end, yOf(value));
                if (gap)
                    path.moveTo(at);
                else
                    path.lineTo(at);
                gap = false;
            }
            painter.drawPath(path);
        }
        painter.setPen(QPen(colour, 40, Qt::SolidLine, Qt::RoundCap));
        painter.drawPoint(QPointF(legendX + 20, plot.bottom() + 215));
        painter.setPen(ink::text);
        const QString name = shown(series.name);
        painter.drawText(QRectF(legendX + 70, plot.bottom() + 150, 2000, 120), Qt::AlignLeft | Qt::AlignVCenter,
                         name);
        legendX += 70 + painter.fontMetrics().horizontalAdvance(name) + 160;
    }
    if (!block.lost.empty()) { // loss is no latency: marks on top of all values
        painter.setPen(QPen(ink::critical, 10));
        const auto tick = [&painter](double x, double top) {
            painter.drawLine(QPointF(x, top), QPointF(x, top + 60));
        };
        for (const double second : block.lost)
            tick(plot.left() + plot.width() * second / end, plot.top() - 30);
        tick(legendX + 20, plot.bottom() + 185);
        painter.setPen(ink::text);
        painter.drawText(QRectF(legendX + 70, plot.bottom() + 150, 2000, 120), Qt::AlignLeft | Qt::AlignVCenter,
                         QStringLiteral("no answer (%1)").arg(block.lost.size()));
    }
    sheet.advance(plotHeight + 420);
}

} // namespace netopsy::ui
