// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Policy rules, offloads and a node's own Service rules. The lab's are real (tests/fixtures/node/lab-node1); further
// rules and the nftables table are what ip and nft (Debian 12) list after such were made in an empty namespace, the
// table's names as kube-proxy 1.31 composes them; the IPVS table follows net/netfilter/ipvs/ip_vs_ctl.c.
#include "core/parse/absorb.h"
#include "tests/support/node_fixture.h"

#include <QTest>

#include <algorithm>

using namespace netopsy;
using namespace netopsy::tests;

namespace {

model::Node read(const char* collector, const char* body) {
    model::RawSection section;
    section.node = "node-a";
    section.collector = collector;
    section.body = body;
    return absorbed({section});
}

/// "10.96.0.10 udp/53 -> 10.244.0.5:53 (source)", sorted.
QStringList told(const model::Node& node) {
    QStringList out;
    for (const model::NatBackend& b : node.facts.natBackends)
        out << QString::fromStdString(b.service + " " + b.protocol + "/" + std::to_string(b.port) + " -> " +
                                      b.backend + ":" + std::to_string(b.backendPort) + " (" + b.source + ")");
    out.sort();
    return out;
}

const char* ruleRows = R"([{"priority":0,"src":"all","table":"local"},
{"priority":50,"src":"all","dst":"10.9.0.1","fwmark":"0x1","iif":"lo","table":"200"},
{"priority":70,"src":"all","table":"main","suppress_prefixlen":0},
{"priority":80,"src":"10.3.0.0","srclen":16,"action":"unreachable"},
{"priority":99,"not":null,"src":"all","fwmark":"0x100000","fwmask":"0x100000","table":"1"},
{"priority":1000,"src":"10.0.0.0","srclen":24,"table":"100"},
{"priority":32766,"src":"all","table":"main"}])";

const char* ipvsTable = "table ipvs\n"
                        "IP Virtual Server version 1.2.1 (size=4096)\n"
                        "Prot LocalAddress:Port Scheduler Flags\n"
                        "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n"
                        "TCP  0A60000A:0035 rr  \n"
                        "  -> 0AF40005:0035      Masq    1      0          0         \n"
                        "  -> 0AF40106:0035      Masq    1      0          0         \n"
                        "UDP  [fd00:0000:0000:0000:0000:0000:0000:000a]:0035 rr\n"
                        "  -> [fd00:0001:0000:0000:0000:0000:0000:0005]:0035 Masq    1      0          0\n"
                        "FWM  00000001 rr\n"
                        "  -> 0AF40007:0000      Route   1      0          0         \n";

const char* nftTable = R"(table nftables
table ip kube-proxy {
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.96.0.10 . tcp . 53 : goto service-AS2KJYAD-kube-system/kube-dns/tcp/dns-tcp,
			     10.96.0.10 . udp . 53 : goto service-NWBZK7IH-kube-system/kube-dns/udp/dns }
	}

	chain endpoint-2ZVTYSEV-kube-system/kube-dns/udp/dns__10.244.0.5/53 {
		meta l4proto udp dnat to 10.244.0.5:53
	}

	chain endpoint-5SZX3KUE-kube-system/kube-dns/udp/dns__10.244.1.6/53 {
		meta l4proto udp dnat to 10.244.1.6:53
	}

	chain endpoint-6XWLJBTM-kube-system/kube-dns/tcp/dns-tcp__10.244.0.5/53 {
		meta l4proto tcp dnat to 10.244.0.5:53
	}
}
)";

} // namespace

class TestForwarding : public QObject {
    Q_OBJECT
private slots:
    void rules() {
        const model::Node node = read("rules4", ruleRows);
        const auto& rules = node.facts.rules;
        QCOMPARE(rules.size(), std::size_t(5));
        QCOMPARE(rules[1].to, std::string("10.9.0.1"));
        QCOMPARE(rules[1].fwmark, std::string("0x1"));
        QCOMPARE(rules[1].iif, std::string("lo"));
        QVERIFY(rules[2].invert);
        QCOMPARE(rules[2].fwmark, std::string("0x100000/0x100000"));
        QCOMPARE(rules[3].from, std::string("10.0.0.0/24"));
        QCOMPARE(rules[3].table, std::string("100"));
        QVERIFY(std::none_of(rules.begin(), rules.end(), [](const auto& r) { return r.ipv6; }));
        // What a look-up can't follow is said, and its line left out.
        QCOMPARE(node.notes.size(), std::size_t(2));
        QVERIFY(node.notes[1].find("unreachable") != std::string::npos);
    }

    void rulesOfBothFamilies() {
        model::RawSection four, six;
        four.collector = "rules4";
        four.body = ruleRows;
        six.collector = "rules6";
        six.body = R"([{"priority":5,"src":"2001:db8::","srclen":32,"table":"100"}])";
        const model::Node node = absorbed({four, six, four});
        QCOMPARE(node.facts.rules.size(), std::size_t(6));
        QVERIFY(node.facts.rules[1].ipv6);
        QCOMPARE(node.facts.rules[1].from, std::string("2001:db8::/32"));
    }

