// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The commands on a case that stands: documents on stdout, words on stderr, exit status as documented.
#include "tests/cli/run_netopsy.h"
#include "tests/support/stored_case.h"

#include <QFile>
#include <QJsonArray>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace netopsy;
using namespace netopsy::tests;

class TestCli : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    QString m_case;

private slots:
    void initTestCase() {
        m_case = m_folder.filePath("lab.netopsy");
        const auto written = writeStoredCase(m_case.toStdString());
        QVERIFY2(written, written ? "" : written.error().text().c_str());
    }

    void version() {
        const Ran ran = runNetopsy({"--version"});
        QCOMPARE(ran.status, 0);
        QVERIFY(ran.out.startsWith("netopsy "));
        QCOMPARE(ran.out.count('\n'), 1);
        QVERIFY(ran.err.isEmpty());
    }

    void help() {
        for (const QStringList& asked : {QStringList{"help"}, {"--help"}, {"-h"}}) {
            const Ran ran = runNetopsy(asked);
            QCOMPARE(ran.status, 0);
            for (const char* command : {"contexts", "autopsy", "show", "findings", "path", "tuning", "report"}) {
                QVERIFY2(ran.out.contains("netopsy " + QByteArray(command)), command);
                const Ran own = runNetopsy({command, "--help"});
                QCOMPARE(own.status, 0);
                QVERIFY2(own.out.startsWith("Usage: netopsy " + QByteArray(command)), own.out.constData());
                QCOMPARE(runNetopsy({"help", command}).out, own.out);
            }
            QVERIFY(ran.err.isEmpty());
        }
    }

    void usageErrors_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("names");
        QTest::newRow("command") << QStringList{"frobnicate"} << QByteArray("frobnicate");
        QTest::newRow("help of none") << QStringList{"help", "frobnicate"} << QByteArray("frobnicate");
        for (const char* command : {"show", "findings", "path", "tuning", "report", "autopsy", "contexts"})
            QTest::addRow("flag of %s", command)
                << QStringList{command, "--frobnicate"} << QByteArray("frobnicate");
        for (const char* command : {"show", "findings", "tuning"})
            QTest::addRow("no case for %s", command) << QStringList{command} << QByteArray("which case");
        QTest::newRow("two cases") << QStringList{"show", "a", "b"} << QByteArray("one case");
        QTest::newRow("format") << QStringList{"show", "CASE", "-o", "xml"} << QByteArray("text or json");
        QTest::newRow("fail-on") << QStringList{"findings", "CASE", "--fail-on", "worst"} << QByteArray("fail-on");
        QTest::newRow("no such node") << QStringList{"show", "CASE", "--node", "node9"} << QByteArray("node9");
        QTest::newRow("tuning's node") << QStringList{"tuning", "CASE", "--node", "node9"} << QByteArray("node9");
        QTest::newRow("tuning's format")
            << QStringList{"tuning", "CASE", "--format", "xml"} << QByteArray("--format");
        QTest::newRow("profile") << QStringList{"tuning", "CASE", "--profile", "none-such"}
                                 << QByteArray("none-such");
        QTest::newRow("path's ends") << QStringList{"path", "CASE", "--from", "node1"} << QByteArray("--to");
        QTest::newRow("path's start") << QStringList{"path", "CASE", "--from", "node9", "--to", "node1"}
                                      << QByteArray("node9");
        QTest::newRow("path's family") << QStringList{"path", "CASE",  "--from",   "node1",
                                                      "--to", "node2", "--family", "7"}
                                       << QByteArray("--family");
        QTest::newRow("path without the family")
            << QStringList{"path", "CASE", "--from", "node1/web-1", "--to", "web-2", "--family", "ipv6"}
            << QByteArray("no IPv6 address");
        QTest::newRow("report's file") << QStringList{"report", "CASE"} << QByteArray("--pdf");
        QTest::newRow("autopsy of nothing")
            << QStringList{"autopsy", "--case", "x.netopsy", "--kubeconfig", "/dev/null"} << QByteArray();
        QTest::newRow("autopsy without a case") << QStringList{"autopsy", "--local"} << QByteArray("--case");
        QTest::newRow("duration") << QStringList{"autopsy", "--local", "--case", "x.netopsy", "--duration", "30"}
                                  << QByteArray("duration");
        QTest::newRow("interval") << QStringList{"autopsy", "--local", "--case", "x.netopsy", "--interval", "-1s"}
                                  << QByteArray("interval");
        const QStringList run{"autopsy", "--local", "--case", "x.netopsy"};
        for (const char* name : {"web-1", "/web-1", "default/", "a/b/c"})
            QTest::addRow("pod %s", name)
                << run + QStringList{"--probe-pod", name} << QByteArray("NAMESPACE/NAME");
        QTest::newRow("a pod, and no probes")
            << run + QStringList{"--probe-pod", "default/web-1", "--no-active-probes"}
            << QByteArray("--no-active-probes");
        QTest::newRow("a pod, and no cluster")
            << run + QStringList{"--probe-pod", "default/web-1"} << QByteArray("needs a cluster");
        QTest::newRow("pods of a node") << run + QStringList{"--probe-pods", "17"} << QByteArray("--probe-pods");
    }
    void usageErrors() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, names);
        arguments.replaceInStrings(QRegularExpression("^CASE$"), m_case);
        arguments.replaceInStrings("x.netopsy", m_folder.filePath("x.netopsy"));
        const Ran ran = runNetopsy(arguments);
        QVERIFY2(ran.status == 2, (QByteArray::number(ran.status) + ": " + ran.err).constData());
        QVERIFY2(ran.err.contains(names), ran.err.constData());
        QVERIFY2(ran.out.isEmpty(), ran.out.constData());
        QVERIFY(!QFile::exists(m_folder.filePath("x.netopsy")));
    }

    void filesThatWontDo_data() {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("file");
        for (const char* command : {"show", "findings", "tuning", "path", "report"})
            for (const char* file : {"absent.netopsy", "words.netopsy", "cut.netopsy"})
                QTest::addRow("%s %s", command, file) << command << file;
    }
    void filesThatWontDo() {
        QFETCH(QString, command);
        QFETCH(QString, file);
        QFile words(m_folder.filePath("words.netopsy"));
        QVERIFY(words.open(QIODevice::WriteOnly) && words.write("not a case\n") > 0);
        words.close();
        QFile::remove(m_folder.filePath("cut.netopsy"));
        QVERIFY(QFile::copy(m_case, m_folder.filePath("cut.netopsy")));
        QVERIFY(QFile::resize(m_folder.filePath("cut.netopsy"), QFile(m_case).size() / 2));
        QStringList arguments{command, m_folder.filePath(file)};
        if (command == "path")
            arguments << "--from"
                      << "node1"
                      << "--to"
                      << "node2";
        if (command == "report")
            arguments << "--pdf" << m_folder.filePath("none.pdf");
        const Ran ran = runNetopsy(arguments);
        QCOMPARE(ran.status, 2);
        QVERIFY2(ran.err.contains(file.toUtf8()), ran.err.constData());
        QCOMPARE(ran.err.count('\n'), 1);
        QVERIFY(ran.out.isEmpty());
        QVERIFY(!QFile::exists(m_folder.filePath("none.pdf")));
    }

    void show() {
        const Ran ran = runNetopsy({"show", m_case, "-o", "json"});
        QCOMPARE(ran.status, 0);
        QVERIFY2(ran.err.isEmpty(), ran.err.constData());
        const QJsonObject document = ran.json();
        QCOMPARE(document["schema"].toString(), QString("netopsy.case/1"));
        const QJsonArray nodes = document["nodes"].toArray();
        QCOMPARE(nodes.size(), 2);
        QCOMPARE(nodes[0]["kernel"].toString(), QString("6.18.44-fc-v657"));
        QCOMPARE(nodes[0]["sysctl"]["net.core.somaxconn"].toString(), QString("4096"));
        QCOMPARE(nodes[1]["state"].toString(), QString("unreachable"));
        QCOMPARE(nodes[1]["error"].toString(), QString("connection refused"));
        QVERIFY2(nodes[1]["kernel"].isNull(), "absent is null, not an empty text");
        QVERIFY(nodes[1]["conntrack"].isNull());
        QCOMPARE(runNetopsy({"show", m_case, "-o", "json", "--node", "node2"}).json()["nodes"].toArray().size(),
                 1);
        const Ran text = runNetopsy({"show", m_case});
        QCOMPARE(text.status, 0);
        for (const char* word : {"node1", "node2", "connection refused", "6.18.44"})
            QVERIFY2(text.out.contains(word), word);
    }

    void findings() {
        const Ran ran = runNetopsy({"findings", m_case, "-o", "json"});
        QCOMPARE(ran.status, 0);
        const QJsonArray findings = ran.json()["findings"].toArray();
        QVERIFY(!findings.isEmpty()); // node2 was not reached, at least
        bool warning = false;
        for (const QJsonValue& finding : findings) {
            QVERIFY(!finding["title"].toString().isEmpty());
            warning = warning || finding["severity"].toString() != "info";
        }
        QCOMPARE(runNetopsy({"findings", m_case, "-o", "json", "--fail-on", "info"}).status, 1);
        QCOMPARE(runNetopsy({"findings", m_case, "--fail-on", "warning"}).status, warning ? 1 : 0);
        const Ran met = runNetopsy({"findings", m_case, "-o", "json", "--fail-on", "info"});
        QCOMPARE(met.out, ran.out); // the same document all the same
        QVERIFY(!runNetopsy({"findings", m_case}).out.isEmpty());
    }

    void tuning() {
        const Ran ran = runNetopsy({"tuning", m_case, "--format", "json"});
        QCOMPARE(ran.status, 0);
        QVERIFY(!ran.json().isEmpty());
        for (const char* format : {"text", "diff", "sysctl", "daemonset"}) {
            const Ran other = runNetopsy({"tuning", m_case, "--format", format});
            QVERIFY2(other.status == 0 && !other.out.isEmpty(), format);
            QVERIFY2(other.err.isEmpty(), other.err.constData());
        }
    }

    void path() {
        const QStringList way{"path", m_case, "--from", "node1/web-1", "--to", "web-2"};
        const Ran ran = runNetopsy(way + QStringList{"-o", "json"});
        QVERIFY2(ran.status == 0, ran.err.constData());
        QVERIFY2(ran.json()["hops"].toArray().size() >= 3, ran.out.constData());
        QVERIFY(ran.out.contains("flannel.1"));
        QVERIFY(runNetopsy(way).out.contains("flannel.1"));
        const Ran outside = runNetopsy({"path", m_case, "--from", "node1/web-1", "--to", "203.0.113.9"});
        QVERIFY2(outside.status == 0 && outside.out.contains("203.0.113.9"), outside.err.constData());
    }

    void report() {
        const QString pdf = m_folder.filePath("r.pdf");
        const Ran ran = runNetopsy({"report", m_case, "--pdf", pdf});
        QVERIFY(ran.out.isEmpty());
        if (ran.err.contains("NETOPSY_GUI is off"))
            QSKIP("a build without the window: the report is NOT checked");
        QVERIFY2(ran.status == 0, ran.err.constData());
        QFile file(pdf);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.startsWith("%PDF-"));
        QVERIFY(bytes.size() > 10'000);
        QVERIFY(ran.err.contains("pages"));
        const Ran nowhere = runNetopsy({"report", m_case, "--pdf", m_folder.filePath("no/r.pdf")});
        QCOMPARE(nowhere.status, 2);
        QVERIFY2(nowhere.err.contains("no/r.pdf"), nowhere.err.constData());
    }

    void printScript() {
        const Ran ran =
            runNetopsy({"autopsy", "--local", "--print-script", "--duration", "10s", "--interval", "500ms"});
        QCOMPARE(ran.status, 0);
        QVERIFY(ran.out.contains("samples=20\n"));
        QVERIFY(ran.out.contains("interval=50 "));
        QVERIFY(!QFile::exists(m_folder.filePath("x.netopsy")));
    }

    void readingChangesNoCase() {
        QFile file(m_case);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray before = file.readAll();
        file.close();
        runNetopsy({"show", m_case});
        runNetopsy({"findings", m_case});
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), before);
        QVERIFY(!QFile::exists(m_case + "-journal"));
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
