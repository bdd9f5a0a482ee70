// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/mesh_legend.h"

#include "ui/theme.h"

#include <QPainter>

#include <algorithm>

namespace netopsy::ui {

namespace {
constexpr int barHeight = 12, barWidth = 260, mark = 14;
} // namespace

MeshLegend::MeshLegend(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void MeshLegend::setScale(const MeshScale& scale, MeshLayer layer) {
    m_scale = scale;
    m_layer = layer;
    setAccessibleName(
        tr("Legend: %1, from %2 to %3").arg(scale.title(), scale.word(scale.low()), scale.word(scale.high())));
    update();
}

QSize MeshLegend::sizeHint() const {
    return {640, 2 * fontMetrics().height() + barHeight + 12};
}

QSize MeshLegend::minimumSizeHint() const {
    return {300, sizeHint().height()};
}

void MeshLegend::paintEvent(QPaintEvent*) {
    if (!m_scale)
        return;
    QPainter painter(this);
    const theme::Colours c = theme::colours();
    const int line = fontMetrics().height();
    painter.setPen(c.text);
    painter.drawText(QRect(0, 0, width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                     fontMetrics().elidedText(m_scale->title(), Qt::ElideRight, width()));
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.86);
    painter.setFont(small);
    const QFontMetrics metrics(small);
    const int pad = metrics.horizontalAdvance(QStringLiteral("+88.8 µs")) / 2;
    const QRect bar(pad, line + 4, std::min(barWidth, width() / 2 - 2 * pad), barHeight);
    if (m_scale->empty()) {
        painter.setPen(c.faint);
        painter.drawText(QRect(0, line + 2, width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                         tr("nothing was measured here"));
    } else {
        for (int x = 0; x < bar.width(); ++x)
            painter.fillRect(QRect(bar.left() + x, bar.top(), 1, bar.height()),
                             m_scale->colour(m_scale->valueAt((x + 0.5) / bar.width())));
        painter.setPen(theme::line(c.rule));
        painter.drawRect(bar.adjusted(-1, -1, 0, 0));
        QVector<QRect> taken;
        for (const double tick : m_scale->ticks()) {
            const int x = bar.left() + qRound(m_scale->position(tick) * bar.width());
            const QString word = m_scale->tickWord(tick);
            const int wide = metrics.horizontalAdvance(word) + 8;
            const QRect label(x - wide / 2, bar.bottom() + 4, wide, metrics.height());
            painter.setPen(theme::line(c.faint));
            painter.drawLine(x, bar.bottom() + 1, x, bar.bottom() + 4);
            if (std::any_of(taken.begin(), taken.end(),
                            [&](const QRect& other) { return other.intersects(label); }))
                continue;
            taken << label;
            painter.setPen(c.faint);
            painter.drawText(label, Qt::AlignCenter, word);
        }
    }
    int x = m_scale->empty() ? pad + 160 : bar.right() + 2 * pad;
    const auto symbol = [&](const QString& words, auto draw) {
        const int wide = metrics.horizontalAdvance(words);
        if (x + mark + 6 + wide > width())
            return;
        const QRect box(x, bar.center().y() - mark / 2, mark, mark);
        painter.setPen(theme::line(c.rule));
        painter.setBrush(Qt::NoBrush);
        draw(box);
        painter.setPen(c.faint);
        painter.drawText(QRect(x + mark + 6, box.top() - 2, wide + 2, mark + 4), Qt::AlignLeft | Qt::AlignVCenter,
                         words);
        x += mark + 6 + wide + 16;
    };
    symbol(tr("not probed"), [&](const QRect& box) {
        painter.fillRect(box, c.band);
        painter.fillRect(box, QBrush(c.rule, Qt::BDiagPattern));
        painter.drawRect(box.adjusted(0, 0, -1, -1));
    });
    symbol(tr("no answer came"), [&](const QRect& box) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme::severityColour(analysis::Severity::Critical), 2));
        painter.drawLine(box.topLeft() + QPoint(3, 3), box.bottomRight() - QPoint(3, 3));
        painter.drawLine(box.topRight() + QPoint(-3, 3), box.bottomLeft() + QPoint(3, -3));
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(theme::line(theme::severityColour(analysis::Severity::Critical)));
        painter.drawRect(box.adjusted(0, 0, -1, -1));
    });
    if (m_layer == MeshLayer::Loss)
        return;
    symbol(tr("some lost"), [&](const QRect& box) {
        painter.drawRect(box.adjusted(0, 0, -1, -1));
        painter.setBrush(c.text);
        painter.setPen(Qt::NoPen);
        const QPoint corner = box.topRight() + QPoint(1, 0);
        painter.drawPolygon(QPolygon({corner, corner - QPoint(7, 0), corner + QPoint(0, 7)}));
    });
    if (m_layer == MeshLayer::Difference)
        symbol(tr("no clear difference"), [&](const QRect& box) {
            painter.setPen(c.text);
            painter.drawText(box, Qt::AlignCenter, QStringLiteral("≈"));
        });
}

} // namespace netopsy::ui
