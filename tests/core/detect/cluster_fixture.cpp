// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/detect/cluster_fixture.h"

#include "core/parse/kube/objects.h"

#include <QFile>
#include <QJsonArray>

#include <algorithm>

namespace testing {

using namespace netopsy;
using namespace netopsy::parse::kube;

model::Inventory readCluster(const QString& name, const std::set<QString>& hidden) {
    QFile file(QStringLiteral(NETOPSY_FIXTURES "/kube/clusters/") + name + QStringLiteral(".json"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no fixture %s", qPrintable(name));
    const QJsonObject lists = QJsonDocument::fromJson(file.readAll()).object();
    model::Inventory out;
    std::vector<ConfigMapRef> mounted;
    const auto read = [&](const char* kind, auto parse) {
        if (!lists.contains(QLatin1String(kind)) || hidden.contains(QLatin1String(kind)))
            return;
        const std::string bytes =
            QJsonDocument(lists[QLatin1String(kind)].toObject()).toJson(QJsonDocument::Compact).toStdString();
        const Result<Page> page = parse(bytes);
        if (!page || page->skipped > 0)
            qFatal("%s %s: %s", qPrintable(name), kind,
                   page ? page->firstProblem.c_str() : page.error().text().c_str());
    };
    read("nodes", [&](const std::string& b) { return parseNodes(b, out.nodes); });
    read("pods", [&](const std::string& b) { return parsePods(b, out.pods); });
    read("services", [&](const std::string& b) { return parseServices(b, out.services); });
    read("endpointslices", [&](const std::string& b) { return parseEndpointSlices(b, out.endpoints); });
    read("daemonsets",
         [&](const std::string& b) { return parseWorkloads(b, "DaemonSet", out.workloads, mounted); });
    read("deployments",
         [&](const std::string& b) { return parseWorkloads(b, "Deployment", out.workloads, mounted); });
    for (const char* kind : {"IPPool", "FelixConfiguration", "Installation", "CiliumLocalRedirectPolicy"})
        read(kind, [&](const std::string& b) { return parseCniObjects(b, kind, out.cniObjects); });
    // Only those that the collector would ask for.
    const auto refs = configMapsFor(out.workloads, mounted);
    if (!hidden.contains(QStringLiteral("configmaps")))
        for (const QJsonValue& value :
             lists[QStringLiteral("configmaps")].toObject()[QStringLiteral("items")].toArray()) {
            QJsonObject object = value.toObject();
            object[QStringLiteral("kind")] = QStringLiteral("ConfigMap"); // a list's items do not repeat it
            const auto map = parseConfigMap(QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString());
            if (!map)
                qFatal("%s: %s", qPrintable(name), map.error().text().c_str());
            if (std::find(refs.begin(), refs.end(), ConfigMapRef{map->ns, map->name}) != refs.end())
                out.configMaps.push_back(*map);
        }
    else
        out.gaps.push_back({"get", "configmaps in kube-system", "forbidden"});
    return out;
}

} // namespace testing
