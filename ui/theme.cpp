// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPainter>

#include <array>

namespace netopsy::ui::theme {

namespace {

constexpr int iconSize = 32;

template<class Draw>
QIcon drawn(Draw draw) {
    QPixmap pixmap(iconSize, iconSize);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    draw(painter);
    QIcon icon(pixmap);
    icon.addPixmap(pixmap, QIcon::Selected); // a severity keeps its colour: styles would tint it else
    return icon;
}

} // namespace

bool isDark() {
    return QApplication::palette().color(QPalette::Window).lightness() < 128;
}

Colours colours() {
    if (isDark())
        return {QColor(0xe6, 0xe8, 0xeb), QColor(0x9a, 0xa2, 0xad), QColor(0x3a, 0x40, 0x48),
                QColor(0x1f, 0x23, 0x28), QColor(0x2a, 0x2f, 0x36), QColor(0x6c, 0xa0, 0xdc),
                QColor(0x4f, 0xb8, 0x8b)};
    return {QColor(0x1f, 0x23, 0x28), QColor(0x66, 0x6e, 0x7a), QColor(0xd8, 0xdc, 0xe2), QColor(0xff, 0xff, 0xff),
            QColor(0xf3, 0xf5, 0xf7), QColor(0x2f, 0x5d, 0x9b), QColor(0x00, 0x8a, 0x63)};
}

QColor severityColour(analysis::Severity severity) {
    switch (severity) {
    case analysis::Severity::Critical:
        return QColor(0xd5, 0x5e, 0x00);
    case analysis::Severity::Warning:
        return QColor(0xc7, 0x8a, 0x02);
    case analysis::Severity::Info:
        break;
    }
    return QColor(0x00, 0x72, 0xb2);
}

QIcon severityIcon(std::optional<analysis::Severity> severity) {
    return drawn([&](QPainter& painter) {
        if (!severity) {
            painter.setPen(QPen(colours().good, 4));
            painter.drawEllipse(QRectF(7, 7, 18, 18));
            return;
        }
        painter.setBrush(severityColour(*severity));
        if (*severity == analysis::Severity::Info)
            painter.drawEllipse(QRectF(5, 5, 22, 22));
        else if (*severity == analysis::Severity::Warning)
            painter.drawPolygon(QPolygonF({{16, 4}, {29, 28}, {3, 28}}));
        else
            painter.drawPolygon(
                QPolygonF({{11, 4}, {21, 4}, {28, 11}, {28, 21}, {21, 28}, {11, 28}, {4, 21}, {4, 11}}));
    });
}

QIcon unreachableIcon() {
    return drawn([](QPainter& painter) {
        painter.setPen(QPen(severityColour(analysis::Severity::Critical), 5, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(8, 8, 24, 24);
        painter.drawLine(24, 8, 8, 24);
    });
}

QColor seriesColour(int index) {
    static const std::array<QColor, 7> all{
        QColor(0x00, 0x72, 0xb2), QColor(0xe6, 0x9f, 0x00), QColor(0x00, 0x9e, 0x73), QColor(0xcc, 0x79, 0xa7),
        QColor(0x56, 0xb4, 0xe9), QColor(0xd5, 0x5e, 0x00), QColor(0x99, 0x99, 0x99)};
    return all[static_cast<std::size_t>(index) % all.size()];
}

QPen line(const QColor& colour, Qt::PenStyle style) {
    return {colour, 1, style};
}

QFont heading() {
    QFont font = QApplication::font();
    font.setPointSizeF(font.pointSizeF() * 1.3);
    font.setBold(true);
    return font;
}

QFont mono() {
    return QFontDatabase::systemFont(QFontDatabase::FixedFont);
}

} // namespace netopsy::ui::theme
