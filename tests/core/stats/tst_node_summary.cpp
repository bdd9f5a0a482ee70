// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/counter.h"
#include "core/stats/node_summary.h"

#include <QTest>

#include <cmath>

using namespace netopsy;
using Steps = std::vector<std::uint64_t>;
Q_DECLARE_METATYPE(Steps)

namespace {

model::NodeSample sampleAt(std::uint32_t seq) {
    model::NodeSample s;
    s.seq = seq;
    s.at = std::int64_t{seq} * 1'100'000'000; // arrivals jitter; the node's own clock says 1 s
    s.uptimeS = 5000.0 + seq;
    return s;
}

model::Node nodeWith(std::size_t samples) {
    model::Node node;
    for (std::uint32_t i = 0; i < samples; ++i)
        node.samples.push_back(sampleAt(i));
    return node;
}

bool hasNote(const stats::NodeSummary& summary, std::string_view part) {
    return std::any_of(summary.notes.begin(), summary.notes.end(),
                       [&](const std::string& n) { return n.find(part) != std::string::npos; });
}

} // namespace

class TestNodeSummary : public QObject {
    Q_OBJECT
private slots:
    void counters_data() {
        QTest::addColumn<Steps>("values");
        QTest::addColumn<int>("bits");
        QTest::addColumn<bool>("backwards");
        QTest::addColumn<quint64>("delta");
        QTest::newRow("grows") << Steps{5, 7, 7, 20} << 64 << false << quint64{15};
        QTest::newRow("still") << Steps{5, 5} << 64 << false << quint64{0};
        QTest::newRow("reset") << Steps{500, 3} << 64 << true << quint64{0};
        QTest::newRow("reset, then past its start") << Steps{10, 2, 900} << 64 << true << quint64{898};
        QTest::newRow("32 bits wrap") << Steps{0xFFFFFFF0, 5} << 32 << false << quint64{21};
        QTest::newRow("64 bits don't wrap there") << Steps{0xFFFFFFF0, 5} << 64 << true << quint64{0};
        QTest::newRow("a 32-bit reset is no wrap") << Steps{1000, 5} << 32 << true << quint64{0};
        QTest::newRow("a sum of 32-bit counters of which one wraps")
            << Steps{0x1FFFFFFF0, 0x100000005} << 32 << false << quint64{21};
    }
    void counters() {
        QFETCH(Steps, values);
        QFETCH(int, bits);
        QFETCH(bool, backwards);
        QFETCH(quint64, delta);
        stats::Counter counter(bits);
        for (const auto v : values)
            counter.add(v);
        QCOMPARE(counter.ranBackwards(), backwards);
        QCOMPARE(quint64{counter.delta()}, delta);
        QVERIFY(counter.moved());
    }

    void nothingCollected() {
        const auto s = stats::summarise({});
        QVERIFY(!s.cpu && !s.softnet && !s.conntrackFill && !s.tcpRetransPct && !s.underlayP50Ns);
        QCOMPARE(s.cpu.reason(), std::string("no sample was taken"));
        QCOMPARE(s.underlayP50Ns.reason(), std::string("no round trips were measured"));
        QVERIFY(!s.dnsAll.rtt);
        QCOMPARE(s.dnsAll.sent, std::size_t{0});
    }
    void oneSampleGivesLevelsButNoDeltas() {
        auto node = nodeWith(1);
        auto& s = node.samples[0];
        s.cpu = model::CpuTimes{1, 2, 3, 4, 5, 6, 7, 8};
        s.softnet = std::vector<model::SoftnetCpu>{{0, 10, 0, 0, 0, 0}};
        s.conntrack = model::Conntrack{50, 200, {}, {{"drop", 3}}};
        s.netCounters = {{"Tcp.OutSegs", 10}, {"Tcp.RetransSegs", 1}};
        s.links["eth0"] = {};
        s.disks["vda"] = {1, 1, 1, 1, 1};
        const auto out = stats::summarise(node);
        for (const std::string& reason : {out.cpu.reason(), out.softnet.reason(), out.tcpRetransPct.reason(),
                                          out.disks.at(0).awaitMs.reason()})
            QVERIFY2(reason.starts_with("one sample only"), reason.c_str());
        QCOMPARE(*out.conntrackFill, 0.25);
        QVERIFY(out.conntrackDelta.empty() && out.netDelta.empty() && out.linkDelta.empty());
        QVERIFY(hasNote(out, "one sample only"));
    }

