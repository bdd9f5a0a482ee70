// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/parse/absorb.h"
#include "core/parse/frames.h"

#include <QFile>
#include <QTest>

#include <random>

using namespace netopsy;

namespace {

std::string fixture(const char* name) {
    QFile file(QString::fromUtf8(NETOPSY_FIXTURES "/node/") + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no fixture %s", name);
    return file.readAll().toStdString();
}

std::vector<model::RawSection> sections(std::string_view stream) {
    return parse::FrameDecoder("node1", "00112233445566778899aabbccddeeff").feed(stream, 5);
}

model::Node absorbed(const std::string& collector, const std::string& body, bool truncated = false) {
    model::Node node;
    model::RawSection section;
    section.collector = collector;
    section.body = body;
    section.truncated = truncated;
    parse::absorb(node, section);
    return node;
}

std::string prefixed(const std::string& path, const std::string& content) {
    std::string out;
    for (const std::string_view line : text::lines(content))
        out += path + ":" + std::string(line) + "\n";
    return out;
}

const std::string counts =
    "/proc/sys/net/netfilter/nf_conntrack_count:5\n/proc/sys/net/netfilter/nf_conntrack_max:9\n";

} // namespace

class TestAbsorb : public QObject {
    Q_OBJECT
private slots:
    void aWholeNode() {
        model::Node node;
        const auto all = sections(fixture("vxlan.stream"));
        for (const auto& section : all)
            parse::absorb(node, section);
        QCOMPARE(*node.facts.hostname, std::string("node1"));
        QCOMPARE(node.samples.size(), std::size_t{2});
        QVERIFY(*node.samples[1].uptimeS - *node.samples[0].uptimeS >= 0.45);
        QCOMPARE(node.facts.sysctlWritable.at("net.netfilter.nf_conntrack_max"), false);
        QCOMPARE(node.facts.sysctlWritable.at("net.core.somaxconn"), true);
        QCOMPARE(node.facts.resolvConf->ndots, 2);
        const auto vxlan = std::find_if(node.facts.links.begin(), node.facts.links.end(),
                                        [](const model::Link& l) { return l.name == "flannel.1"; });
        QVERIFY(vxlan != node.facts.links.end());
        QCOMPARE(vxlan->mtu, 1450);
        QCOMPARE(vxlan->vxlan->dstPort, 8472);
        QCOMPARE(vxlan->vxlan->device, std::string("eth0"));
        QVERIFY(!vxlan->vxlan->learning);
        const auto route = std::find_if(node.facts.routes.begin(), node.facts.routes.end(),
                                        [](const model::Route& r) { return r.dst == "10.244.1.0/24"; });
        QVERIFY(route != node.facts.routes.end());
        QCOMPARE(route->mtu, 1400);
        // This node's routes4 holds IPv6, too: each route is kept once, as of its family.
        for (const model::Route& each : node.facts.routes)
            QCOMPARE(std::count(node.facts.routes.begin(), node.facts.routes.end(), each), std::ptrdiff_t{1});
        QVERIFY(node.samples[0].links.contains("flannel.1"));
        QVERIFY(node.samples[0].netCounters.contains("TcpExt.ListenOverflows"));
        QVERIFY(*node.cost.nodeCpuMs < 500);
        const model::Node once = node;
        for (const auto& section : all)
            parse::absorb(node, section);
        QVERIFY(once == node);
    }
    /// Headings after the kernel's sources: 4.x, 5.10, 5.15 and later.
    void conntrackGenerations_data() {
        QTest::addColumn<QByteArray>("heading");
        QTest::newRow("searched") << QByteArray(
            "entries  searched found new invalid ignore delete delete_list insert "
            "insert_failed drop early_drop icmp_error  expect_new expect_create "
            "expect_delete search_restart");
        QTest::newRow("clashres") << QByteArray(
            "entries  clashres found new invalid ignore delete delete_list insert "
            "insert_failed drop early_drop icmp_error  expect_new expect_create "
            "expect_delete search_restart");
        QTest::newRow("chainlength") << QByteArray("entries  clashres found new invalid ignore delete chainlength "
                                                   "insert insert_failed drop early_drop icmp_error  expect_new "
                                                   "expect_create expect_delete search_restart");
    }
    void conntrackGenerations() {
        QFETCH(QByteArray, heading);
        const std::string row =
            "00000005  00000001 00000000 00000000 00000002 00000000 00000000 00000000 00000000 "
            "0000000a 00000010 00000003 00000000  00000000 00000000 00000000 00000004\n";
        const auto node = absorbed(
            "sample", counts + prefixed("/proc/net/stat/nf_conntrack", heading.toStdString() + "\n" + row + row +
                                                                           "00000005  00000001 00000000\n"));
        const auto& stats = node.samples[0].conntrack->stats;
        QCOMPARE(stats.at("insert_failed"), std::uint64_t{20});
        QCOMPARE(stats.at("drop"), std::uint64_t{32});
        QCOMPARE(stats.at("early_drop"), std::uint64_t{6});
        QVERIFY(!stats.contains("entries"));
    }
    void softnetByColumns_data() {
        QTest::addColumn<int>("columns");
        QTest::addColumn<int>("cpu");
        for (const int columns : {9, 10, 11})
            QTest::addRow("%d", columns) << columns << 0; // no CPU column: the row counts
        for (const int columns : {13, 15})
            QTest::addRow("%d", columns) << columns << 3; // CPUs 0 to 2 are offline
    }
    void softnetByColumns() {
        QFETCH(int, columns);
        QFETCH(int, cpu);
        std::string row = "0000001f 00000002 00000003";
        for (int i = 3; i < columns; ++i)
            row += i == 12 ? " 00000003" : " 00000000";
        const auto node = absorbed("sample", "/proc/net/softnet_stat:" + row + "\n");
        const auto& softnet = *node.samples[0].softnet;
        QCOMPARE(softnet.size(), std::size_t{1});
        QCOMPARE(softnet[0].cpu, cpu);
        QCOMPARE(softnet[0].processed, std::uint64_t{31});
        QCOMPARE(softnet[0].dropped, std::uint64_t{2});
    }
    void whatIsMissingIsNotZero() {
        const auto node = absorbed("sample", "");
        QVERIFY(!node.samples[0].cpu && !node.samples[0].softnet && !node.samples[0].conntrack);
        QVERIFY(node.samples[0].links.empty());
        QVERIFY(!node.notes.empty());
    }
    void halfALineIsNotRead() {
        const auto node =
            absorbed("sysctl", "/proc/sys/net/core/somaxconn:4096\n/proc/sys/fs/nr_open:10485", true);
        QCOMPARE(node.facts.sysctl.size(), std::size_t{1});
    }
    void dottedNames() {
        const auto node = absorbed("sysctl", "/proc/sys/net/ipv4/conf/eth0.100/rp_filter:1\n"
                                             "/proc/sys/net/ipv4/ip_local_port_range:32768\t60999\n");
        QCOMPARE(node.facts.sysctl.at("net.ipv4.conf.eth0/100.rp_filter"), std::string("1"));
        QCOMPARE(node.facts.sysctl.at("net.ipv4.ip_local_port_range"), std::string("32768 60999"));
    }
    void aSysctlReadTwiceKeepsOneValue() {
        // Two of the collector's patterns name it; the value of two lines is one reading.
        const auto node = absorbed("sysctl", "/proc/sys/net/ipv4/conf/all/rp_filter:2\n"
                                             "/proc/sys/net/ipv4/conf/all/forwarding:1\n"
                                             "/proc/sys/net/core/two_lines:a\n"
                                             "/proc/sys/net/core/two_lines:b\n"
                                             "/proc/sys/net/ipv4/conf/all/rp_filter:2\n");
        QCOMPARE(node.facts.sysctl.at("net.ipv4.conf.all.rp_filter"), std::string("2"));
        QCOMPARE(node.facts.sysctl.at("net.core.two_lines"), std::string("a b"));
    }
    void whoWinsAtBoot() {
        const auto node = absorbed("sysctl_files", "file /etc/sysctl.d/50-masked.conf\n"
                                                   "/etc/sysctl.d/10-a.conf:1:# net.a = 0\n"
                                                   "/etc/sysctl.d/10-a.conf:2:-net.a = 1\n"
                                                   "/usr/lib/sysctl.d/10-a.conf:1:net.hidden = 1\n"
                                                   "/usr/lib/sysctl.d/20-b.conf:7:net/a=2\n"
                                                   "/usr/lib/sysctl.d/50-masked.conf:1:net.masked = 1\n"
                                                   "/etc/sysctl.conf:3:net.c = 1\n"
                                                   "/usr/lib/sysctl.d/99-z.conf:1:net.c = 2\n"
                                                   "/usr/lib/sysctl.d/99-z.conf:2:net.*.d = 2\n");
        const auto& persisted = node.facts.sysctlPersisted;
        QCOMPARE(persisted.size(), std::size_t{2});
        QCOMPARE(persisted.at("net.a").value, std::string("2"));
        QCOMPARE(persisted.at("net.a").line, 7);
        QCOMPARE(persisted.at("net.c").file, std::string("/etc/sysctl.conf"));
    }
    /// Seeded, so that what fails once fails again: cut, doubled, swapped and flipped bytes through the whole road.
    void survivesMutation() {
        const std::string clean = fixture("vxlan.stream");
        std::mt19937 random(20261123);
        for (int round = 0; round < 200; ++round) {
            std::string stream = clean;
            for (int i = 0; i < 20; ++i) {
                const std::size_t at = random() % stream.size(), length = random() % 40;
                switch (random() % 4) {
                case 0:
                    stream[at] = static_cast<char>(random());
                    break;
                case 1:
                    stream.erase(at, length);
                    break;
                case 2:
                    stream.insert(at, stream.substr(random() % stream.size(), length));
                    break;
                default:
                    stream.replace(at, std::min(length, stream.size() - at), length, "\n:/ 9\xff["[random() % 7]);
                }
            }
            model::Node node;
            const auto all = sections(stream);
            for (const auto& section : all)
                parse::absorb(node, section);
            const model::Node once = node;
            for (const auto& section : all)
                parse::absorb(node, section);
            QCOMPARE(node.samples.size(), once.samples.size());
            QCOMPARE(node.facts.links.size(), once.facts.links.size());
            QVERIFY(node.samples.empty() || node.samples == once.samples);
        }
    }
};

QTEST_APPLESS_MAIN(TestAbsorb)
#include "tst_absorb.moc"
