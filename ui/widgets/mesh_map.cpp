// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/mesh_map.h"

#include "core/base/text.h"
#include "ui/format.h"
#include "ui/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <array>
#include <cmath>

namespace netopsy::ui {

namespace {

constexpr std::array levels{3, 4, 6, 8, 11, 15, 20, 27, 36, 48, 64};
constexpr int least = levels.front(), most = 80, widest = 128;

int widthFor(int height) {
    return height < 14 ? height : std::min(widest, height * 8 / 5);
}

QString planeWords(const QString& name, const stats::MeshPlane& plane) {
    if (!plane.probed())
        return MeshMap::tr("%1: not probed").arg(name);
    if (plane.lostAll())
        return MeshMap::tr("%1: none of %2 probes was answered").arg(name, shown(text::integer(plane.sent)));
    QString out = MeshMap::tr("%1: median %2, p99 %3 of %4 probes")
                      .arg(name, durationOf(plane.all, &stats::Percentiles::p50),
                           durationOf(plane.all, &stats::Percentiles::p99), shown(text::integer(plane.sent)));
    if (plane.lost > 0)
        out += MeshMap::tr(", %1 lost (%2)").arg(shown(text::integer(plane.lost)), percent(plane.lossPct()));
    if (plane.tainted > 0)
        out += MeshMap::tr(", %1 tainted").arg(percent(100.0 * plane.tainted / plane.sent));
    return out;
}

QString signedDuration(double ns) {
    return (ns < 0 ? QString(QChar(0x2212)) : QStringLiteral("+")) + duration(std::abs(ns));
}

} // namespace

MeshMap::MeshMap(QWidget* parent) : QAbstractScrollArea(parent) {
    setObjectName(QStringLiteral("meshMap"));
    setAccessibleName(tr("Mesh of round trips: rows measured, columns were measured"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(260, 200);
    viewport()->setMouseTracking(true);
    setMesh(std::make_shared<const stats::Mesh>());
}

void MeshMap::setMesh(std::shared_ptr<const stats::Mesh> mesh) {
    const QString from = currentFrom(), to = currentTo();
    const bool sameNodes = m_mesh && m_mesh->nodes == mesh->nodes;
    m_mesh = std::move(mesh);
    if (!sameNodes) {
        const std::vector<std::uint32_t> order = stats::inOrder(*m_mesh);
        m_order = QVector<std::uint32_t>(order.begin(), order.end());
        m_place.resize(m_order.size());
        for (int place = 0; place < count(); ++place)
            m_place[m_order[place]] = place;
        m_hovered = {};
        m_current = find(from, to);
        measure();
    }
    viewport()->update();
}

void MeshMap::setLens(const MeshLens& lens) {
    if (lens == m_lens)
        return;
    m_lens = lens;
    viewport()->update();
}

MeshScale MeshMap::scale() const {
    return {*m_mesh, m_lens, theme::isDark()};
}

MeshMap::Cell MeshMap::find(const QString& from, const QString& to) const {
    const auto a = m_mesh->indexOf(from.toStdString()), b = m_mesh->indexOf(to.toStdString());
    return a && b ? Cell{m_place[*a], m_place[*b]} : Cell{};
}

QString MeshMap::name(int place) const {
    return place < 0 || place >= count() ? QString() : QString::fromStdString(m_mesh->nodes[m_order[place]]);
}

const stats::MeshCell* MeshMap::at(const Cell& cell) const {
    return cell.valid() ? m_mesh->at(m_order[cell.row], m_order[cell.column]) : nullptr;
}

QString MeshMap::currentFrom() const {
    return name(m_current.row);
}

QString MeshMap::currentTo() const {
    return name(m_current.column);
}

void MeshMap::setCurrent(const QString& from, const QString& to) {
    const Cell cell = find(from, to);
    if (cell == m_current)
        return;
    m_current = cell;
    if (cell.valid())
        ensureVisible(cell);
    viewport()->update();
}

QStringList MeshMap::words(const QString& from, const QString& to) const {
    const Cell cell = find(from, to);
    if (!cell.valid())
        return {};
    QStringList out{QStringLiteral("%1 → %2").arg(shown(from.toStdString()), shown(to.toStdString()))};
    const stats::MeshCell* pair = at(cell);
    if (pair == nullptr)
        return out << (cell.row == cell.column ? tr("the node itself") : tr("not probed"));
    out << planeWords(tr("underlay"), pair->underlay) << planeWords(tr("overlay"), pair->overlay);
    if (!pair->difference)
        return out << tr("difference: can't be told, %1").arg(shown(pair->difference.reason()));
    const stats::MedianDifference& d = *pair->difference;
    return out << (std::isnan(d.low95)
                       ? tr("difference of medians: %1").arg(signedDuration(d.median))
                       : tr("difference of medians: %1 (95 % interval %2 to %3)")
                             .arg(signedDuration(d.median), signedDuration(d.low95), signedDuration(d.high95)));
}

// ---- where things are

QFont MeshMap::small() const {
    QFont font = this->font();
    font.setPointSizeF(font.pointSizeF() * 0.86);
    return font;
}

void MeshMap::measure() {
    const QFontMetrics metrics(small());
    int longest = 0;
    for (const std::string& node : m_mesh->nodes)
        longest = std::max(longest, metrics.horizontalAdvance(shown(node).left(60)));
    const int leastLeft = metrics.horizontalAdvance(tr("from ↓ to →")) + 16;
    m_left = std::clamp(longest + 16, leastLeft, std::max(leastLeft, std::min(180, width() / 3)));
    const int flat = metrics.height() + 12, upright = std::clamp(longest + 16, 50, 130);
    // Without scroll bars: whether they come is told by what is measured here.
    const QSize room = maximumViewportSize();
    const auto topFor = [&](int height) { return longest + 8 <= widthFor(height) ? flat : upright; };
    if (m_level < 0) {
        m_h = least;
        for (int height = most; height > least && m_h == least; --height)
            if (m_left + count() * widthFor(height) + 1 <= room.width() &&
                topFor(height) + count() * height + 1 <= room.height())
                m_h = height;
    } else {
        m_h = levels[static_cast<std::size_t>(m_level)];
    }
    m_w = widthFor(m_h);
    m_top = topFor(m_h);
    m_upright = m_top != flat;
    const QSize seen = viewport()->size();
    horizontalScrollBar()->setPageStep(std::max(1, seen.width() - m_left));
    horizontalScrollBar()->setSingleStep(std::max(20, m_w));
    horizontalScrollBar()->setRange(0, std::max(0, count() * m_w + 1 - (seen.width() - m_left)));
    verticalScrollBar()->setPageStep(std::max(1, seen.height() - m_top));
    verticalScrollBar()->setSingleStep(std::max(20, m_h));
    verticalScrollBar()->setRange(0, std::max(0, count() * m_h + 1 - (seen.height() - m_top)));
}

QRect MeshMap::rectOf(const Cell& cell) const {
    return {m_left + cell.column * m_w - horizontalScrollBar()->value(),
            m_top + cell.row * m_h - verticalScrollBar()->value(), m_w, m_h};
}

QRect MeshMap::cellRect(const QString& from, const QString& to) const {
    const Cell cell = find(from, to);
    return cell.valid() ? rectOf(cell) : QRect();
}

MeshMap::Cell MeshMap::cellAt(const QPoint& position) const {
    if (position.x() < m_left || position.y() < m_top)
        return {};
    const int column = (position.x() - m_left + horizontalScrollBar()->value()) / m_w;
    const int row = (position.y() - m_top + verticalScrollBar()->value()) / m_h;
    return row < count() && column < count() ? Cell{row, column} : Cell{};
}

void MeshMap::ensureVisible(const Cell& cell) {
    const QRect box = rectOf(cell);
    const QRect seen(m_left, m_top, viewport()->width() - m_left, viewport()->height() - m_top);
    const auto shift = [](QScrollBar* bar, int low, int high, int from, int to) {
        if (low < from)
            bar->setValue(bar->value() + low - from);
        else if (high > to)
            bar->setValue(bar->value() + high - to);
    };
    shift(horizontalScrollBar(), box.left(), box.right() + 1, seen.left(), seen.right());
    shift(verticalScrollBar(), box.top(), box.bottom() + 1, seen.top(), seen.bottom());
}

// ---- what a person does

void MeshMap::zoom(int steps) {
    if (steps == 0)
        return zoomTo(-1, {});
    int level = 0;
    while (level + 1 < static_cast<int>(levels.size()) && levels[static_cast<std::size_t>(level)] < m_h)
        ++level;
    // Out from between two levels means to the next smaller one.
    if (m_level < 0 && steps > 0 && levels[static_cast<std::size_t>(level)] > m_h)
        --level;
    const QRect seen(m_left, m_top, viewport()->width() - m_left, viewport()->height() - m_top);
    const QPoint at = m_current.valid() ? rectOf(m_current).center() : seen.center();
    zoomTo(std::clamp(level + steps, 0, static_cast<int>(levels.size()) - 1),
           seen.contains(at) ? at : seen.center());
}

void MeshMap::zoomTo(int level, const QPoint& keep) {
    const double column = double(keep.x() - m_left + horizontalScrollBar()->value()) / m_w,
                 row = double(keep.y() - m_top + verticalScrollBar()->value()) / m_h;
    m_level = level;
    measure();
    horizontalScrollBar()->setValue(qRound(column * m_w) - keep.x() + m_left);
    verticalScrollBar()->setValue(qRound(row * m_h) - keep.y() + m_top);
    viewport()->update();
}

void MeshMap::moveTo(Cell cell) {
    if (count() == 0)
        return;
    cell.row = std::clamp(cell.row, 0, count() - 1);
    cell.column = std::clamp(cell.column, 0, count() - 1);
    ensureVisible(cell);
    if (cell != m_current) {
        m_current = cell;
        m_hovered = {};
        setAccessibleDescription(words(currentFrom(), currentTo()).join(QStringLiteral("; ")));
        emit currentChanged(currentFrom(), currentTo());
        emit looked(currentFrom(), currentTo());
    }
    viewport()->update();
}

void MeshMap::moveToProbed(int rows, int columns) {
    for (Cell cell{m_current.row + rows, m_current.column + columns};
         cell.row >= 0 && cell.column >= 0 && cell.row < count() && cell.column < count();
         cell = {cell.row + rows, cell.column + columns})
        if (at(cell) != nullptr)
            return moveTo(cell);
}

void MeshMap::setHovered(const Cell& cell) {
    if (cell == m_hovered)
        return;
    m_hovered = cell;
    const Cell told = cell.valid() ? cell : m_current;
    emit looked(name(told.row), name(told.column));
    viewport()->update();
}

void MeshMap::keyPressEvent(QKeyEvent* event) {
    const bool far = event->modifiers() & Qt::ControlModifier;
    const auto step = [&](int rows, int columns) {
        if (!m_current.valid())
            moveTo({0, std::min(1, count() - 1)});
        else if (far)
            moveToProbed(rows, columns);
        else
            moveTo({m_current.row + rows, m_current.column + columns});
    };
    switch (event->key()) {
    case Qt::Key_Left:
        return step(0, -1);
    case Qt::Key_Right:
        return step(0, 1);
    case Qt::Key_Up:
        return step(-1, 0);
    case Qt::Key_Down:
        return step(1, 0);
    case Qt::Key_Home:
        return moveTo({far ? 0 : std::max(m_current.row, 0), 0});
    case Qt::Key_End:
        return moveTo({far ? count() - 1 : std::max(m_current.row, 0), count() - 1});
    case Qt::Key_PageUp:
        return moveTo({m_current.row - std::max(1, verticalScrollBar()->pageStep() / m_h), m_current.column});
    case Qt::Key_PageDown:
        return moveTo({m_current.row + std::max(1, verticalScrollBar()->pageStep() / m_h), m_current.column});
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoom(1);
    case Qt::Key_Minus:
        return zoom(-1);
    case Qt::Key_0:
        return zoom(0);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current.valid())
            emit pairActivated(currentFrom(), currentTo());
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

bool MeshMap::viewportEvent(QEvent* event) {
    switch (event->type()) {
    case QEvent::MouseMove:
        setHovered(cellAt(static_cast<QMouseEvent*>(event)->pos()));
        return true;
    case QEvent::Leave:
        setHovered({});
        break;
    case QEvent::MouseButtonPress: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const Cell cell = cellAt(mouse->pos());
        if (mouse->button() == Qt::LeftButton && cell.valid()) {
            moveTo(cell);
            emit pairActivated(currentFrom(), currentTo());
        }
        return true;
    }
    case QEvent::MouseButtonRelease:
        return true;
    case QEvent::Wheel: {
        auto* wheel = static_cast<QWheelEvent*>(event);
        if (!(wheel->modifiers() & Qt::ControlModifier))
            break;
        int level = 0;
        while (level + 1 < static_cast<int>(levels.size()) && levels[static_cast<std::size_t>(level)] < m_h)
            ++level;
        const int step = wheel->angleDelta().y() > 0 ? 1 : -1;
        zoomTo(std::clamp(level + step, 0, static_cast<int>(levels.size()) - 1), wheel->position().toPoint());
        return true;
    }
    case QEvent::ToolTip: {
        const auto* help = static_cast<QHelpEvent*>(event);
        const Cell cell = cellAt(help->pos());
        if (!cell.valid()) {
            QToolTip::hideText();
            return true;
        }
        // Names are the nodes' own: escaped, and said to be rich text, or Qt would guess.
        const QString tip = words(name(cell.row), name(cell.column)).join(QLatin1Char('\n')).toHtmlEscaped();
        QToolTip::showText(help->globalPos(), QStringLiteral("<p style='white-space:pre'>%1</p>").arg(tip),
                           viewport(), rectOf(cell));
        return true;
    }
    default:
        break;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void MeshMap::resizeEvent(QResizeEvent*) {
    measure();
}

void MeshMap::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void MeshMap::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void MeshMap::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange) {
        measure();
        viewport()->update();
    }
}

} // namespace netopsy::ui
