// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/tuning_model.h"

#include "core/base/text.h"
#include "ui/format.h"
#include "ui/theme.h"

namespace netopsy::ui {

namespace {

QString factsOf(const tuning::Change& change) {
    QStringList facts;
    if (change.persisted)
        facts << TuningModel::tr("set at boot by %1").arg(shown(change.persisted->file));
    if (change.overriddenBy)
        facts << TuningModel::tr("set again by %1").arg(shown(*change.overriddenBy));
    if (!change.writable)
        facts << TuningModel::tr("can't be written here");
    if (change.memoryBytes)
        facts << TuningModel::tr("up to %1 MB")
                     .arg(shown(text::number(static_cast<double>(*change.memoryBytes) / 1e6)));
    for (const std::string& fact : change.facts)
        facts << shown(fact);
    return facts.join(QStringLiteral("; "));
}

QVariant changeText(const tuning::Change& change, int column) {
    switch (column) {
    case TuningModel::Key:
        return shown(change.key);
    case TuningModel::Now:
        return change.current.empty() ? TuningModel::tr("absent") : shown(change.current);
    case TuningModel::Then:
        return shown(change.recommended);
    case TuningModel::Facts:
        return factsOf(change);
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
