// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diagram/path_painter.h"

#include "ui/report/sheet.h"
#include "ui/theme.h"

#include <QPainterPath>

#include <algorithm>

namespace netopsy::ui::diagram {

namespace {

constexpr std::array<QRgb, 5> barColours{0xff56b4e9, 0xff0072b2, 0xff009e73, 0xffcc79a7, 0xff999999};

std::array<QColor, 5> headerColours() {
    std::array<QColor, 5> out;
    std::transform(barColours.begin(), barColours.end(), out.begin(), [](QRgb rgb) { return QColor(rgb); });
    return out;
}

/// Black or white, whichever is the easier to read on it.
QColor readableOn(const QColor& fill) {
    const double light = 0.299 * fill.redF() + 0.587 * fill.greenF() + 0.114 * fill.blueF();
    return light > 0.45 ? QColor(0x14, 0x17, 0x1a) : QColor(Qt::white);
}

class Brush {
public:
    Brush(QPainter& painter, const Scene& scene, const Palette& palette)
        : m_painter(painter), m_scene(scene), m_palette(palette), m_em(scene.type.em()) {}

    void paint(std::optional<std::size_t> focus) {
        for (const Frame& frame : m_scene.frames)
            draw(frame);
        for (const Link& link : m_scene.links)
            draw(link);
        for (const HopItem& item : m_scene.hops)
            draw(item);
        for (const Callout& callout : m_scene.callouts)
            draw(callout);
        for (const TextLine& line : m_scene.headings)
            draw(line);
        for (const LegendKey& key : m_scene.legend)
            draw(key);
        if (const HopItem* item = focus ? m_scene.find(*focus) : nullptr) {
            m_painter.setPen(pen(m_palette.accent, 2.2));
            m_painter.setBrush(Qt::NoBrush);
            const double out = 0.3 * m_em;
            m_painter.drawRoundedRect(item->cell.adjusted(-out, -out, out, out), 0.5 * m_em, 0.5 * m_em);
        }
    }

private:
    [[nodiscard]] QPen pen(const QColor& colour, double twelfths = 1, Qt::PenStyle style = Qt::SolidLine) const {
        return {colour, twelfths * m_em / 12, style};
    }
    [[nodiscard]] QColor colourOf(Ink ink) const {
        switch (ink) {
        case Ink::Faint:
            return m_palette.faint;
        case Ink::Accent:
            return m_palette.accent;
        case Ink::Bad:
            return m_palette.bad;
        case Ink::Text:
            break;
        }
        return m_palette.text;
    }
    void draw(const TextLine& line) { draw(line, colourOf(line.ink)); }
    void draw(const TextLine& line, const QColor& colour) {
        m_painter.setFont(m_scene.type.font(line.face));
        m_painter.setPen(colour);
        m_painter.drawText(line.at, line.text);
    }

    void draw(const Frame& frame) {
        m_painter.setPen(pen(m_palette.rule, frame.node ? 1.5 : 1, frame.node ? Qt::SolidLine : Qt::DashLine));
        m_painter.setBrush(frame.node ? m_palette.node : m_palette.space);
        const double radius = (frame.node ? 0.9 : 0.6) * m_em;
        m_painter.drawRoundedRect(frame.rect, radius, radius);
        for (const TextLine& line : frame.title)
            draw(line);
    }

    void draw(const Link& link) {
        m_painter.setPen(pen(m_palette.faint, 1.5));
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawPolyline(link.points);
        const QPointF tip = link.points.last();
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(m_palette.faint);
        m_painter.drawPolygon(
            QPolygonF({tip, tip + QPointF(-0.6, -0.35) * m_em, tip + QPointF(-0.6, 0.35) * m_em}));
    }