    void spanPrefersTheNodesClock() {
        auto node = nodeWith(4);
        QCOMPARE(stats::summarise(node).spanS, 3.0);
        node.samples.back().uptimeS = Absent{};
        QVERIFY(std::abs(stats::summarise(node).spanS - 3.3) < 1e-9);
        node.samples.back().uptimeS = 12.0; // rebooted
        QVERIFY(std::abs(stats::summarise(node).spanS - 3.3) < 1e-9);
    }

    void cpuShares() {
        auto node = nodeWith(3);
        node.samples[0].cpu = model::CpuTimes{1000, 0, 1000, 10000, 50, 0, 10, 5};
        node.samples[1].cpu = Absent{"cut off"};
        node.samples[2].cpu = model::CpuTimes{1020, 0, 1010, 10150, 56, 0, 12, 17};
        node.samples[0].perCpu[1] = model::CpuTimes{0, 0, 0, 10, 0, 0, 0, 0};
        node.samples[2].perCpu[1] = model::CpuTimes{0, 0, 0, 20, 0, 0, 30, 0};
        const auto out = stats::summarise(node);
        QVERIFY(out.cpu.has());
        QCOMPARE(out.cpu->user, 10.0);
        QCOMPARE(out.cpu->system, 5.0);
        QCOMPARE(out.cpu->idle, 75.0);
        QCOMPARE(out.cpu->iowait, 3.0);
        QCOMPARE(out.cpu->softirq, 1.0);
        QCOMPARE(out.cpu->steal, 6.0);
        QCOMPARE(out.perCpu.at(1).softirq, 75.0);
        QVERIFY(out.cpuBackwards.empty() && out.notes.empty());
    }
    void stealThatRanBackwardsHasNoShare() {
        auto node = nodeWith(3);
        node.samples[0].cpu = model::CpuTimes{1000, 0, 0, 1000, 0, 0, 0, 500};
        node.samples[1].cpu = model::CpuTimes{1050, 0, 0, 1050, 0, 0, 0, 400};
        node.samples[2].cpu = model::CpuTimes{1100, 0, 0, 1100, 0, 0, 0, 900};
        const auto out = stats::summarise(node);
        QVERIFY(std::isnan(out.cpu->steal));
        QCOMPARE(out.cpu->user, 50.0); // of what can be trusted
        QCOMPARE(out.cpuBackwards, std::vector<std::string>{"steal"});
        QVERIFY(hasNote(out, "CPU steal: the kernel's counter ran backwards"));
    }
    void iowaitMayBeCorrectedALittle() {
        auto node = nodeWith(3);
        node.samples[0].cpu = model::CpuTimes{0, 0, 0, 10000, 500, 0, 0, 0};
        node.samples[1].cpu = model::CpuTimes{0, 0, 0, 10400, 499, 0, 0, 0};
        node.samples[2].cpu = model::CpuTimes{0, 0, 0, 10800, 700, 0, 0, 0};
        QCOMPARE(stats::summarise(node).cpu->iowait, 20.0);
        node.samples[2].cpu = model::CpuTimes{0, 0, 0, 10800, 450, 0, 0, 0}; // less than at the start
        const auto out = stats::summarise(node);
        QVERIFY(std::isnan(out.cpu->iowait));
        QCOMPARE(out.cpu->idle, 100.0);
    }
    void cpuThatStandsStill() {
        auto node = nodeWith(2);
        node.samples[0].cpu = node.samples[1].cpu = model::CpuTimes{1, 1, 1, 1, 1, 1, 1, 1};
        QCOMPARE(stats::summarise(node).cpu.reason(), std::string("the CPU counters did not move"));
    }
    void absenceKeepsTheCollectorsReason() {
        auto node = nodeWith(2);
        for (auto& s : node.samples) {
            s.cpu = Absent{"no such file"};
            s.softnet = Absent{"permission denied"};
            s.conntrack = Absent{"nf_conntrack is not loaded"};
        }
        const auto out = stats::summarise(node);
        QCOMPARE(out.cpu.reason(), std::string("no such file"));
        QCOMPARE(out.softnet.reason(), std::string("permission denied"));
        QCOMPARE(out.conntrackFill.reason(), std::string("nf_conntrack is not loaded"));
        QCOMPARE(out.tcpRetransPct.reason(), std::string("TCP counters were not collected"));
    }

