// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/mesh_page.h"

#include "core/analysis/ends.h"
#include "core/base/text.h"
#include "ui/format.h"
#include "ui/theme.h"
#include "ui/views/pair_panel.h"
#include "ui/widgets/mesh_legend.h"
#include "ui/widgets/mesh_map.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QHeaderView>
#include <QLabel>
#include <QShortcut>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <array>

namespace netopsy::ui {

namespace {

constexpr std::array layers{MeshLayer::Underlay, MeshLayer::Overlay, MeshLayer::Difference, MeshLayer::Loss};

QToolButton* choice(const QString& text, const QString& tip, const QString& name, QButtonGroup* group) {
    auto* button = new QToolButton;
    button->setText(text);
    button->setToolTip(tip);
    button->setObjectName(name);
    button->setCheckable(true);
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    group->addButton(button);
    return button;
}

} // namespace

MeshPage::MeshPage(QWidget* parent)
    : QWidget(parent), m_mesh(std::make_shared<const stats::Mesh>()), m_sorted(new QSortFilterProxyModel(this)),
      m_map(new MeshMap), m_legend(new MeshLegend), m_table(new QTableView), m_panel(new PairPanel),
      m_side(new QStackedWidget), m_status(new QLabel), m_nothing(new QLabel), m_counts(new QLabel),
      m_clean(new QCheckBox(tr("Without tainted samples"))) {
    setObjectName(QStringLiteral("meshPage"));
    m_sorted->setSourceModel(&m_pairs);
    m_sorted->setSortRole(MeshPairsModel::SortRole);
    m_table->setObjectName(QStringLiteral("pairsTable"));
    m_table->setAccessibleName(tr("Pairs of nodes"));
    m_table->setModel(m_sorted);
    m_table->setSortingEnabled(true);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setTabKeyNavigation(false);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(24);
    m_table->horizontalHeader()->setResizeContentsPrecision(50);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    for (const int name : {MeshPairsModel::From, MeshPairsModel::To})
        m_table->horizontalHeader()->setSectionResizeMode(name, QHeaderView::Stretch);
    for (QLabel* label : {m_status, m_nothing, m_counts}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    m_status->setObjectName(QStringLiteral("meshStatus"));
    m_status->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_status->setMinimumHeight(4 * fontMetrics().lineSpacing() + 4);
    m_status->setAlignment(Qt::AlignTop);
    m_nothing->setText(
        tr("No round trip between nodes was measured: the run had no active probes, or they could not "
           "start. A node's notes say why."));
    m_nothing->setObjectName(QStringLiteral("meshNothing"));

    auto* left = new QWidget;
    auto* leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins(0, 0, 8, 0);
    leftLayout->setSpacing(8);
    leftLayout->addWidget(m_legend);
    leftLayout->addWidget(m_map, 1);
    leftLayout->addWidget(m_status);
    auto* pairs = new QWidget;
    auto* pairsLayout = new QVBoxLayout(pairs);
    pairsLayout->setContentsMargins(12, 0, 0, 0);
    pairsLayout->setSpacing(6);
    pairsLayout->addWidget(m_counts);
    pairsLayout->addWidget(m_table, 1);
    m_side->addWidget(pairs);
    m_side->addWidget(m_panel);
    m_side->setMinimumWidth(380);
    auto* splitter = new QSplitter;
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(12);
    splitter->addWidget(left);
    splitter->addWidget(m_side);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({740, 500});
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(10);
    layout->addWidget(toolbar());
    layout->addWidget(m_nothing);
    layout->addWidget(splitter, 1);

    connect(m_map, &MeshMap::looked, this, &MeshPage::tell);
    connect(m_map, &MeshMap::pairActivated, this, &MeshPage::pairActivated);
    connect(m_panel, &PairPanel::pathWanted, this, [this](const QString& from, const QString& to) {
        // The underlay's probes go from node to node, the others through what pods' packets go through.
        const auto end = [this](const QString& node) {
            return m_map->lens().layer == MeshLayer::Underlay || !m_digest
                       ? node
                       : QString::fromStdString(analysis::podOrNode(*m_digest->subject, node.toStdString()));
        };
        const bool dual = m_digest && stats::meshFamilies(*m_digest->subject).both();
        emit pathWanted({end(from), end(to),
                         !dual          ? path::Family::Any
                         : m_mesh->ipv6 ? path::Family::V6
                                        : path::Family::V4});
    });
    connect(m_panel, &PairPanel::nodeWanted, this, &MeshPage::nodeActivated);
    connect(m_panel, &PairPanel::closed, this, [this] { emit pairActivated({}, {}); });
    const auto open = [this](const QModelIndex& index) {
        emit pairActivated(index.data(MeshPairsModel::FromRole).toString(),
                           index.data(MeshPairsModel::ToRole).toString());
    };
    connect(m_table, &QTableView::clicked, this, open);
    connect(m_table, &QTableView::activated, this, open);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& row) {
                const QString from = row.data(MeshPairsModel::FromRole).toString(),
                              to = row.data(MeshPairsModel::ToRole).toString();
                m_map->setCurrent(from, to);
                tell(from, to);
            });
    setLens({});
    sortByLayer();
}

