// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/report/blocks.h"

#include <QRegularExpression>

#include <algorithm>
#include <numeric>

namespace netopsy::ui {

namespace {

/// A cell that alone would fill half a page is cut, and says so: a row is never split.
constexpr qsizetype longestCell = 1500;
QString cell(const std::string& text) {
    static const QRegularExpression figure(QStringLiteral("(?<=\\d) (?=(?:ns|µs|ms|s|B|%)(?!\\w))"));
    QString whole = shown(text);
    whole.replace(figure, QString(QChar::Nbsp)); // a figure and its unit stay together
    return whole.size() <= longestCell
               ? whole
               : whole.left(longestCell) +
                     QStringLiteral("… (%1 more characters in the case)").arg(whole.size() - longestCell);
}

constexpr int pad = 50;
constexpr double bodySize = 8;

/// Columns get what their text asks for; where that is too much, the wide ones shrink and wrap.
std::vector<int> columnWidths(const report::Table& table, const QFont& body, const QFont& head,
                              QPdfWriter* device) {
    const std::size_t columns = table.header.size();
    std::vector<int> wanted(columns, 0);
    const QFontMetrics bodyMetrics(body, device), headMetrics(head, device);
    for (std::size_t c = 0; c < columns; ++c) {
        wanted[c] = headMetrics.horizontalAdvance(shown(table.header[c]));
        for (const auto& row : table.rows)
            if (c < row.size())
                wanted[c] = std::max(wanted[c], bodyMetrics.horizontalAdvance(shown(row[c]).left(200)));
        wanted[c] += 2 * pad + 10;
    }
    int over = std::accumulate(wanted.begin(), wanted.end(), 0) - Sheet::contentWidth;
    while (over > 0) {
        auto widest = std::max_element(wanted.begin(), wanted.end());
        std::vector<int> others = wanted;
        others.erase(others.begin() + (widest - wanted.begin()));
        const int next = others.empty() ? 0 : *std::max_element(others.begin(), others.end());
        const int cut = std::min(over, std::max(50, *widest - next));
        *widest -= cut;
        over -= cut;
    }
    // What is left over goes to the last column, so that every table spans the page.
    wanted.back() -= over;
    return wanted;
}

} // namespace

void drawBlock(Sheet& sheet, const report::Table& block) {
    const QFont body = Sheet::font(bodySize), head = Sheet::font(bodySize, true);
    auto* device = static_cast<QPdfWriter*>(sheet.painter().device());
    const std::vector<int> widths = columnWidths(block, body, head, device);
    const auto rowHeight = [&](const std::vector<std::string>& row, const QFont& font) {
        int h = 100;
        for (std::size_t c = 0; c < row.size() && c < widths.size(); ++c)
            h = std::max(h, sheet.textHeight(font, cell(row[c]), widths[c] - 2 * pad));
        return h + pad;
    };
    const auto drawRow = [&](const std::vector<std::string>& row, const QFont& font, const QColor& colour, int h) {
        int x = Sheet::left;
        for (std::size_t c = 0; c < row.size() && c < widths.size(); ++c) {
            const bool numeric = std::find(block.numericColumns.begin(), block.numericColumns.end(), int(c)) !=
                                 block.numericColumns.end();
            sheet.drawText(x + pad, sheet.y() + pad / 2, widths[c] - 2 * pad, font, colour, cell(row[c]),
                           numeric ? Qt::AlignRight : Qt::AlignLeft);
            x += widths[c];
        }
        sheet.advance(h);
        sheet.painter().setPen(QPen(ink::rule, 4));
        sheet.painter().drawLine(Sheet::left, sheet.y(), Sheet::right, sheet.y());
    };
    const int headHeight = rowHeight(block.header, head);
    const auto drawHead = [&] {
        sheet.painter().fillRect(QRect(Sheet::left, sheet.y(), Sheet::contentWidth, headHeight), ink::band);
        drawRow(block.header, head, ink::text, headHeight);
    };
    sheet.need(headHeight + (block.rows.empty() ? 0 : rowHeight(block.rows.front(), body)));
    drawHead();
    for (const auto& row : block.rows) {
        const int h = rowHeight(row, body);
        if (h > sheet.room()) {
            sheet.newPage();
            drawHead();
        }
        drawRow(row, body, ink::text, h);
    }
    sheet.advance(140);
}

} // namespace netopsy::ui
