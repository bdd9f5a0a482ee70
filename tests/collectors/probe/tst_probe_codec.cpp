// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The probe's own codec and plan reader, from the very source that travels to the nodes.
extern "C" {
#include "collectors/probe/node/codec.h"
#include "collectors/probe/node/plan.h"
}

#include <QByteArray>
#include <QTemporaryFile>
#include <QTest>

#include <arpa/inet.h>

#include <memory>
#include <random>

namespace {

QByteArray encoded(const char* name, uint16_t type = DNS_A, uint16_t id = 0x1234) {
    uint8_t out[DNS_QUERY_MAX];
    const size_t length = dns_encode(out, id, name, type);
    return {reinterpret_cast<const char*>(out), static_cast<qsizetype>(length)};
}

dns_verdict decode(const QByteArray& message, const QByteArray& query, dns_answer* answer) {
    // A copy of just its size, so that a sanitizer sees any step beyond the end.
    const std::unique_ptr<uint8_t[]> exact(new uint8_t[static_cast<size_t>(message.size())]);
    std::copy(message.begin(), message.end(), reinterpret_cast<char*>(exact.get()));
    return dns_decode(exact.get(), static_cast<size_t>(message.size()),
                      reinterpret_cast<const uint8_t*>(query.data()), static_cast<size_t>(query.size()), answer);
}

/// To `query`: header with `flags` and counts, the question, then `rest`.
QByteArray answer(const QByteArray& query, const char* flags, int records, const QByteArray& rest) {
    QByteArray m = query;
    m.replace(2, 2, QByteArray::fromHex(flags));
    m[7] = static_cast<char>(records);
    return m + rest;
}

const QByteArray recordA = QByteArray::fromHex("c00c000100010000001e00040a600001");

/// The program never frees a plan, for it ends with it.
struct PlanDeleter {
    void operator()(plan* p) const {
        for (pod_place& place : p->places)
            for (char* line : place.lines)
                free(line);
        delete p;
    }
};
using PlanPointer = std::unique_ptr<plan, PlanDeleter>;

PlanPointer readPlan(const QByteArray& text, bool* ok, const QByteArray& resolvConf = {}) {
    QTemporaryFile in, conf;
    if (!in.open() || !conf.open())
        qFatal("no temporary file");
    in.write(text);
    in.flush();
    conf.write(resolvConf);
    conf.flush();
    PlanPointer p(new plan());
    FILE* file = fopen(qPrintable(in.fileName()), "r");
    *ok = plan_read(p.get(), file, qPrintable(conf.fileName()));
    fclose(file);
    return p;
}

} // namespace

