// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the map looks; what it does is in mesh_map.cpp.
#include "ui/format.h"
#include "ui/theme.h"
#include "ui/widgets/mesh_map.h"

#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace netopsy::ui {

namespace {

enum Words { None, Short, Full };
constexpr int hatched = 7; ///< below this height of a cell, a hatch would be noise: a flat tone stands for it

} // namespace

void MeshMap::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const theme::Colours c = theme::colours();
    painter.fillRect(viewport()->rect(), c.surface);
    if (count() == 0)
        return;
    const QRect area(m_left, m_top, viewport()->width() - m_left, viewport()->height() - m_top);
    painter.save();
    painter.setClipRect(area);
    paintCells(painter, area);
    painter.restore();
    paintHeaders(painter, area);
    paintCursor(painter, area);
}

void MeshMap::paintCells(QPainter& painter, const QRect& area) const {
    const theme::Colours c = theme::colours();
    const MeshScale scale = this->scale();
    const int h = horizontalScrollBar()->value(), v = verticalScrollBar()->value();
    const int firstRow = v / m_h, lastRow = std::min(count() - 1, (v + area.height()) / m_h);
    const int firstColumn = h / m_w, lastColumn = std::min(count() - 1, (h + area.width()) / m_w);
    const QRect whole = QRect(rectOf({0, 0}).topLeft(), QSize(count() * m_w, count() * m_h)).intersected(area);
    // What was not probed lies below all, at once: in a sparse mesh it is nearly everything.
    painter.fillRect(whole, c.band);
    if (m_h >= hatched) {
        painter.setBrushOrigin(rectOf({0, 0}).topLeft());
        painter.fillRect(whole, QBrush(c.rule, Qt::BDiagPattern));
        painter.setPen(theme::line(c.surface));
        for (int row = firstRow; row <= lastRow + 1; ++row)
            painter.drawLine(whole.left(), rectOf({row, 0}).top(), whole.right(), rectOf({row, 0}).top());
        for (int column = firstColumn; column <= lastColumn + 1; ++column)
            painter.drawLine(rectOf({0, column}).left(), whole.top(), rectOf({0, column}).left(), whole.bottom());
    }
    painter.setFont(small());
    const QFontMetrics metrics(small());
    const int room = m_w - 6;
    const int words = m_h < metrics.height() + 2                                      ? None
                      : metrics.horizontalAdvance(QStringLiteral("+88.8 µs")) <= room ? Full
                      : metrics.horizontalAdvance(QStringLiteral("+888µ")) <= room    ? Short
                                                                                      : None;
    for (int row = firstRow; row <= lastRow; ++row) {
        const QRect own = rectOf({row, row}); // a node's way to itself says nothing
        painter.fillRect(own, c.surface);
        if (m_h >= hatched) {
            painter.setPen(theme::line(c.rule));
            painter.drawLine(own.topLeft(), own.bottomRight());
        }
        for (const stats::MeshCell& cell : m_mesh->row(m_order[row])) {
            const int column = m_place[cell.to];
            if (column < firstColumn || column > lastColumn)
                continue;
            const MeshValue value = meshValue(&cell, m_lens);
            if (value.kind != MeshValue::NotProbed)
                paintCell(painter, rectOf({row, column}), value, scale, words);
        }
    }
}

void MeshMap::paintCell(QPainter& painter, const QRect& box, const MeshValue& value, const MeshScale& scale,
                        int words) const {
    const theme::Colours c = theme::colours();
    const QRect inner = m_h >= hatched ? box.adjusted(1, 1, 0, 0) : box;
    const QColor critical = theme::severityColour(analysis::Severity::Critical);
    if (value.kind == MeshValue::LostAll) {
        painter.fillRect(inner, m_h >= hatched ? c.surface : critical);
        if (m_h < hatched)
            return;
        painter.setPen(theme::line(critical));
        painter.drawRect(inner.adjusted(0, 0, -1, -1));
        const int reach = std::min(inner.width(), inner.height()) / 2 - 2;
        const QPoint at = inner.center();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(critical, m_h > 14 ? 2 : 1));
        painter.drawLine(at + QPoint(-reach, -reach), at + QPoint(reach, reach));
        painter.drawLine(at + QPoint(-reach, reach), at + QPoint(reach, -reach));
        painter.setRenderHint(QPainter::Antialiasing, false);
        return;
    }
    if (value.kind == MeshValue::Unknown) {
        painter.fillRect(inner, c.surface);
        if (words != None) {
            painter.setPen(c.faint);
            painter.drawText(inner, Qt::AlignCenter, QStringLiteral("?"));
        }
        return;
    }
    const QColor ground = scale.colour(value.value);
    painter.fillRect(inner, ground);
    const QColor ink = scale.inkOn(ground);
    if (value.lossy && m_h >= hatched) { // a corner is cut off: some answers never came
        const int side = std::clamp(m_h / 4, 3, 9);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        const QPoint corner = inner.topRight() + QPoint(1, 0);
        painter.drawPolygon(QPolygon({corner, corner - QPoint(side, 0), corner + QPoint(0, side)}));
        painter.setBrush(Qt::NoBrush);
    }
    if (words == None)
        return;
    QString word = words == Full ? scale.word(value.value) : scale.shortWord(value.value);
    if (value.unsure)
        word.prepend(QStringLiteral("≈"));
    painter.setPen(ink);
    painter.drawText(inner, Qt::AlignCenter | Qt::TextSingleLine, word);
}

