// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/places_view.h"

#include "ui/format.h"
#include "ui/widgets/plain_label.h"

#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace netopsy::ui {

namespace {

QLabel* heading(const QString& text) {
    QLabel* label = plainLabel(text);
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    return label;
}

QTableView* tableOf(QAbstractItemModel* model, const char* name, const QString& accessible,
                    std::initializer_list<int> stretched) {
    auto* table = new QTableView;
    table->setObjectName(QString::fromLatin1(name));
    table->setAccessibleName(accessible);
    table->setModel(model);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setShowGrid(false);
    table->setAlternatingRowColors(true);
    table->setTabKeyNavigation(false);
    table->setTextElideMode(Qt::ElideMiddle);
    table->setMinimumHeight(80);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(24);
    table->horizontalHeader()->setResizeContentsPrecision(60);
    table->horizontalHeader()->setMaximumSectionSize(320); // of a column that fits its contents
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    for (const int column : stretched)
        table->horizontalHeader()->setSectionResizeMode(column, QHeaderView::Stretch);
    table->horizontalHeader()->setHighlightSections(false);
    return table;
}

QWidget* column(std::initializer_list<QWidget*> widgets) {
    auto* out = new QWidget;
    auto* layout = new QVBoxLayout(out);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(6);
    for (QWidget* widget : widgets)
        layout->addWidget(widget, qobject_cast<QTableView*>(widget) != nullptr ? 1 : 0);
    layout->addStretch(0);
    return out;
}

} // namespace

PlacesView::PlacesView(QWidget* parent)
    : QWidget(parent), m_noPods(plainLabel()), m_ownTitle(heading({})), m_remark(plainLabel()),
      m_lookupsTitle(heading({})), m_noLookups(plainLabel()),
      m_placesTable(tableOf(&m_places, "placesTable", tr("Measuring places"),
                            {PlacesModel::Interface, PlacesModel::Remark})),
      m_ownTable(tableOf(&m_own, "ownTable", tr("The pod's own settings and counters"), {OwnValuesModel::OnNode})),
      m_lookupsTable(
          tableOf(&m_lookups, "lookupsTable", tr("Look-ups"), {LookupsModel::From, LookupsModel::Name})) {
    setObjectName(QStringLiteral("placesView"));
    m_noPods->setObjectName(QStringLiteral("noPods"));
    m_lookupsTitle->setText(tr("Names looked up as a program does: through the search list, A and AAAA at once"));
    m_noLookups->setText(tr("No look-up through a search list was measured on this node."));
    auto* whole = new QSplitter(Qt::Vertical);
    whole->setChildrenCollapsible(false);
    whole->setHandleWidth(12);
    whole->addWidget(column({heading(tr("The same figures from each place")), m_noPods, m_placesTable}));
    whole->addWidget(column({m_ownTitle, m_remark, m_ownTable}));
    whole->addWidget(column({m_lookupsTitle, m_noLookups, m_lookupsTable}));
    whole->setSizes({190, 230, 160});
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->addWidget(whole);
    connect(m_placesTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& row) { showOwn(row.row()); });
}

void PlacesView::setNode(std::shared_ptr<const model::Node> shown) {
    const bool other = !m_node || shown->name != m_node->name;
    m_node = std::move(shown);
    const model::Node& node = *m_node;
    m_places.setNode(node);
    m_lookups.setNode(node);
    m_noLookups->setVisible(m_lookups.rowCount() == 0);
    m_lookupsTable->setVisible(m_lookups.rowCount() > 0);
    const auto entered = std::count_if(node.pods.begin(), node.pods.end(),
                                       [](const model::PodPlace& pod) { return pod.problem.empty(); });
    m_noPods->setVisible(entered == 0);
    m_noPods->setText(node.pods.empty()
                          ? tr("No pod of this node was entered: it takes root on the node, a running pod with an "
                               "address of its own, and the active probes.")
                          : tr("None of the pods that were tried could be entered; the remarks say why."));
    if (other || !m_placesTable->currentIndex().isValid()) {
        const auto first = std::find_if(node.pods.begin(), node.pods.end(),
                                        [](const model::PodPlace& pod) { return pod.problem.empty(); });
        const int row = first == node.pods.end() ? 0 : static_cast<int>(first - node.pods.begin()) + 1;
        m_placesTable->setCurrentIndex(m_places.index(row, 0));
    }
    showOwn(m_placesTable->currentIndex().row());
}

void PlacesView::showOwn(int row) {
    const QString remark = m_places.index(row, PlacesModel::Remark).data().toString();
    m_remark->setText(remark);
    m_remark->setVisible(!remark.isEmpty());
    const bool pod = m_node && row >= 1 && row <= static_cast<int>(m_node->pods.size());
    if (!pod) {
        m_own.setRows({});
        m_ownTitle->setText(tr("A pod's own settings: choose a pod above"));
        return;
    }
    const model::PodPlace& place = m_node->pods[static_cast<std::size_t>(row) - 1];
    m_own.setPlace(place, *m_node);
    m_ownTitle->setText(
        m_own.rowCount() == 0
            ? tr("%1/%2 told no setting of its own").arg(shown(place.ns), shown(place.name))
            : tr("Own settings of %1/%2, unlike the node's in bold").arg(shown(place.ns), shown(place.name)));
}

} // namespace netopsy::ui
