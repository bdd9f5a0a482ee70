// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/path_view.h"

#include "core/base/text.h"
#include "ui/format.h"
#include "ui/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace netopsy::ui {

namespace {

constexpr int leastBoxWidth = 150, mostBoxWidth = 210, boxHeight = 124, gapX = 22, gapY = 56, margin = 20,
              titleHeight = 24, framePad = 9;

constexpr int nameFlags = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;

bool isGuilty(const path::Path& way, const path::Hop& hop) {
    return !hop.device.empty() &&
           std::any_of(way.problems.begin(), way.problems.end(), [&](const std::string& problem) {
               return problem.find(hop.node) != std::string::npos && problem.find(hop.device) != std::string::npos;
           });
}

QString headers(const std::vector<path::Header>& list, QChar sign) {
    int bytes = 0;
    QStringList names;
    for (const path::Header& header : list) {
        bytes += header.bytes;
        names << shown(header.name);
    }
    return names.isEmpty() ? QString()
                           : QStringLiteral("%1%2 B %3").arg(sign).arg(bytes).arg(names.join(QLatin1Char('+')));
}

} // namespace

PathView::PathView(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("pathView"));
    setAccessibleName(tr("The packet's path"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void PathView::setPath(path::Path way) {
    m_path = std::move(way);
    setAccessibleDescription(QString::fromStdString(path::pathText(m_path)));
    setFixedHeight(heightForWidth(width()));
    update();
}

void PathView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    setFixedHeight(heightForWidth(width()));
}

QVector<QRect> PathView::layoutHops(int width) const {
    const int perRow = std::max(1, (width - 2 * margin + gapX) / (leastBoxWidth + gapX));
    const int boxWidth = std::clamp((width - 2 * margin + gapX) / perRow - gapX, leastBoxWidth, mostBoxWidth);
    QVector<QRect> rects;
    for (int i = 0; i < static_cast<int>(m_path.hops.size()); ++i)
        rects << QRect(margin + (i % perRow) * (boxWidth + gapX),
                       margin + titleHeight + (i / perRow) * (boxHeight + gapY), boxWidth, boxHeight);
    return rects;
}

int PathView::heightForWidth(int width) const {
    const QVector<QRect> rects = layoutHops(width);
    return rects.isEmpty() ? 40 : rects.last().bottom() + margin;
}

QSize PathView::sizeHint() const {
    return {700, heightForWidth(700)};
}

void PathView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const theme::Colours c = theme::colours();
    const QVector<QRect> rects = layoutHops(width());
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    QFont bold = font();
    bold.setBold(true);
    // A frame around what stands on one node, row by row; the wire stands free.
    for (int i = 0, end = 0; i < rects.size(); i = end) {
        const std::string& node = m_path.hops[static_cast<std::size_t>(i)].node;
        for (end = i + 1; end < rects.size() && rects[end].top() == rects[i].top() &&
                          m_path.hops[static_cast<std::size_t>(end)].node == node;)
            ++end;
        if (node.empty())
            continue;
        const QRect frame = rects[i].united(rects[end - 1]).adjusted(-framePad, -titleHeight, framePad, framePad);
        painter.setPen(QPen(c.rule, 1));
        painter.setBrush(c.surface);
        painter.drawRoundedRect(frame, 10, 10);
        painter.setFont(bold);
        painter.setPen(c.accent);
        painter.drawText(
            frame.adjusted(framePad, 3, -framePad, 0), Qt::AlignLeft | Qt::AlignTop,
            QFontMetrics(bold).elidedText(shown(node), Qt::ElideMiddle, frame.width() - 2 * framePad));
    }
    for (int i = 0; i < rects.size(); ++i) {
        const path::Hop& hop = m_path.hops[static_cast<std::size_t>(i)];
        const QRect& box = rects[i];
        if (i > 0) {
            painter.setPen(QPen(c.faint, 1));
            if (rects[i - 1].top() == box.top()) {
                painter.drawLine(rects[i - 1].right() + 1, box.center().y(), box.left() - 1, box.center().y());
            } else { // on to the next row
                const int middle = box.top() - gapY / 2 - 2;
                painter.drawPolyline(
                    QPolygon({QPoint(rects[i - 1].center().x(), rects[i - 1].bottom() + 1),
                              QPoint(rects[i - 1].center().x(), middle), QPoint(box.center().x(), middle),
                              QPoint(box.center().x(), box.top() - 1)}));
            }
        }
        const bool guilty = isGuilty(m_path, hop);
        painter.setPen(QPen(guilty        ? theme::severityColour(analysis::Severity::Critical)
                            : hop.assumed ? c.faint
                                          : c.rule,
                            guilty ? 2 : 1, hop.assumed ? Qt::DashLine : Qt::SolidLine));
        painter.setBrush(hop.assumed ? QBrush(c.rule, Qt::BDiagPattern) : QBrush(c.band));
        painter.drawRoundedRect(box, 6, 6);
        painter.setBrush(Qt::NoBrush);
        int y = box.top() + 6;
        const auto line = [&](const QFont& f, const QColor& colour, const QString& text) {
            painter.setFont(f);
            painter.setPen(colour);
            const int h = QFontMetrics(f).height();
            painter.drawText(QRect(box.left() + 8, y, box.width() - 16, h), Qt::AlignLeft | Qt::AlignVCenter,
                             QFontMetrics(f).elidedText(text, Qt::ElideRight, box.width() - 16));
            y += h + 1;
        };
        // The name may take three lines: which pod or route it is stands at its end.
        QString name = shown(hop.label.empty() ? hop.device : hop.label);
        name.replace(QLatin1Char('/'), QStringLiteral("/\u200b")); // may break there
        const QFontMetrics metrics(bold);
        const int nameHeight =
            std::min(metrics.boundingRect(QRect(0, 0, box.width() - 16, 1000), nameFlags, name).height(),
                     3 * metrics.lineSpacing());
        painter.setFont(bold);
        painter.setPen(c.text);
        painter.drawText(QRect(box.left() + 8, y, box.width() - 16, nameHeight), nameFlags, name);
        y += nameHeight + 2;
        line(small, c.faint, shown(hop.netns));
        if (hop.mtu || !hop.device.empty())
            line(small, c.text, hop.mtu ? tr("MTU %1").arg(*hop.mtu) : tr("MTU unknown"));
        if (const QString added = headers(hop.encapsulates, QLatin1Char('+')); !added.isEmpty())
            line(small, c.accent, added);
        if (const QString taken = headers(hop.decapsulates, QChar(0x2212)); !taken.isEmpty())
            line(small, c.accent, taken);
        if (hop.drops && *hop.drops > 0)
            line(small, theme::severityColour(analysis::Severity::Warning),
                 tr("%1 dropped").arg(shown(text::integer(*hop.drops))));
        if (hop.assumed)
            line(small, c.faint, tr("assumed"));
    }
}

bool PathView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const QVector<QRect> rects = layoutHops(width());
        for (int i = 0; i < rects.size(); ++i)
            if (rects[i].contains(help->pos())) {
                const path::Hop& hop = m_path.hops[static_cast<std::size_t>(i)];
                QToolTip::showText(help->globalPos(), shown(hop.label + "\n" + hop.source).toHtmlEscaped(), this);
                return true;
            }
        QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace netopsy::ui
