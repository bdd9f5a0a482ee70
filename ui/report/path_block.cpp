// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "ui/report/blocks.h"

#include <algorithm>

namespace netopsy::ui {

namespace {

constexpr int blockHeight = 590, rowGap = 120, perRow = 7, gapWidth = 60;

QString headerNames(const std::vector<path::Header>& headers, const QString& sign) {
    QString out;
    for (const path::Header& header : headers)
        out += QStringLiteral(" %1%2 %3").arg(sign, shown(header.name)).arg(header.bytes);
    return out.trimmed();
}

void drawHop(Sheet& sheet, const path::Hop& hop, const QRectF& box) {
    QPainter& painter = sheet.painter();
    painter.setPen(QPen(hop.assumed ? ink::faint : ink::accent, 8, hop.assumed ? Qt::DashLine : Qt::SolidLine));
    painter.setBrush(hop.assumed ? QBrush(ink::rule, Qt::BDiagPattern) : QBrush(ink::band));
    painter.drawRoundedRect(box, 40, 40);
    painter.setBrush(Qt::NoBrush);
    const auto line = [&](int row, const QFont& font, const QColor& colour, const QString& text) {
        painter.setFont(font);
        painter.setPen(colour);
        painter.drawText(QRectF(box.left() + 20, box.top() + 20 + row * 90, box.width() - 40, 95),
                         Qt::AlignHCenter,
                         painter.fontMetrics().elidedText(text, Qt::ElideRight, int(box.width()) - 40));
    };
    QString name = shown(hop.label);
    name.replace(QLatin1Char('/'), QStringLiteral("/\u200b")); // may break there
    painter.setFont(Sheet::font(6.5, true));
    painter.setPen(ink::text);
    painter.drawText(QRectF(box.left() + 20, box.top() + 20, box.width() - 40, 265),
                     int(Qt::AlignHCenter) | Qt::TextWordWrap, name);
    line(3, Sheet::font(6.5), ink::text,
         hop.mtu              ? QStringLiteral("MTU %1").arg(*hop.mtu)
         : hop.device.empty() ? QString()
                              : QStringLiteral("MTU unknown"));
    const QString change =
        headerNames(hop.encapsulates, QStringLiteral("+")) + headerNames(hop.decapsulates, QStringLiteral("−"));
    line(4, Sheet::font(6), ink::faint, change.isEmpty() ? shown(hop.node) : change);
    line(5, Sheet::font(6), ink::faint, hop.assumed ? QStringLiteral("assumed") : shown(hop.netns));
}

} // namespace

int heightOf(const report::PathBlock& block) {
    return (static_cast<int>(block.path.hops.size()) + perRow - 1) / perRow * (blockHeight + rowGap) + 600;
}

void drawBlock(Sheet& sheet, const report::PathBlock& block) {
    const path::Path& path = block.path;
    const QFont bold = Sheet::font(9, true), body = Sheet::font(9);
    sheet.need(heightOf(block));
    sheet.advance(sheet.drawText(Sheet::left, sheet.y(), Sheet::contentWidth, bold, ink::text,
                                 shown(path.from + " to " + path.to)) +
                  80);
    const double w = double(Sheet::contentWidth - gapWidth * (perRow - 1)) / perRow;
    for (std::size_t i = 0; i < path.hops.size(); ++i) {
        const std::size_t column = i % perRow;
        if (column == 0 && i > 0)
            sheet.advance(blockHeight + rowGap);
        if (column == 0)
            sheet.need(blockHeight + rowGap);
        const QRectF box(Sheet::left + double(column) * (w + gapWidth), sheet.y(), w, blockHeight);
        drawHop(sheet, path.hops[i], box);
        if (column + 1 < perRow && i + 1 < path.hops.size()) {
            sheet.painter().setPen(QPen(ink::faint, 8));
            sheet.painter().drawLine(QPointF(box.right(), box.center().y()),
                                     QPointF(box.right() + gapWidth, box.center().y()));
        }
    }
    sheet.advance(blockHeight + 140);
    QStringList lines;
    if (path.innerMtu)
        lines << QStringLiteral("The largest packet of a pod that fits every hop: %1 B.").arg(*path.innerMtu);
    for (const std::string& problem : path.problems)
        lines << QStringLiteral("Problem: ") + shown(problem);
    for (const std::string& note : path.notes)
        lines << shown(note);
    if (std::any_of(path.hops.begin(), path.hops.end(), [](const path::Hop& hop) { return hop.assumed; }))
        lines << QStringLiteral("Dashed and hatched: assumed from the CNI's design, not seen on the node.");
    for (const QString& line : lines) {
        sheet.need(sheet.textHeight(body, line, Sheet::contentWidth));
        sheet.advance(sheet.drawText(Sheet::left, sheet.y(), Sheet::contentWidth, body, ink::text, line) + 30);
    }
    sheet.advance(120);
}

} // namespace netopsy::ui
