// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The same files through kubectl and through loadKubeconfig: both refuse, or both see the same.
#include "collectors/kube/kubeconfig.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <sstream>

using namespace netopsy;

namespace {

const QString fixtures = QStringLiteral(NETOPSY_FIXTURES "/kube/kubeconfig");

QJsonObject ofKubectl(const QString& list, const QStringList& more, bool* accepted) {
    QProcess kubectl;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("KUBECONFIG", list);
    kubectl.setProcessEnvironment(environment);
    kubectl.start("kubectl", QStringList{"config", "view", "--raw", "-o", "json"} + more);
    *accepted = kubectl.waitForFinished(20000) && kubectl.exitCode() == 0;
    return QJsonDocument::fromJson(kubectl.readAllStandardOutput()).object();
}

QString text(const std::string& s) {
    return QString::fromStdString(s);
}

void put(QJsonObject& object, const char* key, const std::string& value) {
    if (!value.empty())
        object[QLatin1String(key)] = text(value);
}

void putBytes(QJsonObject& object, const char* key, const std::string& value) {
    if (!value.empty())
        object[QLatin1String(key)] = QString::fromLatin1(QByteArray::fromStdString(value).toBase64());
}

/// What loadKubeconfig saw, in kubectl's shape; paths are compared elsewhere.
QJsonObject ofOurs(const kube::Kubeconfig& config) {
    QJsonArray clusters, users, contexts;
    for (const auto& [name, c] : config.clusters) {
        QJsonObject o;
        o["server"] = text(c.server);
        put(o, "tls-server-name", c.tlsServerName);
        put(o, "proxy-url", c.proxyUrl);
        putBytes(o, "certificate-authority-data", c.caData);
        if (c.insecureSkipTlsVerify)
            o["insecure-skip-tls-verify"] = true;
        if (c.disableCompression)
            o["disable-compression"] = true;
        clusters.append(QJsonObject{{"name", text(name)}, {"cluster", o}});
    }
    for (const auto& [name, u] : config.users) {
        QJsonObject o;
        put(o, "token", u.token);
        put(o, "username", u.username);
        put(o, "password", u.password);
        put(o, "as", u.impersonate);
        put(o, "as-uid", u.impersonateUid);
        putBytes(o, "client-certificate-data", u.certData);
        putBytes(o, "client-key-data", u.keyData);
        users.append(QJsonObject{{"name", text(name)}, {"user", o}});
    }
    for (const auto& [name, c] : config.contexts) {
        QJsonObject o;
        o["cluster"] = text(c.cluster);
        o["user"] = text(c.user);
        put(o, "namespace", c.ns);
        contexts.append(QJsonObject{{"name", text(name)}, {"context", o}});
    }
    return {{"clusters", clusters},
            {"users", users},
            {"contexts", contexts},
            {"current-context", text(config.currentContext)}};
}

/// Drops what is not compared from kubectl's answer.
QJsonObject reduced(const QJsonObject& view) {
    const auto list = [&](const char* plural, const char* singular, const QStringList& dropped) {
        QJsonArray out;
        for (const QJsonValue& entry : view[QLatin1String(plural)].toArray()) {
            QJsonObject object = entry.toObject()[QLatin1String(singular)].toObject();
            for (const QString& key : dropped)
                object.remove(key);
            out.append(QJsonObject{{"name", entry.toObject()["name"]}, {QLatin1String(singular), object}});
        }
        return out;
    };
    return {{"clusters", list("clusters", "cluster", {"certificate-authority", "extensions"})},
            {"users", list("users", "user",
                           {"client-certificate", "client-key", "tokenFile", "exec", "as-groups", "as-user-extra",
                            "auth-provider", "extensions"})},
            {"contexts", list("contexts", "context", {"extensions"})},
            {"current-context", view["current-context"].toString()}};
}

} // namespace

