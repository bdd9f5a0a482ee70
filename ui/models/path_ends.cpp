// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/path_ends.h"

#include "core/base/ip_text.h"
#include "core/path/endpoints.h"
#include "ui/format.h"

#include <algorithm>
#include <set>

namespace netopsy::ui {

namespace {

bool both(const std::vector<std::string>& addresses) {
    return std::any_of(addresses.begin(), addresses.end(), text::isIpv6) &&
           !std::all_of(addresses.begin(), addresses.end(), text::isIpv6);
}

void append(std::vector<PathEnd>& all, std::vector<PathEnd> some) {
    std::sort(some.begin(), some.end(), [](const PathEnd& a, const PathEnd& b) { return a.key < b.key; });
    all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
}

} // namespace

PathEnds pathEnds(const model::Case& subject, const std::string& worstNode) {
    PathEnds out;
    std::vector<PathEnd> nodes, services, pods;
    for (const model::Node& node : subject.nodes)
        nodes.push_back({shown(node.name), PathEndsModel::tr("%1   node").arg(shown(node.name))});
    if (subject.cluster) {
        std::set<std::string> taken;
        for (const model::Service& service : subject.cluster->services) {
            const std::string key = service.ns + "/" + service.name;
            taken.insert(key);
            services.push_back({shown(key), PathEndsModel::tr("%1   Service").arg(shown(key))});
            out.dualStack = out.dualStack || both(service.clusterIps);
        }
        for (const model::Pod& pod : subject.cluster->pods) {
            if (pod.ips.empty() || subject.findNode(pod.node) == nullptr)
                continue;
            const std::string name = pod.ns + "/" + pod.name;
            pods.push_back({shown(taken.contains(name) ? pod.node + "/" + name : name),
                            PathEndsModel::tr("%1   pod on %2").arg(shown(name), shown(pod.node))});
            out.dualStack = out.dualStack || both(pod.ips);
        }
    }
    append(out.all, std::move(nodes));
    append(out.all, std::move(services));
    append(out.all, std::move(pods));
    std::vector<std::string> order{worstNode};
    for (const model::Node& node : subject.nodes)
        order.push_back(node.name);
    for (const std::string& node : order)
        if (const auto way = path::typical(subject, node)) {
            out.from = way->from;
            out.to = way->to;
            break;
        }
    return out;
}

Result<path::Path> pathBetween(const model::Case& subject, const std::string& from, const std::string& to,
                               path::Family family) {
    const auto source = path::placeOf(subject, from, family);
    if (!source || source->service == nullptr)
        return path::derive(subject, from, to, family);
    const std::string backend = source->pod == nullptr
                                    ? source->node->name
                                    : source->node->name + "/" + source->pod->ns + "/" + source->pod->name;
    auto way = path::derive(subject, backend, to, family);
    if (way)
        way->notes.insert(way->notes.begin(), PathEndsModel::tr("one ready backend stands for the Service %1")
                                                  .arg(QString::fromStdString(from))
                                                  .toStdString());
    return way;
}

void PathEndsModel::setEnds(std::vector<PathEnd> ends) {
    if (ends == m_ends)
        return;
    beginResetModel();
    m_ends = std::move(ends);
    endResetModel();
}

int PathEndsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_ends.size());
}

QVariant PathEndsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const PathEnd& end = m_ends[static_cast<std::size_t>(index.row())];
    if (role == Qt::DisplayRole)
        return end.words;
    return role == Qt::EditRole ? QVariant(end.key) : QVariant();
}

} // namespace netopsy::ui
