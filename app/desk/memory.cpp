// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/memory.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace netopsy::app {

namespace {

constexpr int keptRecents = 12;

QString clusterGroup(const QString& context) {
    // A context's name may hold slashes, which QSettings takes for groups.
    return QStringLiteral("clusters/") + QString::fromLatin1(context.toUtf8().toHex());
}

} // namespace

QVector<ui::RecentCase> Memory::recentCases() const {
    QVector<ui::RecentCase> cases;
    for (const QVariant& entry : m_settings.value(QStringLiteral("recents")).toList()) {
        const QStringList fields = entry.toStringList();
        if (fields.size() == 3 && QFileInfo::exists(fields[0]))
            cases.push_back({fields[0], fields[1], QDateTime::fromString(fields[2], Qt::ISODate)});
    }
    return cases;
}

void Memory::addRecent(const QString& path, const QString& title) {
    const QString absolute = QFileInfo(path).absoluteFilePath();
    QVariantList entries{QStringList{absolute, title, QDateTime::currentDateTimeUtc().toString(Qt::ISODate)}};
    for (const ui::RecentCase& known : recentCases())
        if (known.path != absolute && entries.size() < keptRecents)
            entries.push_back(QStringList{known.path, known.title, known.when.toString(Qt::ISODate)});
    m_settings.setValue(QStringLiteral("recents"), entries);
}

ui::AutopsyRequest Memory::request(const QString& context) const {
    ui::AutopsyRequest request;
    request.context = context;
    const QString group = clusterGroup(context) + QLatin1Char('/');
    const auto get = [&](const char* key, const QVariant& fallback) {
        return m_settings.value(group + QLatin1String(key), fallback);
    };
    request.sshUser = get("sshUser", request.sshUser).toString();
    request.identity = get("identity", request.identity).toString();
    request.sshConfig = get("sshConfig", request.sshConfig).toString();
    request.knownHosts = get("knownHosts", request.knownHosts).toString();
    request.sshPort = get("sshPort", request.sshPort).toInt();
    request.addressType = get("addressType", request.addressType).toString();
    request.nodes = get("nodes", request.nodes).toStringList();
    request.dnsNames = get("dnsNames", request.dnsNames).toStringList();
    request.durationS = get("durationS", request.durationS).toDouble();
    request.intervalS = get("intervalS", request.intervalS).toDouble();
    request.activeProbes = get("activeProbes", request.activeProbes).toBool();
    request.podsPerNode = get("podsPerNode", request.podsPerNode).toInt();
    request.sudo = get("sudo", request.sudo).toBool();
    return request;
}

void Memory::setRequest(const ui::AutopsyRequest& request) {
    const QString group = clusterGroup(request.context) + QLatin1Char('/');
    const auto set = [&](const char* key, const QVariant& value) {
        m_settings.setValue(group + QLatin1String(key), value);
    };
    set("sshUser", request.sshUser);
    set("identity", request.identity);
    set("sshConfig", request.sshConfig);
    set("knownHosts", request.knownHosts);
    set("sshPort", request.sshPort);
    set("addressType", request.addressType);
    set("nodes", request.nodes);
    set("dnsNames", request.dnsNames);
    set("durationS", request.durationS);
    set("intervalS", request.intervalS);
    set("activeProbes", request.activeProbes);
    set("podsPerNode", request.podsPerNode);
    set("sudo", request.sudo);
    set("lastAutopsy", QDateTime::currentDateTimeUtc());
}

QDateTime Memory::lastAutopsy(const QString& context) const {
    return m_settings.value(clusterGroup(context) + QStringLiteral("/lastAutopsy")).toDateTime();
}

QString Memory::newCasePath(const QString& context) {
    QString name = context;
    for (QChar& c : name)
        if (!c.isLetterOrNumber() && c != QLatin1Char('-') && c != QLatin1Char('.') && c != QLatin1Char('_'))
            c = QLatin1Char('-');
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) +
                      QStringLiteral("/netopsy/cases"));
    folder.mkpath(QStringLiteral("."));
    const QString stamp = QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    return folder.filePath(QStringLiteral("%1-%2.netopsy").arg(name.left(80), stamp));
}

} // namespace netopsy::app
