// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/places_model.h"

#include "core/base/text.h"
#include "core/stats/place.h"
#include "ui/format.h"
#include "ui/theme.h"

#include <QApplication>
#include <QFont>

#include <algorithm>

namespace netopsy::ui {

namespace {

const QString none = QStringLiteral("–");

QString number(std::uint64_t n) {
    return QString::fromStdString(text::integer(n));
}

using Cells = QVector<WordsModel::Cell>;

/// Of a program that waits for both, one half lost is the whole look-up late.
WordsModel::Cell halfLost(const stats::PairStats& pairs) {
    if (pairs.sent == 0)
        return {none, {}};
    return {PlacesModel::tr("%1 of %2").arg(number(pairs.halfLost()), number(pairs.sent)),
            PlacesModel::tr("A alone without an answer: %1; AAAA alone: %2; both: %3")
                .arg(number(pairs.onlyALost), number(pairs.onlyAaaaLost), number(pairs.bothLost))};
}

void addDns(Cells& cells, const stats::DnsStats& dns, const stats::PairStats& pairs) {
    cells << WordsModel::Cell{durationOf(dns.rtt, &stats::Percentiles::p50), {}}
          << WordsModel::Cell{durationOf(dns.rtt, &stats::Percentiles::p99), {}}
          << WordsModel::Cell{dns.sent == 0 ? none
                                            : PlacesModel::tr("%1 of %2")
                                                  .arg(number(dns.timeouts + dns.failed), number(dns.sent)),
                              {}}
          << halfLost(pairs);
}

void addTrips(Cells& cells, const stats::RttStats& trips) {
    cells << WordsModel::Cell{durationOf(trips.rtt, &stats::Percentiles::p50), {}}
          << WordsModel::Cell{durationOf(trips.rtt, &stats::Percentiles::p99), {}}
          << WordsModel::Cell{
                 trips.sent == 0 ? none : PlacesModel::tr("%1 of %2").arg(number(trips.lost), number(trips.sent)),
                 {}};
}

QString placeName(const model::PodPlace& pod) {
    return QStringLiteral("%1/%2").arg(shown(pod.ns), shown(pod.name));
}

QString interfaceOf(const model::PodPlace& pod, const model::Node& node) {
    if (pod.device.empty())
        return none;
    QString out =
        pod.mtu > 0 ? PlacesModel::tr("%1, MTU %2").arg(shown(pod.device)).arg(pod.mtu) : shown(pod.device);
    for (const model::Link& link : node.facts.links)
        if (pod.peerIndex > 0 && link.index == pod.peerIndex)
            out += PlacesModel::tr(" ↔ %1").arg(shown(link.name));
    return out;
}

} // namespace

// ---- words

WordsModel::WordsModel(QVector<Column> columns, QObject* parent)
    : QAbstractTableModel(parent), m_columns(std::move(columns)) {}

void WordsModel::setRows(QVector<Row> rows) {
    if (rows == m_rows)
        return;
    // A live run refreshes every second; rows keep their places, so that selection and scroll stay.
    const bool same = rows.size() == m_rows.size() && !rows.isEmpty();
    if (!same)
        beginResetModel();
    m_rows = std::move(rows);
    if (!same)
        endResetModel();
    else
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int WordsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int WordsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant WordsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const Row& row = m_rows[index.row()];
    const Cell cell = row.cells.value(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::ToolTipRole: {
        const QString tip = cell.tip.isEmpty() ? cell.text : cell.tip;
        return tip.isEmpty() ? QVariant() : QVariant(QStringLiteral("<p>%1</p>").arg(tip.toHtmlEscaped()));
    }
    case Qt::TextAlignmentRole:
        return QVariant((m_columns[index.column()].number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::FontRole: {
        if (!row.bold)
            return {};
        QFont font = QApplication::font();
        font.setBold(true);
        return font;
    }
    case Qt::ForegroundRole:
        return row.warning ? QVariant(theme::severityColour(analysis::Severity::Warning)) : QVariant();
    default:
        return {};
    }
}

QVariant WordsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const Column& column = m_columns[section];
    switch (role) {
    case Qt::DisplayRole:
        return column.title;
    case Qt::ToolTipRole:
        return column.tip;
    case Qt::TextAlignmentRole:
        return QVariant((column.number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

// ---- places

PlacesModel::PlacesModel(QObject* parent)
    : WordsModel(
          {{tr("From"), tr("The node itself, and the pods whose network namespace was entered"), false},
           {tr("Interface"), tr("Its own interface, and the other end of it on the node"), false},
           {tr("DNS p50"), tr("The cluster's own names over UDP: median"), true},
           {tr("DNS p99"), tr("The cluster's own names over UDP: 99th percentile of all samples"), true},
           {tr("DNS lost"), tr("Queries without an answer, or with a failure"), true},
           {tr("Half lost"),
            tr("Pairs of A and AAAA, asked at once as glibc does, of which one alone had no answer: all "
               "resolvers"),
            true},
           {tr("Trip p50"), tr("Round trip to the other nodes' pods: median"), true},
           {tr("Trip p99"), tr("Round trip to the other nodes' pods: 99th percentile of all samples"), true},
           {tr("Trip lost"), tr("Round trips to the other nodes' pods without an answer"), true},
           {tr("Unlike"), tr("Sysctls of the pod whose value on the node is another"), true},
           {tr("Remark"), tr("What its counters did over the run, or why it was not entered"), false}},
          parent) {}

void PlacesModel::setNode(const model::Node& node) {
    QVector<Row> rows;
    Row own;
    own.cells << Cell{tr("the node"), {}} << Cell{none, {}};
    const stats::DnsStats dns = stats::internalDns(node.dns);
    addDns(own.cells, dns, stats::pairStats(node.dns));
    addTrips(own.cells, stats::rttStats(node.rtt, model::Plane::Overlay));
    own.cells << Cell{none, {}} << Cell{};
    rows << own;
    for (const model::PodPlace& pod : node.pods) {
        const stats::PlaceSummary s = stats::summarise(pod, node.facts);
        Row row;
        row.cells << Cell{placeName(pod), shown(pod.ns + "/" + pod.name + ", " + pod.address)}
                  << Cell{interfaceOf(pod, node), {}};
        addDns(row.cells, s.dns, s.pairs);
        addTrips(row.cells, s.overlay);
        QStringList unlike;
        for (const std::string& key : s.unlikeNode)
            unlike << shown(key);
        row.cells << Cell{pod.sysctl.empty() ? none : number(s.unlikeNode.size()),
                          unlike.join(QStringLiteral(", "))};
        QString remark = shown(pod.problem);
        if (pod.problem.empty()) {
            const auto overflows = s.counterDelta.find("TcpExt.ListenOverflows");
            if (overflows != s.counterDelta.end() && overflows->second > 0)
                remark = tr("an accept queue overflowed %1 times, retries counted").arg(number(overflows->second));
            else if (s.dns.timeouts + s.dns.failed > 0 && dns.sent > 0 && dns.timeouts + dns.failed == 0)
                remark = tr("loses answers to names that the node gets");
            else if (s.pairs.halfLost() > 0)
                remark = tr("loses one of A and AAAA alone, %1 times").arg(number(s.pairs.halfLost()));
        } else {
            remark = tr("not entered: %1").arg(remark);
        }
        row.warning = !remark.isEmpty();
        row.cells << Cell{remark, {}};
        rows << row;
    }
    setRows(std::move(rows));
}

// ---- what is a pod's own

OwnValuesModel::OwnValuesModel(QObject* parent)
    : WordsModel({{tr("Setting or counter"), tr("Of the pod's own network namespace"), false},
                  {tr("In the pod"), tr("Its value; of a counter, the change over the run"), false},
                  {tr("On the node"), tr("The node's own value, which does not hold in the pod"), false}},
                 parent) {}

void OwnValuesModel::setPlace(const model::PodPlace& place, const model::Node& node) {
    const stats::PlaceSummary s = stats::summarise(place, node.facts);
    QVector<Row> unlike, alike, counters;
    for (const auto& [key, value] : place.sysctl) {
        const auto own = node.facts.sysctl.find(key);
        Row row;
        row.bold = std::find(s.unlikeNode.begin(), s.unlikeNode.end(), key) != s.unlikeNode.end();
        row.cells = {{shown(key), {}},
                     {shown(text::foldBlanks(value)), {}},
                     {own == node.facts.sysctl.end() ? none : shown(own->second), {}}};
        (row.bold ? unlike : alike) << row;
    }
    for (const auto& [key, delta] : s.counterDelta) {
        // Those that did not move say nothing, but for the one that is looked for.
        if (delta == 0 && key != "TcpExt.ListenOverflows")
            continue;
        Row row;
        row.warning = delta > 0 && (key == "TcpExt.ListenOverflows" || key == "TcpExt.ListenDrops");
        row.cells = {{shown(key), {}}, {QStringLiteral("+") + number(delta), {}}, {none, {}}};
        counters << row;
    }
    for (const std::string& key : s.backwards)
        counters << Row{{{shown(key), {}}, {tr("ran backwards"), {}}, {none, {}}}, false, false};
    setRows(unlike + counters + alike);
}

// ---- look-ups

LookupsModel::LookupsModel(QObject* parent)
    : WordsModel({{tr("From"), tr("The place that asked"), false},
                  {tr("Name"), tr("As a program gives it"), false},
                  {tr("Names tried"),
                   tr("Of the search list and the name itself, in its resolv.conf's order: median"), true},
                  {tr("Queries"), tr("Sent for one look-up, A and AAAA counted each: median"), true},
                  {tr("Median"), tr("From the first query to the last answer"), true},
                  {tr("p99"), tr("From the first query to the last answer"), true},
                  {tr("Unanswered"), tr("Look-ups that ended without an answer, or with a failure"), true},
                  {tr("Asked again"), tr("Look-ups that repeated a query for want of an answer"), true},
                  {tr("Resolver"), {}, false}},
                 parent) {}

void LookupsModel::setNode(const model::Node& node) {
    QVector<Row> rows;
    const auto add = [&](const QString& from, const std::vector<model::LookupSeries>& all) {
        for (const model::LookupSeries& series : all) {
            const stats::LookupStats s = stats::lookupStats(series);
            QStringList domains;
            for (const std::string& domain : series.search)
                domains << shown(domain);
            Row row;
            const QString list =
                domains.isEmpty()
                    ? tr("ndots:%1, no search list").arg(series.ndots)
                    : tr("ndots:%1, search %2").arg(series.ndots).arg(domains.join(QLatin1Char(' ')));
            row.cells
                << Cell{from, {}} << Cell{shown(series.name), {}}
                << Cell{s.candidates ? tr("%1 of %2").arg(*s.candidates).arg(series.search.size() + 1) : none,
                        list}
                << Cell{s.queries ? QString::number(*s.queries) : none, {}}
                << Cell{durationOf(s.total, &stats::Percentiles::p50), {}}
                << Cell{durationOf(s.total, &stats::Percentiles::p99), {}}
                << Cell{s.sent == 0 ? none : tr("%1 of %2").arg(number(s.timeouts + s.failed), number(s.sent)), {}}
                << Cell{s.sent == 0 ? none : number(s.retried), {}}
                << Cell{tr("%1 (%2)").arg(shown(series.resolver), shown(series.role)), {}};
            row.warning = s.timeouts + s.failed + s.retried > 0;
            rows << row;
        }
    };
    add(tr("the node"), node.lookups);
    for (const model::PodPlace& pod : node.pods)
        add(placeName(pod), pod.lookups);
    setRows(std::move(rows));
}

} // namespace netopsy::ui
