// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/case_digest.h"

#include <QAbstractTableModel>

namespace netopsy::ui {

/// A node a row. SortRole gives numbers where the display gives words; "trouble" orders by severity, then by how much
/// the findings explain, then by DNS p99.
class NodeTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Name,
        Trouble,
        DnsP50,
        DnsP99,
        DnsLost,
        OverlayP99,
        Conntrack,
        Drops,
        Steal,
        Mtu,
        State,
        ColumnCount
    };
    enum Role { SortRole = Qt::UserRole, NodeNameRole };

    using QAbstractTableModel::QAbstractTableModel;
    void setDigest(std::shared_ptr<const CaseDigest> digest);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QVariant display(const NodeDigest& node, int column) const;
    [[nodiscard]] QVariant sortKey(const NodeDigest& node, int column) const;

    std::shared_ptr<const CaseDigest> m_digest;
};

} // namespace netopsy::ui