void MeshMap::paintHeaders(QPainter& painter, const QRect& area) const {
    const theme::Colours c = theme::colours();
    const QFontMetrics metrics(small());
    painter.fillRect(QRect(0, 0, viewport()->width(), m_top), c.surface);
    painter.fillRect(QRect(0, 0, m_left, viewport()->height()), c.surface);
    const int line = metrics.height();
    const Cell told = m_hovered.valid() ? m_hovered : m_current;
    QFont bold = small();
    bold.setBold(true);
    const auto label = [&](int place, bool isRow, bool lit) {
        const QRect box = rectOf({isRow ? place : 0, isRow ? 0 : place});
        const QString text = shown(m_mesh->nodes[m_order[place]]);
        painter.setFont(lit ? bold : small());
        painter.setPen(lit ? c.accent : c.text);
        const int room = (isRow ? m_left : m_upright ? m_top : m_w) - 10;
        const QString fitting = painter.fontMetrics().elidedText(text, Qt::ElideMiddle, room);
        if (isRow) {
            const QRect at(4, box.center().y() - line / 2, m_left - 10, line);
            if (lit && m_h < line)
                painter.fillRect(at, c.surface);
            painter.drawText(at, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, fitting);
        } else if (m_upright) {
            painter.save();
            painter.translate(box.center().x(), m_top - 5);
            painter.rotate(-90);
            const QRect at(0, -line / 2, m_top - 10, line);
            if (lit && m_w < line)
                painter.fillRect(at, c.surface);
            painter.drawText(at, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, fitting);
            painter.restore();
        } else {
            painter.drawText(QRect(box.left(), 0, m_w, m_top), Qt::AlignCenter | Qt::TextSingleLine, fitting);
        }
    };
    const int h = horizontalScrollBar()->value(), v = verticalScrollBar()->value();
    const int everyRow = (line + m_h - 1) / m_h, everyColumn = m_upright ? (line + m_w - 1) / m_w : 1;
    // A lit name between two others takes their room.
    const auto plain = [&](int place, int every, int lit) {
        return place % every == 0 && (lit < 0 || place == lit || std::abs(place - lit) >= every);
    };
    painter.save();
    // Half a line beyond the map: the first names are not cut, however small the cells are.
    painter.setClipRect(QRect(0, m_top - line / 2, m_left, area.height() + line / 2));
    for (int row = v / m_h; row < count() && row * m_h <= v + area.height(); ++row)
        if (row == told.row || plain(row, everyRow, told.row))
            label(row, true, row == told.row);
    const int spare = m_upright ? line / 2 : 0;
    painter.setClipRect(QRect(m_left - spare, 0, area.width() + spare, m_top));
    for (int column = h / m_w; column < count() && column * m_w <= h + area.width(); ++column)
        if (column == told.column || plain(column, everyColumn, told.column))
            label(column, false, column == told.column);
    painter.restore();
    painter.setFont(small());
    painter.setPen(c.faint);
    const QString corner = m_upright ? tr("to →\nfrom ↓") : tr("from ↓ to →");
    painter.drawText(QRect(0, 0, m_left - 10, m_top - (m_upright ? line : 6)), Qt::AlignRight | Qt::AlignBottom,
                     corner);
}

void MeshMap::paintCursor(QPainter& painter, const QRect& area) const {
    const theme::Colours c = theme::colours();
    painter.setClipRect(area);
    const Cell told = m_hovered.valid() ? m_hovered : m_current;
    if (told.valid()) {
        const QRect box = rectOf(told), whole(rectOf({0, 0}).topLeft(), QSize(count() * m_w, count() * m_h));
        painter.setPen(theme::line(c.accent));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRect(whole.left(), box.top(), whole.width(), m_h));
        painter.drawRect(QRect(box.left(), whole.top(), m_w, whole.height()));
    }
    if (m_current.valid()) {
        const QRect box = rectOf(m_current).adjusted(-1, -1, 1, 1);
        painter.setPen(QPen(c.surface, 4));
        painter.drawRect(box);
        painter.setPen(QPen(hasFocus() ? c.accent : c.text, 2));
        painter.drawRect(box);
    }
}

} // namespace netopsy::ui
