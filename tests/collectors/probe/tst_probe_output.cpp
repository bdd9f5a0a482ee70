// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/probe_output.h"

#include <QFile>
#include <QTest>

#include <random>

using namespace netopsy;

namespace {

model::RawSection section(std::string body, std::uint32_t seq = 0, model::TimeNs at = 0) {
    model::RawSection s;
    s.node = "node1";
    s.collector = "probe";
    s.seq = seq;
    s.at = at;
    s.body = std::move(body);
    return s;
}

std::string fixture(const char* name) {
    QFile file(QStringLiteral(NETOPSY_FIXTURES "/probe/") + QString::fromLatin1(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no fixture %s", name);
    return file.readAll().toStdString();
}

const std::string header = "netopsy-probe 2 x86_64\n"
                           "S 0 dns 10.96.0.10 service 1 kubernetes.default.svc.cluster.local. A udp 5000000000\n"
                           "S 1 dns 10.96.0.10 service 1 kubernetes.default.svc.cluster.local. A tcp 5000000000\n"
                           "S 0 rtt node%202 192.0.2.2 underlay icmp-dgram\n"
                           "F 1000\n";

std::size_t samplesOf(const model::Node& node) {
    std::size_t count = 0;
    for (const auto& s : node.dns)
        count += s.samples.size();
    for (const auto& s : node.rtt)
        count += s.samples.size();
    return count;
}

} // namespace

class TestProbeOutput : public QObject {
    Q_OBJECT
private slots:
    void series() {
        model::Node node;
        parse::absorbProbe(node, section(header));
        QCOMPARE(node.dns.size(), std::size_t{2});
        QCOMPARE(node.dns[1].transport, model::DnsTransport::Tcp);
        QCOMPARE(node.dns[0].timeoutNs, std::int64_t{5'000'000'000});
        QVERIFY(node.dns[0].internal);
        QCOMPARE(node.rtt[0].peer, std::string("node 2"));
        QVERIFY(node.notes.empty());
    }
    void outcomes_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("outcome");
        QTest::addColumn<qint64>("rtt");
        QTest::addColumn<int>("rcode");
        QTest::addColumn<int>("errnum");
        QTest::addColumn<bool>("truncated");
        const auto row = [](const char* line, model::DnsOutcome outcome, qint64 rtt, int rcode, int errnum,
                            bool tc) {
            QTest::newRow(line) << QByteArray(line) << static_cast<int>(outcome) << rtt << rcode << errnum << tc;
        };
        using enum model::DnsOutcome;
        row("D 0 5 a 73611 0 0", Answered, 73611, 0, 0, false);
        row("D 0 5 a 73611 3 0", Answered, 73611, 3, 0, false);
        row("D 0 5 c 73611 0 0", Answered, 73611, 0, 0, true);
        row("D 0 5 t -1 -1 0", Timeout, -1, -1, 0, false);
        row("D 0 5 f 900 2 0", Failed, 900, 2, 0, false);
        row("D 0 5 f 900 -1 111", Failed, 900, -1, 111, false);
        row("d 0 0 NOERROR 812 usec", Answered, 812'000, 0, 0, false);
        row("d 0 0 NXDOMAIN 4 msec", Answered, 4'000'000, 3, 0, false);
        row("d 0 0 REFUSED 4 msec", Failed, 4'000'000, 5, 0, false);
        row("d 0 0 TIMEOUT 0 msec", Timeout, -1, -1, 0, false);
    }
    void outcomes() {
        QFETCH(QByteArray, line);
        model::Node node;
        parse::absorbProbe(node, section(header + line.toStdString() + "\n"));
        QCOMPARE(node.dns[0].samples.size(), std::size_t{1});
        const auto& s = node.dns[0].samples[0];
        QTEST(static_cast<int>(s.outcome), "outcome");
        QTEST(qint64{s.rttNs}, "rtt");
        QTEST(s.rcode, "rcode");
        QTEST(s.errnum, "errnum");
        QTEST(s.truncated, "truncated");
    }
    void refused_data() {
        QTest::addColumn<QByteArray>("line");
        for (const char* line : {"D 0 5 a 73611 0",
                                 "D 0 5 a 73611 0 0 0 0",
                                 "D 0 5 a 73611 0 0 -1",
                                 "D 0 5 a 73611 0 0 2147483648",
                                 "D 9 5 a 1 0 0",
                                 "D 0 5 x 1 0 0",
                                 "D 0 -5 a 1 0 0",
                                 "D 0 5 a -1 0 0",
                                 "D 0 5 a 1 16 0",
                                 "D 0 5 a 1.5 0 0",
                                 "D  0 5 a 1 0 0",
                                 "D 0 5 a 99999999999999 0 0",
                                 "D 0 5 aa 1 0 0",
                                 "R 1 5 5",
                                 "R 0 5",
                                 "R 0 5 -2",
                                 "R 0 5 5 x",
                                 "R 0 5 5 o o",
                                 "U 0",
                                 "U 1 5",
                                 "U 0 x",
                                 "S 0 lookup 10.96.0.10 service example.com 16 a",
                                 "S 1 lookup 10.96.0.10 service example.com 5 a",
                                 "L 0 5 a 5 2 1 0 0",
                                 "T 5 4 1",
                                 "T 4 5 0",
                                 "T 4 5 16",
                                 "T 4 5",
                                 "T -1 5 1",
                                 "@0 D 0 5 a 1 0 0",
                                 "@1 W default web 10.244.1.7",
                                 "@0 W default web",
                                 "@0",
                                 "@ W default web 10.244.1.7",
                                 "@x W default web 10.244.1.7",
                                 "@0 N text",
                                 "@0 X no%20root",
                                 "@0 Y net.core.somaxconn 4096",
                                 "R 0 99999999999999999999 5",
                                 "r 0 5 nan",
                                 "r 0 5 inf",
                                 "r 0 5 -3",
                                 "P a b underlay 1400 1500 2",
                                 "P a b middle 1400 1500 0",
                                 "P a b overlay 140000 1500 0",
                                 "S 7 rtt a b underlay icmp",
                                 "S 0 rtt other 192.0.2.9 underlay icmp",
                                 "S 2 dns r role 1 n MX udp 5",
                                 "S 2 dns r role 2 n A udp 5",
                                 "netopsy-probe 1 x86_64",
                                 "netopsy-probe 2 x86_64",
                                 "E 1 2 3",
                                 "F",
                                 "F x",
                                 "N",
                                 "X",
                                 "d 0 0 NOERROR 1 s"})
            QTest::newRow(line) << QByteArray(line);
    }
    void refused() {
        QFETCH(QByteArray, line);
        model::Node node, before;
        parse::absorbProbe(before, section(header));
        parse::absorbProbe(node, section(header + line.toStdString() + "\n"));
        QCOMPARE(node.probe.badLines, std::size_t{1});
        QCOMPARE(node.notes.size(), std::size_t{1});
        QVERIFY2(node.notes[0].find("section probe #0") != std::string::npos, node.notes[0].c_str());
        QVERIFY(node.dns == before.dns && node.rtt == before.rtt && node.pmtu == before.pmtu);
    }
    void twiceIsOnce() {
        model::Node once, twice;
        const auto parts = {section(header + "D 0 5 a 7 0 0\n", 0), section("R 0 9 100\nR 0 19 -1\n", 1),
                            section("P n a overlay 1450 1450 0\nE 100 3 1 2 0 1500\n", 2)};
        for (const auto& part : parts) {
            parse::absorbProbe(once, part);
            parse::absorbProbe(twice, part);
            parse::absorbProbe(twice, part);
        }
        for (const auto& part : parts)
            parse::absorbProbe(twice, part);
        QVERIFY(once == twice);
        QCOMPARE(samplesOf(once), std::size_t{3});
        QCOMPARE(once.pmtu.size(), std::size_t{1});
        QCOMPARE(*once.cost.nodeCpuMs, 1.5);
    }
    void pairsFlagsAndDuplicates() {
        model::Node node;
        parse::absorbProbe(node, section(header + "D 0 5 a 70 0 0 7\nD 1 5 t -1 -1 0 7\nR 0 10 90\nR 0 5 95 o\n"
                                                  "U 0 10\nU 0 10\nU 0 11\n"));
        QCOMPARE(node.probe.badLines, std::size_t{0});
        QCOMPARE(node.dns[0].samples.at(0).pair, 7);
        QCOMPARE(node.dns[1].samples.at(0).pair, 7);
        QCOMPARE(node.rtt[0].samples.size(), std::size_t{2});
        QCOMPARE(node.rtt[0].samples[0].duplicates, 2);
        QVERIFY(!node.rtt[0].samples[0].reordered);
        QVERIFY(node.rtt[0].samples[1].reordered);
        QCOMPARE(node.rtt[0].samples[1].duplicates, 0);
    }
    void lookups() {
        model::Node node;
        parse::absorbProbe(node, section(header + "S 0 lookup 10.96.0.10 service www.example.com 5 "
                                                  "default.svc.cluster.local svc.cluster.local cluster.local\n"
                                                  "L 0 5 a 5004000000 10 4 2 0\nL 0 9 t -1 6 1 4 -1\n"));
        QCOMPARE(node.probe.badLines, std::size_t{0});
        const model::LookupSeries& s = node.lookups.at(0);
        QCOMPARE(s.name, std::string("www.example.com"));
        QCOMPARE(s.ndots, 5);
        QCOMPARE(s.search.size(), std::size_t{3});
        const model::LookupSample first{5, 5'004'000'000, 10, 4, 2, model::DnsOutcome::Answered, 0};
        QVERIFY(s.samples.at(0) == first);
        QVERIFY(s.samples.at(1).outcome == model::DnsOutcome::Timeout);
        QCOMPARE(node.probe.samples, std::size_t{2});
    }
    /// What had no answer by the first method is no sample of the second.
    void anotherMethod() {
        model::Node node;
        parse::absorbProbe(node,
                           section(header + "R 0 5 -1\nR 0 9 -1\n"
                                            "S 0 rtt node%202 192.0.2.2 underlay tcp-closed-port\nR 0 12 60\n"));
        QCOMPARE(node.probe.badLines, std::size_t{0});
        QCOMPARE(node.rtt.at(0).method, std::string("tcp-closed-port"));
        QCOMPARE(node.rtt[0].samples.size(), std::size_t{1});
        QCOMPARE(node.rtt[0].samples[0].rttNs, std::int64_t{60});
    }
    void noOtherMethodOnceAnswered() {
        model::Node node;
        parse::absorbProbe(
            node, section(header + "R 0 5 -1\nR 0 9 70\nS 0 rtt node%202 192.0.2.2 underlay udp-closed-port\n"));
        QCOMPARE(node.probe.badLines, std::size_t{1});
        QCOMPARE(node.rtt.at(0).method, std::string("icmp-dgram"));
        QCOMPARE(node.rtt[0].samples.size(), std::size_t{2});
    }
    void podPlaces() {
        model::Node node;
        parse::absorbProbe(node,
                           section(header + "@0 W default web%201 10.244.1.7\n@1 W kube-system x fd00::7\n"
                                            "@1 S 0 rtt node2 192.0.2.2 overlay icmp-raw\n@1 R 0 9 70\nR 0 5 60\n"
                                            "@0 P node2 192.0.2.2 overlay 1450 1450 0\n"));
        QCOMPARE(node.probe.badLines, std::size_t{0});
        QCOMPARE(node.pods.size(), std::size_t{2});
        QCOMPARE(node.pods[0].name, std::string("web 1"));
        QCOMPARE(node.pods[0].pmtu.at(0).mtu, 1450);
        QCOMPARE(node.pods[1].rtt.at(0).samples.at(0).rttNs, std::int64_t{70});
        QCOMPARE(node.rtt.at(0).samples.at(0).rttNs, std::int64_t{60});
        QVERIFY(node.pmtu.empty());
        QCOMPARE(node.probe.samples, std::size_t{2}); // of all places together
    }
    void whatOnlyPlacesHave() {
        model::Node node;
        parse::absorbProbe(
            node,
            section(header + "@0 W default web 10.244.1.7\n@0 I 4026533055 eth0 1450 12\n"
                             "@0 V 5 1 10.96.0.10 default.svc.cluster.local cluster.local\n"
                             "@0 Y net.core.somaxconn 128\n@0 Y net.ipv4.ip_local_port_range 32768%20%2060999\n"
                             "@0 C 0 TcpExt.ListenOverflows 7\n@0 C 1 TcpExt.ListenOverflows 19\n"
                             "@1 W default none 10.244.1.9\n@1 X needs%20root\n"));
        QCOMPARE(node.probe.badLines, std::size_t{0});
        const model::PodPlace& web = node.pods.at(0);
        QCOMPARE(web.netns, std::uint64_t{4026533055});
        QCOMPARE(web.device, std::string("eth0"));
        QCOMPARE(web.mtu, 1450);
        QCOMPARE(web.peerIndex, 12);
        QCOMPARE(web.ndots, 5);
        QCOMPARE(web.nameservers, std::vector<std::string>{"10.96.0.10"});
        QCOMPARE(web.search, (std::vector<std::string>{"default.svc.cluster.local", "cluster.local"}));
        QCOMPARE(web.sysctl.at("net.core.somaxconn"), std::string("128"));
        QCOMPARE(web.sysctl.at("net.ipv4.ip_local_port_range"), std::string("32768 60999"));
        QCOMPARE(web.countersFirst.at("TcpExt.ListenOverflows"), std::uint64_t{7});
        QCOMPARE(web.countersLast.at("TcpExt.ListenOverflows"), std::uint64_t{19});
        QVERIFY(web.problem.empty());
        QCOMPARE(node.pods.at(1).problem, std::string("needs root"));
    }
    void refusedOfPlaces_data() {
        QTest::addColumn<QByteArray>("line");
        for (const char* line : {"X",
                                 "X %",
                                 "X a b",
                                 "I 1 eth0 1450",
                                 "I x eth0 1450 12",
                                 "I 1 eth0 -1 12",
                                 "I 1 eth0 1450 -2",
                                 "I 1 eth0 1450 99999999999",
                                 "V",
                                 "V 5",
                                 "V 16 0",
                                 "V 5 2 10.96.0.10",
                                 "V 5 99 a",
                                 "V 5 -1 a",
                                 "Y a",
                                 "Y a b c",
                                 "C 2 a 1",
                                 "C 0 a",
                                 "C 0 a -1",
                                 "C 0 a 1.5",
                                 "C 0 a 99999999999999999999",
                                 "W a b c"})
            QTest::newRow(line) << QByteArray(line);
    }
    void refusedOfPlaces() {
        QFETCH(QByteArray, line);
        const std::string who = header + "@0 W default web 10.244.1.7\n";
        model::Node node, before;
        parse::absorbProbe(before, section(who));
        parse::absorbProbe(node, section(who + "@0 " + line.toStdString() + "\n"));
        QCOMPARE(node.probe.badLines, std::size_t{1});
        QVERIFY(node.pods == before.pods);
    }
    void placesAreBounded() {
        std::string body = header;
        for (int k = 0; k < 70; ++k)
            body += "@" + std::to_string(k) + " W default web 10.244.1.7\n";
        for (int i = 0; i < 400; ++i)
            body += "@0 Y key" + std::to_string(i) + " 1\n@0 C 0 key" + std::to_string(i) + " 1\n";
        model::Node node;
        parse::absorbProbe(node, section(body));
        QCOMPARE(node.pods.size(), std::size_t{64});
        QCOMPARE(node.pods[0].sysctl.size(), std::size_t{128});
        QCOMPARE(node.pods[0].countersFirst.size(), std::size_t{128});
    }
    /// Samples that end before the span's line, and after it; the node's and a pod's apart.
    void whatWasUnderWayIsTainted() {
        model::Node node;
        node.started = 1;
        parse::absorbProbe(node, section(header + "@0 W default web 10.244.1.7\n"
                                                  "@0 S 0 rtt node2 192.0.2.2 overlay icmp-raw\n"
                                                  "R 0 100 50\n"        // ends before
                                                  "R 0 100 900\n"       // reaches into it
                                                  "R 0 1500 10\n"       // within
                                                  "R 0 3000 10\n"       // after it
                                                  "D 0 200 t -1 -1 0\n" // its time-out spans it
                                                  "@0 R 0 1500 10\n"
                                                  "T 1000 2000 3\n"
                                                  "R 0 1999 5\nR 0 2001 5\nD 1 50 a 1000 0 0\n"
                                                  "T 1990 2500 4\nF 3000\n",
                                         0, 3001));
        QCOMPARE(node.probe.badLines, std::size_t{0});
        QCOMPARE(node.probe.beganNs, std::int64_t{0});
        std::vector<int> taints;
        for (const auto& s : node.rtt[0].samples)
            taints.push_back(s.taint);
        QCOMPARE(taints, (std::vector<int>{0, 3, 3, 0, 7, 4}));
        QCOMPARE(int{node.dns[0].samples[0].taint}, 7);
        QCOMPARE(int{node.dns[1].samples[0].taint}, 3);
        QCOMPARE(int{node.pods[0].rtt[0].samples[0].taint}, 0);
        QCOMPARE(node.tainted.size(), std::size_t{2});
    }
    void theFirstFormatIsStillRead() {
        model::Node one, two;
        std::string old = header;
        old.replace(old.find(" 2 "), 3, " 1 ");
        parse::absorbProbe(one, section(old + "D 0 5 a 7 0 0\nR 0 5 5\n"));
        parse::absorbProbe(two, section(header + "D 0 5 a 7 0 0\nR 0 5 5\n"));
        QVERIFY(one == two);
        QCOMPARE(one.probe.badLines, std::size_t{0});
    }
    void cpuIsAdded() {
        model::Node node;
        node.cost.nodeCpuMs = 10.0;
        parse::absorbProbe(node, section(header + "E 100 3 1 2 0 1500\n"));
        QCOMPARE(*node.cost.nodeCpuMs, 11.5);
    }
    void offsetsCountFromTheNodesStart() {
        // The probe began 200 ms after the node; its first section came 1 s after that, its last flush being then.
        model::Node node;
        node.started = 50'000'000'000;
        parse::absorbProbe(node, section(header + "D 0 5000000 a 7 0 0\nF 1000000000\n", 0, 51'200'000'000));
        parse::absorbProbe(node, section("R 0 1500000000 9\nF 2000000000\n", 1, 53'000'000'000));
        QCOMPARE(node.dns[0].samples[0].offsetNs, std::int64_t{205'000'000});
        QCOMPARE(node.rtt[0].samples[0].offsetNs, std::int64_t{1'700'000'000});
    }
    void noiseBeforeTheHeaderIsIgnored() {
        model::Node node;
        parse::absorbProbe(node,
                           section("Welcome!\nD 0 5 a 7 0 0\nnetopsy-launch checked by size only\n" + header));
        QCOMPARE(node.notes, std::vector<std::string>{"checked by size only"});
        QCOMPARE(node.probe.badLines, std::size_t{0});
        QCOMPARE(samplesOf(node), std::size_t{0});
    }
    void aNewerFormatIsNamed() {
        model::Node node;
        parse::absorbProbe(node, section("netopsy-probe 3 x86_64\nZ 1\n"));
        QCOMPARE(node.notes.size(), std::size_t{1});
        QVERIFY(node.notes[0].find("format 3") != std::string::npos);
    }
    void lateSendsAreSaid() {
        model::Node node;
        parse::absorbProbe(node, section(header + "E 30000000000 1000 400000 9000000 300 1500\n"));
        QVERIFY2(node.notes.at(0).find("300 of 1,000 probes were sent over 1 ms") != std::string::npos,
                 node.notes[0].c_str());
    }
    void samplesAreBounded() {
        model::Node node;
        parse::absorbProbe(node, section(header));
        std::string block;
        for (int i = 0; i < 100'000; ++i)
            block += "R 0 5 5\n";
        for (std::uint32_t seq = 1; seq <= 11; ++seq)
            parse::absorbProbe(node, section(block, seq));
        QCOMPARE(samplesOf(node), std::size_t{1'000'000});
        QCOMPARE(node.notes.size(), std::size_t{1});
    }
    void notesAreBoundedAndPlain() {
        model::Node node;
        std::string body = header;
        for (int i = 0; i < 1000; ++i)
            body += "N \x1b[31m" + std::to_string(i) + "\n";
        parse::absorbProbe(node, section(body));
        QCOMPARE(node.notes.size(), std::size_t{40});
        QVERIFY(node.notes[0].find('\x1b') == std::string::npos);
    }

    void fixtures_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("dns");
        QTest::addColumn<int>("rtt");
        QTest::addColumn<int>("answered");
        QTest::addColumn<int>("timeouts");
        QTest::addColumn<int>("failed");
        QTest::addColumn<int>("badLines");
        QTest::newRow("healthy") << QByteArray("healthy.txt") << 4 << 2 << 42 << 0 << 0 << 0;
        QTest::newRow("faulty") << QByteArray("faulty.txt") << 8 << 2 << 0 << 13 << 17 << 0;
        QTest::newRow("truncated") << QByteArray("truncated.txt") << 4 << 2 << 32 << 0 << 0 << 1;
        QTest::newRow("pods") << QByteArray("pods.txt") << 0 << 1 << 0 << 0 << 0 << 0;
        QTest::newRow("denied") << QByteArray("denied.txt") << 0 << 1 << 0 << 0 << 0 << 0;
    }
    void fixtures() {
        QFETCH(QByteArray, name);
        model::Node node;
        parse::absorbProbe(node, section(fixture(name.constData())));
        int counts[3] = {};
        for (const auto& s : node.dns)
            for (const auto& sample : s.samples)
                ++counts[static_cast<int>(sample.outcome)];
        QTEST(static_cast<int>(node.dns.size()), "dns");
        QTEST(static_cast<int>(node.rtt.size()), "rtt");
        QTEST(counts[0], "answered");
        QTEST(counts[1], "timeouts");
        QTEST(counts[2], "failed");
        QTEST(static_cast<int>(node.probe.badLines), "badLines");
    }
    void anyCutIsFine() {
        // However the stream is cut at line ends, the node is the same but for how far it got.
        const std::string whole = fixture("pods.txt");
        model::Node all;
        parse::absorbProbe(all, section(whole));
        std::mt19937 engine(11);
        for (int trial = 0; trial < 20; ++trial) {
            model::Node node;
            std::uint32_t seq = 0;
            for (std::size_t at = 0; at < whole.size();) {
                const std::size_t end = whole.find('\n', std::min(whole.size() - 1, at + engine() % 400)) + 1;
                parse::absorbProbe(node, section(whole.substr(at, end - at), seq++));
                at = end;
            }
            QVERIFY(node.dns == all.dns && node.rtt == all.rtt && node.pmtu == all.pmtu && node.cost == all.cost);
            QVERIFY(node.pods == all.pods && !node.pods.empty());
        }
    }
    void garbageNeverThrows() {
        const std::string whole = fixture("pods.txt");
        std::mt19937 engine(13);
        for (int trial = 0; trial < 2000; ++trial) {
            std::string body = whole.substr(0, engine() % whole.size());
            for (int i = 0; i < 20 && !body.empty(); ++i)
                body[engine() % body.size()] = static_cast<char>(engine());
            model::Node node;
            parse::absorbProbe(node, section(std::move(body)));
            QVERIFY(samplesOf(node) <= 1000);
        }
    }
};

QTEST_APPLESS_MAIN(TestProbeOutput)
#include "tst_probe_output.moc"
