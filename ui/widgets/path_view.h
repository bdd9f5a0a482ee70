// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/path/path.h"
#include "ui/diagram/scene.h"
#include "ui/diagram/words.h"

#include <QAbstractScrollArea>

#include <optional>

namespace netopsy::ui {

/// A packet's way, device by device, to look at, walk along and zoom into. The picture itself is ui/diagram's.
class PathView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit PathView(QWidget* parent = nullptr);

    /// Keeps zoom, place and the hop with the focus when the new path has as many hops between the same ends.
    void setPath(path::Path way, std::vector<diagram::Mark> marks);
    [[nodiscard]] const path::Path& path() const { return m_path; }
    [[nodiscard]] const std::vector<diagram::Mark>& marks() const { return m_marks; }

    [[nodiscard]] std::optional<std::size_t> currentHop() const { return m_current; }
    void setCurrentHop(std::size_t hop); ///< and scrolls it into view
    [[nodiscard]] QString currentDetail() const;
    [[nodiscard]] double zoom() const { return m_zoom; }
    void zoomBy(double factor);
    void fitWhole(); ///< all of it in view
    void fitWidth(); ///< at its own size, rows as wide as the view
    [[nodiscard]] const diagram::Scene& scene() const { return m_scene; }
    /// Where a point of the scene is shown, in the viewport.
    [[nodiscard]] QPointF shownAt(QPointF scenePoint) const;

    void copyHop();
    void copyText();
    void copyPicture();
    void askToSave(); ///< a file's name, then the picture as SVG or PNG

    [[nodiscard]] QSize sizeHint() const override { return {900, 480}; }

signals:
    void currentHopChanged();
    void hopActivated(std::size_t hop); ///< clicked, or Enter
    void findingActivated(std::size_t finding);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool viewportEvent(QEvent* event) override; ///< tooltips

private:
    enum class Fit { Width, Whole, Free };

    void layOut();
    [[nodiscard]] diagram::Scene laidOut(double width) const;
    void setZoom(double zoom, QPointF fixed); ///< what is at `fixed` in the viewport stays there
    void updateScrollBars();
    void reveal(std::size_t hop);
    [[nodiscard]] QPointF origin() const; ///< of the scene, in the viewport
    [[nodiscard]] QPointF sceneAt(QPointF viewportPoint) const;
    void step(int by);
    void stepRow(int by);

    path::Path m_path;
    std::vector<diagram::Mark> m_marks;
    diagram::Scene m_scene;
    std::optional<std::size_t> m_current;
    Fit m_fit = Fit::Width;
    double m_zoom = 1;
    QPoint m_pressed, m_scrolledFrom;
    bool m_panning = false;
};

} // namespace netopsy::ui