    void lab() {
        const model::Node node = absorbed(nodeFixture("lab-node1"));
        QCOMPARE(
            std::count_if(node.facts.rules.begin(), node.facts.rules.end(), [](const auto& r) { return !r.ipv6; }),
            std::ptrdiff_t(3));
        // Three for the web Service, two pods by two protocols of DNS, one API server.
        const QStringList all = told(node);
        QCOMPARE(all.size(), 8);
        QCOMPARE(all.filter("10.96.0.10 udp/53 -> ").size(), 2);
        QVERIFY2(all.contains("10.96.0.10 udp/53 -> 10.244.1.3:53 (iptables nat KUBE-SEP-EJJ3L23ZA35VLW6X)"),
                 qPrintable(all.join('\n')));
        const auto link = std::find_if(node.facts.links.begin(), node.facts.links.end(),
                                       [](const auto& l) { return l.name == "flannel.1"; });
        QVERIFY(link != node.facts.links.end());
        QVERIFY(link->offloads.at("generic-receive-offload"));
        QVERIFY(!link->offloads.at("large-receive-offload"));
        QCOMPARE(link->offloads.count("Features for flannel.1"), std::size_t(0));
    }

    void backends_data() {
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("expected");
        QTest::newRow("ipvs") << QString(ipvsTable)
                              << "10.96.0.10 tcp/53 -> 10.244.0.5:53 (ipvs)\n"
                                 "10.96.0.10 tcp/53 -> 10.244.1.6:53 (ipvs)\n"
                                 "fd00:0000:0000:0000:0000:0000:0000:000a udp/53 -> "
                                 "fd00:0001:0000:0000:0000:0000:0000:0005:53 (ipvs)";
        QTest::newRow("nftables") << QString(nftTable)
                                  << "10.96.0.10 tcp/53 -> 10.244.0.5:53 (nftables)\n"
                                     "10.96.0.10 udp/53 -> 10.244.0.5:53 (nftables)\n"
                                     "10.96.0.10 udp/53 -> 10.244.1.6:53 (nftables)";
        QTest::newRow("a chain without its end")
            << QStringLiteral("table iptables\n"
                              "-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m tcp "
                              "--dport 443 -j KUBE-SVC-X\n"
                              "-A KUBE-SVC-X -j KUBE-SEP-Y\n")
            << "";
        QTest::newRow("IPv6 in iptables")
            << QStringLiteral("table iptables\n"
                              "-A KUBE-SEP-Y -p tcp -m tcp -j DNAT --to-destination [fd00::5]:6443\n"
                              "-A KUBE-SERVICES -d fd00:96::1/128 -p tcp -m tcp --dport 443 -j KUBE-SVC-X\n"
                              "-A KUBE-SVC-X -j KUBE-SEP-Y\n")
            << "fd00:96::1 tcp/443 -> fd00::5:6443 (iptables nat KUBE-SEP-Y)";
        // As in a dual-stack lab: both tables call the Service's chain alike.
        QTest::newRow("one chain's name in two families")
            << QStringLiteral("table iptables\n"
                              "-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m udp --dport 53 -j KUBE-SVC-TCOU\n"
                              "-A KUBE-SEP-EJJ3 -p udp -m udp -j DNAT --to-destination 10.244.1.3:53\n"
                              "-A KUBE-SVC-TCOU -j KUBE-SEP-EJJ3\n"
                              "table iptables\n"
                              "-A KUBE-SERVICES -d fd00:10:96::a/128 -p udp -m udp --dport 53 -j KUBE-SVC-TCOU\n"
                              "-A KUBE-SEP-WQ5E -p udp -m udp -j DNAT --to-destination [fd00:10:244:1::3]:53\n"
                              "-A KUBE-SVC-TCOU -j KUBE-SEP-WQ5E\n")
            << "10.96.0.10 udp/53 -> 10.244.1.3:53 (iptables nat KUBE-SEP-EJJ3)\n"
               "fd00:10:96::a udp/53 -> fd00:10:244:1::3:53 (iptables nat KUBE-SEP-WQ5E)";
        QTest::newRow("ports out of range")
            << QStringLiteral("table iptables\n"
                              "-A KUBE-SEP-Y -p tcp -j DNAT --to-destination 10.0.0.1:99999\n"
                              "-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp --dport 443 -j KUBE-SVC-X\n"
                              "-A KUBE-SVC-X -j KUBE-SEP-Y\n")
            << "";
    }
    void backends() {
        QFETCH(QString, body);
        QFETCH(QString, expected);
        QCOMPARE(told(read("service_nat", body.toUtf8().constData())).join('\n'), expected);
    }

    void whatIsNotReadIsSaid() {
        QVERIFY(read("service_nat", "denied\n").notes.at(0).find("root") != std::string::npos);
        QVERIFY(read("offloads", "no ethtool\n").notes.at(0).find("ethtool") != std::string::npos);
        QVERIFY(!read("rules4", "no json").notes.empty());
    }
};

QTEST_APPLESS_MAIN(TestForwarding)
#include "tst_forwarding.moc"
