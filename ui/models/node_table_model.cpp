// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/node_table_model.h"

#include "core/base/text.h"
#include "ui/format.h"
#include "ui/theme.h"

#include <array>
#include <cmath>

namespace netopsy::ui {

namespace {

struct Heading {
    const char* title;
    const char* tip;
};
constexpr std::array<Heading, NodeTableModel::ColumnCount> headings{
    {{"Node", "The node's name"},
     {"Trouble", "The worst finding that names this node, and how many do"},
     {"DNS p50", "Cluster names over UDP, measured on the node: median"},
     {"DNS p99", "Cluster names over UDP, measured on the node: 99th percentile of all samples"},
     {"DNS lost", "Queries without an answer, or with a failure"},
     {"Overlay p99", "Round trip to the other nodes' pods, measured on the node"},
     {"Conntrack", "Highest fill of the node's conntrack table over the run"},
     {"Drops", "Packets dropped by interfaces and the softnet backlog over the run"},
     {"Steal", "CPU time that the hypervisor gave to others"},
     {"MTU", "Of the link with the node's address"},
     {"State", "Whether the node was reached and collected in full"}}};

QString stateWord(const model::Node& node) {
    switch (node.state) {
    case model::NodeState::Pending:
        return NodeTableModel::tr("waiting");
    case model::NodeState::Running:
        return NodeTableModel::tr("collecting");
    case model::NodeState::Complete:
        return NodeTableModel::tr("complete");
    case model::NodeState::Partial:
        return NodeTableModel::tr("partial");
    case model::NodeState::Unreachable:
        return NodeTableModel::tr("unreachable");
    }
    return {};
}

double orLast(double value) {
    return std::isfinite(value) ? value : -1.0;
}

} // namespace

void NodeTableModel::setDigest(std::shared_ptr<const CaseDigest> digest) {
    const int before = rowCount(), after = digest ? static_cast<int>(digest->nodes.size()) : 0;
    // Live runs refresh every second; rows keep their places, so that selection and scroll stay.
    const bool sameRows = before == after && before > 0;
    if (!sameRows)
        beginResetModel();
    m_digest = std::move(digest);
    if (!sameRows)
        endResetModel();
    else
        emit dataChanged(index(0, 0), index(after - 1, ColumnCount - 1));
}

int NodeTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_digest ? 0 : static_cast<int>(m_digest->nodes.size());
}

int NodeTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant NodeTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || !m_digest || index.row() >= rowCount())
        return {};
    const NodeDigest& node = m_digest->nodes[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return display(node, index.column());
    case SortRole:
        return sortKey(node, index.column());
    case NodeNameRole:
        return QString::fromStdString(node.node->name);
    case Qt::TextAlignmentRole:
        return index.column() >= DnsP50 && index.column() <= Mtu ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                                                 : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::DecorationRole:
        if (index.column() == Trouble)
            return node.node->state == model::NodeState::Unreachable ? theme::unreachableIcon()
                                                                     : theme::severityIcon(node.worst);
        return {};
    case Qt::ToolTipRole:
        return node.node->error.empty() ? shown(node.node->name)
                                        : shown(node.node->name + ": " + node.node->error);
    default:
        return {};
    }
}

QVariant NodeTableModel::display(const NodeDigest& node, int column) const {
    const stats::NodeSummary& s = node.summary;
    const QString none = QStringLiteral("–");
    switch (column) {
    case Name:
        return shown(node.node->name);
    case Trouble:
        if (node.node->state == model::NodeState::Unreachable && !node.worst)
            return tr("unreachable");
        return node.worst ? QStringLiteral("%1 (%2)")
                                .arg(QString::fromUtf8(analysis::severityName(*node.worst)))
                                .arg(node.findings)
                          : tr("none");
    case DnsP50:
        return durationOf(s.dnsInternal.rtt, &stats::Percentiles::p50);
    case DnsP99:
        return durationOf(s.dnsInternal.rtt, &stats::Percentiles::p99);
    case DnsLost:
        return s.dnsInternal.sent == 0 ? none : QString::number(s.dnsInternal.timeouts + s.dnsInternal.failed);
    case OverlayP99:
        return s.overlayP99Ns ? duration(static_cast<double>(*s.overlayP99Ns)) : none;
    case Conntrack:
        return s.conntrackFill ? percent(*s.conntrackFill * 100) : none;
    case Drops:
        return s.linkDelta.empty() ? none : QString::fromStdString(text::integer(node.drops));
    case Steal:
        return s.cpu ? percent(s.cpu->steal) : none;
    case Mtu:
        return node.nicMtu > 0 ? QString::number(node.nicMtu) : none;
    case State:
        return stateWord(*node.node);
    default:
        return {};
    }
}

QVariant NodeTableModel::sortKey(const NodeDigest& node, int column) const {
    const stats::NodeSummary& s = node.summary;
    const double p99 = s.dnsInternal.rtt ? static_cast<double>(s.dnsInternal.rtt->p99) : -1.0;
    switch (column) {
    case Name:
        return shown(node.node->name);
    case Trouble: {
        // One number that orders by severity first, by the findings' weight next, and by latency last.
        // A node that could not be reached is the first that someone wants to know of.
        const bool lost = node.node->state == model::NodeState::Unreachable;
        const double severity = lost ? 4.0 : node.worst ? 1.0 + static_cast<double>(*node.worst) : 0.0;
        return severity * 1e6 + std::min(node.weight, 1e5) + std::max(p99, 0.0) / 1e11;
    }
    case DnsP50:
        return s.dnsInternal.rtt ? static_cast<double>(s.dnsInternal.rtt->p50) : -1.0;
    case DnsP99:
        return p99;
    case DnsLost:
        return static_cast<double>(s.dnsInternal.timeouts + s.dnsInternal.failed);
    case OverlayP99:
        return s.overlayP99Ns ? static_cast<double>(*s.overlayP99Ns) : -1.0;
    case Conntrack:
        return s.conntrackFill ? *s.conntrackFill : -1.0;
    case Drops:
        return static_cast<double>(node.drops);
    case Steal:
        return s.cpu ? orLast(s.cpu->steal) : -1.0;
    case Mtu:
        return node.nicMtu;
    case State:
        return static_cast<int>(node.node->state);
    default:
        return {};
    }
}

QVariant NodeTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const Heading& heading = headings[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return tr(heading.title);
    if (role == Qt::ToolTipRole)
        return tr(heading.tip);
    if (role == Qt::TextAlignmentRole && section >= DnsP50 && section <= Mtu)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

} // namespace netopsy::ui