class TestKubectlParity : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        if (QStandardPaths::findExecutable("kubectl").isEmpty())
            QSKIP("kubectl is not installed: parity with it is NOT checked");
    }

    void agrees_data() {
        QTest::addColumn<QString>("list");
        QTest::addColumn<bool>("alone"); // --kubeconfig
        const QDir dir(fixtures);
        for (const QString& file : dir.entryList({"*.yaml", "*.json"}, QDir::Files)) {
            QTest::newRow(qPrintable(file)) << dir.filePath(file) << false;
            QTest::newRow(qPrintable("--kubeconfig " + file)) << dir.filePath(file) << true;
        }
        const auto in = [&](const QStringList& names) {
            QStringList out;
            for (const QString& name : names)
                out << (name.isEmpty() ? name : dir.filePath(name));
            return out.join(':');
        };
        QTest::newRow("list") << in({"plain.yaml", "second.json", "third.yaml"}) << false;
        QTest::newRow("list the other way") << in({"third.yaml", "second.json", "plain.yaml"}) << false;
        QTest::newRow("missing first") << in({"absent.yaml", "plain.yaml"}) << false;
        QTest::newRow("all missing") << in({"absent.yaml", "gone.yaml"}) << false;
        QTest::newRow("empty entries, twice the same") << in({"", "plain.yaml", "", "plain.yaml", ""}) << false;
        QTest::newRow("current-context from the second") << in({"no_current.yaml", "second.json"}) << false;
        QTest::newRow("a broken one last") << in({"plain.yaml", "bad_tab.yaml"}) << false;
        QTest::newRow("a broken one first") << in({"bad_base64.yaml", "plain.yaml"}) << false;
        QTest::newRow("an empty one first") << in({"empty.yaml", "plain.yaml"}) << false;
        QTest::newRow("a directory") << fixtures << false;
        // A missing --kubeconfig is not here: "kubectl config" forgives it, as it could create the file; every
        // kubectl command that reads a cluster refuses it, and so do we (tst_kubeconfig).
    }
    void agrees() {
        QFETCH(QString, list);
        QFETCH(bool, alone);
        bool accepted = false;
        const QJsonObject theirs =
            alone ? ofKubectl({}, {"--kubeconfig", list}, &accepted) : ofKubectl(list, {}, &accepted);
        qputenv("KUBECONFIG", list.toUtf8());
        const auto ours = alone ? kube::loadKubeconfig(list.toStdString()) : kube::loadKubeconfig({});
        QVERIFY2(ours.has_value() == accepted, ours ? "kubectl refuses, we do not" : ours.error().text().c_str());
        if (!ours)
            return;
        const auto shown = [](const QJsonObject& o) { return QJsonDocument(o).toJson(QJsonDocument::Indented); };
        QCOMPARE(shown(ofOurs(*ours)), shown(reduced(theirs)));
    }

    void relativePathsLeadToTheSameFiles() {
        QTemporaryDir dir;
        QVERIFY(QDir(dir.path()).mkpath("a/pki") && QDir(dir.path()).mkpath("b/pki"));
        for (const char* which : {"a", "b"}) {
            const std::string base = dir.filePath(which).toStdString();
            std::ofstream(base + "/pki/ca.crt") << "authority of " << which;
            std::ofstream(base + "/config")
                << "clusters: [{name: " << which
                << ", cluster: {server: 'https://x', certificate-authority: pki/ca.crt}}]\n";
        }
        const QString list = dir.filePath("a/config") + ":" + dir.filePath("b/config");
        bool accepted = false;
        const QJsonObject theirs = ofKubectl(list, {"--flatten"}, &accepted);
        QVERIFY(accepted);
        qputenv("KUBECONFIG", list.toUtf8());
        const auto ours = kube::loadKubeconfig({});
        QVERIFY(ours);
        QCOMPARE(theirs["clusters"].toArray().size(), 2);
        for (const QJsonValue& entry : theirs["clusters"].toArray()) {
            const auto& cluster = ours->clusters.at(entry["name"].toString().toStdString());
            std::ifstream in(cluster.caFile);
            std::stringstream content;
            content << in.rdbuf();
            QCOMPARE(QByteArray::fromStdString(content.str()).toBase64(),
                     entry["cluster"]["certificate-authority-data"].toString().toLatin1());
        }
    }
};

QTEST_GUILESS_MAIN(TestKubectlParity)
#include "tst_kubectl_parity.moc"