    void softnetPerCpuWithAWrap() {
        auto node = nodeWith(2);
        node.samples[0].softnet =
            std::vector<model::SoftnetCpu>{{0, 0xFFFFFF00, 1, 2, 0, 0}, {3, 100, 0, 0, 0, 0}};
        node.samples[1].softnet = std::vector<model::SoftnetCpu>{{0, 0x100, 4, 9, 0, 0}, {3, 150, 0, 0, 0, 0}};
        const auto out = stats::summarise(node);
        QCOMPARE(out.softnet->processed, std::uint64_t{512 + 50});
        QCOMPARE(out.softnet->dropped, std::uint64_t{3});
        QCOMPARE(out.softnetPerCpu.at(0).timeSqueeze, std::uint64_t{7});
        QCOMPARE(out.softnetPerCpu.at(3).processed, std::uint64_t{50});
        node.samples[1].softnet = std::vector<model::SoftnetCpu>{{0, 5, 0, 0, 0, 0}, {3, 20, 0, 0, 0, 0}};
        const auto reset = stats::summarise(node);
        QCOMPARE(reset.softnet.reason(), std::string("softnet of CPU 3 ran backwards"));
    }
    void conntrackFillIsTheHighest() {
        auto node = nodeWith(3);
        const std::uint64_t counts[] = {100, 900, 200};
        for (std::size_t i = 0; i < 3; ++i)
            node.samples[i].conntrack = model::Conntrack{
                counts[i], 1000, {}, {{"drop", 5 + i}, {"entries", counts[i]}, {"invalid", 9 - i}}};
        const auto out = stats::summarise(node);
        QCOMPARE(*out.conntrackFill, 0.9);
        QCOMPARE(out.conntrackDelta, (std::map<std::string, std::uint64_t>{{"drop", 2}}));
        QVERIFY(hasNote(out, "conntrack invalid ran backwards"));
        for (auto& s : node.samples)
            s.conntrack = model::Conntrack{100, 0, {}, {}};
        QVERIFY(stats::summarise(node).conntrackFill.reason().starts_with("nf_conntrack_max is 0"));
    }
    void retransmissions() {
        auto node = nodeWith(2);
        node.samples[0].netCounters = {{"Tcp.OutSegs", 1000}, {"Tcp.RetransSegs", 10}, {"Tcp.CurrEstab", 9}};
        node.samples[1].netCounters = {{"Tcp.OutSegs", 3000}, {"Tcp.RetransSegs", 30}, {"Tcp.CurrEstab", 4}};
        auto out = stats::summarise(node);
        QCOMPARE(*out.tcpRetransPct, 1.0);
        QVERIFY(!out.netDelta.contains("Tcp.CurrEstab")); // a gauge
        QVERIFY(out.notes.empty());
        node.samples[1].netCounters["Tcp.OutSegs"] = 1000;
        QCOMPARE(stats::summarise(node).tcpRetransPct.reason(),
                 std::string("no TCP segment was sent during the run"));
        node.samples[1].netCounters["Tcp.OutSegs"] = 7;
        out = stats::summarise(node);
        QCOMPARE(out.tcpRetransPct.reason(), std::string("a TCP counter ran backwards"));
        QVERIFY(hasNote(out, "Tcp.OutSegs ran backwards"));
    }
    void linksComeAndGo() {
        auto node = nodeWith(3);
        model::LinkCounters c;
        for (std::size_t i = 0; i < 3; ++i) {
            c.rxDropped = 10 * i;
            c.rxBytes = 100 + i;
            node.samples[i].links["eth0"] = c;
        }
        node.samples[2].links["veth9"] = c; // seen once
        node.samples[0].links["veth1"] = c;
        node.samples[2].links["veth1"] = {}; // made anew
        const auto out = stats::summarise(node);
        QCOMPARE(out.linkDelta.size(), std::size_t{1});
        QCOMPARE(out.linkDelta.at("eth0").rxDropped, std::uint64_t{20});
        QCOMPARE(out.linkDelta.at("eth0").rxBytes, std::uint64_t{2});
        QVERIFY(hasNote(out, "link veth1"));
    }
    void notesAreBounded() {
        auto node = nodeWith(2);
        for (int i = 0; i < 500; ++i)
            node.samples[0].netCounters["X.c" + std::to_string(i)] = 5;
        for (auto& [key, value] : node.samples[0].netCounters)
            node.samples[1].netCounters[key] = 1;
        QCOMPARE(stats::summarise(node).notes.size(), std::size_t{41});
    }
    void disks() {
        auto node = nodeWith(2);
        node.facts.disks = {{"sda", true}, {"sdb", Absent{"no such file"}}};
        node.samples[0].disks = {{"sda", {100, 100, 500, 500, 0}}, {"vda", {7, 7, 7, 7, 7}}};
        node.samples[1].disks = {{"sda", {110, 130, 600, 800, 0}}, {"vda", {7, 7, 7, 7, 7}}};
        const auto out = stats::summarise(node);
        QCOMPARE(out.disks.size(), std::size_t{3});
        QCOMPARE(*out.disks[0].awaitMs, 10.0);
        QCOMPARE(*out.disks[0].rotational, true);
        QCOMPARE(out.disks[1].awaitMs.reason(), std::string("not in /proc/diskstats"));
        QCOMPARE(out.disks[2].awaitMs.reason(), std::string("no request was completed during the run"));
    }

