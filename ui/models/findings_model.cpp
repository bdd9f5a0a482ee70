// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/findings_model.h"

#include "ui/format.h"
#include "ui/theme.h"

#include <algorithm>

namespace netopsy::ui {

void FindingsModel::setAnalysis(std::shared_ptr<const analysis::Analysis> analysis, const QString& onlyNode) {
    std::vector<const analysis::Finding*> rows;
    const std::string name = onlyNode.toStdString();
    for (const analysis::Finding& finding : analysis->findings)
        if (name.empty() || finding.nodes.empty() ||
            std::find(finding.nodes.begin(), finding.nodes.end(), name) != finding.nodes.end())
            rows.push_back(&finding);
    const bool sameRows = rows.size() == m_rows.size() && !rows.empty();
    if (!sameRows)
        beginResetModel();
    m_analysis = std::move(analysis);
    m_rows = std::move(rows);
    if (!sameRows)
        endResetModel();
    else
        emit dataChanged(index(0), index(rowCount() - 1));
}

const analysis::Finding* FindingsModel::finding(const QModelIndex& index) const {
    return index.isValid() && index.row() < rowCount() ? m_rows[static_cast<std::size_t>(index.row())] : nullptr;
}

int FindingsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant FindingsModel::data(const QModelIndex& index, int role) const {
    const analysis::Finding* row = finding(index);
    if (row == nullptr)
        return {};
    if (role == Qt::DisplayRole)
        return QStringLiteral("%1  ·  %2")
            .arg(QString::fromUtf8(analysis::severityName(row->severity)), shown(row->title));
    if (role == Qt::DecorationRole)
        return theme::severityIcon(row->severity);
    if (role == Qt::ToolTipRole || role == Qt::AccessibleTextRole)
        return QStringLiteral("%1: %2").arg(QString::fromUtf8(analysis::severityName(row->severity)),
                                            shown(row->title));
    return {};
}

} // namespace netopsy::ui
