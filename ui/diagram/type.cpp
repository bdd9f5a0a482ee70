// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diagram/type.h"

#include <QFontInfo>
#include <QFontMetricsF>
#include <QTextLayout>

#include <algorithm>

namespace netopsy::ui::diagram {

Type::Type(const QFont& base) : m_base(base), m_em(std::max(1, QFontInfo(base).pixelSize())) {
    // A hinted font's widths do not scale: what fits at one zoom would run over at another.
    m_base.setHintingPreference(QFont::PreferNoHinting);
}

QFont Type::font(Face face) const {
    QFont font = m_base;
    const double factor = face == Face::Heading ? 1.15 : face == Face::Small ? 0.86 : 1.0;
    font.setPixelSize(std::max(1, qRound(m_em * factor)));
    font.setBold(face == Face::Heading || face == Face::Bold);
    return font;
}

double Type::width(Face face, const QString& text) const {
    return QFontMetricsF(font(face)).horizontalAdvance(text);
}

double Type::lineHeight(Face face) const {
    return QFontMetricsF(font(face)).height() + m_em * 0.08;
}

double Type::ascent(Face face) const {
    return QFontMetricsF(font(face)).ascent();
}

QStringList Type::wrap(Face face, const QString& text, double width) const {
    QTextLayout layout(text, font(face));
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(option);
    QStringList lines;
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(std::max(width, m_em));
        lines << text.mid(line.textStart(), line.textLength()).trimmed();
    }
    layout.endLayout();
    return lines.isEmpty() ? QStringList{QString()} : lines;
}

} // namespace netopsy::ui::diagram
