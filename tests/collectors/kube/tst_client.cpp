// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/client.h"
#include "collectors/kube/lister.h"
#include "core/parse/kube/objects.h"
#include "tests/collectors/kube/client_test.h"

#include <QElapsedTimer>
#include <QTcpServer>
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

class TestClient : public testing::ClientTest {
    Q_OBJECT

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
};

QTEST_GUILESS_MAIN(TestClient)
#include "tst_client.moc"
