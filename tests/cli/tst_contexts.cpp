// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// netopsy contexts against kubectl, as a person would run both.
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

namespace {

const QString fixtures = QStringLiteral(NETOPSY_FIXTURES "/kube/kubeconfig/");

struct Ran {
    int status = -1;
    QByteArray out, err;
};

Ran run(const QString& program, const QStringList& args, const QString& kubeconfig) {
    QProcess process;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("KUBECONFIG", kubeconfig);
    process.setProcessEnvironment(environment);
    process.start(program, args);
    if (!process.waitForFinished(20000))
        return {};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

Ran netopsy(const QStringList& args, const QString& kubeconfig) {
    return run(QStringLiteral(NETOPSY_BINARY), QStringList{"contexts"} + args, kubeconfig);
}

} // namespace

class TestContexts : public QObject {
    Q_OBJECT
private slots:
    void agreesWithKubectl_data() {
        QTest::addColumn<QString>("list");
        const QDir dir(fixtures);
        for (const QString& file : dir.entryList({"*.yaml", "*.json"}, QDir::Files))
            QTest::newRow(qPrintable(file)) << dir.filePath(file);
        QTest::newRow("list") << fixtures + "plain.yaml:" + fixtures + "second.json:" + fixtures + "third.yaml";
        QTest::newRow("list with a gap") << fixtures + "absent.yaml:" + fixtures + "third.yaml";
        QTest::newRow("list with a broken one") << fixtures + "third.yaml:" + fixtures + "bad_tab.yaml";
    }
    void agreesWithKubectl() {
        if (QStandardPaths::findExecutable("kubectl").isEmpty())
            QSKIP("kubectl is not installed: parity with it is NOT checked");
        QFETCH(QString, list);
        const Ran names = run("kubectl", {"config", "get-contexts", "-o", "name"}, list);
        const Ran current = run("kubectl", {"config", "view", "-o", "jsonpath={.current-context}"}, list);
        const Ran ours = netopsy({"-o", "json"}, list);
        QCOMPARE(ours.status == 0, names.status == 0);
        if (names.status != 0) {
            QCOMPARE(ours.status, 2);
            QVERIFY(ours.out.isEmpty());
            QVERIFY2(ours.err.contains("bad_"), ours.err.constData()); // names the file
            return;
        }
        const QJsonObject document = QJsonDocument::fromJson(ours.out).object();
        QByteArrayList listed;
        for (const QJsonValue& entry : document["contexts"].toArray())
            listed << entry["name"].toString().toUtf8();
        QByteArrayList theirs = names.out.trimmed().split('\n');
        theirs.removeAll(QByteArray());
        QCOMPARE(listed, theirs);
        QCOMPARE(document["current"].toString().toUtf8(), current.out.trimmed());
    }

    void fields() {
        const Ran ran = netopsy({"-o", "json", "--kubeconfig", fixtures + "no_current.yaml"}, {});
        QCOMPARE(ran.status, 0);
        const QJsonArray contexts = QJsonDocument::fromJson(ran.out)["contexts"].toArray();
        QCOMPARE(contexts.size(), 2);
        const QJsonObject dangling = contexts[0].toObject();
        QCOMPARE(dangling["name"].toString(), QString("dangling"));
        QVERIFY(dangling["problem"].toString().contains("which no file defines"));
        const QJsonObject local = contexts[1].toObject();
        QCOMPARE(local["server"].toString(), QString("http://127.0.0.1:8080"));
        QVERIFY(local["problem"].isNull());
        QCOMPARE(local["current"].toBool(true), false);
        QCOMPARE(local["file"].toString(), fixtures + "no_current.yaml");
    }

    void table() {
        const Ran ran = netopsy({}, fixtures + "third.yaml:" + fixtures + "second.json");
        QCOMPARE(ran.status, 0);
        const QByteArrayList lines = ran.out.split('\n');
        QCOMPARE(lines[0], QByteArray("CURRENT   NAME    CLUSTER   AUTHINFO   NAMESPACE   SERVER"));
        QCOMPARE(lines[1], QByteArray("*         other   other     plugin                 https://other.example"));
        QCOMPARE(lines[2], QByteArray("          prod    other     loses      loses       https://other.example"));
        QCOMPARE(lines[3], QByteArray("          third   third     bot        third-ns    https://third.example"));
    }

    void usage() {
        QCOMPARE(netopsy({"-o", "yaml"}, {}).status, 2);
        QCOMPARE(netopsy({"extra"}, {}).status, 2);
        const Ran missing = netopsy({"--kubeconfig", fixtures + "absent.yaml"}, {});
        QCOMPARE(missing.status, 2);
        QVERIFY(missing.err.contains("absent.yaml"));
    }
};

QTEST_GUILESS_MAIN(TestContexts)
#include "tst_contexts.moc"
