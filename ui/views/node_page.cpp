// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/node_page.h"

#include "core/base/text.h"
#include "core/path/path.h"
#include "core/tuning/tuning.h"
#include "ui/format.h"
#include "ui/theme.h"
#include "ui/views/places_view.h"
#include "ui/views/sections_view.h"
#include "ui/widgets/path_board.h"
#include "ui/widgets/plain_label.h"
#include "ui/widgets/time_chart.h"

#include <QHeaderView>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QScrollArea>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace netopsy::ui {

namespace {

QString factsOf(const NodeDigest& node) {
    const model::NodeFacts& facts = node.node->facts;
    QStringList out{shown(node.node->address)};
    if (facts.kernel)
        out << NodePage::tr("Linux %1").arg(shown(*facts.kernel));
    if (facts.os)
        out << shown(*facts.os);
    if (facts.cpus)
        out << NodePage::tr("%1 CPUs").arg(*facts.cpus);
    if (node.summary.dnsInternal.rtt)
        out << NodePage::tr("DNS p50 %1, p99 %2 over %3 queries, %4 lost")
                   .arg(durationOf(node.summary.dnsInternal.rtt, &stats::Percentiles::p50),
                        durationOf(node.summary.dnsInternal.rtt, &stats::Percentiles::p99))
                   .arg(node.summary.dnsInternal.sent)
                   .arg(node.summary.dnsInternal.timeouts + node.summary.dnsInternal.failed);
    if (node.summary.conntrackFill)
        out << NodePage::tr("conntrack at most %1 full").arg(percent(*node.summary.conntrackFill * 100));
    if (!node.node->error.empty())
        out << shown(node.node->error);
    return out.join(QStringLiteral("  ·  "));
}

void showTaint(QLabel& label, const stats::TaintShare& taint) {
    label.setVisible(taint.tainted > 0);
    if (taint.tainted == 0)
        return;
    QStringList causes;
    for (const auto& [count, words] : {std::pair{taint.late, NodePage::tr("sent late")},
                                       std::pair{taint.starved, NodePage::tr("waited for a CPU")},
                                       std::pair{taint.stolen, NodePage::tr("CPU stolen by the hypervisor")},
                                       std::pair{taint.throttled, NodePage::tr("its cgroup throttled")}})
        if (count > 0)
            causes << QStringLiteral("%1 %2").arg(shown(text::integer(count)), words);
    const bool much = taint.pct() > stats::TaintShare::tooMuchPct;
    const QString share =
        NodePage::tr(
            "%1 of %2 samples are tainted: while they were under way, the probe itself was disturbed (%3).")
            .arg(percent(taint.pct()), shown(text::integer(taint.samples)), causes.join(QStringLiteral(", ")));
    label.setText(much ? NodePage::tr("Warning: %1 That is over 5 %; this node's times may hold more than the "
                                      "network's.")
                             .arg(share)
                       : share);
    QPalette palette = label.palette();
    palette.setColor(QPalette::WindowText,
                     much ? theme::severityColour(analysis::Severity::Warning) : theme::colours().faint);
    label.setPalette(palette);
}

QScrollArea* scrolled(QWidget* inner) {
    auto* area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidget(inner);
    return area;
}

} // namespace

NodePage::NodePage(QWidget* parent)
    : QWidget(parent), m_title(copyableLabel()), m_facts(copyableLabel()), m_taint(copyableLabel()),
      m_tuningWords(copyableLabel()), m_list(new QListView), m_tabs(new QTabWidget), m_chart(new TimeChart),
      m_noSeries(copyableLabel()), m_path(new PathBoard), m_places(new PlacesView), m_sections(new SectionsView) {
    setObjectName(QStringLiteral("nodePage"));
    m_title->setFont(theme::heading());
    m_title->setObjectName(QStringLiteral("nodeTitle"));
    m_taint->setObjectName(QStringLiteral("nodeTaint"));
    m_list->setModel(&m_findings);
    m_list->setObjectName(QStringLiteral("nodeFindings"));
    m_list->setAccessibleName(tr("Findings on this node"));
    m_list->setWordWrap(true);
    m_list->setMaximumHeight(110);
    m_list->setAlternatingRowColors(true);
    m_tabs->setObjectName(QStringLiteral("nodeTabs"));
    m_tabs->setDocumentMode(true);

    auto* series = new QWidget;
    auto* seriesLayout = new QVBoxLayout(series);
    seriesLayout->setContentsMargins(0, 8, 0, 0);
    seriesLayout->addWidget(m_noSeries, 0, Qt::AlignTop);
    seriesLayout->addWidget(m_chart, 1);
    m_tabs->addTab(scrolled(series), tr("Over time"));

    auto* path = new QWidget;
    auto* pathLayout = new QVBoxLayout(path);
    pathLayout->addWidget(m_path, 1);
    auto* otherEnds = new QPushButton(tr("Other ends…"));
    otherEnds->setObjectName(QStringLiteral("otherEnds"));
    otherEnds->setToolTip(tr("Choose where the packet starts and where it goes"));
    m_path->addTool(otherEnds);
    connect(otherEnds, &QPushButton::clicked, this, [this] { emit pathRequested(m_pathFrom, m_pathTo); });
    connect(m_path, &PathBoard::findingActivated, this, &NodePage::findingActivated);
    m_tabs->addTab(path, tr("Packet path"));

    m_tabs->addTab(m_places, tr("Pods and look-ups"));

    auto* tuning = new QWidget;
    auto* tuningLayout = new QVBoxLayout(tuning);
    tuningLayout->setContentsMargins(0, 8, 0, 0);
    auto* table = new QTableView;
    table->setObjectName(QStringLiteral("tuningTable"));
    table->setAccessibleName(tr("Tuning diff"));
    table->setModel(&m_tuning);
    table->setWordWrap(true);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setColumnWidth(TuningModel::Key, 300);
    table->setColumnWidth(TuningModel::Now, 110);
    table->setColumnWidth(TuningModel::Then, 110);
    for (const int words : {TuningModel::Facts, TuningModel::Reason})
        table->horizontalHeader()->setSectionResizeMode(words, QHeaderView::Stretch);
    tuningLayout->addWidget(m_tuningWords);
    tuningLayout->addWidget(table, 1);
    m_tabs->addTab(tuning, tr("Tuning diff"));
    m_tabs->addTab(m_sections, tr("Raw sections"));

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_facts);
    layout->addWidget(m_taint);
    layout->addWidget(m_list);
    layout->addWidget(m_tabs, 1);
    connect(m_tabs, &QTabWidget::currentChanged, this, &NodePage::tabChanged);
    const auto show = [this](const QModelIndex& index) {
        if (const analysis::Finding* finding = m_findings.finding(index))
            emit findingActivated(*finding);
    };
    connect(m_list, &QListView::clicked, this, show);
    connect(m_list, &QListView::activated, this, show);
}