    void drawBlock(const HopItem& item) {
        const double radius = 0.5 * m_em;
        if (item.wire) {
            // A cable: two lines, and a third between where it is only assumed to be there.
            m_painter.setBrush(Qt::NoBrush);
            m_painter.setPen(pen(item.worst ? theme::severityColour(*item.worst) : m_palette.faint, 2));
            for (const double off : {-0.25, 0.25})
                m_painter.drawLine(QPointF(item.block.left(), item.lineY + off * m_em),
                                   QPointF(item.block.right(), item.lineY + off * m_em));
            return;
        }
        m_painter.setPen(item.worst     ? pen(theme::severityColour(*item.worst), 3)
                         : item.assumed ? pen(m_palette.faint, 1.3, Qt::DashLine)
                                        : pen(m_palette.faint, 1.3));
        m_painter.setBrush(m_palette.block);
        m_painter.drawRoundedRect(item.block, radius, radius);
        if (item.assumed && item.worst) { // its outline is the finding's; the dashes stand within
            m_painter.setPen(pen(m_palette.faint, 1.3, Qt::DashLine));
            m_painter.setBrush(Qt::NoBrush);
            const double in = 0.28 * m_em;
            m_painter.drawRoundedRect(item.block.adjusted(in, in, -in, -in), radius, radius);
        }
    }

    void draw(const HopItem& item) {
        drawBlock(item);
        for (const Bar& bar : item.packet) {
            const QColor& fill = m_palette.bars[static_cast<std::size_t>(bar.colour) % m_palette.bars.size()];
            m_painter.setPen(Qt::NoPen);
            m_painter.setBrush(fill);
            m_painter.drawRect(bar.rect);
            draw(bar.words, readableOn(fill));
        }
        if (item.gauge)
            draw(*item.gauge);
        for (const TextLine& line : item.lines)
            draw(line);
        for (const Badge& badge : item.badges)
            draw(badge);
    }

    void draw(const Gauge& gauge) {
        const QRectF& box = gauge.rect;
        m_painter.setPen(Qt::NoPen);
        if (gauge.known) {
            const double headers = std::clamp(gauge.headers, 0.0, 1.0) * box.width();
            const double packet = std::clamp(gauge.packet, 0.0, 1.0 - headers / box.width()) * box.width();
            m_painter.setBrush(m_palette.bars[1]);
            m_painter.drawRect(QRectF(box.left(), box.top(), headers, box.height()));
            m_painter.setBrush(m_palette.bars[0]);
            m_painter.drawRect(QRectF(box.left() + headers, box.top(), packet, box.height()));
        }
        m_painter.setBrush(Qt::NoBrush);
        m_painter.setPen(pen(m_palette.faint, 1, gauge.known ? Qt::SolidLine : Qt::DashLine));
        m_painter.drawRect(box);
        if (gauge.known && gauge.headers + gauge.packet > 1)
            drawOver(box);
    }

    /// What does not fit sticks out of the gauge, as a barb.
    void drawOver(const QRectF& box) {
        const QColor colour = theme::severityColour(analysis::Severity::Critical);
        m_painter.setPen(pen(colour, 1));
        m_painter.setBrush(colour);
        const double out = 0.75 * m_em, more = 0.3 * m_em;
        m_painter.drawPolygon(QPolygonF({{box.right() - 0.5 * m_em, box.top() - more},
                                         {box.right() + out, box.center().y()},
                                         {box.right() - 0.5 * m_em, box.bottom() + more},
                                         {box.right(), box.center().y()}}));
    }

    void draw(const Badge& badge) {
        drawShape(badge.rect, badge.severity);
        const Type& type = m_scene.type;
        const double low =
            badge.severity == analysis::Severity::Warning ? 0.16 * m_em : 0; // a triangle is wide below
        draw({{badge.rect.center().x() - type.width(Face::Small, badge.number) / 2,
               badge.rect.center().y() - type.lineHeight(Face::Small) / 2 + type.ascent(Face::Small) + low},
              badge.number,
              Face::Small},
             badge.severity == analysis::Severity::Warning ? QColor(0x14, 0x17, 0x1a) : QColor(Qt::white));
    }

