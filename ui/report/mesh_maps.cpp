// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The mesh on paper: the window's colours, vectors throughout. A cell that was not probed has one stroke of a hatch, one
// without any answer a cross, as in the window.
#include "ui/report/blocks.h"
#include "ui/widgets/mesh_scale.h"

#include <algorithm>
#include <cmath>

namespace netopsy::ui {

namespace {

constexpr int gap = 160, titleHeight = 150, legendHeight = 420, mostWide = 420, mostHigh = 190, barWidth = 1500,
              barHeight = 90;

struct Layout {
    int count = 0;
    QFont font;
    int left = 0, top = 0;     ///< what the names take
    double wide = 0, high = 0; ///< of a cell
    bool upright = false;      ///< columns' names
    [[nodiscard]] int height() const { return titleHeight + top + int(count * high) + 100 + legendHeight; }
};

Layout layOut(const stats::Mesh& mesh) {
    Layout out;
    out.count = static_cast<int>(mesh.nodes.size());
    const auto widthOf = [&](const QFont& font) {
        int longest = 0;
        for (const std::string& node : mesh.nodes)
            longest = std::max(longest, QFontMetrics(font).horizontalAdvance(shown(node)));
        return longest;
    };
    const int n = std::max(1, out.count);
    // Names as large as a row is high, within reason.
    const double first = double(Sheet::contentWidth - 700 - gap) / (2 * n);
    out.font = Sheet::font(std::clamp(first / Sheet::pt * 0.95, 3.5, 6.5));
    const int longest = widthOf(out.font);
    out.left = std::min(longest, 800) + 60;
    out.wide = std::min<double>(mostWide, double(Sheet::contentWidth - out.left - gap) / (2 * n));
    out.high = std::min<double>(mostHigh, out.wide);
    out.upright = longest > out.wide - 20;
    out.top = out.upright ? std::min(longest, 800) + 40 : QFontMetrics(out.font).height() + 30;
    return out;
}

void drawMark(QPainter& painter, const QRectF& box, const MeshValue& value) {
    if (value.kind == MeshValue::LostAll) {
        const double reach = std::min(box.width(), box.height()) * 0.32;
        const QPointF at = box.center();
        painter.setPen(QPen(ink::critical, std::max(4.0, box.height() / 14)));
        painter.drawLine(at - QPointF(reach, reach), at + QPointF(reach, reach));
        painter.drawLine(at + QPointF(-reach, reach), at + QPointF(reach, -reach));
        painter.setPen(QPen(ink::critical, 4));
        painter.drawRect(box);
    } else if (value.kind == MeshValue::NotProbed) {
        painter.fillRect(box, ink::band);
        painter.setPen(QPen(ink::rule, 4));
        painter.drawLine(box.bottomLeft(), box.topRight());
    }
}

void drawMap(Sheet& sheet, const stats::Mesh& mesh, const std::vector<std::uint32_t>& order, const Layout& at,
             double left, const MeshLens& lens, const MeshScale& scale) {
    QPainter& painter = sheet.painter();
    const double top = sheet.y() + titleHeight + at.top;
    painter.setFont(Sheet::font(8, true));
    painter.setPen(ink::text);
    painter.drawText(QRectF(left, sheet.y(), at.count * at.wide + gap, titleHeight), Qt::AlignLeft | Qt::AlignTop,
                     layerName(lens.layer));
    painter.setFont(at.font);
    const QFontMetrics metrics = painter.fontMetrics();
    // Words as large as the cells allow, down to what can still be read on paper.
    const auto fits = [&](const QString& sample, double points) {
        return QFontMetrics(Sheet::font(points)).horizontalAdvance(sample) + 20 < at.wide &&
               points * Sheet::pt < at.high;
    };
    const bool full = fits(QStringLiteral("88.8 ms"), 6.5);
    double size = 6.5;
    while (!full && size > 4 && !fits(QStringLiteral("888µ"), size))
        size -= 0.5;
    const bool brief = full || fits(QStringLiteral("888µ"), size);
    std::vector<int> place(order.size());
    for (int i = 0; i < at.count; ++i)
        place[order[static_cast<std::size_t>(i)]] = i;
    const auto boxOf = [&](int row, int column) {
        return QRectF(left + column * at.wide, top + row * at.high, at.wide, at.high).adjusted(3, 3, -3, -3);
    };
    for (int i = 0; i < at.count; ++i) {
        const std::uint32_t node = order[static_cast<std::size_t>(i)];
        painter.setFont(at.font);
        painter.setPen(ink::text);
        const QString name = shown(mesh.nodes[node]);
        if (at.upright) {
            painter.save();
            painter.translate(left + (i + 0.5) * at.wide, top - 25);
            painter.rotate(-90);
            painter.drawText(QRectF(0, -60, at.top - 25, 120),
                             Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                             metrics.elidedText(name, Qt::ElideMiddle, at.top - 25));
            painter.restore();
        } else {
            painter.drawText(QRectF(left + i * at.wide, top - at.top, at.wide, at.top),
                             Qt::AlignCenter | Qt::TextSingleLine, name);
        }
        for (int column = 0; column < at.count; ++column)
            if (column != i && mesh.at(node, order[static_cast<std::size_t>(column)]) == nullptr)
                drawMark(painter, boxOf(i, column), {});
    }
    for (const stats::MeshCell& cell : mesh.cells) {
        const QRectF box = boxOf(place[cell.from], place[cell.to]);
        const MeshValue value = meshValue(&cell, lens);
        if (value.kind != MeshValue::Known) {
            drawMark(painter, box, value);
            continue;
        }
        const QColor ground = scale.colour(value.value);
        painter.fillRect(box, ground);
        const QColor words = scale.inkOn(ground);
        if (value.lossy) {
            const double side = std::min(60.0, box.height() / 3);
            painter.setPen(Qt::NoPen);
            painter.setBrush(words);
            painter.drawPolygon(
                QPolygonF({box.topRight(), box.topRight() - QPointF(side, 0), box.topRight() + QPointF(0, side)}));
            painter.setBrush(Qt::NoBrush);
        }
        if (!brief)
            continue;
        painter.setFont(Sheet::font(size));
        painter.setPen(words);
        painter.drawText(box, Qt::AlignCenter | Qt::TextSingleLine,
                         full ? scale.word(value.value) : scale.shortWord(value.value));
    }
}

void drawLegend(Sheet& sheet, double y, const MeshScale& scale) {
    QPainter& painter = sheet.painter();
    const QFont font = Sheet::font(6.5);
    painter.setFont(font);
    const QFontMetrics metrics = painter.fontMetrics();
    const double left = Sheet::left + 100;
    constexpr int steps = 60;
    if (!scale.empty()) {
        for (int i = 0; i < steps; ++i) // a little wider than its share, so that no viewer shows seams
            painter.fillRect(QRectF(left + double(barWidth) * i / steps, y,
                                    double(barWidth) / steps + (i + 1 < steps ? 5 : 0), barHeight),
                             scale.colour(scale.valueAt((i + 0.5) / steps)));
        QVector<QRectF> taken;
        for (const double tick : scale.ticks()) {
            const double x = left + scale.position(tick) * barWidth;
            const QString word = scale.tickWord(tick);
            const double wide = metrics.horizontalAdvance(word) + 60;
            const QRectF label(x - wide / 2, y + barHeight + 30, wide, metrics.height());
            painter.setPen(QPen(ink::faint, 4));
            painter.drawLine(QPointF(x, y + barHeight), QPointF(x, y + barHeight + 25));
            if (std::any_of(taken.begin(), taken.end(),
                            [&](const QRectF& other) { return other.intersects(label); }))
                continue;
            taken << label;
            painter.setPen(ink::faint);
            painter.drawText(label, Qt::AlignCenter, word);
        }
    }
    double x = left + barWidth + 260;
    const auto symbol = [&](const QString& words, auto draw) {
        const QRectF box(x, y - 10, 110, 110);
        draw(box);
        painter.setPen(ink::faint);
        const double wide = metrics.horizontalAdvance(words);
        painter.drawText(QRectF(x + 150, y - 10, wide + 20, 110), Qt::AlignLeft | Qt::AlignVCenter, words);
        x += 150 + wide + 160;
    };
    symbol(QStringLiteral("not probed"), [&](const QRectF& box) { drawMark(painter, box, {}); });
    symbol(QStringLiteral("no answer came"),
           [&](const QRectF& box) { drawMark(painter, box, {MeshValue::LostAll}); });
    symbol(QStringLiteral("some lost"), [&](const QRectF& box) {
        painter.setPen(QPen(ink::rule, 4));
        painter.drawRect(box);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink::text);
        painter.drawPolygon(
            QPolygonF({box.topRight(), box.topRight() - QPointF(55, 0), box.topRight() + QPointF(0, 55)}));
        painter.setBrush(Qt::NoBrush);
    });
}

} // namespace