    void internalNamesAreTheClustersOverUdp() {
        model::Node node;
        const auto add = [&](const char* role, bool internal, model::DnsTransport transport, std::int64_t rtt) {
            model::DnsSeries s;
            s.role = role;
            s.internal = internal;
            s.transport = transport;
            s.samples.push_back({0, rtt, model::DnsOutcome::Answered, 0, 0});
            node.dns.push_back(s);
        };
        add("service", true, model::DnsTransport::Udp, 1);
        add("pod", true, model::DnsTransport::Udp, 2);
        add("service", true, model::DnsTransport::Tcp, 3);
        add("service", false, model::DnsTransport::Udp, 4);
        add("node", true, model::DnsTransport::Udp, 5);
        const auto out = stats::summarise(node);
        QCOMPARE(out.dnsInternal.sent, std::size_t{2});
        QCOMPARE(out.dnsInternal.rtt->max, std::int64_t{2});
        QCOMPARE(out.dnsAll.sent, std::size_t{5});
    }
    void planesApart() {
        model::Node node;
        node.rtt.resize(3);
        node.rtt[0].samples = {{0, 10}, {0, 20}, {0, -1}};
        node.rtt[1].samples = {{0, 30}};
        node.rtt[2].plane = model::Plane::Overlay;
        node.rtt[2].samples = {{0, -1}, {0, -1}};
        const auto out = stats::summarise(node);
        QCOMPARE(*out.underlayP50Ns, std::int64_t{20});
        QCOMPARE(*out.underlayP99Ns, std::int64_t{30});
        QCOMPARE(out.overlayP50Ns.reason(), std::string("all 2 probes were lost"));
    }
    void aDisturbedRunSaysSo() {
        model::Node node;
        node.rtt.emplace_back();
        for (int i = 0; i < 400; ++i)
            node.rtt[0].samples.push_back({i, 100, 0, false, 0});
        for (int i = 0; i < 20; ++i)
            node.rtt[0].samples[static_cast<std::size_t>(i)].taint = model::taint::starved;
        QVERIFY(stats::summarise(node).notes.empty()); // 5 % of them
        node.rtt[0].samples[20].taint = model::taint::starved;
        const auto notes = stats::summarise(node).notes;
        QCOMPARE(notes.size(), std::size_t{1});
        QCOMPARE(notes[0],
                 std::string("active measurement: 5.25 % of its samples were disturbed by this node itself "
                             "(it waited for a CPU); times without these stand beside those with them"));
    }
};

QTEST_APPLESS_MAIN(TestNodeSummary)
#include "tst_node_summary.moc"
