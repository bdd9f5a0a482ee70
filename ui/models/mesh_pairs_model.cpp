// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/mesh_pairs_model.h"

#include "ui/format.h"

#include <cmath>

namespace netopsy::ui {

namespace {

MeshLayer layerOf(int column) {
    return column == MeshPairsModel::Underlay     ? MeshLayer::Underlay
           : column == MeshPairsModel::Overlay    ? MeshLayer::Overlay
           : column == MeshPairsModel::Difference ? MeshLayer::Difference
                                                  : MeshLayer::Loss;
}

} // namespace

MeshPairsModel::Column MeshPairsModel::columnOf(MeshLayer layer) {
    for (const Column column : {Underlay, Overlay, Difference})
        if (layerOf(column) == layer)
            return column;
    return Loss;
}

void MeshPairsModel::setMesh(std::shared_ptr<const stats::Mesh> mesh) {
    const auto pairs = [](const stats::Mesh& of) { return of.cells.size(); };
    // A live run refreshes every second; rows keep their places, so that selection and scroll stay.
    bool same =
        m_mesh && mesh && pairs(*m_mesh) == pairs(*mesh) && pairs(*mesh) > 0 && m_mesh->nodes == mesh->nodes;
    for (std::size_t i = 0; same && i < mesh->cells.size(); ++i)
        same = m_mesh->cells[i].from == mesh->cells[i].from && m_mesh->cells[i].to == mesh->cells[i].to;
    if (!same)
        beginResetModel();
    m_mesh = std::move(mesh);
    if (!same)
        endResetModel();
    else
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void MeshPairsModel::setLens(const MeshLens& lens) {
    if (lens == m_lens)
        return;
    m_lens = lens;
    if (rowCount() > 0)
        emit dataChanged(index(0, Underlay), index(rowCount() - 1, Loss));
    emit headerDataChanged(Qt::Horizontal, Underlay, Loss);
}

int MeshPairsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_mesh ? 0 : static_cast<int>(m_mesh->cells.size());
}

int MeshPairsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

MeshValue MeshPairsModel::valueOf(const stats::MeshCell& cell, int column) const {
    MeshLens lens = m_lens;
    lens.layer = layerOf(column);
    return meshValue(&cell, lens);
}

QVariant MeshPairsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const stats::MeshCell& cell = m_mesh->cells[static_cast<std::size_t>(index.row())];
    const std::string &from = m_mesh->nodes[cell.from], &to = m_mesh->nodes[cell.to];
    switch (role) {
    case FromRole:
        return QString::fromStdString(from);
    case ToRole:
        return QString::fromStdString(to);
    case Qt::TextAlignmentRole:
        return index.column() >= Underlay ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                          : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::DisplayRole:
    case SortRole:
        break;
    default:
        return {};
    }
    if (index.column() < Underlay)
        return shown(index.column() == From ? from : to);
    const MeshValue value = valueOf(cell, index.column());
    if (role == SortRole)
        return value.kind == MeshValue::LostAll ? 1e18 : value.kind == MeshValue::Known ? value.value : -1e18;
    switch (value.kind) {
    case MeshValue::LostAll:
        return index.column() == Loss ? tr("all") : tr("lost");
    case MeshValue::NotProbed:
        return tr("not probed");
    case MeshValue::Unknown:
        return QStringLiteral("–");
    case MeshValue::Known:
        break;
    }
    if (index.column() == Loss)
        return value.value > 0 ? percent(value.value) : tr("none");
    if (index.column() != Difference)
        return duration(value.value);
    return (value.unsure ? QStringLiteral("≈ ") : QString()) +
           (value.value < 0 ? QString(QChar(0x2212)) : QStringLiteral("+")) + duration(std::abs(value.value));
}

QVariant MeshPairsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section >= Underlay ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                   : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && (section == Underlay || section == Overlay))
        return m_lens.p99 ? tr("99th percentile of the round trips") : tr("Median of the round trips");
    if (role == Qt::ToolTipRole && section == Difference)
        return m_lens.p99 ? tr("Difference of the 99th percentiles")
                          : tr("Difference of the medians; ≈: its 95 % interval holds zero");
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case From:
        return tr("From");
    case To:
        return tr("To");
    case Underlay:
        return tr("Underlay");
    case Overlay:
        return tr("Overlay");
    case Difference:
        return tr("Overlay adds");
    default:
        return tr("Lost");
    }
}

} // namespace netopsy::ui