QWidget* MeshPage::toolbar() {
    auto* bar = new QWidget;
    // Fusion hardly shows what is pressed in a dark theme.
    const theme::Colours c = theme::colours();
    bar->setStyleSheet(
        QStringLiteral("QToolButton:checked { background: %1; color: %2; border: 1px solid %1; "
                       "border-radius: 2px; padding: 2px }"
                       "QToolButton:checked:disabled { background: %3; color: %2; border-color: %3 }")
            .arg(c.accent.name(), c.surface.name(), c.faint.name()));
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    auto* title = new QLabel(tr("Round trips between nodes"));
    title->setFont(theme::heading());
    row->addWidget(title);
    row->addSpacing(16);
    auto* layerGroup = new QButtonGroup(this);
    const std::array tips{tr("Between the nodes' own addresses (key 1)"),
                          tr("To addresses inside the other node's pod network (key 2)"),
                          tr("What the overlay adds to the underlay (key 3)"),
                          tr("Probes that were not answered (key 4)")};
    for (std::size_t i = 0; i < layers.size(); ++i) {
        auto* button = choice(layerName(layers[i]), tips[i], QStringLiteral("layer%1").arg(i + 1), layerGroup);
        m_layers << button;
        row->addWidget(button);
        const auto pick = [this, i] {
            MeshLens lens = m_map->lens();
            lens.layer = layers[i];
            setLens(lens);
            sortByLayer();
        };
        connect(button, &QToolButton::clicked, this, pick);
        auto* key = new QShortcut(QKeySequence(Qt::Key_1 + static_cast<int>(i)), this);
        key->setContext(Qt::WidgetWithChildrenShortcut);
        connect(key, &QShortcut::activated, this, pick);
    }
    row->addSpacing(12);
    auto* figureGroup = new QButtonGroup(this);
    m_figures << choice(tr("Median"), tr("Half of the answers were faster (key P switches)"),
                        QStringLiteral("figureMedian"), figureGroup)
              << choice(tr("p99"), tr("Ninety-nine of a hundred answers were faster (key P switches)"),
                        QStringLiteral("figureP99"), figureGroup);
    const auto figure = [this](bool p99) {
        MeshLens lens = m_map->lens();
        lens.p99 = p99;
        setLens(lens);
    };
    for (int i = 0; i < 2; ++i) {
        row->addWidget(m_figures[i]);
        connect(m_figures[i], &QToolButton::clicked, this, [figure, i] { figure(i == 1); });
    }
    auto* switchFigure = new QShortcut(QKeySequence(Qt::Key_P), this);
    switchFigure->setContext(Qt::WidgetWithChildrenShortcut);
    connect(switchFigure, &QShortcut::activated, this, [this, figure] { figure(!m_map->lens().p99); });
    row->addSpacing(12);
    auto* familyGroup = new QButtonGroup(this);
    const std::array families{tr("IPv4"), tr("IPv6")};
    for (int i = 0; i < 2; ++i) {
        m_families << choice(families[static_cast<std::size_t>(i)],
                             tr("Round trips by this family alone (key F switches)"),
                             QStringLiteral("family%1").arg(i == 0 ? 4 : 6), familyGroup);
        m_families[i]->hide();
        row->addWidget(m_families[i]);
        connect(m_families[i], &QToolButton::clicked, this, [this, i] { setFamily(i == 1); });
    }
    auto* switchFamily = new QShortcut(QKeySequence(Qt::Key_F), this);
    switchFamily->setContext(Qt::WidgetWithChildrenShortcut);
    connect(switchFamily, &QShortcut::activated, this, [this] { setFamily(!m_ipv6); });
    row->addSpacing(12);
    m_clean->setObjectName(QStringLiteral("cleanOnly"));
    m_clean->setToolTip(
        tr("Leave out samples during which the probe itself was late, starved or robbed of CPU time"));
    connect(m_clean, &QCheckBox::toggled, this, [this](bool on) {
        MeshLens lens = m_map->lens();
        lens.clean = on;
        setLens(lens);
    });
    row->addWidget(m_clean);
    row->addStretch();
    const auto zoom = [&](const QString& text, const QString& tip, int steps) {
        auto* button = new QToolButton;
        button->setText(text);
        button->setToolTip(tip);
        connect(button, &QToolButton::clicked, this, [this, steps] { m_map->zoom(steps); });
        row->addWidget(button);
    };
    zoom(tr("Zoom in"), tr("Key +, or Ctrl and the wheel"), 1);
    zoom(tr("Zoom out"), tr("Key −, or Ctrl and the wheel"), -1);
    zoom(tr("Fit"), tr("Show all nodes (key 0)"), 0);
    return bar;
}

