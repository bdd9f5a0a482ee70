// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Real nodes' sections through absorb(); the figures expected were read out of the files by hand, jq and awk.
#include "core/parse/absorb.h"
#include "tests/support/node_fixture.h"

#include <QTest>

using namespace netopsy;
using namespace netopsy::tests;

namespace {

model::RawSection made(const std::string& collector, const std::string& body, std::uint32_t seq = 0) {
    model::RawSection section;
    section.node = "node-a";
    section.collector = collector;
    section.seq = seq;
    section.body = body;
    return section;
}

/// A tick with the text of one kernel file.
model::NodeSample tick(const std::string& path, const std::string& text) {
    std::string body;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t lineEnd = text.find('\n', at);
        body += path + ":" + text.substr(at, lineEnd - at) + "\n";
        at = lineEnd == std::string::npos ? text.size() : lineEnd + 1;
    }
    return absorbed({made("sample", body)}).samples.at(0);
}

bool noted(const model::Node& node, std::string_view words) {
    return std::any_of(node.notes.begin(), node.notes.end(),
                       [&](const std::string& note) { return note.find(words) != std::string::npos; });
}

const model::Link* link(const model::Node& node, std::string_view name) {
    for (const model::Link& each : node.facts.links)
        if (each.name == name)
            return &each;
    return nullptr;
}

std::size_t countRoutes(const model::Node& node, bool ipv6) {
    return std::size_t(std::count_if(node.facts.routes.begin(), node.facts.routes.end(),
                                     [&](const model::Route& route) { return route.ipv6 == ipv6; }));
}

} // namespace

class TestRealNodes : public QObject {
    Q_OBJECT
private slots:
    void machine() {
        const model::Node node = absorbed(nodeFixture("debian12-vm"));
        const model::NodeFacts& facts = node.facts;
        QCOMPARE(*facts.hostname, std::string("node-a"));
        QCOMPARE(*facts.kernel, std::string("6.18.44-fc-v657"));
        QCOMPARE(*facts.os, std::string("Debian GNU/Linux 12 (bookworm)"));
        QCOMPARE(*facts.arch, std::string("x86_64"));
        QCOMPARE(*facts.cpus, 2);
        QCOMPARE(*facts.memTotalKiB, std::uint64_t(24684092));
        QCOMPARE(*facts.root, true);
        QCOMPARE(*facts.ticksPerSecond, 100);
        QCOMPARE(*facts.clocksource, std::string("tsc"));
        QCOMPARE(facts.clocksourcesAvailable, (std::vector<std::string>{"tsc", "kvm-clock"}));
        QCOMPARE(facts.resolvConf->nameservers, std::vector<std::string>{"192.0.2.53"});
        QCOMPARE(facts.resolvConf->ndots, 1);
        QCOMPARE(facts.disks.size(), std::size_t(1)); // no loop, no zram
        QCOMPARE(facts.disks[0].name, std::string("vda"));
        QCOMPARE(*facts.disks[0].rotational, true);
        QCOMPARE(*node.cost.scriptCpuMs, 20.0);
        QCOMPARE(*node.cost.nodeCpuMs, 20.0);
        QVERIFY2(node.notes.empty(), node.notes.empty() ? "" : node.notes[0].c_str());
    }

    void sysctls() {
        const model::NodeFacts facts = absorbed(nodeFixture("debian12-vm")).facts;
        QCOMPARE(facts.sysctl.at("net.core.somaxconn"), std::string("4096"));
        QCOMPARE(facts.sysctl.at("net.ipv4.ip_local_port_range"), std::string("32768 60999"));
        QCOMPARE(facts.sysctl.at("net.ipv4.tcp_rmem"), std::string("4096 131072 33554432"));
        QCOMPARE(facts.sysctl.at("net.ipv4.neigh.default.gc_thresh3"), std::string("1024"));
        QCOMPARE(facts.sysctlWritable.size(), std::size_t(8));
        QVERIFY(facts.sysctlWritable.at("net.netfilter.nf_conntrack_max"));
        QCOMPARE(facts.sysctlPersisted.at("kernel.pid_max"),
                 (model::PersistedSysctl{"/usr/lib/sysctl.d/50-pid-max.conf", 16, "4194304"}));

        const model::NodeFacts lab = absorbed(nodeFixture("lab-node1")).facts;
        QVERIFY(!lab.sysctlWritable.at("net.netfilter.nf_conntrack_max")); // only the first namespace may
        QCOMPARE(lab.sysctlPersisted.at("net.bridge.bridge-nf-call-iptables"),
                 (model::PersistedSysctl{"/etc/sysctl.d/90-kubernetes.conf", 3, "1"}));
    }

