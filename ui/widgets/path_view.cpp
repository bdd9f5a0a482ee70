// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/path_view.h"

#include "ui/diagram/path_export.h"
#include "ui/diagram/path_layout.h"
#include "ui/diagram/path_painter.h"
#include "ui/format.h"
#include "ui/widgets/path_accessible.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFileDialog>
#include <QFontInfo>
#include <QHelpEvent>
#include <QMenu>
#include <QMessageBox>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace netopsy::ui {

namespace {

constexpr double leastZoom = 0.2, mostZoom = 4, zoomStep = 1.2, mostWhenFitted = 1.4;

diagram::Scene nothing() {
    return diagram::layOut({}, {}, {QApplication::font(), 100});
}

} // namespace

PathView::PathView(QWidget* parent) : QAbstractScrollArea(parent), m_scene(nothing()) {
    installPathAccessibility();
    setObjectName(QStringLiteral("pathView"));
    setAccessibleName(tr("The packet's path"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    setMinimumHeight(160);
}

void PathView::setPath(path::Path way, std::vector<diagram::Mark> marks) {
    const bool same = way.from == m_path.from && way.to == m_path.to && way.ipv6 == m_path.ipv6 &&
                      diagram::hopCount(way) == diagram::hopCount(m_path);
    const QPoint place(horizontalScrollBar()->value(), verticalScrollBar()->value());
    m_path = std::move(way);
    m_marks = std::move(marks);
    if (!same) {
        m_current.reset();
        m_fit = Fit::Width;
    }
    layOut();
    horizontalScrollBar()->setValue(same ? place.x() : 0);
    verticalScrollBar()->setValue(same ? place.y() : 0);
    setAccessibleDescription(QString::fromStdString(path::pathText(m_path)));
    emit currentHopChanged();
}

diagram::Scene PathView::laidOut(double width) const {
    QFont base = font();
    base.setPixelSize(std::max(8, QFontInfo(base).pixelSize()));
    return diagram::layOut(m_path, m_marks, {base, width, m_fit == Fit::Width});
}

void PathView::layOut() {
    const QSizeF view = viewport()->size();
    if (m_fit == Fit::Width) {
        m_zoom = 1;
        m_scene = laidOut(view.width());
    } else if (m_fit == Fit::Whole) {
        // One long row, or several short ones: whichever may be shown the largest.
        double best = 0;
        const double all = laidOut(1e6).size.width();
        for (int rows = 1; rows <= 6; ++rows) {
            diagram::Scene tried = laidOut(all / rows * (rows > 1 ? 1.12 : 1) + 1);
            const double zoom = std::min(view.width() / tried.size.width(), view.height() / tried.size.height());
            if (zoom > best) {
                best = zoom;
                m_scene = std::move(tried);
            }
        }
        m_zoom = std::clamp(best, leastZoom, mostWhenFitted);
    } else {
        m_scene = laidOut(m_scene.width); // at the zoom that she chose
    }
    updateScrollBars();
    viewport()->update();
}

void PathView::updateScrollBars() {
    const QSize all = (m_scene.size * m_zoom).toSize(), view = viewport()->size();
    horizontalScrollBar()->setRange(0, std::max(0, all.width() - view.width()));
    verticalScrollBar()->setRange(0, std::max(0, all.height() - view.height()));
    horizontalScrollBar()->setPageStep(view.width());
    verticalScrollBar()->setPageStep(view.height());
    horizontalScrollBar()->setSingleStep(40);
    verticalScrollBar()->setSingleStep(40);
}

QPointF PathView::origin() const {
    const double spare = viewport()->width() - m_scene.size.width() * m_zoom;
    return {spare > 0 && m_fit != Fit::Width ? spare / 2 : -double(horizontalScrollBar()->value()),
            -double(verticalScrollBar()->value())};
}

QPointF PathView::sceneAt(QPointF viewportPoint) const {
    return (viewportPoint - origin()) / m_zoom;
}

QPointF PathView::shownAt(QPointF scenePoint) const {
    return scenePoint * m_zoom + origin();
}

void PathView::setZoom(double zoom, QPointF fixed) {
    const QPointF kept = sceneAt(fixed);
    m_fit = Fit::Free;
    m_zoom = std::clamp(zoom, leastZoom, mostZoom);
    updateScrollBars();
    horizontalScrollBar()->setValue(qRound(kept.x() * m_zoom - fixed.x()));
    verticalScrollBar()->setValue(qRound(kept.y() * m_zoom - fixed.y()));
    viewport()->update();
}

void PathView::zoomBy(double factor) {
    const diagram::HopItem* item = m_current ? m_scene.find(*m_current) : nullptr;
    const QRectF view = viewport()->rect();
    const QPointF at = item != nullptr ? shownAt(item->block.center()) : view.center();
    setZoom(m_zoom * factor, view.contains(at) ? at : view.center());
}

void PathView::fitWhole() {
    m_fit = Fit::Whole;
    layOut();
}

void PathView::fitWidth() {
    m_fit = Fit::Width;
    layOut();
}

void PathView::setCurrentHop(std::size_t hop) {
    if (m_scene.find(hop) == nullptr)
        return;
    m_current = hop;
    reveal(hop);
    viewport()->update();
    setAccessibleDescription(diagram::spoken(m_path, hop, m_marks));
    QAccessibleEvent moved(this, QAccessible::Focus);
    moved.setChild(static_cast<int>(hop));
    QAccessible::updateAccessibility(&moved);
    emit currentHopChanged();
}

void PathView::reveal(std::size_t hop) {
    const diagram::HopItem* item = m_scene.find(hop);
    if (item == nullptr)
        return;
    const QRectF seen(shownAt(item->cell.topLeft()), item->cell.size() * m_zoom);
    constexpr double edge = 24;
    const auto bring = [](QScrollBar* bar, double from, double to, int room) {
        if (from < edge)
            bar->setValue(bar->value() + qRound(from - edge));
        else if (to > room - edge)
            bar->setValue(bar->value() + qRound(std::min(to - room + edge, from - edge)));
    };
    bring(horizontalScrollBar(), seen.left(), seen.right(), viewport()->width());
    bring(verticalScrollBar(), seen.top(), seen.bottom(), viewport()->height());
}

QString PathView::currentDetail() const {
    return m_current && *m_current < diagram::hopCount(m_path) ? diagram::detail(m_path, *m_current, m_marks)
                                                               : QString();
}

void PathView::step(int by) {
    const auto count = static_cast<int>(diagram::hopCount(m_path));
    if (count == 0)
        return;
    const int from = m_current ? static_cast<int>(*m_current) : by > 0 ? -1 : count;
    setCurrentHop(static_cast<std::size_t>(std::clamp(from + by, 0, count - 1)));
}

void PathView::stepRow(int by) {
    const diagram::HopItem* from = m_current ? m_scene.find(*m_current) : nullptr;
    if (from == nullptr)
        return step(by);
    const diagram::HopItem* best = nullptr;
    const auto away = [from](const diagram::HopItem& item) {
        return std::abs(item.block.center().x() - from->block.center().x());
    };
    for (const diagram::HopItem& item : m_scene.hops)
        if (item.row == from->row + by && (best == nullptr || away(item) < away(*best)))
            best = &item;
    if (best != nullptr)
        setCurrentHop(best->hop);
    else
        verticalScrollBar()->setValue(verticalScrollBar()->value() + by * verticalScrollBar()->singleStep());
}

void PathView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const diagram::Palette colours = diagram::Palette::screen();
    painter.fillRect(viewport()->rect(), colours.page);
    painter.translate(origin());
    painter.scale(m_zoom, m_zoom);
    diagram::paint(painter, m_scene, colours, m_current);
}

void PathView::resizeEvent(QResizeEvent*) {
    if (m_fit == Fit::Free)
        updateScrollBars();
    else
        layOut();
    if (m_current) // a panel that opens must not hide what it tells of
        reveal(*m_current);
}

void PathView::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        layOut();
    else if (event->type() == QEvent::PaletteChange)
        viewport()->update();
}