    void drawShape(const QRectF& box, analysis::Severity severity) {
        m_painter.setPen(pen(m_palette.block, 1.5));
        m_painter.setBrush(theme::severityColour(severity));
        const auto at = [&box](double x, double y) {
            return QPointF(box.left() + x * box.width(), box.top() + y * box.height());
        };
        if (severity == analysis::Severity::Info)
            m_painter.drawEllipse(box);
        else if (severity == analysis::Severity::Warning)
            m_painter.drawPolygon(QPolygonF({at(0.5, -0.04), at(1.06, 0.96), at(-0.06, 0.96)}));
        else
            m_painter.drawPolygon(QPolygonF(
                {at(0.3, 0), at(0.7, 0), at(1, 0.3), at(1, 0.7), at(0.7, 1), at(0.3, 1), at(0, 0.7), at(0, 0.3)}));
    }

    void draw(const Callout& callout) {
        const QColor colour = theme::severityColour(callout.badge.severity);
        m_painter.setPen(pen(colour, 1.5));
        if (!callout.leader.isNull())
            m_painter.drawLine(callout.leader);
        m_painter.setBrush(m_palette.block);
        m_painter.drawRoundedRect(callout.rect, 0.4 * m_em, 0.4 * m_em);
        draw(callout.badge);
        for (const TextLine& line : callout.lines)
            draw(line);
    }

    void draw(const LegendKey& key) {
        const QRectF& box = key.rect;
        const QRectF shape(box.center().x() - 0.55 * m_em, box.top() - 0.05 * m_em, 1.1 * m_em, 1.1 * m_em);
        switch (key.sample) {
        case LegendKey::Assumed:
            m_painter.setPen(pen(m_palette.faint, 1.3, Qt::DashLine));
            m_painter.setBrush(m_palette.block);
            m_painter.drawRoundedRect(box, 0.3 * m_em, 0.3 * m_em);
            break;
        case LegendKey::Headers:
        case LegendKey::Packet:
            m_painter.setPen(Qt::NoPen);
            m_painter.setBrush(m_palette.bars[key.sample == LegendKey::Headers ? 1 : 0]);
            m_painter.drawRect(box.adjusted(0, 0.1 * m_em, 0, -0.1 * m_em));
            break;
        case LegendKey::Free:
            m_painter.setPen(pen(m_palette.faint));
            m_painter.setBrush(Qt::NoBrush);
            m_painter.drawRect(box.adjusted(0, 0.1 * m_em, 0, -0.1 * m_em));
            break;
        case LegendKey::Over:
            drawOver(box.adjusted(0, 0.1 * m_em, -0.75 * m_em, -0.1 * m_em));
            break;
        case LegendKey::Info:
            drawShape(shape, analysis::Severity::Info);
            break;
        case LegendKey::Warning:
            drawShape(shape, analysis::Severity::Warning);
            break;
        case LegendKey::Critical:
            drawShape(shape, analysis::Severity::Critical);
            break;
        }
        draw(key.words);
    }

    QPainter& m_painter;
    const Scene& m_scene;
    const Palette& m_palette;
    double m_em;
};

} // namespace

Palette Palette::screen() {
    const theme::Colours c = theme::colours();
    const bool dark = theme::isDark();
    return {c.surface,
            c.text,
            c.faint,
            c.rule,
            c.band,
            c.surface,
            dark ? QColor(0x33, 0x39, 0x41) : QColor(Qt::white),
            c.accent,
            dark ? QColor(0xff, 0x9a, 0x5c) : QColor(0xa8, 0x46, 0x00),
            headerColours()};
}

Palette Palette::paper() {
    return {Qt::white,      ink::text,   ink::faint,
            ink::rule,      ink::band,   Qt::white,
            Qt::white,      ink::accent, QColor(0xa8, 0x46, 0x00),
            headerColours()};
}

void paint(QPainter& painter, const Scene& scene, const Palette& palette, std::optional<std::size_t> focus) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    Brush(painter, scene, palette).paint(focus);
    painter.restore();
}

} // namespace netopsy::ui::diagram
