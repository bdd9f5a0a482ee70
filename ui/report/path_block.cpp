// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window's picture of the path, on paper: the same layout and painter, at the report's own type size. It is drawn in
// one piece where a page holds it, else cut between rows.
#include "ui/diagram/path_layout.h"
#include "ui/diagram/path_painter.h"
#include "ui/report/blocks.h"

#include <algorithm>

namespace netopsy::ui {

namespace {

constexpr int after = 60, page = Sheet::bottom - Sheet::top;
constexpr int chapter = 360; ///< what the chapter's heading takes of its page
constexpr int remarkGap = 30;

/// All that is to be drawn, laid out.
struct Figure {
    diagram::Scene scene;
    double scale = 1; ///< under 1 only where a single hop is wider than the page
    int head = 0, remarks = 0;
    [[nodiscard]] int whole() const { return head + int(scene.size.height() * scale) + after + remarks; }
};

Figure layOut(const report::PathBlock& block, double points) {
    Figure out{diagram::layOut(block.path, diagram::marksOf(block.path, block.findings),
                               {Sheet::font(points), double(Sheet::contentWidth), true})};
    out.scale = std::min(1.0, Sheet::contentWidth / out.scene.size.width());
    // Fonts of a size in units are as large anywhere: no device need be known.
    const auto height = [](const QFont& font, const QString& text) {
        return QFontMetrics(font)
            .boundingRect(QRect(0, 0, Sheet::contentWidth, page), Qt::TextWrapAnywhere, text)
            .height();
    };
    out.head = height(Sheet::font(9, true), diagram::heading(block.path)) + after;
    for (const QString& remark : diagram::remarks(block.path))
        out.remarks += height(Sheet::font(9), remark) + remarkGap;
    return out;
}

/// At the report's size for figures, or a little smaller where that keeps it on one page.
Figure layOut(const report::PathBlock& block) {
    constexpr double usual = 6.5, least = 5.8;
    Figure figure = layOut(block, usual);
    if (figure.whole() > page - chapter)
        if (Figure smaller = layOut(block, least); smaller.whole() <= page - chapter)
            return smaller;
    return figure;
}

/// Where each piece ends that fits what is left of this page, and then a page.
std::vector<double> pieces(const diagram::Scene& scene, double room, double later) {
    std::vector<double> ends;
    double from = 0;
    for (std::size_t i = 0; i < scene.cuts.size(); ++i) {
        const double next = i + 1 < scene.cuts.size() ? scene.cuts[i + 1] : scene.size.height();
        if (next - from > room) {
            ends.push_back(from = scene.cuts[i]);
            room = later;
        }
    }
    ends.push_back(scene.size.height());
    return ends;
}

} // namespace

int heightOf(const report::PathBlock& block) {
    const Figure figure = layOut(block);
    const double first = figure.scene.cuts.empty() ? 0 : figure.scene.cuts.front() * figure.scale;
    return figure.whole() <= page - chapter ? figure.whole() : figure.head + int(first);
}

void drawBlock(Sheet& sheet, const report::PathBlock& block) {
    const QFont body = Sheet::font(9);
    const Figure figure = layOut(block);
    const diagram::Scene& scene = figure.scene;
    sheet.need(heightOf(block));
    sheet.advance(sheet.drawText(Sheet::left, sheet.y(), Sheet::contentWidth, Sheet::font(9, true), ink::text,
                                 diagram::heading(block.path)) +
                  after);
    double from = 0;
    for (const double end : pieces(scene, sheet.room() / figure.scale, page / figure.scale)) {
        const int height = int((end - from) * figure.scale) + 1;
        sheet.need(height);
        QPainter& painter = sheet.painter();
        painter.save();
        painter.setClipRect(QRect(Sheet::left, sheet.y(), Sheet::contentWidth, height));
        painter.translate(Sheet::left, sheet.y() - from * figure.scale);
        painter.scale(figure.scale, figure.scale);
        diagram::paint(painter, scene, diagram::Palette::paper());
        painter.restore();
        sheet.advance(height);
        from = end;
    }
    sheet.advance(after);
    for (const QString& line : diagram::remarks(block.path)) {
        sheet.need(sheet.textHeight(body, line, Sheet::contentWidth));
        sheet.advance(sheet.drawText(Sheet::left, sheet.y(), Sheet::contentWidth, body, ink::text, line) +
                      remarkGap);
    }
    sheet.advance(120);
}

} // namespace netopsy::ui