    void links() {
        const model::Node node = absorbed(nodeFixture("lab-node1"));
        QCOMPARE(node.facts.links.size(), std::size_t(6));
        const model::Link* vxlan = link(node, "flannel.1");
        QVERIFY(vxlan != nullptr && vxlan->vxlan);
        QCOMPARE(*vxlan->vxlan, (model::VxlanInfo{1, 8472, "10.199.6.11", "eth0", false}));
        QCOMPARE(vxlan->mtu, 1450);
        QCOMPARE(vxlan->state, std::string("UNKNOWN"));
        QCOMPARE(vxlan->addresses.at(0), (model::LinkAddress{"10.244.1.0", 32, "global"}));
        const model::Link* pod = link(node, "vetha6010130");
        QVERIFY(pod != nullptr);
        QCOMPARE(pod->kind, std::string("veth"));
        QCOMPARE(pod->master, std::string("cni0"));
        QCOMPARE(pod->peerIndex, 2);
        QCOMPARE(*pod->peerNetnsId, 1);
        QCOMPARE(*pod->speedMbps, 10000);
        QCOMPARE(pod->rxQueues, 1);
        QCOMPARE(pod->rps.at("rx-0"), std::string("0"));
        QCOMPARE(link(node, "cni0")->kind, std::string("bridge"));
        QCOMPARE(link(node, "lo")->kind, std::string("loopback"));

        const model::Node machine = absorbed(nodeFixture("debian12-vm"));
        const model::Link* card = link(machine, "eth0");
        QCOMPARE(card->kind, std::string("physical"));
        QCOMPARE(card->driver, std::string("virtio_net"));
        QCOMPARE(card->mtu, 1400);
        QVERIFY(!card->speedMbps); // -1: it doesn't know, which is not 0
        QVERIFY(!card->speedMbps.reason().empty());
        QVERIFY(!card->peerNetnsId);
        QCOMPARE(*link(machine, "nlab6")->peerNetnsId, 0); // 0 is an id
    }

    void tables() {
        const model::Node node = absorbed(nodeFixture("lab-node1"));
        QCOMPARE(countRoutes(node, false), std::size_t(13));
        QCOMPARE(countRoutes(node, true), std::size_t(16));
        model::Route overlay;
        overlay.dst = "10.244.2.0/24";
        overlay.via = "10.244.2.0";
        overlay.dev = "flannel.1";
        overlay.table = "main";
        overlay.onlink = true;
        QVERIFY(std::find(node.facts.routes.begin(), node.facts.routes.end(), overlay) != node.facts.routes.end());
        QCOMPARE(node.facts.neighbours.size(), std::size_t(3));
        QCOMPARE(node.facts.neighbours[0],
                 (model::Neighbour{"10.244.2.0", "flannel.1", "06:4e:45:06:00:02", "PERMANENT"}));
        QCOMPARE(node.facts.fdb.size(), std::size_t(20));
        const model::FdbEntry far{"06:4e:45:06:00:03", "flannel.1", "10.199.6.13", "", "permanent"};
        QVERIFY(std::find(node.facts.fdb.begin(), node.facts.fdb.end(), far) != node.facts.fdb.end());
    }

