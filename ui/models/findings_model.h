// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/finding.h"

#include <QAbstractListModel>

#include <memory>
#include <vector>

namespace netopsy::ui {

/// The findings in their own order, all of them or only those that name one node.
class FindingsModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;
    void setAnalysis(std::shared_ptr<const analysis::Analysis> analysis, const QString& onlyNode = {});
    /// nullptr for an index that is none.
    [[nodiscard]] const analysis::Finding* finding(const QModelIndex& index) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    std::shared_ptr<const analysis::Analysis> m_analysis;
    std::vector<const analysis::Finding*> m_rows;
};

} // namespace netopsy::ui
