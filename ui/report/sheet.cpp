// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/report/sheet.h"

namespace netopsy::ui {

Sheet::Sheet(QPdfWriter& writer, QString title, QString footer, int pages)
    : m_writer(writer), m_title(std::move(title)), m_footer(std::move(footer)), m_pages(pages) {
    m_painter.begin(&writer);
    m_painter.setRenderHint(QPainter::Antialiasing);
    m_painter.setRenderHint(QPainter::LosslessImageRendering);
    if (m_painter.isActive())
        frame();
}

QFont Sheet::font(double points, bool bold) {
    QFont font(QStringLiteral("DejaVu Sans"));
    font.setPixelSize(qRound(points * pt));
    font.setBold(bold);
    // Without this, "rp_filter" becomes a ligature in the PDF and can't be searched for.
    font.setStyleStrategy(QFont::PreferNoShaping);
    return font;
}

QFont Sheet::mono(double points) {
    QFont font(QStringLiteral("DejaVu Sans Mono"));
    font.setPixelSize(qRound(points * pt));
    font.setStyleStrategy(QFont::PreferNoShaping);
    return font;
}

void Sheet::frame() {
    m_painter.setPen(ink::faint);
    m_painter.setFont(font(7.5));
    const QString title = m_painter.fontMetrics().elidedText(m_title, Qt::ElideRight, contentWidth * 7 / 10);
    m_painter.drawText(QRect(left, 360, contentWidth, 120), Qt::AlignLeft | Qt::AlignVCenter, title);
    m_painter.drawText(QRect(left, 360, contentWidth, 120), Qt::AlignRight | Qt::AlignVCenter,
                       QStringLiteral("Netopsy"));
    m_painter.drawText(QRect(left, height - 500, contentWidth, 120), Qt::AlignLeft | Qt::AlignVCenter, m_footer);
    const QString number = m_pages > 0 ? QStringLiteral("Page %1 of %2").arg(m_page).arg(m_pages)
                                       : QStringLiteral("Page %1").arg(m_page);
    m_painter.drawText(QRect(left, height - 500, contentWidth, 120), Qt::AlignRight | Qt::AlignVCenter, number);
    m_painter.setPen(QPen(ink::rule, 5));
    m_painter.drawLine(left, 500, right, 500);
    m_painter.drawLine(left, height - 520, right, height - 520);
}

void Sheet::gap(int by) {
    if (m_y > top)
        m_y += by;
}

void Sheet::need(int h) {
    if (m_y > top && m_y + h > bottom)
        newPage();
}

void Sheet::newPage() {
    m_writer.newPage();
    ++m_page;
    m_y = top;
    frame();
}

void Sheet::noteHeading(int level, const QString& text) {
    m_outline.push_back({level, text, m_page - 1, m_y / double(pt)});
}

namespace {
// Long unbroken words (labels, digests, IPv6) must wrap too, or they run off the page.
constexpr int wrap = Qt::TextWrapAnywhere;

int flagsFor(const QString& text) {
    for (const QString& word : text.split(QLatin1Char(' ')))
        if (word.size() > 28)
            return wrap;
    return Qt::TextWordWrap;
}
} // namespace

int Sheet::textHeight(const QFont& font, const QString& text, int w) {
    if (text.isEmpty())
        return 0;
    const QFontMetrics metrics(font, &m_writer);
    return metrics.boundingRect(QRect(0, 0, w, 1'000'000), flagsFor(text), text).height();
}

int Sheet::drawText(int x, int y, int w, const QFont& font, const QColor& colour, const QString& text,
                    Qt::Alignment align) {
    if (text.isEmpty())
        return 0;
    m_painter.setFont(font);
    m_painter.setPen(colour);
    QRect used;
    m_painter.drawText(QRect(x, y, w, 1'000'000), int(align) | Qt::AlignTop | flagsFor(text), text, &used);
    return used.height();
}

} // namespace netopsy::ui
