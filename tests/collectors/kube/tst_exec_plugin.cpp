// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/client.h"
#include "collectors/kube/exec_plugin.h"
#include "tests/collectors/kube/api_server.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace netopsy;
using namespace std::chrono_literals;
using kube::Fault;

namespace {

constexpr auto v1 = "client.authentication.k8s.io/v1";
constexpr auto v1beta1 = "client.authentication.k8s.io/v1beta1";

QByteArray credential(const QByteArray& status, const QByteArray& version = v1) {
    return "{\"apiVersion\":\"" + version + "\",\"kind\":\"ExecCredential\",\"status\":{" + status + "}}";
}

} // namespace

class TestExecPlugin : public QObject {
    Q_OBJECT

    testing::Authority m_ca;
    QTemporaryDir m_dir;
    int m_count = 0;

    /// A plugin that is a shell script of these lines.
    kube::ExecPlugin plugin(const QByteArray& lines, const char* version = v1) {
        const QString file = m_dir.filePath("plugin" + QString::number(m_count++));
        QFile script(file);
        if (!script.open(QIODevice::WriteOnly))
            qFatal("cannot write the plugin");
        script.write("#!/bin/sh\n" + lines + "\n");
        script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        script.close();
        kube::ExecPlugin out;
        out.command = file.toStdString();
        out.apiVersion = version;
        out.interactiveMode = "IfAvailable";
        return out;
    }

    static QString errorOf(const kube::ExecPlugin& plugin, const kube::ExecLimits& limits = {}) {
        const auto got = kube::runExecPlugin(plugin, {}, {}, limits);
        return got ? QString() : QString::fromStdString(got.error().text());
    }

    kube::Cluster clusterOf(const testing::ApiServer& server) const {
        kube::Cluster out;
        out.server = server.url();
        out.caData = m_ca.certificate();
        return out;
    }

    static kube::Answer<QByteArray> get(kube::Client& client) {
        kube::Answer<QByteArray> out = tl::unexpected(kube::ApiError{Fault::Network, {"never answered", {}, {}}});
        client.get({"/version", "get", "/version"},
                   [&](kube::Answer<QByteArray> answer) { out = std::move(answer); });
        client.run();
        return out;
    }

    QList<QByteArray> linesOf(const char* name) const {
        QFile file(m_dir.filePath(QLatin1String(name)));
        return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().split('\n') : QList<QByteArray>();
    }

private slots:
    void givesATokenInBothVersions() {
        for (const char* version : {v1, v1beta1}) {
            const auto got = kube::runExecPlugin(
                plugin(
                    "echo '" +
                        credential("\"token\":\"t\",\"expirationTimestamp\":\"2030-01-02T03:04:05Z\"", version) +
                        "'",
                    version),
                {}, {});
            QVERIFY2(got, got ? "" : got.error().text().c_str());
            QCOMPARE(got->token, std::string("t"));
            QVERIFY(got->expires);
            QCOMPARE(std::chrono::duration_cast<std::chrono::seconds>(got->expires->time_since_epoch()).count(),
                     1893553445L);
        }
    }

    void isToldWhatItNeeds() {
        kube::ExecPlugin told = plugin(
            "printf '%s' \"$KUBERNETES_EXEC_INFO\" > info; printf '%s|%s|%s' \"$REGION\" \"$1\" \"$2\" > told\n"
            "cat > stdin; echo '" +
            credential("\"token\":\"t\"") + "'");
        told.args = {"get token", "--cluster=x"};
        told.env = {{"REGION", "eu north"}};
        told.provideClusterInfo = true;
        kube::Cluster cluster;
        cluster.server = "https://x";
        cluster.caData = "ca";
        cluster.tlsServerName = "name";
        const QString before = QDir::currentPath();
        QVERIFY(QDir::setCurrent(m_dir.path()));
        const auto with = kube::runExecPlugin(told, cluster, {});
        const QByteArray info = linesOf("info").value(0);
        told.provideClusterInfo = false;
        const auto without = kube::runExecPlugin(told, cluster, {});
        QDir::setCurrent(before);
        QVERIFY(with && without);
        QCOMPARE(linesOf("told").value(0), QByteArray("eu north|get token|--cluster=x"));
        const auto parsed = QJsonDocument::fromJson(info).object();
        QCOMPARE(parsed["apiVersion"].toString(), QString(v1));
        QCOMPARE(parsed["kind"].toString(), QString("ExecCredential"));
        QCOMPARE(parsed["spec"]["interactive"].toBool(true), false);
        QCOMPARE(parsed["spec"]["cluster"]["server"].toString(), QString("https://x"));
        QCOMPARE(parsed["spec"]["cluster"]["certificate-authority-data"].toString(), QString("Y2E="));
        QCOMPARE(parsed["spec"]["cluster"]["tls-server-name"].toString(), QString("name"));
        QVERIFY(!linesOf("info").value(0).contains("cluster\":"));
    }

