// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/pair_panel.h"

#include "core/base/ip_text.h"
#include "core/base/text.h"
#include "core/stats/mesh.h"
#include "ui/format.h"
#include "ui/theme.h"
#include "ui/widgets/plain_label.h"
#include "ui/widgets/sample_strip.h"

#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <array>
#include <cmath>

namespace netopsy::ui {

namespace {

QLabel* heading(const QString& text) {
    QLabel* label = copyableLabel();
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    label->setText(text);
    return label;
}

QString signedDuration(double ns) {
    return (ns < 0 ? QString(QChar(0x2212)) : QStringLiteral("+")) + duration(std::abs(ns));
}

QString direction(const QString& from, const QString& to) {
    return QStringLiteral("%1 → %2").arg(shown(from.toStdString()), shown(to.toStdString()));
}

QString planeName(model::Plane plane) {
    return plane == model::Plane::Underlay ? PairPanel::tr("underlay") : PairPanel::tr("overlay");
}

/// One direction and plane, by the mesh's family.
struct Leg {
    QString from, to;
    model::Plane plane = model::Plane::Underlay;
    stats::MeshPlane figures;
    SampleStrip::Lane lane;
};

Leg legOf(const stats::Mesh& mesh, const model::Case& subject, const QString& from, const QString& to,
          model::Plane plane) {
    Leg leg{from, to, plane, {}, {}};
    const auto a = mesh.indexOf(from.toStdString()), b = mesh.indexOf(to.toStdString());
    if (a && b)
        if (const stats::MeshCell* cell = mesh.at(*a, *b))
            leg.figures = cell->plane(plane);
    leg.lane.name = PairPanel::tr("%1, %2").arg(direction(from, to), planeName(plane));
    leg.lane.colour = plane == model::Plane::Underlay ? 0 : 1;
    leg.lane.lost = static_cast<int>(leg.figures.lost);
    const model::Node* node = subject.findNode(from.toStdString());
    if (node == nullptr)
        return leg;
    for (const model::RttSeries& series : node->rtt)
        if (series.plane == plane && series.peer == to.toStdString() && text::isIpv6(series.address) == mesh.ipv6)
            for (const model::RttSample& sample : series.samples)
                if (sample.rttNs >= 0)
                    (sample.taint != 0 ? leg.lane.tainted : leg.lane.clean) << static_cast<double>(sample.rttNs);
    return leg;
}

/// The case with these two nodes alone: the pair's figures cost nothing of the others'.
model::Case justThese(const model::Case& subject, const QString& from, const QString& to) {
    model::Case out;
    for (const QString& name : {from, to})
        if (const model::Node* node = subject.findNode(name.toStdString())) {
            model::Node slim;
            slim.name = node->name;
            for (const model::RttSeries& series : node->rtt)
                if (series.peer == (name == from ? to : from).toStdString())
                    slim.rtt.push_back(series);
            out.nodes.push_back(std::move(slim));
        }
    return out;
}

QString differenceWords(const stats::Mesh& mesh, const QString& from, const QString& to) {
    const auto a = mesh.indexOf(from.toStdString()), b = mesh.indexOf(to.toStdString());
    const stats::MeshCell* cell = a && b ? mesh.at(*a, *b) : nullptr;
    const QString way = direction(from, to);
    if (cell == nullptr)
        return PairPanel::tr("%1: not probed").arg(way);
    if (!cell->difference)
        return PairPanel::tr("%1: can't be told, %2").arg(way, shown(cell->difference.reason()));
    const stats::MedianDifference& d = *cell->difference;
    QString out = PairPanel::tr("%1: %2, 95 % interval %3 to %4")
                      .arg(way, signedDuration(d.median), signedDuration(d.low95), signedDuration(d.high95));
    if (d.low95 <= 0 && d.high95 >= 0)
        out += PairPanel::tr(" – no difference is shown");
    return out;
}

QStringList pmtuWords(const model::Case& subject, const QString& from, const QString& to, bool ipv6) {
    QStringList out;
    const model::Node* node = subject.findNode(from.toStdString());
    if (node == nullptr)
        return out;
    const auto bytes = [](int count) { return shown(text::integer(static_cast<std::uint64_t>(count))); };
    for (const model::PmtuResult& result : node->pmtu) {
        if (result.peer != to.toStdString() || text::isIpv6(result.address) != ipv6)
            continue;
        QString line = PairPanel::tr("%1, %2: ").arg(direction(from, to), planeName(result.plane));
        line +=
            result.mtu > 0 ? PairPanel::tr("%1 B fit").arg(bytes(result.mtu)) : PairPanel::tr("none got through");
        if (result.linkMtu > 0)
            line += PairPanel::tr(", the link claims %1 B").arg(bytes(result.linkMtu));
        if (result.blackhole)
            line += PairPanel::tr("; black hole: larger packets vanish without a word");
        out << line;
    }
    return out;
}

} // namespace

PairPanel::PairPanel(QWidget* parent)
    : QScrollArea(parent), m_title(copyableLabel()), m_difference(copyableLabel()), m_pmtu(copyableLabel()),
      m_remarks(copyableLabel()), m_table(new QTableWidget), m_strip(new SampleStrip), m_path(new QPushButton),
      m_pathBack(new QPushButton), m_openFrom(new QPushButton), m_openTo(new QPushButton) {
    setObjectName(QStringLiteral("pairPanel"));
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_title->setObjectName(QStringLiteral("pairTitle"));
    m_title->setFont(theme::heading());
    m_difference->setObjectName(QStringLiteral("pairDifference"));
    m_pmtu->setObjectName(QStringLiteral("pairPmtu"));
    m_table->setObjectName(QStringLiteral("pairTable"));
    m_table->setAccessibleName(tr("Figures of the pair"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setFocusPolicy(Qt::NoFocus);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->verticalHeader()->setDefaultSectionSize(24);
    m_table->verticalHeader()->hide();
    m_path->setObjectName(QStringLiteral("pairPath"));
    auto* all = new QPushButton(tr("‹ All pairs"));
    all->setObjectName(QStringLiteral("allPairs"));
    all->setFlat(true);

    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(12, 0, 8, 8);
    layout->setSpacing(6);
    layout->addWidget(all, 0, Qt::AlignLeft);
    layout->addWidget(m_title);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_path);
    buttons->addWidget(m_pathBack);
    buttons->addStretch();
    layout->addLayout(buttons);
    layout->addWidget(m_table);
    layout->addWidget(heading(tr("What the overlay adds to the median")));
    layout->addWidget(m_difference);
    layout->addWidget(heading(tr("Path MTU, don't-fragment set")));
    layout->addWidget(m_pmtu);
    layout->addWidget(heading(tr("Every sample")));
    layout->addWidget(m_strip);
    layout->addWidget(m_remarks);
    auto* nodes = new QHBoxLayout;
    nodes->addWidget(m_openFrom);
    nodes->addWidget(m_openTo);
    nodes->addStretch();
    layout->addLayout(nodes);
    layout->addStretch();
    setWidget(page);

    connect(all, &QPushButton::clicked, this, &PairPanel::closed);
    connect(m_path, &QPushButton::clicked, this, [this] { emit pathWanted(m_from, m_to); });
    connect(m_pathBack, &QPushButton::clicked, this, [this] { emit pathWanted(m_to, m_from); });
    connect(m_openFrom, &QPushButton::clicked, this, [this] { emit nodeWanted(m_from); });
    connect(m_openTo, &QPushButton::clicked, this, [this] { emit nodeWanted(m_to); });
}

void PairPanel::setPair(const std::shared_ptr<const model::Case>& subject, const QString& from, const QString& to,
                        bool ipv6) {
    m_from = from;
    m_to = to;
    const QString a = shown(from.toStdString()), b = shown(to.toStdString());
    m_title->setText(from == to ? a : tr("%1 and %2").arg(a, b));
    m_path->setText(tr("Path of this pair"));
    m_path->setToolTip(tr("The packet's way, device by device"));
    m_pathBack->setText(tr("…and the other way"));
    m_openFrom->setText(tr("Open %1").arg(QString(a).replace(QLatin1Char('&'), QStringLiteral("&&"))));
    m_openTo->setText(tr("Open %1").arg(QString(b).replace(QLatin1Char('&'), QStringLiteral("&&"))));
    for (QPushButton* button : {m_path, m_pathBack, m_openTo})
        button->setEnabled(from != to);

    const stats::Mesh mesh = stats::mesh(justThese(*subject, from, to), stats::MeshIntervals::All, ipv6);
    std::vector<Leg> legs;
    for (const auto& [x, y] : {std::pair{from, to}, std::pair{to, from}})
        for (const model::Plane plane : {model::Plane::Underlay, model::Plane::Overlay})
            legs.push_back(legOf(mesh, *subject, x, y, plane));
    const bool anyTaint =
        std::any_of(legs.begin(), legs.end(), [](const Leg& leg) { return leg.figures.tainted > 0; });

    QStringList rows{tr("probes"), tr("lost"), tr("least"), tr("median"), tr("p90"), tr("p99"), tr("most")};
    if (anyTaint)
        rows << tr("tainted") << tr("median, untainted") << tr("p99, untainted");
    rows << tr("duplicates") << tr("out of order") << tr("method");
    m_table->clear();
    m_table->setRowCount(static_cast<int>(rows.size()));
    m_table->setColumnCount(static_cast<int>(legs.size()) + 1);
    for (int row = 0; row < rows.size(); ++row)
        m_table->setItem(row, 0, new QTableWidgetItem(rows[row]));
    QStringList columns{QString()};
    for (const Leg& leg : legs)
        columns << tr("%1\n%2").arg(leg.from == from ? tr("there") : tr("back"), planeName(leg.plane));
    m_table->setHorizontalHeaderLabels(columns);
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    const QString none = QStringLiteral("–");
    for (std::size_t i = 0; i < legs.size(); ++i) {
        const stats::MeshPlane& f = legs[i].figures;
        const auto count = [&](std::uint32_t n) {
            return f.probed() ? QString::fromStdString(text::integer(n)) : none;
        };
        const auto time = [](const std::optional<stats::Percentiles>& rtt,
                             std::int64_t stats::Percentiles::*which) { return durationOf(rtt, which); };
        using P = stats::Percentiles;
        QStringList cells{f.probed() ? count(f.sent) : tr("not probed"),
                          f.lost > 0 ? tr("%1 (%2)").arg(count(f.lost), percent(f.lossPct())) : count(f.lost),
                          time(f.all, &P::min),
                          time(f.all, &P::p50),
                          time(f.all, &P::p90),
                          time(f.all, &P::p99),
                          time(f.all, &P::max)};
        if (anyTaint)
            cells << (f.probed() ? percent(100.0 * f.tainted / f.sent) : none) << time(f.clean, &P::p50)
                  << time(f.clean, &P::p99);
        cells << count(f.duplicates) << count(f.reordered) << (f.probed() ? shown(f.method) : none);
        for (int row = 0; row < cells.size(); ++row) {
            auto* item = new QTableWidgetItem(cells[row]);
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            item->setToolTip(legs[i].lane.name.toHtmlEscaped() + QStringLiteral(": ") +
                             cells[row].toHtmlEscaped());
            if (row == 1 && f.lost > 0)
                item->setForeground(theme::severityColour(analysis::Severity::Critical));
            m_table->setItem(row, static_cast<int>(i) + 1, item);
        }
    }
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() +
                            static_cast<int>(rows.size()) * m_table->verticalHeader()->defaultSectionSize() + 4);
    m_difference->setText(differenceWords(mesh, from, to) + QLatin1Char('\n') + differenceWords(mesh, to, from));
    const QStringList pmtu = pmtuWords(*subject, from, to, ipv6) + pmtuWords(*subject, to, from, ipv6);
    m_pmtu->setText(pmtu.isEmpty() ? tr("not searched between these two") : pmtu.join(QLatin1Char('\n')));
    QVector<SampleStrip::Lane> lanes;
    for (Leg& leg : legs)
        if (leg.figures.probed())
            lanes << std::move(leg.lane);
    m_strip->setLanes(lanes);
    m_strip->setVisible(!lanes.isEmpty());
    QStringList remarks;
    if (anyTaint)
        remarks << tr(
            "The lower, orange ticks are tainted: the probe itself was late, starved or robbed of CPU time, "
            "so that their time may hold more than the network's.");
    for (const QString& name : {from, to})
        if (const model::Node* node = subject->findNode(name.toStdString());
            node != nullptr && !node->error.empty())
            remarks << QStringLiteral("%1: %2").arg(shown(node->name), shown(node->error));
    m_remarks->setText(remarks.join(QLatin1Char('\n')));
    m_remarks->setVisible(!remarks.isEmpty());
}

} // namespace netopsy::ui
