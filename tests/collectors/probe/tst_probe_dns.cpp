// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The probe against a real dnsmasq and against a resolver that misbehaves, all on loopback.
#include "core/stats/summary.h"
#include "fake_resolver.h"
#include "probe_run.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTest>

#include <cerrno>
#include <cstdlib>
#include <map>
#include <numeric>

using namespace netopsy;
using namespace std::chrono_literals;
using test::answerTo;
using test::FakeResolver;
using Query = std::span<const std::uint8_t>;
using Replies = std::vector<FakeResolver::Reply>;

namespace {

constexpr const char* clusterName = "kubernetes.default.svc.cluster.local.";

probe::ProbePlan planFor(const std::string& resolver, double seconds = 1.0) {
    probe::ProbePlan plan;
    plan.durationS = seconds;
    plan.dnsIntervalMs = 5;
    plan.dnsTimeoutMs = 300;
    plan.dns.push_back({resolver, "service", clusterName, true});
    return plan;
}

stats::DnsStats all(const model::Node& node, model::DnsTransport transport) {
    std::vector<const model::DnsSeries*> chosen;
    for (const auto& s : node.dns)
        if (s.transport == transport)
            chosen.push_back(&s);
    return stats::dnsStats(chosen);
}

} // namespace

class TestProbeDns : public QObject {
    Q_OBJECT
private slots:
    void dnsmasq() {
        const QString program = QStandardPaths::findExecutable("dnsmasq", {"/usr/sbin", "/usr/bin"});
        if (program.isEmpty())
            QSKIP("dnsmasq is not installed (dnsmasq-base)");
        const int port = 15000 + static_cast<int>(QCoreApplication::applicationPid() % 20000);
        QProcess server;
        server.start(program, {"--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                               "--bind-interfaces", "--listen-address=127.0.0.1", QString("--port=%1").arg(port),
                               "--pid-file=", "--local=/cluster.local/",
                               "--host-record=kubernetes.default.svc.cluster.local,10.96.0.1,fd00::1"});
        QVERIFY(server.waitForStarted());
        QVERIFY2(server.waitForReadyRead(5000) || server.state() == QProcess::Running, server.readAll());
        QTest::qWait(200);
        auto plan = planFor("127.0.0.1#" + std::to_string(port));
        plan.dns.push_back(
            {"127.0.0.1:" + std::to_string(port), "pod", "missing.default.svc.cluster.local.", true});
        const auto run = test::runProbe(plan);
        server.kill();
        server.waitForFinished();
        QVERIFY2(run.exitCode == 0, run.errors);
        QCOMPARE(run.node.dns.size(), std::size_t{8});
        std::size_t least = SIZE_MAX, most = 0;
        for (const model::DnsSeries& s : run.node.dns) {
            const auto figures = stats::dnsStats(s);
            QVERIFY2(figures.sent > 0 && figures.answered == figures.sent, run.output.left(600));
            for (const auto& sample : s.samples)
                QCOMPARE(sample.rcode, s.role == "pod" ? 3 : 0); // NXDOMAIN is an answer
            if (s.transport == model::DnsTransport::Udp) {
                least = std::min(least, figures.sent);
                most = std::max(most, figures.sent);
            }
        }
        QVERIFY(most - least <= 1); // spread evenly
        QCOMPARE(run.node.dns[0].resolver, "127.0.0.1#" + std::to_string(port));
        QCOMPARE(run.node.dns[4].resolver, "127.0.0.1:" + std::to_string(port)); // shown as it was given
        for (const std::string& note : run.node.notes)                           // a busy machine may say so
            QVERIFY2(note.find("over 1 ms after their time") != std::string::npos, note.c_str());
    }

    /// Delays of known quantiles: 0.5 ms, a tenth 8 ms, two in a hundred 40 ms.
    void quantiles() {
        FakeResolver server([](Query query, std::size_t turn) {
            const auto delay = turn % 50 == 7 ? 40ms : turn % 10 == 3 ? 8ms : 0ms;
            return Replies{{delay + 500us, answerTo(query)}};
        });
        const auto run = test::runProbe(planFor(server.address(), 3.0));
        const auto truth = stats::percentiles(server.held()).value();
        const auto told = all(run.node, model::DnsTransport::Udp);
        QVERIFY(told.sent > 400);
        QCOMPARE(told.answered, told.sent);
        QCOMPARE(truth.count, told.answered);
        const auto near = [](std::int64_t said, std::int64_t held) {
            return said >= held &&
                   said - held < 1'500'000; // the way there and back, on a machine that builds besides
        };
        QVERIFY2(near(told.rtt->p50, truth.p50), run.output.right(200));
        QVERIFY2(near(told.rtt->p90, truth.p90), run.output.right(200));
        QVERIFY2(near(told.rtt->p99, truth.p99), run.output.right(200));
        QVERIFY(told.rtt->p99 > 40'000'000);
        QVERIFY(told.rtt->p90 < 12'000'000);
    }

