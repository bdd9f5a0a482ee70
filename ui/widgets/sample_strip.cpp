// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sample_strip.h"

#include "ui/format.h"
#include "ui/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace netopsy::ui {

namespace {

constexpr int lane = 58, bars = 26, tick = 6, side = 4;

double atShare(const QVector<double>& sorted, double q) {
    const auto rank = static_cast<qsizetype>(std::ceil(q * double(sorted.size()) - 1e-9));
    return sorted[std::clamp<qsizetype>(rank, 1, sorted.size()) - 1];
}

} // namespace

SampleStrip::SampleStrip(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("sampleStrip"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SampleStrip::setLanes(QVector<Lane> lanes) {
    if (lanes == m_lanes)
        return;
    m_lanes = std::move(lanes);
    QStringList words;
    for (const Lane& one : m_lanes)
        words << tr("%1: %2 answers, %3 lost")
                     .arg(one.name)
                     .arg(one.clean.size() + one.tainted.size())
                     .arg(one.lost);
    setAccessibleName(tr("Samples"));
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

QSize SampleStrip::sizeHint() const {
    return {320, static_cast<int>(m_lanes.size()) * (lane + fontMetrics().height()) + fontMetrics().height() + 12};
}

void SampleStrip::paintEvent(QPaintEvent*) {
    double low = 1e18, high = 0;
    for (const Lane& one : m_lanes)
        for (const auto* values : {&one.clean, &one.tainted})
            for (const double v : *values) {
                low = std::min(low, v);
                high = std::max(high, v);
            }
    const bool none = high <= 0;
    low = none ? 1e5 : std::max(low, 1000.0) / 1.15;
    high = none ? 1e6 : std::max(high * 1.15, low * 2);
    QPainter painter(this);
    const theme::Colours c = theme::colours();
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.86);
    const QFontMetrics metrics(small);
    const double left = side, wide = width() - 2 * side;
    const auto x = [&](double ns) {
        return left + wide * std::log(std::max(ns, low) / low) / std::log(high / low);
    };
    const int line = fontMetrics().height();
    const int bottom = static_cast<int>(m_lanes.size()) * (lane + line);
    // The axis: each of 1, 2, 5 times a power of ten that has room for its label.
    painter.setFont(small);
    int taken = -1000;
    for (double decade = std::pow(10, std::floor(std::log10(low))); decade < high; decade *= 10)
        for (const double step : {1.0, 2.0, 5.0}) {
            const double value = step * decade;
            if (value < low || value > high)
                continue;
            const int at = qRound(x(value));
            painter.setPen(theme::line(c.rule));
            painter.drawLine(at, line, at, bottom);
            QString word = duration(value);
            word.remove(QStringLiteral(".00")).remove(QStringLiteral(".0"));
            const int w = metrics.horizontalAdvance(word);
            if (at - w / 2 < taken + 8 || at - w / 2 < 0 || at + w / 2 > width())
                continue;
            taken = at + w / 2;
            painter.setPen(c.faint);
            painter.drawText(QRect(at - w, bottom + 2, 2 * w, metrics.height()), Qt::AlignCenter, word);
        }
    for (int i = 0; i < m_lanes.size(); ++i) {
        const Lane& one = m_lanes[i];
        const int top = i * (lane + line);
        QVector<double> all = one.clean + one.tainted;
        std::sort(all.begin(), all.end());
        QString words = one.name;
        if (all.isEmpty())
            words += one.lost > 0 ? tr(": no answer to %1 probes").arg(one.lost) : tr(": not probed");
        else if (one.lost > 0)
            words += tr(": %1 lost").arg(one.lost);
        painter.setFont(small);
        painter.setPen(one.lost > 0 ? theme::severityColour(analysis::Severity::Critical) : c.text);
        painter.drawText(QRect(side, top, width() - 2 * side, line), Qt::AlignLeft | Qt::AlignVCenter, words);
        const int base = top + line + bars;
        painter.setPen(theme::line(c.rule));
        painter.drawLine(side, base, width() - side, base);
        if (all.isEmpty())
            continue;
        // Bars of three pixels: a distribution's shape, however many samples there are.
        QVector<int> bins(static_cast<int>(wide / 3) + 2, 0);
        for (const double v : all)
            ++bins[std::clamp(static_cast<int>((x(v) - left) / 3), 0, static_cast<int>(bins.size()) - 1)];
        const int peak = *std::max_element(bins.begin(), bins.end());
        const QColor colour = theme::seriesColour(one.colour);
        for (int bin = 0; bin < bins.size(); ++bin)
            if (bins[bin] > 0) {
                const int h = std::max(1, bars * bins[bin] / peak);
                painter.fillRect(QRect(qRound(left) + bin * 3, base - h, 3, h), colour);
            }
        QColor faded = colour;
        faded.setAlpha(one.clean.size() > 200 ? 90 : 180);
        painter.setPen(theme::line(faded));
        for (const double v : one.clean)
            painter.drawLine(QPointF(x(v), base + 2), QPointF(x(v), base + 2 + tick));
        painter.setPen(theme::line(theme::severityColour(analysis::Severity::Warning)));
        for (const double v : one.tainted)
            painter.drawLine(QPointF(x(v), base + 4 + tick), QPointF(x(v), base + 4 + 2 * tick));
        // The two figures, their words kept apart.
        int end = -1000;
        for (const auto& [q, name] : {std::pair{0.5, tr("median")}, std::pair{0.99, tr("p99")}}) {
            const double value = atShare(all, q);
            const int at = qRound(x(value));
            painter.setPen(theme::line(c.text));
            painter.drawLine(at, base - bars - 2, at, base + 3 + 2 * tick);
            const QString label = QStringLiteral("%1 %2").arg(name, duration(value));
            const int w = metrics.horizontalAdvance(label);
            const int from = std::clamp(std::max(at - w / 2, end + 10), side, std::max(side, width() - side - w));
            if (from < end + 10)
                continue; // no room: the table above has it
            painter.drawText(QRect(from, base + 4 + 2 * tick, w + 2, metrics.height()), Qt::AlignLeft, label);
            end = from + w;
        }
    }
}

} // namespace netopsy::ui