void MeshPage::setFamily(bool ipv6) {
    m_ipv6 = ipv6;
    m_derived.reset();
    derive();
}

void MeshPage::setDigest(const std::shared_ptr<const CaseDigest>& digest) {
    m_digest = digest;
    if (isVisible())
        derive();
}

void MeshPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    derive();
}

void MeshPage::derive() {
    if (!m_digest || m_digest == m_derived)
        return;
    m_derived = m_digest;
    // While it runs, figures change every second: the intervals wait until it has ended.
    const auto intervals =
        m_digest->subject->meta.finished ? stats::MeshIntervals::All : stats::MeshIntervals::None;
    m_work.run<std::shared_ptr<const stats::Mesh>>(
        [digest = m_digest, intervals, ipv6 = m_ipv6] {
            const bool chosen = ipv6 && stats::meshFamilies(*digest->subject).v6;
            return std::make_shared<const stats::Mesh>(
                stats::mesh(*digest->subject, intervals, chosen ? std::optional(true) : std::nullopt));
        },
        [this](const std::shared_ptr<const stats::Mesh>& mesh) {
            const bool dual = stats::meshFamilies(*m_derived->subject).both();
            for (QToolButton* button : m_families)
                button->setVisible(dual);
            m_families[mesh->ipv6 ? 1 : 0]->setChecked(true);
            m_mesh = mesh;
            m_map->setMesh(mesh);
            m_pairs.setMesh(mesh);
            setLens(m_map->lens());
            m_nothing->setVisible(mesh->cells.empty());
            std::size_t lost = 0;
            for (const stats::MeshCell& cell : mesh->cells)
                lost += cell.underlay.lostAll() || cell.overlay.lostAll() ? 1 : 0;
            const std::size_t n = mesh->nodes.size();
            QString words =
                tr("%1 of %2 pairs probed, one direction each")
                    .arg(shown(text::integer(mesh->cells.size())), shown(text::integer(n * (n - (n > 0)))));
            if (lost > 0)
                words += tr("; %n without any answer on a plane", nullptr, static_cast<int>(lost));
            m_counts->setText(words);
            if (!m_from.isEmpty())
                m_panel->setPair(m_derived->subject, m_from, m_to, mesh->ipv6);
            tell(m_map->currentFrom(), m_map->currentTo());
        });
}

void MeshPage::setPair(const QString& from, const QString& to) {
    m_from = from;
    m_to = to;
    if (from.isEmpty()) {
        m_side->setCurrentIndex(0);
        return;
    }
    if (m_digest)
        m_panel->setPair(m_digest->subject, from, to, m_mesh->ipv6);
    m_side->setCurrentWidget(m_panel);
    m_map->setCurrent(from, to);
    tell(from, to);
}

void MeshPage::focusMap() {
    m_map->setFocus();
}

void MeshPage::setLens(const MeshLens& lens) {
    m_map->setLens(lens);
    m_pairs.setLens(lens);
    m_legend->setScale(m_map->scale(), lens.layer);
    for (std::size_t i = 0; i < layers.size(); ++i)
        m_layers[static_cast<int>(i)]->setChecked(layers[i] == lens.layer);
    m_figures[lens.p99 ? 1 : 0]->setChecked(true);
    const bool loss = lens.layer == MeshLayer::Loss;
    for (QToolButton* button : m_figures)
        button->setEnabled(!loss);
    // The difference of medians always leaves tainted samples out.
    m_clean->setEnabled(!loss && !(lens.layer == MeshLayer::Difference && !lens.p99));
}

void MeshPage::sortByLayer() {
    m_table->sortByColumn(MeshPairsModel::columnOf(m_map->lens().layer), Qt::DescendingOrder);
    m_table->scrollToTop();
}

void MeshPage::tell(const QString& from, const QString& to) {
    QStringList words = m_map->words(from, to);
    if (words.isEmpty()) {
        m_status->setText(
            tr("Arrow keys walk the map, Ctrl with them to the next pair that was probed; Enter or a click "
               "opens a pair."));
        return;
    }
    if (words.size() == 2 && m_digest) // nothing was probed: say so if the node was out of reach
        if (const model::Node* node = m_digest->subject->findNode(from.toStdString());
            node != nullptr && node->state == model::NodeState::Unreachable && from != to)
            words[1] += tr(": %1 could not be reached").arg(shown(node->name));
    m_status->setText(words.join(QLatin1Char('\n')));
}

} // namespace netopsy::ui