class TestProbeCodec : public QObject {
    Q_OBJECT
private slots:
    void encodes() {
        QCOMPARE(encoded("a.bc.", DNS_AAAA), QByteArray::fromHex("1234010000010000000000000161026263"
                                                                 "00001c0001"));
        QCOMPARE(encoded("a.bc"), encoded("a.bc."));
        QCOMPARE(encoded("."), QByteArray::fromHex("1234010000010000000000000000010001"));
    }
    void names_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<bool>("valid");
        const QByteArray label(63, 'x');
        QTest::newRow("63 bytes") << label + "." << true;
        QTest::newRow("64 bytes") << label + "x." << false;
        QTest::newRow("255 on the wire")
            << (label + "." + label + "." + label + "." + QByteArray(61, 'y') + ".") << true;
        QTest::newRow("256 on the wire")
            << (label + "." + label + "." + label + "." + QByteArray(62, 'y') + ".") << false;
        QTest::newRow("empty label") << QByteArray("a..b.") << false;
        QTest::newRow("leading dot") << QByteArray(".a.") << false;
        QTest::newRow("blank") << QByteArray("a b.") << false;
        QTest::newRow("not ASCII") << QByteArray("\xc3\xa4.") << false;
        QTest::newRow("underscore") << QByteArray("_dns._udp.a.") << true;
    }
    void names() {
        QFETCH(QByteArray, name);
        QTEST(!encoded(name.constData()).isEmpty(), "valid");
    }

    void verdicts_data() {
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<int>("verdict");
        QTest::addColumn<int>("rcode");
        const QByteArray q = encoded("a.bc.");
        const auto row = [](const char* name, const QByteArray& m, dns_verdict v, int rcode = 0) {
            QTest::newRow(name) << m << static_cast<int>(v) << rcode;
        };
        row("one record", answer(q, "8180", 1, recordA), DNS_ANSWER);
        row("none", answer(q, "8180", 0, {}), DNS_ANSWER);
        row("NXDOMAIN", answer(q, "8183", 0, {}), DNS_ANSWER, 3);
        row("SERVFAIL", answer(q, "8182", 0, {}), DNS_ANSWER, 2);
        QByteArray upper = answer(q, "8180", 1, recordA);
        upper.replace("\x01"
                      "a",
                      "\x01"
                      "A");
        row("another case", upper, DNS_ANSWER);
        row("the query itself", q, DNS_STRAY);
        row("another id", answer(encoded("a.bc.", DNS_A, 0x1235), "8180", 1, recordA), DNS_STRAY);
        row("another name", answer(encoded("a.bd."), "8180", 1, recordA), DNS_STRAY);
        row("another type", answer(encoded("a.bc.", DNS_AAAA), "8180", 0, {}), DNS_STRAY);
        row("nothing", {}, DNS_STRAY);
        row("eleven bytes", q.left(11), DNS_STRAY);
        row("record missing", answer(q, "8180", 1, {}), DNS_MALFORMED);
        row("record cut", answer(q, "8180", 1, recordA.left(15)), DNS_MALFORMED);
        row("bytes left over", answer(q, "8180", 1, recordA + "x"), DNS_MALFORMED);
        row("cut off, and says so", answer(q, "8380", 1, {}), DNS_ANSWER);
        row("pointer to itself", answer(q, "8180", 1, QByteArray::fromHex("c017000100010000001e0000")),
            DNS_MALFORMED);
        row("pointer forwards", answer(q, "8180", 1, QByteArray::fromHex("c030000100010000001e0000")),
            DNS_MALFORMED);
        row("pointer into the header", answer(q, "8180", 1, QByteArray::fromHex("c002000100010000001e0000")),
            DNS_MALFORMED);
        row("reserved label type", answer(q, "8180", 1, QByteArray::fromHex("8061000100010000001e0000")),
            DNS_MALFORMED);
        QByteArray noQuestion = answer(q, "8181", 0, {}).left(12);
        noQuestion[5] = 0;
        row("FORMERR without the question", noQuestion, DNS_ANSWER, 1);
        noQuestion[3] = 0;
        row("NOERROR without the question", noQuestion, DNS_MALFORMED);
    }
    void verdicts() {
        QFETCH(QByteArray, message);
        QFETCH(int, rcode);
        dns_answer out{};
        const dns_verdict verdict = decode(message, encoded("a.bc."), &out);
        QTEST(static_cast<int>(verdict), "verdict");
        if (verdict == DNS_ANSWER)
            QCOMPARE(out.rcode, rcode);
    }
    void truncationIsFlagged() {
        dns_answer out{};
        QCOMPARE(decode(answer(encoded("a.bc."), "8380", 1, recordA), encoded("a.bc."), &out), DNS_ANSWER);
        QVERIFY(out.truncated);
        QCOMPARE(out.records, 1u);
    }
    /// Every mutation ends in a verdict and stays within the message (the sanitizer build sees to that).
    void fuzz() {
        const QByteArray q = encoded("kubernetes.default.svc.cluster.local.");
        const QByteArray good = answer(q, "8180", 3,
                                       recordA + recordA +
                                           QByteArray::fromHex("036e7331c00c00020001000000"
                                                               "1e0002c00c"));
        std::mt19937 engine(17);
        int verdicts[3] = {};
        for (int trial = 0; trial < 300'000; ++trial) {
            QByteArray m = good;
            for (unsigned i = 1 + static_cast<unsigned>(engine()) % 4; i > 0; --i)
                m[static_cast<qsizetype>(2 + engine() % static_cast<unsigned>(m.size() - 2))] =
                    static_cast<char>(engine());
            if (engine() % 3 == 0)
                m.truncate(static_cast<qsizetype>(engine() % static_cast<unsigned>(m.size() + 1)));
            dns_answer out{};
            ++verdicts[decode(m, q, &out)];
        }
        QVERIFY(verdicts[DNS_STRAY] > 1000 && verdicts[DNS_MALFORMED] > 1000 && verdicts[DNS_ANSWER] > 1000);
    }

    void endpoints_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("port"); // 0: refused
        QTest::newRow("v4") << QByteArray("10.96.0.10") << 53;
        QTest::newRow("v4#port") << QByteArray("10.96.0.10#5353") << 5353;
        QTest::newRow("v4:port") << QByteArray("10.96.0.10:5353") << 5353;
        QTest::newRow("v6") << QByteArray("fd00::a") << 53;
        QTest::newRow("v6#port") << QByteArray("fd00::a#5353") << 5353;
        QTest::newRow("zone") << QByteArray("fe80::1%eth0") << 0;
        QTest::newRow("name") << QByteArray("dns.example") << 0;
        QTest::newRow("port 0") << QByteArray("10.0.0.1#0") << 0;
        QTest::newRow("port 65536") << QByteArray("10.0.0.1#65536") << 0;
        QTest::newRow("signed port") << QByteArray("10.0.0.1#+5") << 0;
        QTest::newRow("empty") << QByteArray("") << 0;
    }
    void endpoints() {
        QFETCH(QByteArray, text);
        QFETCH(int, port);
        endpoint e;
        QCOMPARE(endpoint_parse(&e, text.constData(), 53), port != 0);
        if (port != 0)
            QCOMPARE(int{ntohs(reinterpret_cast<const sockaddr_in*>(&e.address)->sin_port)},
                     port); // v6's is there, too
    }

    void plans() {
        bool ok = false;
        auto p = readPlan(
            "netopsy-probe-plan 1\nduration 100\ndns-interval 5\ndns-timeout 100\nrtt-interval 7\nseed 9\n"
            "dns 10.0.0.1 service 1 a.b.\ndns - node 0 c.\npeer n 10.0.0.2 overlay\nend\n",
            &ok, "# none\nsearch x\nnameserver 127.0.0.53\nnameserver\t::1 # local\nnameserver nonsense\n");
        QVERIFY2(ok, p->trouble);
        QCOMPARE(p->duration_ns, 100'000'000);
        QCOMPARE(p->dns_count, size_t{3});
        QCOMPARE(QByteArray(p->dns[2].resolver.text), QByteArray("::1"));
        QCOMPARE(QByteArray(p->dns[1].role), QByteArray("node"));
        QVERIFY(QByteArray(p->trouble).contains("nonsense: is no resolver's address"));
        QCOMPARE(p->peer_count, size_t{1});
    }
    void lookupPlans() {
        bool ok = false;
        auto p = readPlan("netopsy-probe-plan 1\nlookup-interval 50\n"
                          "lookup 10.96.0.10 service www.example.com 5 default.svc.cluster.local cluster.local +\n"
                          "lookup nonsense service a 5\nlookup 10.96.0.10 service a 5\nend\n",
                          &ok, "domain old.test\nsearch a.test\tb.test \nnameserver 127.0.0.53\n");
        QVERIFY2(ok, p->trouble);
        QCOMPARE(p->lookup_count, size_t{2});
        QCOMPARE(p->lookups[0].search_count, 4);
        QCOMPARE(QByteArray(p->lookups[0].search[3]), QByteArray("b.test"));
        QCOMPARE(p->lookups[1].search_count, 0);
        QVERIFY(QByteArray(p->trouble).contains("nonsense: is no resolver's address"));
    }
    void podPlans() {
        bool ok = false;
        auto p = readPlan("netopsy-probe-plan 1\npod 0 shop/web-1 10.244.1.7\n@0 peer n2 10.244.2.7 overlay\n"
                          "pod 1 a/b fd00::7\n@0 cpu-share 400\n@1 lookup - service a - +\nend\n",
                          &ok);
        QVERIFY2(ok, p->trouble);
        QCOMPARE(p->place_count, size_t{2});
        QCOMPARE(QByteArray(p->places[0].ns), QByteArray("shop"));
        QCOMPARE(QByteArray(p->places[0].name), QByteArray("web-1"));
        QCOMPARE(p->places[0].line_count, size_t{2});
        QCOMPARE(QByteArray(p->places[0].lines[1]), QByteArray("cpu-share 400"));
        QCOMPARE(p->peer_count, size_t{0}); // the place's, not the node's
        QCOMPARE(p->places[1].at.address.ss_family, static_cast<sa_family_t>(AF_INET6));
        QTemporaryFile conf;
        QVERIFY(conf.open());
        conf.write("nameserver 10.96.0.10\nsearch x%0a \x01 a.test\noptions timeout:1 ndots:99 rotate\n");
        conf.flush();
        auto place = std::make_unique<plan>();
        QVERIFY(plan_add(place.get(), p->places[1].lines[0], qPrintable(conf.fileName())));
        QCOMPARE(place->lookup_count, size_t{1});
        QCOMPARE(QByteArray(place->lookups[0].resolver.text), QByteArray("10.96.0.10"));
        QCOMPARE(place->lookups[0].ndots, 15);
        QCOMPARE(place->lookups[0].search_count, 1);                        // what is not plain text is left out
        QVERIFY(!plan_add(place.get(), "pod 0 a/b 10.0.0.1", "/dev/null")); // none within a place
        QVERIFY(!plan_add(place.get(), "nonsense", "/dev/null"));
        QVERIFY(plan_add(place.get(), "lookup - service a -", "/dev/null"));
        QVERIFY(QByteArray(place->trouble).contains("there is no nameserver"));
    }
    void searchListsAreBounded() {
        QByteArray own = "search";
        for (int i = 0; i < 40; ++i)
            own += " " + QByteArray(50, 'a') + ".test";
        bool ok = false;
        auto p = readPlan("netopsy-probe-plan 1\nlookup 10.96.0.10 service a 5 +\nend\n", &ok, own + "\n");
        QVERIFY(ok);
        QVERIFY(p->lookups[0].search_count > 5 && p->lookups[0].search_count <= SEARCH_MAX);
    }
    void noNameserverIsSaid() {
        bool ok = false;
        auto p = readPlan("netopsy-probe-plan 1\ndns - node 0 c.\nend\n", &ok, "search x\n");
        QVERIFY(ok);
        QVERIFY(QByteArray(p->trouble).contains("names no nameserver"));
    }
    void badPlans_data() {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"",
                                 "end\n",
                                 "netopsy-probe-plan 2\nend\n",
                                 "netopsy-probe-plan 1\n",
                                 "netopsy-probe-plan 1\nend",
                                 "netopsy-probe-plan 1\nduration 0\nend\n",
                                 "netopsy-probe-plan 1\nduration 3600001\nend\n",
                                 "netopsy-probe-plan 1\ndns-interval 4\nend\n",
                                 "netopsy-probe-plan 1\nrtt-interval 0\nend\n",
                                 "netopsy-probe-plan 1\nrtt-interval -1\nend\n",
                                 "netopsy-probe-plan 1\ncpu-share 99\nend\n",
                                 "netopsy-probe-plan 1\nlookup 1.1.1.1 r a 16 b\nend\n",
                                 "netopsy-probe-plan 1\nseed 99999999999999999999\nend\n",
                                 "netopsy-probe-plan 1\nshell rm\nend\n",
                                 "netopsy-probe-plan 1\ndns 1.1.1.1 r 2 n.\nend\n",
                                 "netopsy-probe-plan 1\ndns  1.1.1.1 r 1\nend\n",
                                 "netopsy-probe-plan 1\npod 1 a/b 10.0.0.1\nend\n",
                                 "netopsy-probe-plan 1\npod 0 ab 10.0.0.1\nend\n",
                                 "netopsy-probe-plan 1\npod 0 a/ 10.0.0.1\nend\n",
                                 "netopsy-probe-plan 1\npod 0 a/b nowhere\nend\n",
                                 "netopsy-probe-plan 1\n@0 seed 1\nend\n",
                                 "netopsy-probe-plan 1\npod 0 a/b 10.0.0.1\n@x seed 1\nend\n",
                                 "netopsy-probe-plan 1\npod 0 a/b 10.0.0.1\n@0\nend\n",
                                 "netopsy-probe-plan 1\npeer n 1.1.1.1 middle\nend\n"})
            QTest::newRow(qPrintable(QByteArray(text).simplified())) << QByteArray(text);
        QTest::newRow("long line") << "netopsy-probe-plan 1\npeer " + QByteArray(5000, 'x') +
                                          " 1.1.1.1 overlay\nend\n";
        QTest::newRow("long field") << "netopsy-probe-plan 1\npeer " + QByteArray(300, 'x') +
                                           " 1.1.1.1 overlay\nend\n";
        QByteArray many = "netopsy-probe-plan 1\n";
        for (int i = 0; i < 2000; ++i)
            many += "peer n 10.0.0.1 overlay\n";
        QByteArray pods = "netopsy-probe-plan 1\n", lines = "netopsy-probe-plan 1\npod 0 a/b 10.0.0.1\n";
        for (int i = 0; i <= PLACES_MAX; ++i)
            pods += "pod " + QByteArray::number(i) + " a/b 10.0.0.1\n";
        for (int i = 0; i <= PLACE_LINES_MAX; ++i)
            lines += "@0 seed 1\n";
        QTest::newRow("too many pods") << pods + "end\n";
        QTest::newRow("too many lines of a pod") << lines + "end\n";
        QTest::newRow("endless") << many + "end\n";
    }
    void badPlans() {
        QFETCH(QByteArray, text);
        bool ok = true;
        auto p = readPlan(text, &ok);
        QVERIFY(!ok);
        QVERIFY(p->trouble[0] != '\0');
    }
};

QTEST_APPLESS_MAIN(TestProbeCodec)
#include "tst_probe_codec.moc"