    void lateAnswersAreTimeoutsAndDelayNobody() {
        FakeResolver server([](Query query, std::size_t turn) {
            return turn % 4 == 0 ? Replies{{400ms, answerTo(query)}} : Replies{{0ms, answerTo(query)}};
        });
        auto plan = planFor(server.address());
        QElapsedTimer timer;
        timer.start();
        const auto run = test::runProbe(plan);
        QVERIFY(timer.elapsed() < 2500); // its length, and the last time-out
        const auto told = all(run.node, model::DnsTransport::Udp);
        QVERIFY(told.timeouts >= told.sent / 5 && told.timeouts <= told.sent / 3);
        QCOMPARE(told.failed, std::size_t{0});
        QVERIFY(told.rtt->p99 < 300'000'000);
        // 200 slots of 5 ms; had a late answer stopped the sending, a quarter would each have cost 300 ms.
        QVERIFY2(told.sent > 120, qPrintable(QString::number(told.sent)));
        for (const auto& s : run.node.dns)
            for (const auto& sample : s.samples)
                QCOMPARE(sample.outcome == model::DnsOutcome::Timeout, sample.rttNs == -1);
    }
    void silence() {
        FakeResolver server([](Query, std::size_t) { return Replies{}; });
        const auto run = test::runProbe(planFor(server.address(), 0.4));
        const auto told = all(run.node, model::DnsTransport::Udp);
        QVERIFY(told.sent > 20);
        QCOMPARE(told.timeouts, told.sent); // those in flight at the end were waited for
    }

