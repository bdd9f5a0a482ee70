// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who the client says it is, whom it believes, and what way it takes.
#include "collectors/kube/proxy.h"
#include "tests/collectors/kube/client_test.h"

#include <QTemporaryFile>
#include <QTest>

using namespace netopsy;
using kube::Fault;

class TestClientIdentity : public testing::ClientTest {
    Q_OBJECT
private slots:
    void tlsFailuresAreToldApart() {
        const testing::Authority stranger;
        struct Case {
            const char* name;
            testing::Identity identity;
            const char* says;
        };
        for (const Case& c : {Case{"untrusted", stranger.issue({}), "not trusted"},
                              Case{"wrong name", m_ca.issue({.name = "other.example"}), "another name"},
                              Case{"expired", m_ca.issue({.from = -7200, .until = -3600}), "expired"},
                              Case{"not yet", m_ca.issue({.from = 3600, .until = 7200}), "not valid yet"}}) {
            testing::ApiServer server(c.identity);
            server.answer = [](const testing::Asked&) { return testing::Answer{}; };
            auto client = make(clusterOf(server), tokenUser());
            const auto answer = get(*client);
            QVERIFY2(!answer, c.name);
            QCOMPARE(answer.error().fault, Fault::Tls);
            QVERIFY2(said(answer.error()).contains(QLatin1String(c.says)), qPrintable(said(answer.error())));
            QVERIFY2(server.log.isEmpty(), c.name); // the token was not sent

            kube::Cluster careless = clusterOf(server);
            careless.insecureSkipTlsVerify = true;
            QStringList warnings;
            auto made = kube::Client::create(careless, tokenUser(), {},
                                             [&](const std::string& w) { warnings << QString::fromStdString(w); });
            QVERIFY(made);
            QVERIFY2(get(**made), c.name);
            QVERIFY(warnings.join('\n').contains("OFF"));
        }
    }

    void tlsServerNameIsTheNameThatCounts() {
        testing::ApiServer server(m_ca.issue({.name = "kubernetes.default"}));
        server.answer = [](const testing::Asked&) { return testing::Answer{}; };
        kube::Cluster cluster = clusterOf(server);
        cluster.tlsServerName = "kubernetes.default";
        QVERIFY(get(*make(cluster, tokenUser())));
        cluster.tlsServerName = "kubernetes.other";
        const auto wrong = get(*make(cluster, tokenUser()));
        QVERIFY(!wrong);
        QCOMPARE(wrong.error().fault, Fault::Tls);
    }

    void everyFormOfKeyIsShown_data() {
        QTest::addColumn<int>("type");
        QTest::addColumn<bool>("traditional");
        QTest::newRow("RSA PKCS#8") << static_cast<int>(testing::KeyType::Rsa) << false;
        QTest::newRow("RSA PKCS#1") << static_cast<int>(testing::KeyType::Rsa) << true;
        QTest::newRow("EC PKCS#8") << static_cast<int>(testing::KeyType::Ec) << false;
        QTest::newRow("EC SEC1 after EC PARAMETERS") << static_cast<int>(testing::KeyType::Ec) << true;
        QTest::newRow("Ed25519") << static_cast<int>(testing::KeyType::Ed25519) << false;
    }
    void everyFormOfKeyIsShown() {
        QFETCH(int, type);
        QFETCH(bool, traditional);
        testing::ApiServer server(m_ca.issue({}), m_ca.certificate());
        server.answer = [](const testing::Asked&) { return testing::Answer{}; };
        const auto identity = m_ca.issue({.name = "admin", .type = static_cast<testing::KeyType>(type)});
        kube::User user;
        user.certData = identity.certificate;
        user.keyData = traditional ? testing::traditionalPem(identity.key) : identity.key;
        const auto answer = get(*make(clusterOf(server), user));
        QVERIFY2(answer, answer ? "" : qPrintable(said(answer.error())));
        QCOMPARE(server.log.first().user, QString("admin"));
    }

    void identitiesDoNotLeak() {
        testing::ApiServer server(m_ca.issue({}), m_ca.certificate());
        server.answer = [](const testing::Asked&) { return testing::Answer{}; };
        std::vector<std::unique_ptr<kube::Client>> clients; // all alive at once
        for (const char* name : {"first", "second"}) {
            const auto identity = m_ca.issue({.name = name});
            kube::User user;
            user.certData = identity.certificate;
            user.keyData = identity.key;
            clients.push_back(make(clusterOf(server), user));
            QVERIFY(get(*clients.back()));
        }
        clients.push_back(make(clusterOf(server), kube::User{}));
        QVERIFY(get(*clients.back()));
        QCOMPARE(server.log[0].user, QString("first"));
        QCOMPARE(server.log[1].user, QString("second"));
        QCOMPARE(server.log[2].user, QString());
    }

    void unusableKeysAreExplained() {
        const auto one = m_ca.issue({.name = "one"});
        const auto two = m_ca.issue({.name = "two"});
        kube::Cluster cluster;
        cluster.server = "https://127.0.0.1:1";
        const auto problem = [&](const std::string& certificate, const std::string& key) {
            kube::User user;
            user.certData = certificate;
            user.keyData = key;
            auto made = kube::Client::create(cluster, user, {}, {});
            return made ? QString() : QString::fromStdString(made.error().text());
        };
        QCOMPARE(problem(one.certificate, one.key), QString());
        QVERIFY(problem(one.certificate, two.key).contains("does not belong"));
        QVERIFY(problem(one.certificate, {}).contains("no key"));
        QVERIFY(problem({}, one.key).contains("no certificate"));
        QVERIFY(problem(one.certificate, "nonsense").contains("no PEM private key"));
        QVERIFY(problem("nonsense", one.key).contains("no PEM certificate"));
        QVERIFY(problem(one.certificate, "-----BEGIN ENCRYPTED PRIVATE KEY-----").contains("encrypted"));
    }