void PathView::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    if (!m_current && (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason))
        step(1);
}

void PathView::keyPressEvent(QKeyEvent* event) {
    const bool control = event->modifiers() & Qt::ControlModifier;
    switch (event->key()) {
    case Qt::Key_Right:
        return step(1);
    case Qt::Key_Left:
        return step(-1);
    case Qt::Key_Down:
        return stepRow(1);
    case Qt::Key_Up:
        return stepRow(-1);
    case Qt::Key_Home:
        return setCurrentHop(0);
    case Qt::Key_End:
        return setCurrentHop(std::max<std::size_t>(diagram::hopCount(m_path), 1) - 1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (m_current)
            emit hopActivated(*m_current);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoomBy(zoomStep);
    case Qt::Key_Minus:
        return zoomBy(1 / zoomStep);
    case Qt::Key_F:
        return fitWhole();
    case Qt::Key_0:
        if (control)
            return fitWhole();
        break;
    case Qt::Key_1:
        if (control)
            return fitWidth();
        break;
    default:
        break;
    }
    if (event->matches(QKeySequence::Copy))
        return m_current ? copyHop() : copyText();
    QAbstractScrollArea::keyPressEvent(event);
}

void PathView::wheelEvent(QWheelEvent* event) {
    if (!(event->modifiers() & Qt::ControlModifier))
        return QAbstractScrollArea::wheelEvent(event);
    setZoom(m_zoom * std::pow(zoomStep, event->angleDelta().y() / 120.0), event->position());
    event->accept();
}

void PathView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    m_pressed = event->pos();
    m_scrolledFrom = {horizontalScrollBar()->value(), verticalScrollBar()->value()};
    m_panning = false;
}