    void failures_data() {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QString>("says");
        QTest::newRow("exit with words") << QByteArray("echo first >&2; echo 'SSO session expired' >&2; exit 3")
                                         << "ended with 3: SSO session expired";
        QTest::newRow("exit in silence") << QByteArray("exit 1") << "ended with 1, saying nothing";
        QTest::newRow("killed") << QByteArray("kill -9 $$") << "crashed";
        QTest::newRow("no JSON") << QByteArray("echo hello") << "is no JSON object";
        QTest::newRow("nothing") << QByteArray("true") << "is no JSON object";
        QTest::newRow("other kind") << QByteArray("echo '{\"kind\":\"Pod\"}'") << "no ExecCredential";
        QTest::newRow("other version") << QByteArray("echo '" + credential("\"token\":\"t\"", v1beta1) + "'")
                                       << "another apiVersion";
        QTest::newRow("empty status") << QByteArray("echo '" + credential("") + "'") << "neither a token nor";
        QTest::newRow("half a pair") << QByteArray("echo '" + credential("\"clientCertificateData\":\"c\"") + "'")
                                     << "only one of client certificate and key";
        QTest::newRow("bad time") << QByteArray("echo '" +
                                                credential("\"token\":\"t\",\"expirationTimestamp\":\"soon\"") +
                                                "'")
                                  << "RFC 3339";
    }
    void failures() {
        QFETCH(QByteArray, script);
        QFETCH(QString, says);
        const QString text = errorOf(plugin(script));
        QVERIFY2(text.contains(says), qPrintable(text));
        QVERIFY2(text.contains("exec plugin"), qPrintable(text));
    }

    void configurationsThatCannotWork() {
        kube::ExecPlugin wrong = plugin("true");
        wrong.apiVersion = "client.authentication.k8s.io/v1alpha1";
        QVERIFY(errorOf(wrong).contains("v1alpha1"));
        wrong.apiVersion = v1;
        wrong.interactiveMode.clear();
        QVERIFY(errorOf(wrong).contains("interactiveMode"));
        wrong.interactiveMode = "Always";
        QVERIFY(errorOf(wrong).contains("terminal"));
        wrong.interactiveMode = "Never";
        wrong.command = "netopsy-no-such-plugin";
        wrong.installHint = "get it at example.org";
        QVERIFY(errorOf(wrong).contains("no such program (get it at example.org)"));
    }

    void itsTimeAndOutputAreBounded() {
        kube::ExecLimits limits;
        limits.time = 300ms;
        QElapsedTimer timer;
        timer.start();
        // A grandchild that holds the pipe open must go too.
        const QString slow =
            errorOf(plugin("echo waiting for a browser >&2; sleep 300 & echo $! > child; wait"), limits);
        QVERIFY2(slow.contains("did not end within") && slow.contains("waiting for a browser"), qPrintable(slow));
        QVERIFY(errorOf(plugin("exec yes")).contains("wrote more than"));
        QVERIFY(timer.elapsed() < 10000);
    }

    void cancellingEndsIt() {
        std::stop_source stop;
        std::jthread later([&] {
            std::this_thread::sleep_for(200ms);
            stop.request_stop();
        });
        QElapsedTimer timer;
        timer.start();
        const auto got = kube::runExecPlugin(plugin("sleep 300"), {}, stop.get_token());
        QVERIFY(!got);
        QVERIFY(got.error().what.find("cancelled") != std::string::npos);
        QVERIFY(timer.elapsed() < 5000);
    }

