// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What findings rest on, and what they advise: the very words and figures.
#include "tests/core/analysis/changes.h"

#include <QTest>

#include <algorithm>

using namespace netopsy;
using namespace netopsy::analysis;
using namespace netopsy::test;

class TestRulesEvidence : public QObject {
    Q_OBJECT
private slots:
    /// What the lost queries have in common is told, with counts; and what is not seen isn't.
    void marksOfLoss_data() {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("evidence"); // empty: no such mark
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, const char* evidence, const char* sentence, Change change) {
            QTest::newRow(name) << std::move(change) << evidence << sentence;
        };
        row("plain loss", "", "", [](model::Case&) {});
        row("half a pair, and insert_failed", "40 of 400 (A 0, AAAA 40); both halves 0", "mark of its insert race",
            [](model::Case& c) {
                pairUp(c.nodes[1]);
                count(c, "insert_failed", 1);
            });
        row("half a pair, and insert_failed at rest", "40 of 400 (A 0, AAAA 40); both halves 0",
            "so it is not its insert race", [](model::Case& c) { pairUp(c.nodes[1]); });
        row("half a pair, and no statistics", "40 of 400 (A 0, AAAA 40); both halves 0", "lost just one half",
            [](model::Case& c) {
                pairUp(c.nodes[1]);
                for (model::NodeSample& s : c.nodes[1].samples)
                    s.conntrack = model::Conntrack{1, 1000, Absent{}, {}};
            });
        row("look-ups that asked again", "1 of 10, 5.00 s in the median", "Of 10 look-ups made",
            [](model::Case& c) {
                model::LookupSample& sample = c.nodes[1].lookups[0].samples[4];
                sample.retries = 1;
                sample.totalNs = 5'000'400'000;
            });
        row("look-ups that asked again, from a pod", "1 of 15, none answered", "Of 15 look-ups made",
            [](model::Case& c) {
                c.nodes[1].pods = {place(2)};
                c.nodes[1].pods[0].lookups = {lookups("example.com.", 5, 400'000)};
                c.nodes[1].pods[0].lookups[0].samples[0] = {0, -1, 4, 1, 2, model::DnsOutcome::Timeout, -1, 0};
            });
        row("lost SYNs", "3 of 60", "as when a SYN is lost", [](model::Case& c) {
            c.nodes[1].dns.push_back(dns("10.96.0.10", "service", 60, 500'000));
            c.nodes[1].dns.back().transport = model::DnsTransport::Tcp;
            c.nodes[1].dns.back().samples[10].rttNs = 1'030'000'000;
            c.nodes[1].dns.back().samples[20].rttNs = 3'080'000'000;
            c.nodes[1].dns.back().samples[30].rttNs = 1'001'000'000;
            c.nodes[1].dns.back().samples[40].rttNs = 2'000'000'000; // late, but by no SYN's wait
        });
    }
    void marksOfLoss() {
        QFETCH(Change, change);
        QFETCH(QString, evidence);
        QFETCH(QString, sentence);
        model::Case c = healthy();
        for (model::DnsSeries& s : c.nodes[1].dns)
            lose(s, 10);
        change(c);
        const Analysis analysis = analyse(c);
        const auto found = findingsOf(analysis, "dns-timeouts");
        QVERIFY2(found.size() == 1, all(analysis).c_str());
        const auto told = [&](const char* what) {
            for (const Evidence& e : found[0]->evidence)
                if (e.what.find(what) != std::string::npos)
                    return QString::fromStdString(e.value);
            return QString();
        };
        QCOMPARE(told("one half") + told("ask again") + told("lost SYN"), evidence);
        QVERIFY2(sentence.isEmpty() || found[0]->explanation.find(sentence.toStdString()) != std::string::npos,
                 found[0]->explanation.c_str());
        QCOMPARE(found[0]->explanation.find("insert race") != std::string::npos,
                 sentence.contains(QStringLiteral("insert race")));
    }

    /// As with a tunnel's stale entry: one DNS pod is out of this node's reach, and nothing is wrong with the Service.
    void lossOnTheWayToOnePodIsSaid() {
        model::Case c = healthy();
        for (model::DnsSeries& s : c.nodes[1].dns)
            if (s.resolver == pod(1, 10) || s.role == "service")
                lose(s, s.role == "service" ? 2 : 1);
        const Analysis analysis = analyse(c);
        const auto found = findingsOf(analysis, "dns-timeouts");
        QVERIFY2(found.size() == 1, all(analysis).c_str());
        QCOMPARE(found[0]->nodes, std::vector<std::string>{"node2"});
        const std::string& said = found[0]->explanation;
        QVERIFY2(said.find("Queries to 10.244.1.10") != std::string::npos, said.c_str());
        QVERIFY2(said.find("the way between this node and that pod") != std::string::npos, said.c_str());
        QVERIFY2(said.find("lost alike") == std::string::npos, said.c_str());
    }

    void leftOutSamplesAreSaid() {
        model::Case c = healthy();
        slowDns(c, 1);
        disturb(c.nodes[1], 24'000'000);
        for (model::DnsSeries& s : c.nodes[1].dns)
            for (std::size_t i = 3; i < s.samples.size(); i += 10)
                s.samples[i].rttNs = 24'000'000; // these were not disturbed
        const Analysis analysis = analyse(c);
        const auto found = findingsOf(analysis, "dns-slow-internal");
        QVERIFY2(found.size() == 1, all(analysis).c_str());
        const std::string text = all(analysis);
        QVERIFY2(text.find("240 samples left out because the probing node was disturbed") != std::string::npos,
                 text.c_str());
        QVERIFY2(text.find("12.5 % (120 of 960)") != std::string::npos, text.c_str());
    }

    /// The limit that counts is the pod's own, and that the node's is larger is said.
    void podsOwnLimitIsTheEvidence() {
        model::Case c = healthy();
        c.nodes[1].pods = {place(2)};
        c.nodes[1].pods[0].countersLast["TcpExt.ListenOverflows"] += 40;
        const Analysis analysis = analyse(c);
        const auto found = findingsOf(analysis, "tcp-listen-overflow");
        QCOMPARE(found.size(), std::size_t{1});
        const std::vector<Evidence>& e = found[0]->evidence;
        QCOMPARE(e.size(), std::size_t{3});
        QCOMPARE(e[1].value, std::string("128"));
        QVERIFY2(e[2].value.starts_with("lower than the node's 4,096"), e[2].value.c_str());
        QVERIFY(found[0]->explanation.find("which is 128 there") != std::string::npos);
        QVERIFY(found[0]->tuningKeys.empty()); // those are the node's
    }

    /// The remedy is for the very CNI and version.
    void overlayRemedyFitsTheCni_data() {
        QTest::addColumn<QString>("cni");
        QTest::addColumn<QString>("version");
        QTest::addColumn<QString>("says");
        QTest::newRow("flannel") << "flannel"
                                 << ""
                                 << "\"DirectRouting\": true";
        QTest::newRow("calico") << "calico"
                                << "v3.26.1"
                                << "CrossSubnet";
        QTest::newRow("cilium 1.16") << "cilium"
                                     << "v1.16.0"
                                     << "routingMode=native";
        QTest::newRow("cilium 1.14") << "cilium"
                                     << "1.14.3"
                                     << "without the deprecated tunnel=disabled";
        QTest::newRow("cilium 1.13") << "cilium"
                                     << "1.13.0"
                                     << "--set tunnel=disabled";
        QTest::newRow("cilium ?") << "cilium"
                                  << ""
                                  << "differ by version";
        QTest::newRow("other") << "weave"
                               << ""
                               << "no known switch";
    }
    void overlayRemedyFitsTheCni() {
        QFETCH(QString, cni);
        QFETCH(QString, version);
        QFETCH(QString, says);
        model::Case c = healthy();
        c.cluster->cni.name = cni.toStdString();
        c.cluster->cni.version = version.toStdString();
        for (model::Node& n : c.nodes)
            for (model::RttSeries& s : n.rtt)
                if (s.plane == model::Plane::Overlay)
                    s = rtt(s.peer, s.address, s.plane, 120'000);
        const Analysis analysis = analyse(c);
        const auto found = findingsOf(analysis, "overlay-tax");
        QCOMPARE(found.size(), std::size_t{1});
        QVERIFY2(found[0]->remedy.find(says.toStdString()) != std::string::npos, found[0]->remedy.c_str());
    }

    /// The figure stands with each pair's own, their intervals, and what softirqs took of the CPU.
    void overlayTaxShowsItsGround() {
        model::Case c = healthy();
        for (model::Node& n : c.nodes)
            for (model::RttSeries& s : n.rtt)
                if (s.plane == model::Plane::Overlay)
                    s = rtt(s.peer, s.address, s.plane, n.name == "node2" ? 160'000 : 120'000);
        for (model::RttSeries& s : c.nodes[2].rtt) // farther, on both planes: no part of the tax
            s = rtt(s.peer, s.address, s.plane, s.plane == model::Plane::Overlay ? 5'060'000 : 5'000'000);
        cpu(c.nodes[1], &model::CpuTimes::softirq, 12);
        const Analysis analysis = analyse(c);
        const auto found = findingsOf(analysis, "overlay-tax");
        QCOMPARE(found.size(), std::size_t{1});
        QStringList ground;
        for (const Evidence& e : found[0]->evidence)
            ground << QString::fromStdString(e.what + ": " + e.value + " [" + e.source + "]");
        const QString all = ground.join(QLatin1Char('\n'));
        QVERIFY2(ground[0].startsWith(QStringLiteral("the overlay adds, median: 63.0 µs (95 % interval ")),
                 qPrintable(all));
        QVERIFY2(ground[2].startsWith(QStringLiteral("node2 to node1: 100 µs (95 % interval ")), qPrintable(all));
        QVERIFY2(ground[2].endsWith(
                     QStringLiteral("more than 59.5 µs [node2: probe, 200 and 200 echoes (icmp-dgram)]")),
                 qPrintable(all));
        QCOMPARE(ground.filter(QStringLiteral("CPU time in softirqs, the most of these nodes, on node2")).size(),
                 1);
    }
};

QTEST_APPLESS_MAIN(TestRulesEvidence)
#include "tst_rules_evidence.moc"
