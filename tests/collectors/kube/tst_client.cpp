// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/client.h"
#include "collectors/kube/lister.h"
#include "collectors/kube/proxy.h"
#include "core/parse/kube/objects.h"
#include "tests/collectors/kube/api_server.h"

#include <QElapsedTimer>
#include <QTcpServer>
#include <QTemporaryFile>
#include <QTest>

#include <thread>

using namespace netopsy;
using namespace std::chrono_literals;
using kube::Fault;

namespace {

QByteArray nodeList(const QStringList& names, const QByteArray& next = {}) {
    QByteArray items;
    for (const QString& name : names)
        items += (items.isEmpty() ? "" : ",") + QByteArray("{\"metadata\":{\"name\":\"") + name.toUtf8() + "\"}}";
    return "{\"kind\":\"NodeList\",\"metadata\":{\"continue\":\"" + next + "\"},\"items\":[" + items + "]}";
}

const QByteArray expired = "{\"kind\":\"Status\",\"reason\":\"Expired\",\"message\":\"The provided continue "
                           "parameter is too old\",\"code\":410}";

/// Answers of one test, kept until they are asked for.
struct Listed {
    std::vector<model::ClusterNode> nodes;
    kube::ListEnd end;
    int restarts = 0;
};

} // namespace

class TestClient : public QObject {
    Q_OBJECT

    testing::Authority m_ca;
    std::string m_key;

    [[nodiscard]] kube::Cluster clusterOf(const testing::ApiServer& server) const {
        kube::Cluster out;
        out.server = server.url();
        out.caData = m_ca.certificate();
        return out;
    }
    [[nodiscard]] static kube::User tokenUser() {
        kube::User out;
        out.token = "a-secret-token";
        return out;
    }
    static kube::ClientLimits quick() {
        kube::ClientLimits limits;
        limits.second = 5ms;
        return limits;
    }

    static kube::Answer<QByteArray> get(kube::Client& client, const std::string& path = "/version",
                                        std::chrono::milliseconds idle = 5s) {
        kube::Answer<QByteArray> out = tl::unexpected(kube::ApiError{Fault::Network, {"never answered", {}, {}}});
        client.get({path, "get", path, idle}, [&](kube::Answer<QByteArray> answer) { out = std::move(answer); });
        client.run();
        return out;
    }

    static Listed listNodes(kube::Client& client) {
        Listed out;
        kube::ListJob job;
        job.path = "/api/v1/nodes";
        job.resource = "nodes";
        job.take = [&](std::string_view bytes) { return parse::kube::parseNodes(bytes, out.nodes); };
        job.restart = [&] {
            out.nodes.clear();
            ++out.restarts;
        };
        job.done = [&](const kube::ListEnd& end) { out.end = end; };
        kube::list(client, std::move(job));
        client.run();
        return out;
    }

    std::unique_ptr<kube::Client> make(const kube::Cluster& cluster, const kube::User& user,
                                       const kube::ClientLimits& limits = quick(), std::stop_token stop = {}) {
        auto made = kube::Client::create(cluster, user, std::move(stop), {}, limits);
        if (!made)
            qFatal("%s", made.error().text().c_str());
        return std::move(*made);
    }