    void isRunAgainAfterA401() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked& asked) {
            const bool good = asked.header("Authorization") == "Bearer token-2";
            return testing::Answer{good ? 200 : 401};
        };
        const QByteArray counter = m_dir.filePath("runs").toUtf8();
        kube::User user;
        user.exec = plugin("echo run >> " + counter + "; n=$(wc -l < " + counter + ")\necho '" +
                           credential("\"token\":\"token-'$n'\"") + "'");
        auto made = kube::Client::create(clusterOf(server), user, {}, {});
        QVERIFY(made);
        int good = 0;
        for (int i = 0; i < 10; ++i) // six of them meet the 401 together: one renewal serves all
            (*made)->get({"/x", "get", "x"}, [&](const kube::Answer<QByteArray>& a) { good += a.has_value(); });
        (*made)->run();
        QCOMPARE(good, 10);
        QCOMPARE(linesOf("runs").size(), 2);
        QVERIFY(get(**made)); // cached: not run for every request
        QCOMPARE(linesOf("runs").size(), 2);
    }

    void aServerThatNeverAcceptsIsNotAskedForEver() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked&) { return testing::Answer{401}; };
        const QByteArray counter = m_dir.filePath("never").toUtf8();
        kube::User user;
        user.exec = plugin("echo run >> " + counter + "; echo '" + credential("\"token\":\"some-secret\"") + "'");
        auto made = kube::Client::create(clusterOf(server), user, {}, {});
        QVERIFY(made);
        const auto answer = get(**made);
        QVERIFY(!answer);
        QCOMPARE(answer.error().fault, Fault::Unauthenticated);
        QVERIFY(answer.error().error.text().find("some-secret") == std::string::npos);
        QCOMPARE(linesOf("never").size(), 2);
        QCOMPARE(server.log.size(), 2);
    }

    void isRunAgainWhenItsCredentialExpires() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked&) { return testing::Answer{}; };
        const QByteArray counter = m_dir.filePath("expiring").toUtf8();
        kube::User user;
        user.exec = plugin("echo run >> " + counter + "; echo '" +
                           credential("\"token\":\"t\",\"expirationTimestamp\":\"2020-01-01T00:00:00Z\"") + "'");
        auto made = kube::Client::create(clusterOf(server), user, {}, {});
        QVERIFY(made);
        QVERIFY(get(**made));
        QCOMPARE(linesOf("expiring").size(), 2);
    }

    void aRenewedCertificateReplacesTheOldOne() {
        testing::ApiServer server(m_ca.issue({}), m_ca.certificate());
        server.answer = [](const testing::Asked& asked) {
            return testing::Answer{asked.user == "second" ? 200 : 401};
        };
        const auto write = [&](const char* name) {
            const auto identity = m_ca.issue({.name = name});
            const QJsonObject status{{"clientCertificateData", QString::fromStdString(identity.certificate)},
                                     {"clientKeyData", QString::fromStdString(identity.key)}};
            QFile file(m_dir.filePath(QLatin1String(name)));
            if (file.open(QIODevice::WriteOnly))
                file.write(
                    QJsonDocument(QJsonObject{{"apiVersion", v1}, {"kind", "ExecCredential"}, {"status", status}})
                        .toJson());
        };
        write("first");
        write("second");
        const QByteArray dir = m_dir.path().toUtf8();
        kube::User user;
        user.exec = plugin("cat " + dir + "/first; cp " + dir + "/second " + dir + "/first");
        auto made = kube::Client::create(clusterOf(server), user, {}, {});
        QVERIFY2(made, made ? "" : made.error().text().c_str());
        const auto answer = get(**made);
        QVERIFY2(answer, answer ? "" : answer.error().error.text().c_str());
        QCOMPARE(server.log[0].user, QString("first"));
        QCOMPARE(server.log[1].user, QString("second"));
    }
};

QTEST_GUILESS_MAIN(TestExecPlugin)
#include "tst_exec_plugin.moc"