    void samples() {
        const model::Node node = absorbed(nodeFixture("debian12-vm"));
        QCOMPARE(node.samples.size(), std::size_t(3));
        const model::NodeSample& sample = node.samples[1];
        QCOMPARE(sample.seq, 1u);
        QCOMPARE(sample.at, fixtureStart + 200'000'000);
        QCOMPARE(*sample.uptimeS, 9747.28);
        QCOMPARE(*sample.cpu, (model::CpuTimes{509115, 34378, 151700, 1245065, 1985, 0, 1678, 169}));
        QCOMPARE(sample.perCpu.at(1), (model::CpuTimes{259875, 15977, 79576, 614092, 1704, 0, 1104, 82}));
        QCOMPARE(sample.softirqs.size(), std::size_t(2));
        QCOMPARE(sample.softirqs.at("NET_RX"), (std::map<int, std::uint64_t>{{0, 1735138}, {1, 2126041}}));
        QCOMPARE(sample.softnet->size(), std::size_t(2));
        QCOMPARE(sample.softnet->at(1), (model::SoftnetCpu{1, 0x25a071, 0, 0, 0, 0}));
        QCOMPARE(sample.conntrack->count, std::uint64_t(0));
        QCOMPARE(sample.conntrack->max, std::uint64_t(262144));
        QCOMPARE(*sample.conntrack->buckets, std::uint64_t(262144));
        QCOMPARE(sample.conntrack->stats.at("insert_failed"), std::uint64_t(0));
        QVERIFY(!sample.conntrack->stats.contains("entries"));
        model::LinkCounters card;
        card.rxBytes = 482955039;
        card.rxPackets = 10553;
        card.txBytes = 520657;
        card.txPackets = 6863;
        QCOMPARE(sample.links.at("eth0"), card);
        QCOMPARE(sample.links.size(), std::size_t(6));
        QCOMPARE(sample.netCounters.at("Tcp.RetransSegs"), std::uint64_t(200));
        QCOMPARE(sample.netCounters.at("TcpExt.ListenOverflows"), std::uint64_t(126));
        QCOMPARE(sample.netCounters.at("IpExt.InOctets"), std::uint64_t(1864821871));
        QVERIFY(!sample.netCounters.contains("Tcp.MaxConn")); // -1
        QCOMPARE(sample.sockstat.at("TCP.tw"), std::uint64_t(3));
        QCOMPARE(sample.sockstat.at("TCP.mem"), std::uint64_t(73));
        QCOMPARE(sample.disks.at("vda"), (model::DiskCounters{387743, 277085, 293358, 698361, 84736}));
        QCOMPARE(sample.pressure.at("cpu.some"), (model::Pressure{4.72, 12.51, 2647025766}));
        QCOMPARE(sample.pressure.at("io.full").totalUs, std::uint64_t(15722382));
        const model::LinkCounters overlay = absorbed(nodeFixture("lab-node1")).samples[1].links.at("flannel.1");
        QCOMPARE(overlay.txDropped, std::uint64_t(8));
        QCOMPARE(overlay.rxDropped, std::uint64_t(0));
    }