int heightOf(const report::MeshMaps& block) {
    return layOut(block.mesh).height();
}

void drawBlock(Sheet& sheet, const report::MeshMaps& block) {
    const Layout at = layOut(block.mesh);
    if (at.count == 0)
        return;
    sheet.need(at.height());
    const std::vector<std::uint32_t> order = stats::inOrder(block.mesh);
    QPainter& painter = sheet.painter();
    const double top = sheet.y() + titleHeight + at.top;
    painter.setFont(at.font);
    painter.setPen(ink::text);
    for (int row = 0; row < at.count; ++row)
        painter.drawText(
            QRectF(Sheet::left, top + row * at.high, at.left - 40, at.high),
            Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextDontClip,
            painter.fontMetrics().elidedText(shown(block.mesh.nodes[order[static_cast<std::size_t>(row)]]),
                                             Qt::ElideMiddle, at.left - 40));
    const MeshLens under{MeshLayer::Underlay, false, false}, over{MeshLayer::Overlay, false, false};
    const MeshScale scale(block.mesh, under, false); // both planes share its ends
    drawMap(sheet, block.mesh, order, at, Sheet::left + at.left, under, scale);
    drawMap(sheet, block.mesh, order, at, Sheet::left + at.left + at.count * at.wide + gap, over, scale);
    const double below = top + at.count * at.high + 100;
    drawLegend(sheet, below, scale);
    painter.setFont(Sheet::font(6.5));
    painter.setPen(ink::faint);
    painter.drawText(QRectF(Sheet::left, below + 240, Sheet::contentWidth, 120), Qt::AlignLeft,
                     QStringLiteral("Median round trip; rows measured, columns were measured."));
    sheet.advance(at.height());
}

} // namespace netopsy::ui
