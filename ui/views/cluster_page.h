// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/case_digest.h"
#include "ui/models/findings_model.h"
#include "ui/models/node_table_model.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QListView;
class QSortFilterProxyModel;
class QSplitter;
class QTableView;

namespace netopsy::ui {

class LatencyChart;

/// "Which node?": what the cluster is, latency per node, the nodes by trouble, the findings.
class ClusterPage : public QWidget {
    Q_OBJECT
public:
    explicit ClusterPage(QWidget* parent = nullptr);
    void setDigest(const std::shared_ptr<const CaseDigest>& digest);
    void focusFilter();
    /// Node names in the order of the table, for going to the next and the previous one.
    [[nodiscard]] QStringList nodeOrder() const;

signals:
    void nodeActivated(const QString& node);
    void meshWanted();
    void findingActivated(const netopsy::analysis::Finding& finding);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    /// Findings and nodes take what their rows need, the chart the rest; until she moves a border herself.
    void shareHeight();

    NodeTableModel m_nodes;
    FindingsModel m_findings;
    QSortFilterProxyModel* m_sorted;
    QLabel *m_summary, *m_noFindings;
    LatencyChart* m_chart;
    QLineEdit* m_filter;
    QTableView* m_table;
    QListView* m_list;
    QSplitter* m_splitter;
    bool m_splitByHand = false;
};

} // namespace netopsy::ui
