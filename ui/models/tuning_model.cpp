// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/tuning_model.h"

#include "ui/format.h"
#include "ui/theme.h"

namespace netopsy::ui {

namespace {

QVariant changeText(const tuning::Change& change, int column) {
    switch (column) {
    case TuningModel::Key:
        return shown(change.key);
    case TuningModel::Now:
        return change.current.empty() ? TuningModel::tr("absent") : shown(change.current);
    case TuningModel::Then:
        return shown(change.recommended);
    case TuningModel::Facts:
        return shown(tuning::remarks(change));
    default:
        return shown(change.reason + (change.risk.empty() ? "" : " Risk: " + change.risk));
    }
}

QVariant unchangedText(const tuning::Unchanged& row, int column) {
    switch (column) {
    case TuningModel::Key:
        return shown(row.key);
    case TuningModel::Now:
        return row.value.empty() ? TuningModel::tr("absent") : shown(row.value);
    case TuningModel::Then:
        return TuningModel::tr("stays");
    case TuningModel::Reason:
        return row.why.empty() ? TuningModel::tr("holds this value already") : shown(row.why);
    default:
        return QString();
    }
}

} // namespace

void TuningModel::setPlan(tuning::Plan plan) {
    beginResetModel();
    m_plan = std::move(plan);
    endResetModel();
}

int TuningModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_plan.changes.size() + m_plan.unchanged.size());
}

int TuningModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TuningModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    const bool changes = row < m_plan.changes.size();
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole)
        return changes ? changeText(m_plan.changes[row], index.column())
                       : unchangedText(m_plan.unchanged[row - m_plan.changes.size()], index.column());
    if (role == Qt::FontRole && changes && index.column() == Then) {
        QFont font;
        font.setBold(true);
        return font;
    }
    if (role == Qt::ForegroundRole && !changes)
        return theme::colours().faint;
    return {};
}

QVariant TuningModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Key:
        return tr("Key");
    case Now:
        return tr("Now");
    case Then:
        return tr("Then");
    case Facts:
        return tr("To know");
    case Reason:
        return tr("Why");
    default:
        return {};
    }
}

} // namespace netopsy::ui