    /// What a failure says, with a check that nothing secret is in it.
    static QString said(const kube::ApiError& error) {
        const QString text = QString::fromStdString(error.error.text());
        if (text.contains("a-secret-token"))
            qFatal("a secret in an error: %s", qPrintable(text));
        return text;
    }

private slots:
    void pagesAreFollowed() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked& asked) {
            return testing::Answer{200, asked.path.contains("continue=") ? nodeList({"c"})
                                                                         : nodeList({"a", "b"}, "to+ken/=&")};
        };
        auto client = make(clusterOf(server), tokenUser());
        const Listed found = listNodes(*client);
        QVERIFY(!found.end.error);
        QCOMPARE(found.nodes.size(), std::size_t{3});
        QCOMPARE(server.log.size(), 2);
        QCOMPARE(server.log[0].path, QByteArray("/api/v1/nodes?limit=500"));
        QCOMPARE(server.log[1].path, QByteArray("/api/v1/nodes?limit=500&continue=to%2Bken%2F%3D%26"));
        QCOMPARE(server.log[0].header("Authorization"), QByteArray("Bearer a-secret-token"));
        QVERIFY(server.log[0].header("Upgrade").isEmpty());
    }

    void anExpiredTokenStartsTheListAnew() {
        testing::ApiServer server(m_ca.issue({}));
        int expiries = 0;
        server.answer = [&](const testing::Asked& asked) {
            if (!asked.path.contains("continue="))
                return testing::Answer{200, nodeList({"a"}, "next")};
            return ++expiries < 3 ? testing::Answer{410, expired} : testing::Answer{200, nodeList({"b"})};
        };
        auto client = make(clusterOf(server), tokenUser());
        const Listed found = listNodes(*client);
        QVERIFY(!found.end.error);
        QCOMPARE(found.restarts, 2);
        QCOMPARE(found.nodes.size(), std::size_t{2}); // nothing twice
    }

    void restartsAreBounded() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked& asked) {
            return asked.path.contains("continue=") ? testing::Answer{410, expired}
                                                    : testing::Answer{200, nodeList({"a"}, "next")};
        };
        auto client = make(clusterOf(server), tokenUser());
        const Listed found = listNodes(*client);
        QVERIFY(found.end.error);
        QCOMPARE(found.end.error->fault, Fault::Gone);
        QVERIFY(server.log.size() <= 8);
    }

    void pagesThatNeverEnd() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked&) { return testing::Answer{200, nodeList({"a"}, "same")}; };
        auto client = make(clusterOf(server), tokenUser());
        const Listed found = listNodes(*client);
        QVERIFY(found.end.error);
        QCOMPARE(found.end.error->fault, Fault::NotUnderstood);
        QCOMPARE(server.log.size(), 2);
    }

    void retries_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("retryAfter");
        QTest::addColumn<int>("refusals"); // before it gives in
        QTest::addColumn<int>("asked");    // how often it is asked
        QTest::addColumn<bool>("ends");    // well
        QTest::newRow("429 told") << 429 << QByteArray("1") << 3 << 4 << true;
        QTest::newRow("429 untold") << 429 << QByteArray() << 2 << 3 << true;
        QTest::newRow("429 for ever") << 429 << QByteArray("1") << 1000 << 11 << false;
        QTest::newRow("429 date") << 429 << QByteArray("Wed, 21 Oct 2015 07:28:00 GMT") << 1 << 2 << true;
        QTest::newRow("503 told") << 503 << QByteArray("2") << 4 << 5 << true;
        QTest::newRow("503 untold") << 503 << QByteArray() << 1000 << 3 << false;
        QTest::newRow("500 untold") << 500 << QByteArray() << 1000 << 1 << false;
        QTest::newRow("500 told") << 500 << QByteArray("0") << 1 << 2 << true;
        QTest::newRow("403 is final") << 403 << QByteArray("1") << 1000 << 1 << false;
    }
    void retries() {
        QFETCH(int, status);
        QFETCH(QByteArray, retryAfter);
        QFETCH(int, refusals);
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [&](const testing::Asked&) {
            testing::Answer out;
            if (refusals-- > 0) {
                out.status = status;
                if (!retryAfter.isEmpty())
                    out.headers = {{"Retry-After", retryAfter}};
            }
            return out;
        };
        auto client = make(clusterOf(server), tokenUser());
        const auto answer = get(*client);
        QTEST(answer.has_value(), "ends");
        QTEST(static_cast<int>(server.log.size()), "asked");
    }

    void retryAfterIsWaitedFor() {
        testing::ApiServer server(m_ca.issue({}));
        bool first = true;
        server.answer = [&](const testing::Asked&) {
            return std::exchange(first, false) ? testing::Answer{429, "{}", {{"Retry-After", "3"}}}
                                               : testing::Answer{};
        };
        kube::ClientLimits limits;
        limits.second = 50ms;
        auto client = make(clusterOf(server), tokenUser(), limits);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(get(*client));
        QVERIFY(timer.elapsed() >= 150);
    }

    void gzipIsUnpackedUnlessSwitchedOff() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked& asked) {
            const QByteArray body = nodeList({"a", "b"});
            if (!asked.header("Accept-Encoding").contains("gzip"))
                return testing::Answer{200, body};
            return testing::Answer{200, testing::gzip(body), {{"Content-Encoding", "gzip"}}};
        };
        auto client = make(clusterOf(server), tokenUser());
        QCOMPARE(listNodes(*client).nodes.size(), std::size_t{2});
        QVERIFY(server.log[0].header("Accept-Encoding").contains("gzip"));
        kube::Cluster plain = clusterOf(server);
        plain.disableCompression = true;
        auto other = make(plain, tokenUser());
        QCOMPARE(listNodes(*other).nodes.size(), std::size_t{2});
        QCOMPARE(server.log[1].header("Accept-Encoding"), QByteArray("identity"));
    }

    void anAnswerIsBounded_data() {
        QTest::addColumn<bool>("packed");
        QTest::newRow("plain") << false;
        QTest::newRow("gzip bomb") << true;
    }
    void anAnswerIsBounded() {
        QFETCH(bool, packed);
        testing::ApiServer server(m_ca.issue({}));
        const QByteArray huge(40 * 1024 * 1024, ' ');
        const QByteArray bomb = packed ? testing::gzip(huge) : huge;
        server.answer = [&](const testing::Asked&) {
            testing::Answer out{200, bomb};
            if (packed)
                out.headers = {{"Content-Encoding", "gzip"}};
            return out;
        };
        kube::ClientLimits limits = quick();
        limits.bodyBytes = 2 * 1024 * 1024;
        auto client = make(clusterOf(server), tokenUser(), limits);
        const auto answer = get(*client);
        QVERIFY(!answer);
        QVERIFY2(answer.error().fault == Fault::TooLarge, qPrintable(said(answer.error())));
    }

    void aPageTooLargeIsAskedForInSmallerOnes() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked& asked) {
            testing::Answer out{200, nodeList({"a"})};
            if (asked.path.contains("limit=500"))
                out.body += QByteArray(100'000, ' ');
            return out;
        };
        kube::ClientLimits limits = quick();
        limits.bodyBytes = 50'000;
        auto client = make(clusterOf(server), tokenUser(), limits);
        const Listed found = listNodes(*client);
        QVERIFY(!found.end.error);
        QCOMPARE(found.nodes.size(), std::size_t{1});
        QVERIFY(server.log.last().path.contains("limit=50"));
    }

    void silenceAndTricklesEnd() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked& asked) {
            testing::Answer out;
            out.hang = asked.path == "/silent";
            out.body = QByteArray(1000, ' ');
            out.tricklePause = 20;
            return out;
        };
        kube::ClientLimits limits = quick();
        limits.total = 400ms;
        auto client = make(clusterOf(server), tokenUser(), limits);
        QElapsedTimer timer;
        timer.start();
        const auto silent = get(*client, "/silent", 150ms);
        QVERIFY(!silent);
        QCOMPARE(silent.error().fault, Fault::Timeout);
        const auto trickle = get(*client, "/trickle", 150ms);
        QVERIFY(!trickle);
        QCOMPARE(trickle.error().fault, Fault::Timeout);
        QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
    }

    void whatIsNotThere() {
        kube::Cluster nowhere;
        {
            QTcpServer taken;
            QVERIFY(taken.listen(QHostAddress::LocalHost));
            nowhere.server = "https://127.0.0.1:" + std::to_string(taken.serverPort());
        }
        auto refused = make(nowhere, tokenUser());
        const auto first = get(*refused);
        QVERIFY(!first);
        QCOMPARE(first.error().fault, Fault::Refused);
        nowhere.server = "https://no-such-host.invalid:6443";
        auto unnamed = make(nowhere, tokenUser());
        const auto second = get(*unnamed);
        QVERIFY(!second);
        QVERIFY2(second.error().fault == Fault::NameNotResolved, qPrintable(said(second.error())));
        QVERIFY(said(second.error()).contains("no-such-host.invalid"));
    }

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

    void answersThatAreNone() {
        testing::ApiServer server(m_ca.issue({}));
        QByteArray body = "<html>welcome</html>";
        qsizetype cut = -1;
        server.answer = [&](const testing::Asked&) {
            testing::Answer out{200, body};
            out.cutAt = cut;
            return out;
        };
        auto client = make(clusterOf(server), tokenUser());
        Listed found = listNodes(*client);
        QVERIFY(found.end.error);
        QCOMPARE(found.end.error->fault, Fault::NotUnderstood);
        body = nodeList({"a", "b"});
        cut = 40;
        found = listNodes(*client);
        QVERIFY(found.end.error);
        QCOMPARE(found.end.error->fault, Fault::Network);
        body = "{\"kind\":\"Pod\"}";
        cut = -1;
        found = listNodes(*client);
        QCOMPARE(found.end.error->fault, Fault::NotUnderstood);
    }

    void refusalsNameVerbAndResource() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked&) {
            return testing::Answer{403, "{\"kind\":\"Status\",\"reason\":\"Forbidden\",\"message\":\"nodes is "
                                        "forbidden: User \\\"bob\\\" cannot\"}"};
        };
        const Listed found = listNodes(*make(clusterOf(server), tokenUser()));
        QVERIFY(found.end.error);
        QCOMPARE(found.end.error->fault, Fault::Forbidden);
        QVERIFY(
            said(*found.end.error).contains("forbidden to list nodes: nodes is forbidden: User \"bob\" cannot"));
    }

    void atMostSixAtOnce() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked&) {
            testing::Answer out;
            out.delayMs = 30;
            return out;
        };
        auto client = make(clusterOf(server), tokenUser());
        int done = 0;
        for (int i = 0; i < 30; ++i)
            client->get({"/" + std::to_string(i), "get", "x"},
                        [&](const kube::Answer<QByteArray>& a) { done += a.has_value(); });
        client->run();
        QCOMPARE(done, 30);
        QVERIFY2(server.busiest <= 6 && server.busiest > 1, qPrintable(QString::number(server.busiest)));
    }

    void cancellingEndsAHangingRequest() {
        testing::ApiServer server(m_ca.issue({}));
        std::stop_source stop;
        std::thread canceller;
        server.answer = [&](const testing::Asked&) {
            if (!canceller.joinable())
                canceller = std::thread([&] { stop.request_stop(); });
            testing::Answer out;
            out.hang = true;
            return out;
        };
        auto client = make(clusterOf(server), tokenUser(), quick(), stop.get_token());
        int cancelled = 0;
        for (int i = 0; i < 9; ++i) // six under way, three waiting
            client->get({"/x", "get", "x"}, [&](const kube::Answer<QByteArray>& a) {
                cancelled += !a && a.error().fault == Fault::Cancelled;
            });
        QElapsedTimer timer;
        timer.start();
        client->run();
        canceller.join();
        QCOMPARE(cancelled, 9);
        QVERIFY(timer.elapsed() < 3000);
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

QTEST_GUILESS_MAIN(TestClient)
#include "tst_client.moc"
