// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/mesh_scale.h"

#include <QAbstractScrollArea>
#include <QPoint>
#include <QVector>

#include <memory>
#include <optional>

class QPainter;

namespace netopsy::ui {

/// The mesh as a heat map: rows measured, columns were measured; only what is in sight is painted, so that a thousand
/// nodes scroll as easily as three. A pair that was not probed is hatched, one whose every answer was lost is crossed
/// out, and each figure stands as a word in its cell where there is room, in the tooltip and in words() always.
class MeshMap : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit MeshMap(QWidget* parent = nullptr);

    /// The cursor, the scroll and the zoom stay where they are, by the nodes' names.
    void setMesh(std::shared_ptr<const stats::Mesh> mesh);
    void setLens(const MeshLens& lens);
    [[nodiscard]] const MeshLens& lens() const { return m_lens; }
    [[nodiscard]] MeshScale scale() const;

    void setCurrent(const QString& from, const QString& to);
    [[nodiscard]] QString currentFrom() const;
    [[nodiscard]] QString currentTo() const;
    /// All figures of a pair, a line each; the first is "from → to".
    [[nodiscard]] QStringList words(const QString& from, const QString& to) const;
    /// Where a pair stands in the viewport, though it may be out of sight; null for nodes that are not there.
    [[nodiscard]] QRect cellRect(const QString& from, const QString& to) const;
    [[nodiscard]] int cellHeight() const { return m_h; } ///< pixels

    void zoom(int steps); ///< around the cursor; 0: all of it fits
    [[nodiscard]] bool fits() const { return m_level < 0; }

signals:
    void looked(const QString& from, const QString& to); ///< under the mouse, else the cursor; empty: none
    void currentChanged(const QString& from, const QString& to);
    void pairActivated(const QString& from, const QString& to);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Cell {
        int row = -1, column = -1; ///< as displayed
        [[nodiscard]] bool valid() const { return row >= 0 && column >= 0; }
        bool operator==(const Cell&) const = default;
    };
    [[nodiscard]] int count() const { return static_cast<int>(m_order.size()); }
    [[nodiscard]] Cell find(const QString& from, const QString& to) const;
    [[nodiscard]] QString name(int place) const;
    [[nodiscard]] const stats::MeshCell* at(const Cell& cell) const;
    [[nodiscard]] QRect rectOf(const Cell& cell) const;
    [[nodiscard]] Cell cellAt(const QPoint& position) const;
    [[nodiscard]] QFont small() const;
    void measure();                             ///< sizes of cells and headers for the viewport and the zoom
    void zoomTo(int level, const QPoint& keep); ///< what stands at `keep` stays there
    void moveTo(Cell cell);
    void moveToProbed(int rows, int columns);
    void setHovered(const Cell& cell);
    void ensureVisible(const Cell& cell);
    void paintCells(QPainter& painter, const QRect& area) const;
    void paintCell(QPainter& painter, const QRect& box, const MeshValue& value, const MeshScale& scale,
                   int words) const;
    void paintHeaders(QPainter& painter, const QRect& area) const;
    void paintCursor(QPainter& painter, const QRect& area) const;

    std::shared_ptr<const stats::Mesh> m_mesh;
    MeshLens m_lens;
    QVector<std::uint32_t> m_order; ///< place on the map -> index in the mesh: names sorted as people do
    QVector<int> m_place;           ///< and back
    Cell m_current, m_hovered;
    int m_level = -1; ///< of the zoom; -1: all fits
    int m_w = 3, m_h = 3, m_left = 0, m_top = 0;
    bool m_upright = true; ///< columns' names run upwards
};

} // namespace netopsy::ui
