// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/report/pdf.h"

#include "ui/report/blocks.h"
#include "ui/report/outline.h"

#include <QBuffer>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryFile>

#include <variant>

namespace netopsy::ui {

namespace {

struct Painted {
    int pages = 0;
    std::vector<OutlineEntry> outline;
    bool ok = false;
};

void drawTitle(Sheet& sheet, const report::Document& document) {
    const QString title = shown(document.title);
    sheet.advance(
        sheet.drawText(Sheet::left, sheet.y(), Sheet::contentWidth, Sheet::font(20, true), ink::text, title) + 40);
    sheet.advance(sheet.drawText(Sheet::left, sheet.y(), Sheet::contentWidth, Sheet::font(9), ink::faint,
                                 shown(document.subtitle + "  ·  " + document.author)) +
                  60);
}

constexpr int headingRoom = 700; ///< of each above the last, so that several together keep to their figure

/// Room that a block can't do with less of; 0 for one that may be broken anywhere.
int figureHeight(const report::Block& block) {
    if (const auto* path = std::get_if<report::PathBlock>(&block))
        return heightOf(*path) + 300;
    if (const auto* maps = std::get_if<report::MeshMaps>(&block))
        return heightOf(*maps);
    return std::holds_alternative<report::LatencyChart>(block) ? 3000
           : std::holds_alternative<report::TimeChart>(block)  ? 2200
                                                               : 0;
}

/// Lays everything out and paints it. The same code counts the pages in a first pass.
Painted paint(QIODevice* device, const report::Document& document, int pages) {
    QPdfWriter writer(device);
    writer.setPdfVersion(QPagedPaintDevice::PdfVersion_1_6);
    writer.setResolution(72 * Sheet::pt);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setTitle(shown(document.title));
    writer.setCreator(shown(document.author));
    Sheet sheet(writer, shown(document.title), shown(document.created), pages);
    if (!sheet.ok())
        return {};
    drawTitle(sheet, document);
    for (std::size_t i = 0; i < document.blocks.size(); ++i) {
        // Headings stay with the figure below them, and so does a paragraph between that introduces it.
        std::size_t next = i;
        int above = 0;
        while (next < document.blocks.size() && std::holds_alternative<report::Heading>(document.blocks[next])) {
            above += next > i ? headingRoom : 0;
            ++next;
        }
        if (next > i && next < document.blocks.size())
            if (const auto* words = std::get_if<report::Paragraph>(&document.blocks[next])) {
                above += headingRoom + sheet.textHeight(Sheet::font(9), shown(words->text), Sheet::contentWidth);
                ++next;
            }
        if (next > i && next < document.blocks.size())
            if (const int figure = figureHeight(document.blocks[next]); figure > 0)
                sheet.need(figure + above);
        std::visit([&sheet](const auto& kind) { drawBlock(sheet, kind); }, document.blocks[i]);
    }
    Painted painted;
    painted.pages = sheet.page();
    painted.outline = sheet.outline();
    painted.ok = sheet.end();
    return painted;
}

} // namespace

Result<int> writePdf(const report::Document& document, const QString& path) {
    const std::string where = path.toStdString();
    QBuffer count;
    count.open(QIODevice::WriteOnly);
    const int pages = paint(&count, document, 0).pages;

    // Beside the target, so that the last step is a rename and an older report is never half overwritten.
    QTemporaryFile draft(path + QStringLiteral(".XXXXXX"));
    if (!draft.open())
        return fail("can't write there: " + draft.errorString().toStdString(), where,
                    "choose a folder that can be written");
    const Painted painted = paint(&draft, document, pages);
    const bool flushed = draft.flush() && draft.error() == QFileDevice::NoError;
    draft.close();
    if (!painted.ok || !flushed)
        return fail("could not write the report: " + draft.errorString().toStdString(), where,
                    "is there room on the disk?");
    if (auto outlined = addOutline(draft.fileName().toStdString(), painted.outline, document); !outlined)
        return tl::unexpected(outlined.error());
    QFile finished(draft.fileName());
    finished.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ReadGroup |
                            QFileDevice::ReadOther);
    if (std::rename(draft.fileName().toLocal8Bit().constData(), path.toLocal8Bit().constData()) != 0)
        return fail("could not put the report in its place", where);
    draft.setAutoRemove(false);
    return painted.pages;
}

} // namespace netopsy::ui
