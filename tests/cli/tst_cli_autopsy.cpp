// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whole runs on this machine. Without active probes throughout: its resolvers are nobody's to load.
#include "core/store/case_file.h"
#include "tests/cli/run_netopsy.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace netopsy::tests;

namespace {

QByteArray read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QJsonObject node(const QString& path) {
    return runNetopsy({"show", path, "-o", "json"}).json()["nodes"].toArray().at(0).toObject();
}

std::size_t samples(const QString& path) {
    const auto reader = netopsy::store::CaseReader::open(path.toStdString());
    if (!reader)
        return 0;
    const auto got = reader->read();
    return got && !got->nodes.empty() ? got->nodes[0].samples.size() : 0;
}

} // namespace

class TestCliAutopsy : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    [[nodiscard]] QStringList localRun(const char* name, const char* duration, const char* interval = "1s") const {
        return {"autopsy",    "--local", "--no-active-probes", "--case", m_folder.filePath(name),
                "--duration", duration,  "--interval",         interval, "-o",
                "json"};
    }

private slots:
    void wholeRun() {
        const QString path = m_folder.filePath("whole.netopsy");
        const Ran ran = runNetopsy(localRun("whole.netopsy", "2s"));
        QVERIFY2(ran.status == 0, ran.err.constData());
        QVERIFY2(ran.json().contains("findings"), ran.out.constData());
        const Ran again = runNetopsy({"findings", path, "-o", "json"});
        QCOMPARE(again.json(), ran.json()); // the file holds all that the run knew

        const QJsonObject document = runNetopsy({"show", path, "-o", "json"}).json();
        QCOMPARE(document["finished"].toBool(), true);
        QVERIFY(document["cluster"].isNull());
        const QJsonObject here = node(path);
        QCOMPARE(here["state"].toString(), QString("complete"));
        QCOMPARE(here["kernel"].toString().toUtf8(), read("/proc/sys/kernel/osrelease").trimmed());
        const QJsonObject sysctls = here["sysctl"].toObject();
        QVERIFY(sysctls.size() > 50);
        int compared = 0;
        for (const char* key : {"net.core.somaxconn", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_rmem",
                                "net.ipv4.tcp_tw_reuse", "fs.inotify.max_user_watches", "kernel.pid_max",
                                "net.core.netdev_max_backlog", "vm.max_map_count"}) {
            QProcess sysctl;
            sysctl.start("/bin/sh", {"-c", "PATH=$PATH:/sbin:/usr/sbin exec sysctl -n \"$0\"", key});
            QByteArray expected;
            if (sysctl.waitForFinished() && sysctl.exitCode() == 0)
                expected = sysctl.readAllStandardOutput().simplified();
            else
                expected = read("/proc/sys/" + QString(key).replace('.', '/')).simplified();
            QVERIFY2(!expected.isEmpty(), key);
            QCOMPARE(sysctls[key].toString().toUtf8(), expected);
            ++compared;
        }
        QCOMPARE(compared, 8);
        QVERIFY(!QFile::exists(path + "-journal"));
    }

    void killedRunLeavesACase() {
        const QString path = m_folder.filePath("killed.netopsy");
        QProcess process;
        process.setProcessEnvironment(plainEnvironment());
        process.start(QStringLiteral(NETOPSY_BINARY), localRun("killed.netopsy", "60s", "500ms"));
        QVERIFY(process.waitForStarted());
        QTest::qWait(4000); // a flush at least every 2 s
        process.kill();
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitStatus(), QProcess::CrashExit);
        const QByteArray before = read(path);
        const Ran shown = runNetopsy({"show", path, "-o", "json"});
        QVERIFY2(shown.status == 0, shown.err.constData());
        QCOMPARE(shown.json()["finished"].toBool(), false);
        QVERIFY(samples(path) >= 1);
        QCOMPARE(read(path), before);
    }

    void interruptedRunKeepsWhatItGot_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGINT") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
    }
    void interruptedRunKeepsWhatItGot() {
        QFETCH(int, signal);
        const QString path = m_folder.filePath("interrupted.netopsy");
        QFile::remove(path);
        QProcess process;
        process.setProcessEnvironment(plainEnvironment());
        process.start(QStringLiteral(NETOPSY_BINARY), localRun("interrupted.netopsy", "60s", "500ms"));
        QVERIFY(process.waitForStarted());
        QTest::qWait(2500);
        QCOMPARE(kill(pid_t(process.processId()), signal), 0);
        QElapsedTimer clock;
        clock.start();
        QVERIFY(process.waitForFinished(10'000));
        QVERIFY2(clock.elapsed() < 5000, "an interrupted run must end soon");
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 3); // the node is not complete
        QVERIFY(process.readAllStandardError().contains("interrupted"));
        QVERIFY(!QJsonDocument::fromJson(process.readAllStandardOutput()).isNull());
        QCOMPARE(node(path)["state"].toString(), QString("partial"));
        QVERIFY(samples(path) >= 1);
    }

    void inputThatCanNotBeRead_data() {
        QTest::addColumn<QStringList>("flags");
        QTest::addColumn<QString>("says");
        QFile bad(m_folder.filePath("bad.yaml")), good(m_folder.filePath("good.yaml"));
        QVERIFY(bad.open(QIODevice::WriteOnly) && bad.write("clusters: []\na: [b\n") > 0);
        QVERIFY(good.open(QIODevice::WriteOnly) &&
                good.write("clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
                           "contexts: [{name: here, context: {cluster: c, user: u}}]\nusers: [{name: u}]\n") > 0);
        QTest::newRow("no kubeconfig") << QStringList{"--kubeconfig", "/no/such"} << "/no/such";
        QTest::newRow("bad kubeconfig") << QStringList{"--kubeconfig", bad.fileName()} << "bad.yaml:3";
        QTest::newRow("no such context")
            << QStringList{"--kubeconfig", good.fileName(), "--context", "there"} << "no context \"there\"";
        QTest::newRow("no ssh_config") << QStringList{"--kubeconfig", good.fileName(), "--ssh-config",
                                                      "/no/config"}
                                       << "/no/config";
    }
    void inputThatCanNotBeRead() {
        QFETCH(QStringList, flags);
        QFETCH(QString, says);
        const QString path = m_folder.filePath("never.netopsy");
        const Ran ran = runNetopsy(QStringList{"autopsy", "--context", "here", "--case", path} + flags);
        QCOMPARE(ran.status, 2);
        QVERIFY2(ran.err.contains(says.toUtf8()), ran.err.constData());
        QVERIFY(ran.out.isEmpty() && !QFile::exists(path));
    }

    void neverOverAFileThatIsNoCase() {
        QFile file(m_folder.filePath("notes.txt"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("precious\n") > 0);
        file.close();
        const Ran ran = runNetopsy(localRun("notes.txt", "1s"));
        QVERIFY(ran.status == 2 || ran.status == 4);
        QVERIFY2(ran.err.contains("notes.txt"), ran.err.constData());
        QVERIFY(ran.out.isEmpty());
        QCOMPARE(read(file.fileName()), QByteArray("precious\n"));
    }
};

QTEST_GUILESS_MAIN(TestCliAutopsy)
#include "tst_cli_autopsy.moc"
