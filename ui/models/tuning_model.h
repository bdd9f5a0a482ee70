// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tuning/tuning.h"

#include <QAbstractTableModel>

namespace netopsy::ui {

/// The tuning diff of a node: changes first, in bold; then what stays, greyed, with why.
class TuningModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Key, Now, Then, Facts, Reason, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setPlan(tuning::Plan plan);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    tuning::Plan m_plan;
};

} // namespace netopsy::ui