    void redirectsAreNotFollowed() {
        testing::ApiServer trap(testing::Identity{});
        trap.answer = [](const testing::Asked&) { return testing::Answer{}; };
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [&](const testing::Asked&) {
            return testing::Answer{302, "", {{"Location", QByteArray::fromStdString(trap.url())}}};
        };
        const auto answer = get(*make(clusterOf(server), tokenUser()));
        QVERIFY(!answer);
        QVERIFY(said(answer.error()).contains("redirects"));
        QVERIFY(trap.log.isEmpty());
    }

    void aTokenFileIsReadAgain() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked&) { return testing::Answer{}; };
        QTemporaryFile file;
        QVERIFY(file.open());
        kube::User user = tokenUser();
        user.tokenFile = file.fileName().toStdString();
        const auto write = [&](const char* token) {
            file.resize(0);
            file.seek(0);
            file.write(token);
            file.flush();
        };
        write("first\n");
        auto client = make(clusterOf(server), user);
        QVERIFY(get(*client));
        write("second\n");
        QVERIFY(get(*client));
        QCOMPARE(server.log[0].header("Authorization"), QByteArray("Bearer first")); // beats token
        QCOMPARE(server.log[1].header("Authorization"), QByteArray("Bearer second"));
    }

    void headersOfBasicAuthAndImpersonation() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked&) { return testing::Answer{}; };
        kube::User user;
        user.username = "ann";
        user.password = "p:w";
        user.impersonate = "bob";
        user.impersonateUid = "7";
        user.impersonateGroups = {"one", "two", "three"};
        user.impersonateExtra["Example.org/Scope"] = {"a", "b"};
        QVERIFY(get(*make(clusterOf(server), user)));
        const testing::Asked& asked = server.log.first();
        QCOMPARE(asked.header("Authorization"), "Basic " + QByteArray("ann:p:w").toBase64());
        QCOMPARE(asked.header("Impersonate-User"), QByteArray("bob"));
        QCOMPARE(asked.header("Impersonate-Uid"), QByteArray("7"));
        QCOMPARE(asked.all("Impersonate-Group"), (QList<QByteArray>{"one", "two", "three"}));
        QCOMPARE(asked.all("Impersonate-Extra-example.org%2Fscope"), (QList<QByteArray>{"a", "b"}));
        user.impersonateGroups = {"one\r\nAuthorization: Bearer evil"};
        const auto refused = get(*make(clusterOf(server), user));
        QVERIFY(!refused);
        QCOMPARE(server.log.size(), 1);
        user.impersonate.clear();
        QVERIFY(!kube::Client::create(clusterOf(server), user, {}, {}));
    }

    void proxies() {
        const auto exempt = [](const char* url, const char* list) {
            return kube::isExempt(QUrl(QString::fromLatin1(url)), list);
        };
        QVERIFY(exempt("https://127.0.0.1:6443", ""));
        QVERIFY(exempt("https://localhost", ""));
        QVERIFY(!exempt("https://10.0.0.1", ""));
        QVERIFY(exempt("https://10.0.0.1", "example.com, 10.0.0.0/8"));
        QVERIFY(!exempt("https://11.0.0.1", "10.0.0.0/8"));
        QVERIFY(exempt("https://a.example.com", "example.com"));
        QVERIFY(exempt("https://a.example.com", ".example.com"));
        QVERIFY(!exempt("https://example.com", ".example.com"));
        QVERIFY(!exempt("https://badexample.com", "example.com"));
        QVERIFY(exempt("https://a.example.com:6443", "example.com:6443"));
        QVERIFY(!exempt("https://a.example.com:443", "example.com:6443"));
        QVERIFY(exempt("https://anything", "*"));
        const QUrl server(QStringLiteral("https://10.0.0.1"));
        const auto socks = kube::proxyFor(server, "socks5://u:p@proxy.example");
        QVERIFY(socks);
        QCOMPARE(socks->type(), QNetworkProxy::Socks5Proxy);
        QCOMPARE(socks->port(), quint16{1080});
        const auto secret = kube::proxyFor(server, "ftp://user:hunter2@proxy.example");
        QVERIFY(!secret);
        QVERIFY(secret.error().text().find("hunter2") == std::string::npos);
    }

    void aProxyIsUsed() {
        testing::ApiServer proxy(testing::Identity{});
        proxy.answer = [](const testing::Asked&) { return testing::Answer{403, "no"}; };
        kube::Cluster cluster;
        cluster.server = "https://api.example:6443";
        cluster.proxyUrl = proxy.url();
        const auto answer = get(*make(cluster, tokenUser()));
        QVERIFY(!answer);
        QVERIFY2(said(answer.error()).contains("proxy"), qPrintable(said(answer.error())));
        QCOMPARE(proxy.log.first().method, QByteArray("CONNECT"));
        QCOMPARE(proxy.log.first().path, QByteArray("api.example:6443"));
        QVERIFY(proxy.log.first().header("Authorization").isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestClientIdentity)
#include "tst_client_identity.moc"