void PathView::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton) {
        const QPoint moved = event->pos() - m_pressed;
        m_panning = m_panning || moved.manhattanLength() >= QApplication::startDragDistance();
        if (m_panning) {
            viewport()->setCursor(Qt::ClosedHandCursor);
            horizontalScrollBar()->setValue(m_scrolledFrom.x() - moved.x());
            verticalScrollBar()->setValue(m_scrolledFrom.y() - moved.y());
        }
        return;
    }
    const QPointF at = sceneAt(event->position());
    viewport()->setCursor(m_scene.findingAt(at) || m_scene.hopAt(at) != nullptr ? Qt::PointingHandCursor
                                                                                : Qt::ArrowCursor);
}

void PathView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    viewport()->unsetCursor();
    if (m_panning) {
        m_panning = false;
        return;
    }
    const QPointF at = sceneAt(event->position());
    const auto finding = m_scene.findingAt(at);
    if (const diagram::HopItem* item = m_scene.hopAt(at)) {
        const std::size_t hop = item->hop; // setting it may lay out anew
        setCurrentHop(hop);
        if (!finding)
            emit hopActivated(hop);
    }
    if (finding)
        emit findingActivated(*finding);
}

void PathView::contextMenuEvent(QContextMenuEvent* event) {
    if (const diagram::HopItem* item = m_scene.hopAt(sceneAt(viewport()->mapFrom(this, event->pos()))))
        setCurrentHop(item->hop);
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("pathMenu"));
    menu.addAction(tr("Copy this hop's facts"), this, &PathView::copyHop)->setEnabled(m_current.has_value());
    menu.addAction(tr("Copy the path as text"), this, &PathView::copyText);
    menu.addAction(tr("Copy the picture"), this, &PathView::copyPicture);
    menu.addAction(tr("Save the picture…"), this, &PathView::askToSave);
    menu.addSeparator();
    menu.addAction(tr("Zoom in\t+"), this, [this] { zoomBy(zoomStep); });
    menu.addAction(tr("Zoom out\t−"), this, [this] { zoomBy(1 / zoomStep); });
    menu.addAction(tr("Fit all in\tF"), this, &PathView::fitWhole);
    menu.addAction(tr("Own size\tCtrl+1"), this, &PathView::fitWidth);
    menu.exec(event->globalPos());
}

bool PathView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const diagram::HopItem* item = m_scene.hopAt(sceneAt(help->pos()));
        if (item == nullptr) {
            QToolTip::hideText();
            return true;
        }
        // Escaped, and said to be rich text: what a node sent is never taken for markup.
        QToolTip::showText(help->globalPos(),
                           QStringLiteral("<p style='white-space: pre-wrap'>%1</p>")
                               .arg(diagram::detail(m_path, item->hop, m_marks).toHtmlEscaped()),
                           viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void PathView::copyHop() {
    QApplication::clipboard()->setText(currentDetail());
}

void PathView::copyText() {
    QApplication::clipboard()->setText(QString::fromStdString(path::pathText(m_path)));
}

void PathView::copyPicture() {
    QApplication::clipboard()->setImage(diagram::image(m_path, m_marks));
}

void PathView::askToSave() {
    auto* dialog = new QFileDialog(this, tr("Save the picture"), QString(), tr("SVG (*.svg);;PNG (*.png)"));
    dialog->setObjectName(QStringLiteral("savePicture"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("svg"));
    dialog->selectFile(diagram::fileName(m_path) + QStringLiteral(".svg"));
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.contains(QStringLiteral("png")) ? QStringLiteral("png")
                                                                        : QStringLiteral("svg"));
    });
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        if (const auto saved = diagram::save(m_path, m_marks, file); !saved)
            QMessageBox::warning(this, tr("The picture can't be saved"), shown(saved.error().text()));
    });
    dialog->open();
}

} // namespace netopsy::ui