    void twiceIsOnce_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"debian12-vm", "lab-node1", "unprivileged", "denied"})
            QTest::newRow(name) << name;
    }
    void twiceIsOnce() {
        QFETCH(QString, name);
        const auto sections = nodeFixture(name.toStdString());
        QVERIFY(sections.size() >= 14);
        const model::Node once = absorbed(sections);
        for (const model::RawSection& section : sections) {
            model::Node again = once;
            parse::absorb(again, section);
            QVERIFY2(again == once, section.collector.c_str());
        }
        model::Node all = once;
        for (const model::RawSection& section : sections)
            parse::absorb(all, section);
        QVERIFY(all == once);
    }

    void samplesMayComeOutOfTurn() {
        auto sections = nodeFixture("debian12-vm");
        const model::Node inTurn = absorbed(sections);
        std::reverse(sections.begin(), sections.end());
        const model::Node backwards = absorbed(sections);
        QVERIFY(backwards.samples == inTurn.samples);
        QVERIFY(backwards.facts.sysctl == inTurn.facts.sysctl);
    }

    void unprivilegedSaysSo() {
        const model::Node node = absorbed(nodeFixture("unprivileged"));
        QCOMPARE(*node.facts.root, false);
        QVERIFY(noted(node, "did not run as root"));
        QVERIFY(!node.facts.sysctlWritable.at("net.core.somaxconn"));
        QCOMPARE(node.facts.sysctl.at("net.core.somaxconn"), std::string("4096"));
    }

    void deniedIsAbsentNeverZero() {
        const model::Node node = absorbed(nodeFixture("denied"));
        for (const auto* reading : {&node.facts.hostname, &node.facts.kernel}) {
            QVERIFY(!reading->has());
            QVERIFY2(reading->reason().find("can't be read") != std::string::npos, reading->reason().c_str());
        }
        QVERIFY(!node.facts.cpus);
        QVERIFY(!node.facts.resolvConf);
        QVERIFY(node.facts.resolvConf.reason().find("/etc/resolv.conf") != std::string::npos);
        QVERIFY(node.facts.sysctl.empty() && node.facts.sysctlWritable.empty());
        QVERIFY(node.facts.routes.empty() && node.facts.neighbours.empty() && node.facts.fdb.empty());
        QCOMPARE(node.samples.size(), std::size_t(3));
        for (const model::NodeSample& sample : node.samples) {
            QVERIFY(!sample.cpu && sample.perCpu.empty() && sample.softirqs.empty() && sample.disks.empty());
            QVERIFY(!sample.conntrack);
            QVERIFY(sample.pressure.empty());
            QVERIFY(sample.uptimeS && sample.softnet && !sample.netCounters.empty()); // what could be had stays
        }
        for (const char* words : {"did not run as root", "sysctl: nothing", "/proc/stat:", "conntrack:",
                                  "/proc/pressure", "routes4:", "status 127", "links: told by sysfs alone"})
            QVERIFY2(noted(node, words), words);
        // sysfs stood in for `ip`.
        QCOMPARE(link(node, "eth0")->mtu, 1400);
        QCOMPARE(link(node, "eth0")->kind, std::string("physical"));
        QCOMPARE(link(node, "eth0")->driver, std::string("virtio_net"));
        QVERIFY(link(node, "eth0")->addresses.empty());
    }

    // Written after net/core/net-procfs.c; no machine at hand has these kernels.
    void softnetOfOlderKernels_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QList<int>>("second"); // cpu, processed, dropped, squeezed, rps, flow limit
        const QByteArray nine = "0000000a 00000001 00000002 00000000 00000000 00000000 00000000 00000000 00000007";
        QTest::newRow("9 columns (to 2.6.34)") << nine + "\n" + nine << QList<int>{1, 10, 1, 2, 0, 0};
        QTest::newRow("10 columns (2.6.35)")
            << nine + " 00000000\n" + nine + " 0000000b" << QList<int>{1, 10, 1, 2, 11, 0};
        QTest::newRow("11 columns (3.11)")
            << nine + " 0 0\n" + nine + " 0000000b 0000000c" << QList<int>{1, 10, 1, 2, 11, 12};
        QTest::newRow("13 columns (5.10), CPU 1 offline")
            << nine + " 0 0 0 00000000\n" + nine + " 0000000b 0000000c 00000000 00000002"
            << QList<int>{2, 10, 1, 2, 11, 12};
        QTest::newRow("15 columns (6.x)")
            << nine + " 0 0 0 00000000 0 0\n" + nine + " b c 0 00000003 1 1" << QList<int>{3, 10, 1, 2, 11, 12};
        QTest::newRow("a row that can't be read is left out")
            << nine + "\n00000001 oops 2 3 4 5 6 7 8\n" + nine << QList<int>{1, 10, 1, 2, 0, 0};
    }
    void softnetOfOlderKernels() {
        QFETCH(QByteArray, text);
        QFETCH(QList<int>, second);
        const auto sample = tick("/proc/net/softnet_stat", text.toStdString());
        QCOMPARE(sample.softnet->size(), std::size_t(2));
        const model::SoftnetCpu& row = sample.softnet->at(1);
        QCOMPARE((QList<int>{row.cpu, int(row.processed), int(row.dropped), int(row.timeSqueeze),
                             int(row.receivedRps), int(row.flowLimit)}),
                 second);
    }

    void conntrackWithoutItsStatistics() {
        const model::Node node = absorbed({made("sample", "/proc/sys/net/netfilter/nf_conntrack_count:7\n"
                                                          "/proc/sys/net/netfilter/nf_conntrack_max:1000\n")});
        QVERIFY(node.samples[0].conntrack->stats.empty());
        QVERIFY(noted(node, "insert_failed"));
    }

    void resolvConf() {
        const model::Node node =
            absorbed({made("resolv", "# a\nnameserver 10.96.0.10 # b\nnameserver fe80::1%eth0\n"
                                     "domain old.test\nsearch a.test b.test\n"
                                     "options ndots:5 timeout:2\noptions ndots:99\n")});
        QCOMPARE(node.facts.resolvConf->nameservers, (std::vector<std::string>{"10.96.0.10", "fe80::1%eth0"}));
        QCOMPARE(node.facts.resolvConf->search, (std::vector<std::string>{"a.test", "b.test"}));
        QCOMPARE(node.facts.resolvConf->ndots, 15); // resolv.conf(5): silently capped
    }

    void unreadableJsonIsNoted() {
        auto sections = nodeFixture("lab-node1");
        model::Node node = absorbed(sections);
        for (const char* collector : {"neighbours", "fdb", "routes4", "links"}) {
            parse::absorb(node, made(collector, "[{\"dst\":\"10.0"));
            QVERIFY2(noted(node, std::string(collector) + ": `"), collector);
        }
        QCOMPARE(node.facts.links.size(), std::size_t(6)); // another section's facts stand
        QCOMPARE(node.samples.size(), std::size_t(3));
    }

    void unknownCollectorIsIgnored() {
        const model::Node before = absorbed({});
        model::Node node = before;
        parse::absorb(node, made("of-a-newer-netopsy", "whatever"));
        QVERIFY(node == before);
    }

    void truncatedIsNoted() {
        auto section = nodeFixture("debian12-vm")[0];
        section.truncated = true;
        QVERIFY(noted(absorbed({section}), "was cut"));
    }
};

QTEST_APPLESS_MAIN(TestRealNodes)
#include "tst_real_nodes.moc"
