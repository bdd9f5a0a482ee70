// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "ui/report/blocks.h"

#include <algorithm>
#include <cmath>

namespace netopsy::ui {

namespace {
constexpr std::size_t shownNodes = 40;
constexpr std::size_t roomyNodes = 12; // up to here there is room for words at each node
constexpr int plotHeight = 1500, axisWidth = 420, lostHeight = 170;
} // namespace

double LogScale::at(double value) const {
    const double decade = value > 0 ? std::log10(value) : m_low;
    const double share = (std::clamp(decade, double(m_low), double(m_high)) - m_low) / (m_high - m_low);
    return m_from + (m_to - m_from) * share;
}

QString decadeLabel(int decade) {
    const double ms = std::pow(10, decade);
    return QString::fromStdString(text::duration(ms * 1e6))
        .replace(QStringLiteral(".00"), QString())
        .replace(QStringLiteral(".0"), QString());
}

void drawBlock(Sheet& sheet, const report::LatencyChart& block) {
    const std::size_t count = std::min(block.bars.size(), shownNodes);
    const bool roomy = count <= roomyNodes;
    const int labelHeight = roomy ? 340 : 900;
    const QFont small = Sheet::font(7);
    const QFont titleFont = Sheet::font(9, true);
    const int titleHeight = sheet.textHeight(titleFont, shown(block.title), Sheet::contentWidth);
    sheet.need(titleHeight + lostHeight + plotHeight + labelHeight + 260);
    sheet.drawText(Sheet::left, sheet.y(), Sheet::contentWidth, titleFont, ink::text, shown(block.title));
    sheet.advance(titleHeight + 60 + lostHeight);

    QPainter& painter = sheet.painter();
    const QRectF plot(Sheet::left + axisWidth, sheet.y(), Sheet::contentWidth - axisWidth, plotHeight);
    // 10 µs to 10 s; neighbours on fast hardware are nearer than that.
    const bool near = std::any_of(block.bars.begin(), block.bars.end(), [](const report::LatencyChart::Bar& bar) {
        return bar.measured && bar.p50 < 0.02;
    });
    const LogScale scale(near ? -3 : -2, 4, plot.bottom(), plot.top());
    painter.setFont(small);
    for (int decade = scale.low(); decade <= scale.high(); ++decade) {
        const double y = scale.at(std::pow(10, decade));
        painter.setPen(QPen(ink::rule, 4));
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        painter.setPen(ink::faint);
        painter.drawText(QRectF(Sheet::left, y - 60, axisWidth - 50, 120), Qt::AlignRight | Qt::AlignVCenter,
                         decadeLabel(decade));
    }
    if (block.threshold > 0) { // below the bars, so that it strikes out no figure
        const double y = scale.at(block.threshold);
        painter.setPen(QPen(ink::warning, 8, Qt::DashLine));
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        painter.setPen(ink::warning);
        painter.drawText(QRectF(plot.left(), y - 115, plot.width() - 20, 110), Qt::AlignRight | Qt::AlignBottom,
                         shown(block.thresholdLabel));
    }
    const double step = plot.width() / double(std::max<std::size_t>(count, 1));
    for (std::size_t i = 0; i < count; ++i) {
        const report::LatencyChart::Bar& bar = block.bars[i];
        const double x = plot.left() + step * (double(i) + 0.5), half = std::clamp(step * 0.18, 15.0, 90.0);
        if (bar.measured) {
            const double p50 = scale.at(bar.p50), p90 = scale.at(bar.p90), p99 = scale.at(bar.p99);
            painter.setPen(QPen(ink::accent, 12));
            painter.drawLine(QPointF(x, p50), QPointF(x, p99));
            painter.drawLine(QPointF(x - half, p99), QPointF(x + half, p99));
            painter.drawLine(QPointF(x - half / 2, p90), QPointF(x + half / 2, p90));
            painter.setPen(Qt::NoPen);
            painter.setBrush(ink::accent);
            painter.drawEllipse(QPointF(x, p50), 32, 32);
            painter.setBrush(Qt::NoBrush);
            if (roomy) {
                const QString words = QString::fromStdString("p99 " + text::duration(bar.p99 * 1e6));
                const double wide = painter.fontMetrics().horizontalAdvance(words) + 40;
                painter.fillRect(QRectF(x - wide / 2, p99 - 125, wide, 105), Qt::white);
                painter.setPen(ink::text);
                painter.drawText(QRectF(x - step / 2, p99 - 130, step, 110), Qt::AlignHCenter | Qt::AlignBottom,
                                 words);
            }
        } else {
            painter.setPen(ink::faint);
            painter.drawText(QRectF(x - step / 2, plot.center().y(), step, 120),
                             Qt::AlignHCenter | Qt::TextDontClip,
                             roomy ? QStringLiteral("no answer") : QStringLiteral("×"));
        }
        if (bar.lost > 0) { // loss is no latency: a mark above the axis, with its count
            painter.setPen(QPen(ink::critical, 14));
            painter.drawLine(QPointF(x, plot.top() - 50), QPointF(x, plot.top() - 10));
            painter.setPen(ink::critical);
            painter.drawText(QRectF(x - step / 2, plot.top() - 165, step, 105), Qt::AlignHCenter | Qt::AlignBottom,
                             (roomy ? QStringLiteral("%1 lost") : QStringLiteral("%1")).arg(bar.lost));
        }
        painter.setPen(ink::text);
        const QString name = painter.fontMetrics().elidedText(shown(bar.node), Qt::ElideMiddle,
                                                              roomy ? int(step) - 20 : labelHeight);
        if (roomy) {
            painter.drawText(QRectF(x - step / 2, plot.bottom() + 20, step, 110), Qt::AlignHCenter, name);
            painter.setPen(ink::faint);
            painter.drawText(QRectF(x - step / 2, plot.bottom() + 125, step, 110), Qt::AlignHCenter,
                             QString::fromStdString("n = " + text::integer(bar.samples)));
        } else {
            painter.save();
            painter.translate(x, plot.bottom() + 30);
            painter.rotate(70);
            painter.drawText(QPointF(0, 40), name);
            painter.restore();
        }
    }
    sheet.advance(plotHeight + labelHeight);
    QString legend = QStringLiteral("Dot: median. Short bar: p90. Long bar: p99. Worst first.");
    if (!roomy)
        legend += QStringLiteral(" Marks on top: queries lost. ×: no answer.");
    if (block.bars.size() > count)
        legend += QStringLiteral(" %1 more nodes are not drawn.").arg(block.bars.size() - count);
    sheet.advance(sheet.drawText(Sheet::left, sheet.y(), Sheet::contentWidth, small, ink::faint, legend) + 180);
}

} // namespace netopsy::ui