    void failures_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("rcode");
        QTest::addColumn<int>("errnum");
        QTest::newRow("SERVFAIL") << 0 << 2 << 0;
        QTest::newRow("REFUSED") << 1 << 5 << 0;
        QTest::newRow("garbage after the question") << 2 << -1 << EBADMSG;
        QTest::newRow("half an answer") << 3 << -1 << EBADMSG;
    }
    void failures() {
        QFETCH(int, kind);
        QFETCH(int, rcode);
        QFETCH(int, errnum);
        FakeResolver server([kind](Query query, std::size_t) {
            auto bytes = answerTo(query, kind == 0 ? 2 : kind == 1 ? 5 : 0);
            if (kind == 2)
                std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(query.size()), bytes.end(),
                          std::uint8_t{0xFF});
            else if (kind == 3)
                bytes.resize(bytes.size() - 3);
            return Replies{{0ms, bytes}};
        });
        const auto run = test::runProbe(planFor(server.address(), 0.4));
        for (const auto transport : {model::DnsTransport::Udp, model::DnsTransport::Tcp}) {
            const auto told = all(run.node, transport);
            QVERIFY(told.sent > 0);
            QCOMPARE(told.failed, told.sent);
        }
        for (const auto& s : run.node.dns)
            for (const auto& sample : s.samples) {
                QCOMPARE(sample.rcode, rcode);
                QCOMPARE(sample.errnum, errnum);
                QVERIFY(sample.rttNs > 0); // something came, and when is known
            }
    }
    void closedPort() {
        QTcpServer taken; // a port that is free for UDP and, once closed, for TCP
        QVERIFY(taken.listen(QHostAddress::LocalHost));
        const auto port = taken.serverPort();
        taken.close();
        const auto run = test::runProbe(planFor("127.0.0.1#" + std::to_string(port), 0.4));
        for (const auto& s : run.node.dns) {
            QVERIFY(!s.samples.empty());
            for (const auto& sample : s.samples) {
                QCOMPARE(sample.outcome, model::DnsOutcome::Failed);
                QCOMPARE(sample.errnum, ECONNREFUSED);
            }
        }
    }
    /// A forged answer comes first, the true one 5 ms later; only the true one may count.
    void strangersAreNotBelieved_data() {
        QTest::addColumn<int>("kind");
        QTest::newRow("another id") << 0;
        QTest::newRow("another question") << 1;
        QTest::newRow("too short for an id") << 2;
        QTest::newRow("the query, sent back") << 3;
    }
    void strangersAreNotBelieved() {
        QFETCH(int, kind);
        FakeResolver server([kind](Query query, std::size_t) {
            auto forged = answerTo(query);
            if (kind == 0)
                forged[0] = static_cast<std::uint8_t>(~forged[0]);
            else if (kind == 1)
                forged[13] = 'x';
            else if (kind == 2)
                forged.resize(7);
            else
                forged.assign(query.begin(), query.end());
            return Replies{{0ms, forged}, {5ms, answerTo(query)}};
        });
        const auto run = test::runProbe(planFor(server.address(), 0.5));
        const auto told = all(run.node, model::DnsTransport::Udp);
        QVERIFY(told.sent > 20);
        QCOMPARE(told.answered, told.sent);
        QVERIFY(told.rtt->min >= 5'000'000);
        QVERIFY(std::any_of(run.node.notes.begin(), run.node.notes.end(), [](const auto& n) {
            return n.find("answered no DNS query of ours") != std::string::npos;
        }));
    }
    /// A and AAAA leave one socket at once, and each settles by itself.
    void pairs() {
        FakeResolver server([](Query query, std::size_t) {
            const bool aaaa = query[query.size() - 3] == 28;
            return aaaa ? Replies{} : Replies{{2ms, answerTo(query)}};
        });
        const auto run = test::runProbe(planFor(server.address(), 0.6));
        std::map<int, std::vector<const model::DnsSample*>> byPair;
        for (const auto& s : run.node.dns)
            for (const auto& sample : s.samples) {
                QCOMPARE(sample.pair >= 0, s.transport == model::DnsTransport::Udp);
                if (sample.pair >= 0)
                    byPair[sample.pair].push_back(&sample);
            }
        QVERIFY(byPair.size() > 20);
        for (const auto& [number, samples] : byPair) {
            QCOMPARE(samples.size(), std::size_t{2});
            QVERIFY(std::abs(samples[0]->offsetNs - samples[1]->offsetNs) < 20'000'000);
            QVERIFY(samples[0]->outcome != samples[1]->outcome); // A answered, AAAA lost
        }
        const auto told = all(run.node, model::DnsTransport::Udp);
        QCOMPARE(told.timeouts, told.answered);
    }
    /// What is slow, and read late by design, is still timed by its arrival.
    void readingLateChangesNoTime() {
        FakeResolver server([](Query query, std::size_t) { return Replies{{3ms, answerTo(query)}}; });
        auto plan = planFor(server.address(), 2.0);
        plan.dnsIntervalMs = 100; // nothing else wakes the probe for 40 ms
        const auto run = test::runProbe(plan);
        const auto told = all(run.node, model::DnsTransport::Udp);
        QVERIFY(told.sent > 10);
        QVERIFY2(told.rtt->p50 >= 3'000'000 && told.rtt->p50 < 8'000'000, run.output.left(2000));
    }
    void lookups_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("ndots");
        QTest::addColumn<int>(
            "kind"); // of the resolver: 0 right, 1 no AAAA at the first asking, 2 dead, 3 cuts off, 4 SERVFAIL
        QTest::addColumn<int>("queries");
        QTest::addColumn<int>("candidates");
        QTest::addColumn<int>("retries");
        QTest::addColumn<int>("rcode");
        QTest::addColumn<int>("outcome");
        using enum model::DnsOutcome;
        const auto row = [](const char* label, const char* name, int ndots, int kind, int queries, int candidates,
                            int retries, int rcode, model::DnsOutcome outcome) {
            QTest::newRow(label) << QByteArray(name) << ndots << kind << queries << candidates << retries << rcode
                                 << static_cast<int>(outcome);
        };
        row("through the list", "www.example.test", 5, 0, 8, 4, 0, 0, Answered);
        row("enough dots", "www.example.test", 2, 0, 2, 1, 0, 0, Answered);
        row("absolute", "www.example.test.", 5, 0, 2, 1, 0, 0, Answered);
        row("found in the list", "www", 5, 0, 6, 3, 0, 0, Answered);
        row("nowhere", "nothing", 5, 0, 8, 4, 0, 3, Answered);
        row("AAAA is lost once", "www.example.test.", 5, 1, 3, 1, 1, 0, Answered);
        row("dead", "www.example.test", 5, 2, 4, 1, 2, -1, Timeout);
        row("cut off", "www.example.test.", 5, 3, 4, 1, 0, 0, Answered);
        row("SERVFAIL", "www.example.test.", 5, 4, 4, 1, 2, 2, Failed);
    }
    void lookups() {
        QFETCH(QByteArray, name);
        QFETCH(int, ndots);
        QFETCH(int, kind);
        std::map<int, int> asked; // by type; the resolver's threads take turns
        FakeResolver server([&](Query query, std::size_t turn) {
            const auto q = QByteArray(reinterpret_cast<const char*>(query.data()) + 12,
                                      static_cast<qsizetype>(query.size()) - 12);
            const bool exists = q.startsWith(QByteArray("\x03www\x07"
                                                        "example\x04test\0",
                                                        18)) ||
                                q.startsWith(QByteArray("\x03www\x07"
                                                        "cluster\x05local\0",
                                                        19));
            const bool aaaa = query[query.size() - 3] == 28;
            if (kind == 2 || (kind == 1 && aaaa && ++asked[28] % 2 == 1))
                return Replies{};
            auto bytes = answerTo(query, kind == 4 ? 2 : exists ? 0 : 3);
            if (kind == 3 && turn % 4 < 2) // over UDP, then both over TCP
                bytes[2] |= 0x02;
            return Replies{{2ms, bytes}};
        });
        probe::ProbePlan plan;
        plan.durationS = 0.5;
        plan.dnsTimeoutMs = 200;
        plan.lookupIntervalMs = 1000; // one
        plan.lookups.push_back({server.address(),
                                "service",
                                name.toStdString(),
                                ndots,
                                {"default.svc.cluster.local", "svc.cluster.local", "cluster.local"}});
        const auto run = test::runProbe(plan);
        QCOMPARE(run.node.probe.badLines, std::size_t{0});
        QCOMPARE(run.node.lookups.size(), std::size_t{1});
        const auto& s = run.node.lookups[0];
        QCOMPARE(s.name, name.toStdString());
        QCOMPARE(s.search.size(), std::size_t{3});
        QVERIFY2(s.samples.size() == 1, run.output);
        const auto& sample = s.samples[0];
        QTEST(sample.queries, "queries");
        QTEST(sample.candidates, "candidates");
        QTEST(sample.retries, "retries");
        QTEST(sample.rcode, "rcode");
        QTEST(static_cast<int>(sample.outcome), "outcome");
        if (sample.outcome == model::DnsOutcome::Answered) {
            const std::int64_t held = (kind == 1 ? 200 + 2 : 2 * sample.queries / 2) * 1'000'000;
            QVERIFY2(sample.totalNs >= held && sample.totalNs < held + 60'000'000, run.output);
        }
    }
    void theNodesOwnSearchListIsAppended() {
        FakeResolver server([](Query query, std::size_t) { return Replies{{0ms, answerTo(query, 3)}}; });
        QFile conf("/etc/resolv.conf");
        if (!conf.open(QIODevice::ReadOnly))
            QSKIP("no resolv.conf here");
        probe::ProbePlan plan;
        plan.durationS = 0.3;
        plan.lookupIntervalMs = 200;
        plan.lookups.push_back({server.address(), "service", "www", 5, {"cluster.local", "+"}});
        const auto run = test::runProbe(plan);
        QVERIFY(!run.node.lookups.empty());
        QCOMPARE(run.node.lookups[0].search.at(0), std::string("cluster.local"));
        const bool has = QRegularExpression("^(search|domain)[ \t]+\\S", QRegularExpression::MultilineOption)
                             .match(QString::fromUtf8(conf.readAll()))
                             .hasMatch();
        QCOMPARE(run.node.lookups[0].search.size() > 1, has);
        QCOMPARE(run.node.lookups[0].samples.at(0).candidates,
                 static_cast<int>(run.node.lookups[0].search.size()) + 1);
    }
    void truncatedAnswersAreFlagged() {
        FakeResolver server([](Query query, std::size_t) {
            auto bytes = answerTo(query);
            bytes[2] |= 0x02;
            return Replies{{0ms, bytes}};
        });
        const auto run = test::runProbe(planFor(server.address(), 0.3));
        QVERIFY(!run.node.dns.at(0).samples.empty());
        std::size_t cutOff = 0, overTcp = 0;
        for (const auto& s : run.node.dns) {
            for (const auto& sample : s.samples)
                QVERIFY(sample.truncated && sample.outcome == model::DnsOutcome::Answered);
            (s.transport == model::DnsTransport::Udp ? cutOff : overTcp) += s.samples.size();
        }
        QVERIFY(overTcp > cutOff / 2); // each was asked again by TCP, but for the last
    }
    void badNamesAreSaid() {
        auto plan = planFor("127.0.0.1#1", 0.1);
        plan.dns[0].name = "a..b.";
        plan.dns.push_back({"not-an-address", "service", clusterName, true});
        const auto run = test::runProbe(plan);
        QCOMPARE(run.exitCode, 0);
        QVERIFY(run.node.dns.empty());
        const std::string notes = std::accumulate(run.node.notes.begin(), run.node.notes.end(), std::string());
        QVERIFY2(notes.find("a..b. is not a DNS name") != std::string::npos, notes.c_str());
        QVERIFY2(notes.find("not-an-address: is no resolver's address") != std::string::npos, notes.c_str());
    }
};

QTEST_GUILESS_MAIN(TestProbeDns)
#include "tst_probe_dns.moc"
