// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/cluster_page.h"

#include "core/base/text.h"
#include "ui/format.h"
#include "ui/theme.h"
#include "ui/widgets/latency_chart.h"

#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace netopsy::ui {

namespace {

QLabel* section(const QString& text) {
    auto* label = new QLabel(text);
    label->setFont(theme::heading());
    return label;
}

QString summaryOf(const model::Case& subject) {
    if (!subject.cluster)
        return ClusterPage::tr("This machine, without a cluster");
    const model::Inventory& c = *subject.cluster;
    QString out =
        ClusterPage::tr("%1  ·  Kubernetes %2  ·  CNI %3 (%4)  ·  proxy %5  ·  DNS %6")
            .arg(shown(c.server), shown(c.version), shown(c.cni.name), shown(c.cni.mode), shown(c.proxy.mode),
                 c.dns.serviceIp.empty() ? ClusterPage::tr("unknown") : shown(c.dns.serviceIp));
    if (!c.gaps.empty())
        out += c.gaps.size() == 1 ? ClusterPage::tr("  ·  one gap in what the API let us read")
                                  : ClusterPage::tr("  ·  %n gaps in what the API let us read", nullptr,
                                                    static_cast<int>(c.gaps.size()));
    return out;
}

} // namespace

ClusterPage::ClusterPage(QWidget* parent)
    : QWidget(parent), m_sorted(new QSortFilterProxyModel(this)), m_summary(new QLabel), m_noFindings(new QLabel),
      m_chart(new LatencyChart), m_filter(new QLineEdit), m_table(new QTableView), m_list(new QListView),
      m_splitter(new QSplitter(Qt::Vertical)) {
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setWordWrap(true);
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sorted->setSourceModel(&m_nodes);
    m_sorted->setSortRole(NodeTableModel::SortRole);
    m_sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_sorted->setFilterKeyColumn(-1);
    m_sorted->setDynamicSortFilter(true);
    m_filter->setPlaceholderText(tr("Filter nodes"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setObjectName(QStringLiteral("nodeFilter"));
    m_filter->setMaximumWidth(280);
    m_table->setObjectName(QStringLiteral("nodeTable"));
    m_table->setAccessibleName(tr("Nodes"));
    m_table->setModel(m_sorted);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(NodeTableModel::Trouble, Qt::DescendingOrder);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(26);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_list->setObjectName(QStringLiteral("findingsList"));
    m_list->setAccessibleName(tr("Findings"));
    m_list->setModel(&m_findings);
    m_list->setWordWrap(true);
    m_list->setSpacing(2);
    m_list->setAlternatingRowColors(true);

    auto* top = new QWidget;
    auto* topLayout = new QVBoxLayout(top);
    topLayout->setContentsMargins(0, 0, 0, 0);
    topLayout->addWidget(section(tr("Cluster DNS latency per node, measured on the node")));
    topLayout->addWidget(m_chart, 1);
    auto* nodes = new QWidget;
    auto* nodesLayout = new QVBoxLayout(nodes);
    nodesLayout->setContentsMargins(0, 0, 0, 0);
    auto* nodesHead = new QHBoxLayout;
    nodesHead->addWidget(section(tr("Nodes")));
    nodesHead->addStretch();
    auto* mesh = new QPushButton(tr("Round trips between nodes…"));
    mesh->setObjectName(QStringLiteral("openMesh"));
    mesh->setToolTip(tr("Every pair of nodes at a glance (Ctrl+M)"));
    nodesHead->addWidget(mesh);
    nodesHead->addWidget(m_filter);
    nodesLayout->addLayout(nodesHead);
    nodesLayout->addWidget(m_table, 1);
    auto* findings = new QWidget;
    auto* findingsLayout = new QVBoxLayout(findings);
    findingsLayout->setContentsMargins(0, 0, 0, 0);
    findingsLayout->addWidget(section(tr("Findings")));
    findingsLayout->addWidget(m_noFindings);
    findingsLayout->addWidget(m_list, 1);
    m_splitter->addWidget(findings);
    m_splitter->addWidget(top);
    m_splitter->addWidget(nodes);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(12);
    connect(m_splitter, &QSplitter::splitterMoved, this, [this] { m_splitByHand = true; });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(12);
    layout->addWidget(m_summary);
    layout->addWidget(m_splitter, 1);

    connect(mesh, &QPushButton::clicked, this, &ClusterPage::meshWanted);
    connect(m_filter, &QLineEdit::textChanged, m_sorted, &QSortFilterProxyModel::setFilterFixedString);
    const auto open = [this](const QModelIndex& index) {
        emit nodeActivated(index.data(NodeTableModel::NodeNameRole).toString());
    };
    connect(m_table, &QTableView::clicked, this, open);
    connect(m_table, &QTableView::activated, this, open);
    connect(m_chart, &LatencyChart::nodeActivated, this, &ClusterPage::nodeActivated);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& row) {
                m_chart->setCurrent(row.data(NodeTableModel::NodeNameRole).toString());
            });
    const auto show = [this](const QModelIndex& index) {
        if (const analysis::Finding* finding = m_findings.finding(index))
            emit findingActivated(*finding);
    };
    connect(m_list, &QListView::clicked, this, show);
    connect(m_list, &QListView::activated, this, show);
}

void ClusterPage::setDigest(const std::shared_ptr<const CaseDigest>& digest) {
    QString summary = summaryOf(*digest->subject);
    const auto disturbed = std::count_if(digest->nodes.begin(), digest->nodes.end(), [](const NodeDigest& node) {
        return node.taint.pct() > stats::TaintShare::tooMuchPct;
    });
    if (disturbed > 0)
        summary +=
            QLatin1Char('\n') +
            (disturbed == 1 ? tr("Warning: on one node over 5 % of the samples are tainted: the probe itself "
                                 "was disturbed while it measured there.")
                            : tr("Warning: on %n nodes over 5 % of the samples are tainted: the probe itself "
                                 "was disturbed while it measured there.",
                                 nullptr, static_cast<int>(disturbed)));
    m_summary->setText(summary);
    m_nodes.setDigest(digest);
    m_findings.setAnalysis(digest->analysis);
    m_chart->setDigest(digest);
    m_noFindings->setText(digest->subject->meta.finished ? tr("No findings.")
                                                         : tr("No findings so far; the run has not ended."));
    m_noFindings->setVisible(m_findings.rowCount() == 0);
    m_list->setVisible(m_findings.rowCount() > 0);
    shareHeight();
}

void ClusterPage::shareHeight() {
    if (m_splitByHand)
        return;
    constexpr int heading = 32;
    const int all = m_splitter->height();
    const int most = all * 2 / 5; // the chart keeps at least a fifth
    int findings = heading + 24;
    for (int row = 0; row < m_findings.rowCount() && findings < most; ++row)
        findings += m_list->sizeHintForRow(row) + 2 * m_list->spacing();
    const int nodes = heading + m_table->horizontalHeader()->height() +
                      m_nodes.rowCount() * m_table->verticalHeader()->defaultSectionSize() + 12;
    const int listed = std::min(findings, most), tabled = std::min(nodes, most);
    m_splitter->setSizes({listed, all - listed - tabled, tabled});
}

void ClusterPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    shareHeight();
}

void ClusterPage::focusFilter() {
    m_filter->setFocus();
    m_filter->selectAll();
}

QStringList ClusterPage::nodeOrder() const {
    QStringList names;
    for (int row = 0; row < m_sorted->rowCount(); ++row)
        names << m_sorted->index(row, 0).data(NodeTableModel::NodeNameRole).toString();
    return names;
}

} // namespace netopsy::ui
