// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "ui/report/blocks.h"

#include <algorithm>

namespace netopsy::ui {

namespace {

constexpr int lineGap = 60;

const QColor& colourOf(analysis::Severity severity) {
    switch (severity) {
    case analysis::Severity::Critical:
        return ink::critical;
    case analysis::Severity::Warning:
        return ink::warning;
    case analysis::Severity::Info:
        break;
    }
    return ink::info;
}

/// A shape beside the word, so that nobody needs to tell the colours apart.
void drawSeverity(QPainter& painter, analysis::Severity severity, int x, int y, int size) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(colourOf(severity));
    const double s = size;
    if (severity == analysis::Severity::Info) {
        painter.drawEllipse(QRectF(x, y, s, s));
    } else if (severity == analysis::Severity::Warning) {
        painter.drawPolygon(QPolygonF({{x + s / 2, double(y)}, {x + s, y + s}, {double(x), y + s}}));
    } else {
        const double cut = s * 0.29;
        painter.drawPolygon(QPolygonF({{x + cut, double(y)},
                                       {x + s - cut, double(y)},
                                       {x + s, y + cut},
                                       {x + s, y + s - cut},
                                       {x + s - cut, y + s},
                                       {x + cut, y + s},
                                       {double(x), y + s - cut},
                                       {double(x), y + cut}}));
    }
    painter.setBrush(Qt::NoBrush);
}

/// Wrapped text at the cursor; long texts may run over pages, a line at a time is never cut.
void flow(Sheet& sheet, int x, int w, const QFont& font, const QColor& colour, const QString& text) {
    for (const QString& paragraph : text.split(QLatin1Char('\n'))) {
        if (paragraph.isEmpty()) {
            sheet.gap(lineGap);
            continue;
        }
        sheet.need(sheet.textHeight(font, paragraph, w));
        sheet.advance(sheet.drawText(x, sheet.y(), w, font, colour, paragraph));
    }
}

void drawEvidence(Sheet& sheet, const QString& heading, const std::vector<analysis::Evidence>& evidence) {
    if (evidence.empty())
        return;
    report::Table table;
    table.header = {heading.toStdString(), "Value", "Threshold", "Source"};
    for (const analysis::Evidence& item : evidence)
        table.rows.push_back({item.what, item.value, item.threshold.value_or("–"), item.source});
    drawBlock(sheet, table);
}

} // namespace

void drawBlock(Sheet& sheet, const report::Heading& block) {
    const double size = block.level == 1 ? 14 : block.level == 2 ? 11 : 9.5;
    const QFont font = Sheet::font(size, true);
    const QString text = shown(block.text);
    const int h = sheet.textHeight(font, text, Sheet::contentWidth);
    sheet.gap(block.level == 1 ? 260 : 160);
    sheet.need(h + 900); // never alone at a page's end
    sheet.noteHeading(block.level, text);
    sheet.drawText(Sheet::left, sheet.y(), Sheet::contentWidth, font, block.level == 1 ? ink::accent : ink::text,
                   text);
    sheet.advance(h + 80);
}

void drawBlock(Sheet& sheet, const report::Paragraph& block) {
    flow(sheet, Sheet::left, Sheet::contentWidth, Sheet::font(9), ink::text, shown(block.text));
    sheet.advance(100);
}

void drawBlock(Sheet& sheet, const report::KeyValues& block) {
    constexpr int keyWidth = 1100;
    const QFont font = Sheet::font(9);
    for (const auto& [key, value] : block.rows) {
        const QString text = shown(value);
        const int h = std::max(sheet.textHeight(font, text, Sheet::contentWidth - keyWidth),
                               sheet.textHeight(font, shown(key), keyWidth - 80));
        sheet.need(h);
        sheet.drawText(Sheet::left, sheet.y(), keyWidth - 80, font, ink::faint, shown(key));
        sheet.drawText(Sheet::left + keyWidth, sheet.y(), Sheet::contentWidth - keyWidth, font, ink::text, text);
        sheet.advance(h + 40);
    }
    sheet.advance(80);
}

void drawBlock(Sheet& sheet, const report::FindingBlock& block) {
    const analysis::Finding& finding = block.finding;
    const QFont title = Sheet::font(10.5, true), body = Sheet::font(9), small = Sheet::font(7.5);
    constexpr int indent = 200;
    const int w = Sheet::contentWidth - indent;
    const QString headline = shown(finding.title);
    sheet.gap(120);
    sheet.need(sheet.textHeight(title, headline, w) + sheet.textHeight(body, shown(finding.explanation), w) + 500);
    drawSeverity(sheet.painter(), finding.severity, Sheet::left, sheet.y() + 15, 120);
    sheet.advance(sheet.drawText(Sheet::left + indent, sheet.y(), w, title, ink::text, headline));
    QString line = QString::fromUtf8(analysis::severityName(finding.severity)) + QStringLiteral("  ·  ") +
                   shown(finding.rule);
    if (!finding.nodes.empty())
        line += QStringLiteral("  ·  ") + shown(text::join(finding.nodes, ", "));
    sheet.advance(sheet.drawText(Sheet::left + indent, sheet.y(), w, small, colourOf(finding.severity), line) +
                  50);
    flow(sheet, Sheet::left + indent, w, body, ink::text, shown(finding.explanation));
    sheet.advance(60);
    drawEvidence(sheet, QStringLiteral("Evidence"), finding.evidence);
    drawEvidence(sheet, QStringLiteral("Checked against it"), finding.counterEvidence);
    if (!finding.remedy.empty()) {
        sheet.need(sheet.textHeight(body, shown(finding.remedy), w) + 150);
        sheet.advance(sheet.drawText(Sheet::left + indent, sheet.y(), w, Sheet::font(9, true), ink::text,
                                     QStringLiteral("What to do")));
        flow(sheet, Sheet::left + indent, w, body, ink::text, shown(finding.remedy));
    }
    for (const std::string& reference : finding.references)
        flow(sheet, Sheet::left + indent, w, small, ink::faint, shown(reference));
    sheet.advance(120);
}

void drawBlock(Sheet& sheet, const report::Code& block) {
    const QFont font = Sheet::mono(7.5);
    for (const std::string_view line : text::lines(block.text)) {
        const QString text = shown(std::string(line));
        const int h = std::max(sheet.textHeight(font, text, Sheet::contentWidth - 120), 100);
        sheet.need(h);
        sheet.painter().fillRect(QRect(Sheet::left, sheet.y(), Sheet::contentWidth, h), ink::band);
        sheet.drawText(Sheet::left + 60, sheet.y(), Sheet::contentWidth - 120, font, ink::text, text);
        sheet.advance(h);
    }
    sheet.advance(120);
}

void drawBlock(Sheet& sheet, const report::PageBreak&) {
    if (sheet.y() > Sheet::top)
        sheet.newPage();
}

} // namespace netopsy::ui
