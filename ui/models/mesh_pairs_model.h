// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/mesh_scale.h"

#include <QAbstractTableModel>

#include <memory>

namespace netopsy::ui {

/// A probed pair a row, one direction each: what the map shows as colours, as words that can be sorted. A pair whose
/// every answer was lost is the worst in each figure; one without a figure is the least.
class MeshPairsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { From, To, Underlay, Overlay, Difference, Loss, ColumnCount };
    enum Role { SortRole = Qt::UserRole, FromRole, ToRole };

    using QAbstractTableModel::QAbstractTableModel;
    void setMesh(std::shared_ptr<const stats::Mesh> mesh);
    void setLens(const MeshLens& lens); ///< of it the figure, not the layer
    [[nodiscard]] static Column columnOf(MeshLayer layer);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] MeshValue valueOf(const stats::MeshCell& cell, int column) const;

    std::shared_ptr<const stats::Mesh> m_mesh;
    MeshLens m_lens;
};

} // namespace netopsy::ui
