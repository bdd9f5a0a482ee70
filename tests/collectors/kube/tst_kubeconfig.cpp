// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/kubeconfig.h"
#include "collectors/kube/kubeconfig_file.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace netopsy;

namespace {

const QString fixtures = QStringLiteral(NETOPSY_FIXTURES "/kube/kubeconfig/");

std::string path(const char* name) {
    return (fixtures + QLatin1String(name)).toStdString();
}

} // namespace

class TestKubeconfig : public QObject {
    Q_OBJECT
private slots:
    void readsEveryField() {
        const auto config = kube::loadKubeconfig(path("plain.yaml"));
        QVERIFY2(config, config ? "" : config.error().text().c_str());
        QCOMPARE(config->currentContext, std::string("prod"));
        const kube::Cluster& staging = config->clusters.at("staging");
        QCOMPARE(staging.server, std::string("https://staging.example:443/k8s/clusters/c-1"));
        QCOMPARE(staging.tlsServerName, std::string("kubernetes.default"));
        QCOMPARE(staging.proxyUrl, std::string("socks5://127.0.0.1:1080"));
        QVERIFY(staging.insecureSkipTlsVerify);
        QVERIFY(staging.disableCompression);
        const kube::User& bot = config->users.at("bot");
        QCOMPARE(bot.token, std::string("example-token"));
        QCOMPARE(bot.impersonate, std::string("someone"));
        QCOMPARE(bot.impersonateUid, std::string("42"));
        QCOMPARE(bot.impersonateGroups, (std::vector<std::string>{"one", "two"}));
        QCOMPARE(bot.impersonateExtra.at("reason"), (std::vector<std::string>{"a", "b"}));
        QCOMPARE(config->contexts.at("prod").ns, std::string("web"));
    }

    void pathsCountFromTheirOwnFile() {
        const auto config = kube::loadKubeconfig(path("plain.yaml"));
        QVERIFY(config);
        QCOMPARE(config->clusters.at("prod").caFile.string(), path("pki/ca.crt"));
        QCOMPARE(config->users.at("admin").certFile.string(), path("pki/admin.crt"));
        QCOMPARE(config->users.at("admin").keyFile.string(), path("pki/admin.key"));
    }

    void readsAnExecPlugin() {
        const auto config = kube::loadKubeconfig(path("second.json"));
        QVERIFY(config);
        const auto& exec = config->users.at("plugin").exec;
        QVERIFY(exec);
        QCOMPARE(exec->command, path("bin/plugin"));
        QCOMPARE(exec->args, (std::vector<std::string>{"get-token"}));
        QCOMPARE(exec->env.size(), std::size_t{1});
        QVERIFY(exec->provideClusterInfo);
        QCOMPARE(config->clusters.at("other").caData, std::string("certificate"));
    }

    void theFirstFileWinsWhole() {
        qputenv("KUBECONFIG", (fixtures + "plain.yaml:" + fixtures + "absent.yaml:" + fixtures +
                               "second.json::" + fixtures + "plain.yaml:" + fixtures + "third.yaml")
                                  .toUtf8());
        const auto config = kube::loadKubeconfig({});
        QVERIFY2(config, config ? "" : config.error().text().c_str());
        QCOMPARE(config->contexts.size(), std::size_t{4});
        QCOMPARE(config->currentContext, std::string("prod"));
        QCOMPARE(config->clusters.at("prod").server, std::string("https://10.0.0.1:6443"));
        QCOMPARE(config->users.at("bot").username, std::string()); // third.yaml's bot isn't mixed in
        QCOMPARE(config->contexts.at("third").source.string(), path("third.yaml"));
        QCOMPARE(config->warnings.size(), std::size_t{1});
        QVERIFY(config->warnings.front().find("absent.yaml") != std::string::npos);
    }

    void anExplicitFileMustExistAndStandsAlone() {
        qputenv("KUBECONFIG", (fixtures + "second.json").toUtf8());
        const auto missing = kube::loadKubeconfig(path("absent.yaml"));
        QVERIFY(!missing);
        QVERIFY(missing.error().text().find("absent.yaml") != std::string::npos);
        const auto alone = kube::loadKubeconfig(path("third.yaml"));
        QVERIFY(alone);
        QCOMPARE(alone->contexts.size(), std::size_t{1});
        QVERIFY(!kube::loadKubeconfig(fixtures.toStdString()));
    }