void NodePage::setNode(CaseSession* session, const std::shared_ptr<const CaseDigest>& digest,
                       const QString& node) {
    const NodeDigest* found = digest->find(node.toStdString());
    if (found == nullptr)
        return;
    const bool other = node != m_node;
    m_node = node;
    m_title->setText(shown(found->node->name));
    m_facts->setText(factsOf(*found));
    showTaint(*m_taint, found->taint);
    m_findings.setAnalysis(digest->analysis, node);
    m_list->setVisible(m_findings.rowCount() > 0);
    m_list->setMaximumHeight(std::min(120, 8 + 30 * m_findings.rowCount()));
    m_chart->setNode(*found->node);
    const bool empty = m_chart->rowCount() == 0;
    m_chart->setVisible(!empty);
    m_noSeries->setVisible(empty);
    m_noSeries->setText(found->node->state == model::NodeState::Unreachable
                            ? tr("Nothing could be collected from this node: %1").arg(shown(found->node->error))
                            : tr("No sample has arrived yet."));
    m_places->setNode({digest, found->node}); // shares the digest, which owns the case
    if (other) {
        m_sections->setNode(session, node);
        m_path->setMessage(tr("Deriving the path…"));
        m_pathFrom = node;
        m_pathTo.clear();
    }
    if (other || !session->isLive())
        deriveLater(digest);
}

void NodePage::deriveLater(const std::shared_ptr<const CaseDigest>& digest) {
    m_tuningWords->setText(tr("Comparing with the profile high-churn…"));
    const std::string name = m_node.toStdString();
    m_pathWork.run<std::optional<path::Path>>(
        [digest, name] { return path::typical(*digest->subject, name); },
        [this, digest](const std::optional<path::Path>& way) {
            if (!way) {
                m_path->setMessage(
                    tr("The path can't be told: it takes this node's links and routes, and a pod of it."));
                return;
            }
            m_pathFrom = QString::fromStdString(way->from);
            m_pathTo = QString::fromStdString(way->to);
            m_path->setPath(*way, digest->analysis);
        });
    m_tuningWork.run<Result<tuning::Plan>>(
        [digest, name]() -> Result<tuning::Plan> {
            const auto profile = tuning::Profile::builtin("high-churn");
            if (!profile)
                return tl::unexpected(profile.error());
            return tuning::plan(*digest->subject, *profile, digest->analysis.get(), name);
        },
        [this](const Result<tuning::Plan>& plan) {
            if (!plan) {
                m_tuningWords->setText(QString::fromStdString(plan.error().text()));
                return;
            }
            const auto changes = static_cast<int>(plan->changes.size());
            const QString words =
                changes == 0 ? tr("Profile %1: nothing to change on this node.")
                : changes == 1
                    ? tr("Profile %1: one change. A proposal; nothing is applied from here.")
                    : tr("Profile %1: %n changes. A proposal; nothing is applied from here.", nullptr, changes);
            m_tuningWords->setText(words.arg(shown(plan->profile)));
            m_tuning.setPlan(*plan);
        });
}

void NodePage::showSection(const model::SectionRef& ref) {
    setTab(Raw);
    m_sections->show(ref);
}

void NodePage::setTab(int tab) {
    m_tabs->setCurrentIndex(tab);
}

int NodePage::tab() const {
    return m_tabs->currentIndex();
}

} // namespace netopsy::ui