    void homeIsTheLastResort() {
        QTemporaryDir home;
        const QByteArray before = qgetenv("HOME");
        qunsetenv("KUBECONFIG");
        qputenv("HOME", home.path().toUtf8());
        const auto none = kube::loadKubeconfig({});
        QVERIFY(none && none->contexts.empty() && none->warnings.size() == 1);
        QVERIFY(QDir(home.path()).mkdir(".kube"));
        QVERIFY(QFile::copy(fixtures + "third.yaml", home.filePath(".kube/config")));
        const auto found = kube::loadKubeconfig({});
        qputenv("HOME", before);
        QVERIFY(found);
        QVERIFY(found->contexts.contains("third"));
    }

    void refusals_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("says");
        QTest::newRow("indentation") << "bad_indent.yaml" << 7 << "not valid YAML";
        QTest::newRow("tab") << "bad_tab.yaml" << 6 << "not valid YAML";
        QTest::newRow("cut short") << "bad_truncated.json" << 1 << "not valid YAML";
        QTest::newRow("base64 without padding") << "bad_base64.yaml" << 6 << "client-key-data is not valid base64";
        QTest::newRow("base64 symbol") << "bad_base64_symbol.yaml" << 6 << "client-key-data is not valid base64";
        QTest::newRow("number for a name") << "bad_number_name.yaml" << 4 << "name must be text";
        QTest::newRow("text for a truth value") << "bad_bool_text.yaml" << 5 << "must be true or false";
        QTest::newRow("yes for a user") << "bad_yes_user.yaml" << 5 << "user must be text";
        QTest::newRow("y for a user") << "bad_y_user.yaml" << 5 << "user must be text";
        QTest::newRow("map for a list") << "bad_list.yaml" << 3 << "contexts must be a list";
        QTest::newRow("twice") << "bad_duplicate.yaml" << 6 << "holds \"c\" twice";
        QTest::newRow("another kind") << "bad_kind.yaml" << 2 << "no kubeconfig";
        QTest::newRow("another version") << "bad_version.yaml" << 1 << "no kubeconfig";
        QTest::newRow("no map") << "bad_scalar.yaml" << 1 << "must be a map";
    }
    void refusals() {
        QFETCH(QString, file);
        QFETCH(int, line);
        QFETCH(QString, says);
        const auto config = kube::loadKubeconfig((fixtures + file).toStdString());
        QVERIFY(!config);
        const QString text = QString::fromStdString(config.error().text());
        QVERIFY2(text.contains(file + ":" + QString::number(line)), qPrintable(text));
        QVERIFY2(text.contains(says), qPrintable(text));
        QVERIFY2(!text.contains("c2VjcmV0") && !text.contains("c2Vj*"), qPrintable(text)); // no byte of the key
    }

    void problemsOfContexts() {
        const auto plain = kube::loadKubeconfig(path("no_current.yaml"));
        QVERIFY(plain);
        QCOMPARE(kube::contextProblem(*plain, plain->contexts.at("local")), std::string());
        QVERIFY(kube::contextProblem(*plain, plain->contexts.at("dangling")).find("absent") != std::string::npos);
        const auto old = kube::loadKubeconfig(path("auth_provider.yaml"));
        QVERIFY(old);
        const std::string problem = kube::contextProblem(*old, old->contexts.at("g"));
        QVERIFY2(problem.find("gke-gcloud-auth-plugin") != std::string::npos, problem.c_str());
        const auto files = kube::loadKubeconfig(path("plain.yaml"));
        QVERIFY(files);
        QVERIFY(kube::contextProblem(*files, files->contexts.at("prod")).find("does not exist") !=
                std::string::npos);
    }

    void isBounded() {
        std::string deep = "clusters: ";
        for (int i = 0; i < 200; ++i)
            deep += "[";
        QVERIFY(!kube::parseKubeconfig(deep + std::string(200, ']'), "deep"));
        std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
        for (char c = 'b'; c < 'j'; ++c) {
            const std::string previous = "*" + std::string(1, static_cast<char>(c - 1));
            bomb += std::string(1, c) + ": &" + std::string(1, c) + " [";
            for (int i = 0; i < 10; ++i)
                bomb += (i ? ", " : "") + previous;
            bomb += "]\n";
        }
        const auto refused = kube::parseKubeconfig(bomb, "bomb");
        QVERIFY(!refused);
        QVERIFY2(refused.error().what.find("more than") != std::string::npos, refused.error().text().c_str());
        QTemporaryDir dir;
        const std::string big = dir.filePath("big").toStdString();
        std::ofstream(big) << std::string(std::size_t{5} * 1024 * 1024, '#');
        QVERIFY(!kube::loadKubeconfig(big));
    }
};

QTEST_APPLESS_MAIN(TestKubeconfig)
#include "tst_kubeconfig.moc"
