// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/absorb.h"
#include "core/path/address.h"
#include "core/path/overhead.h"
#include "core/path/path.h"
#include "tests/core/support/brain_builders.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <fstream>
#include <functional>
#include <sstream>

using namespace netopsy;
using namespace netopsy::path;
using namespace netopsy::test;

namespace {
QString shown(const model::Case& c, const char* from, const char* to) {
    const auto path = derive(c, from, to);
    return QString::fromStdString(path ? pathText(*path) : path.error().text());
}

/// node1 and node2 with what the lab's nodes really printed; `keep` says how much of each section arrived.
model::Case recorded(const std::function<std::string(std::string)>& keep = {}) {
    model::Case c = healthy(2);
    for (std::size_t i = 0; i < 2; ++i) {
        model::Node& n = c.nodes[i];
        n.facts = {};
        n.samples.clear();
        n.pmtu.clear();
        c.cluster->nodes[i].addresses = {{"InternalIP", "10.199.5.1" + std::to_string(i + 1)}};
        for (const char* collector : {"links", "routes4", "neighbours", "fdb"}) {
            std::ifstream file(std::string(NETOPSY_FIXTURES "/path/") + n.name + "." + collector);
            std::stringstream body;
            body << file.rdbuf();
            model::RawSection section;
            section.node = n.name;
            section.collector = collector;
            section.body = keep ? keep(body.str()) : body.str();
            parse::absorb(n, section);
        }
    }
    return c;
}
} // namespace

class TestPath : public QObject {
    Q_OBJECT
private slots:
    void podToPodByVxlan() {
        QCOMPARE(shown(healthy(), "node1/web-1", "default/web-2"),
                 QString(R"(node1/default/web-1  to  node2/default/web-2

node1
  ? eth0 in default/web-1  MTU 1,450
  veth1 (veth)  MTU 1,450
  cni0 (bridge)  MTU 1,450
  conntrack: 930 of 262,144
  routing: 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink
  flannel.1 (vxlan)  MTU 1,450  + IPv4 20, UDP 8, VXLAN 8, Ethernet 14  takes 6.00 µs
  eth0 (underlay)  MTU 1,500

  ~~ 172.30.0.11 to 172.30.0.12, vxlan  MTU 1,500  takes 59.5 µs

node2
  eth0 (underlay)  MTU 1,500
  flannel.1 (vxlan)  MTU 1,450  - IPv4 20, UDP 8, VXLAN 8, Ethernet 14
  conntrack: 930 of 262,144
  routing: 10.244.2.0/24 dev cni0
  cni0 (bridge)  MTU 1,450
  veth2 (veth)  MTU 1,450
  ? eth0 in default/web-2  MTU 1,450

Largest inner packet: 1,450 B
Note: measured: 1,450 B get through
? marks what is assumed, not seen.
)"));
    }

    /// A pod that was entered: its interface is as seen there, and its veth is told by index.
    void podsThatWereEntered() {
        model::Case c = healthy();
        c.nodes[0].facts.neighbours.clear(); // nothing else tells the veth apart
        c.nodes[0].facts.links.push_back(link(6, "vethx", "veth", 1450, "cni0"));
        c.nodes[0].pods = {place(1)};
        c.nodes[0].pods[0].device = "net0";
        c.nodes[0].pods[0].mtu = 1400;
        c.nodes[1].pods = {place(2)};
        c.nodes[1].pods[0].problem = "it ended";
        const auto path = derive(c, "node1/web-1", "default/web-2");
        QVERIFY(path.has_value());
        const Hop &first = path->hops[0], &second = path->hops[1], &last = path->hops.back();
        QVERIFY(!first.assumed && !second.assumed && last.assumed);
        QCOMPARE(first.device, std::string("net0"));
        QCOMPARE(*first.mtu, 1400);
        QCOMPARE(second.device, std::string("veth1"));
        QVERIFY2(second.source.find("as seen inside the pod") != std::string::npos, second.source.c_str());
        c.nodes[0].pods[0].peerIndex = 3; // no veth, as with ipvlan
        const auto other = derive(c, "node1/web-1", "default/web-2");
        QVERIFY(other.has_value() && !other->hops[0].assumed && other->hops[1].assumed);
    }

    /// The same from what real nodes printed.
    void recordedNodes() {
        const auto path = derive(recorded(), "node1/web-1", "default/web-2");
        QVERIFY(path.has_value());
        QStringList way;
        for (const Hop& hop : path->hops) {
            way << (hop.device.empty() ? QString("-") : QString::fromStdString(hop.device));
            QCOMPARE(hop.assumed, hop.kind == HopKind::PodInterface);
        }
        QCOMPARE(way.size(), 13);
        QVERIFY(way[1].startsWith("veth") && way[11].startsWith("veth"));
        way[1] = way[11] = "veth";
        QCOMPARE(way.join(' '), QString("eth0 veth cni0 - flannel.1 eth0 - eth0 flannel.1 - cni0 veth eth0"));
        QCOMPARE(*path->innerMtu, 1450);
        QVERIFY(path->problems.empty());
        QCOMPARE(path->hops[4].headerBytes, 50);
    }

    /// A section cut short or refused leaves gaps that are marked, and no crash.
    void recordedButCut() {
        const auto cut =
            derive(recorded([](std::string s) { return s.substr(0, s.size() / 2); }), "node1/web-1", "node2");
        QVERIFY(!cut || !cut->hops.empty());
        const auto denied = derive(recorded([](std::string) { return std::string("Operation not permitted\n"); }),
                                   "node1/web-1", "node2");
        QVERIFY(!denied);
        QVERIFY2(denied.error().text().find("node1: nothing is known of this node's links") == 0,
                 denied.error().text().c_str());
    }

    void podToPodOnOneNode() {
        model::Case c = healthy();
        const QString text = shown(c, "node1/kube-system/coredns-a", "default/web-1");
        // coredns-a is not among the neighbours; the node's only veth is taken, and marked.
        QVERIFY2(
            text.contains("  ? veth1 (veth)  MTU 1,450\n  cni0 (bridge)  MTU 1,450\n  veth1 (veth)  MTU 1,450\n"),
            qPrintable(text));
        QVERIFY(!text.contains("routing") && !text.contains("eth0 (underlay)"));
    }

    void podToService() {
        const QString text = shown(healthy(), "node1/web-1", "default/web");
        QVERIFY2(
            text.contains("? nat PREROUTING: KUBE-SERVICES, KUBE-SVC, KUBE-SEP: 10.96.7.7 becomes 10.244.2.2\n"),
            qPrintable(text));
        QVERIFY(text.contains("flannel.1 (vxlan)"));
        const QString dns = shown(healthy(), "node1", "kube-dns");
        QVERIFY2(dns.contains("? nat OUTPUT: ") && dns.contains("10.96.0.10 becomes 10.244.3.10") &&
                     dns.contains("Note: one of 2 ready backends is shown"),
                 qPrintable(dns));
    }

    void ebpfTranslatesBeforeAnyPacket() {
        model::Case c = healthy();
        c.cluster->proxy.mode = "ebpf";
        const auto path = derive(c, "node1/web-1", "default/web");
        QVERIFY(path.has_value());
        QVERIFY(path->hops.front().kind == HopKind::ServiceNat && path->hops.front().assumed);
    }

    void nodeToNode() {
        const auto path = derive(healthy(), "node1", "node2");
        QVERIFY(path.has_value());
        QStringList kinds;
        const nlohmann::json json = pathJson(*path);
        for (const auto& hop : json["hops"])
            kinds << QString::fromStdString(hop["kind"].get<std::string>());
        QCOMPARE(kinds.join(' '), QString("conntrack routing nic wire nic conntrack"));
        QCOMPARE(*path->innerMtu, 1500);
        QCOMPARE(json["schema"].get<std::string>(), std::string("netopsy.path/1"));
        QVERIFY(json["hops"][2]["mtu"] == 1500 && json["hops"][1]["mtu"].is_null());
    }

    void doesNotFitTheUnderlay() {
        model::Case c = healthy();
        c.nodes[0].facts.links[2].mtu = c.nodes[0].facts.links[3].mtu = c.nodes[0].facts.links[4].mtu = 1500;
        const auto path = derive(c, "node1/web-1", "default/web-2");
        QVERIFY(path.has_value());
        QVERIFY(!path->problems.empty());
        QCOMPARE(path->problems.front(),
                 std::string("node1 eth0: 1,500 B packet + 50 B VXLAN does not fit 1,500 B"));
        QCOMPARE(*path->innerMtu, 1450);
    }

    void smallerReceiver() {
        model::Case c = healthy();
        c.nodes[1].facts.links[1].mtu = 1400;
        c.nodes[0].pmtu[1].blackhole = true;
        c.nodes[0].pmtu[1].mtu = 1350;
        const auto path = derive(c, "node1/web-1", "default/web-2");
        QVERIFY(path.has_value());
        QCOMPARE(path->problems.size(), std::size_t{2});
        QCOMPARE(path->problems[0], std::string("node2 eth0: 1,450 B packet + 50 B VXLAN does not fit 1,400 B"));
        QCOMPARE(path->problems[1],
                 std::string("measured: packets above 1,350 B vanish on this way without a word"));
        QCOMPARE(*path->innerMtu, 1350);
    }

    void unreachedPeerIsAssumed() {
        model::Case c = healthy();
        c.nodes[1].facts = {};
        c.nodes[1].samples.clear();
        const auto path = derive(c, "node1/web-1", "default/web-2");
        QVERIFY(path.has_value());
        for (const Hop& hop : path->hops)
            QVERIFY2(hop.node != "node2" || (hop.assumed && !hop.mtu), hop.label.c_str());
        QCOMPARE(*path->innerMtu, 1450);
        const auto back = derive(c, "node2", "node1");
        QVERIFY(!back);
    }

    void calicoRoutesToThePod() {
        model::Case c = healthy();
        model::NodeFacts& f = c.nodes[0].facts;
        f.links[4] = link(5, "cali123", "veth", 1480);
        f.links[4].peerNetnsId = 1;
        f.neighbours.clear();
        f.fdb.clear();
        f.routes = {route("10.244.1.2/32", "", "cali123"), route("default", "172.30.0.1", "eth0"),
                    route("10.244.2.0/24", "172.30.0.12", "tunl0")};
        f.links.push_back(link(9, "tunl0", "ipip", 1480));
        const auto path = derive(c, "node1/web-1", "default/web-2");
        QVERIFY(path.has_value());
        QCOMPARE(path->hops[1].device, std::string("cali123"));
        QVERIFY(!path->hops[1].assumed);
        const auto tunnel = std::find_if(path->hops.begin(), path->hops.end(),
                                         [](const Hop& h) { return h.kind == HopKind::Tunnel; });
        QCOMPARE(tunnel->headerBytes, 20);
    }

    void directRouting() {
        model::Case c = healthy();
        c.nodes[0].facts.routes[3] = route("10.244.2.0/24", "172.30.0.12", "eth0");
        const auto path = derive(c, "node1/web-1", "default/web-2");
        QVERIFY(path.has_value());
        for (const Hop& hop : path->hops)
            QVERIFY(hop.kind != HopKind::Tunnel);
    }

    void faults_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("text");
        QTest::newRow("unknown") << "node1"
                                 << "nobody"
                                 << "nobody: no node, pod or service of this case has this name";
        QTest::newRow("from a service") << "default/web"
                                        << "node1"
                                        << "default/web: a path begins at a node or a pod";
        QTest::newRow("pod of another node") << "node1/web-2"
                                             << "node1"
                                             << "node1/web-2: no node, pod or service";
        QTest::newRow("ambiguous") << "node1"
                                   << "twin"
                                   << "twin: the name fits several: pod a/twin, pod b/twin";
        QTest::newRow("no backend") << "node1"
                                    << "empty"
                                    << "default/empty: the service has no ready backend";
    }
    void faults() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, text);
        model::Case c = healthy();
        c.cluster->pods.push_back({"a", "twin", "node1", "Running", {"10.244.1.9"}, false, {}});
        c.cluster->pods.push_back({"b", "twin", "node2", "Running", {"10.244.2.9"}, false, {}});
        c.cluster->services.push_back({"default", "empty", "ClusterIP", {"10.96.1.1"}, {}});
        const QString said = shown(c, qPrintable(from), qPrintable(to));
        QVERIFY2(said.startsWith(text), qPrintable(said));
    }

    void typicalPath() {
        const auto path = typical(healthy(), "node3");
        QVERIFY(path.has_value());
        QCOMPARE(path->to, std::string("node1/kube-system/coredns-a"));
        model::Case c = healthy();
        c.cluster.reset();
        QVERIFY(!typical(c, "node1"));
        QVERIFY(!typical(healthy(1), "node1"));
    }

    void overheads() {
        QCOMPARE(encapsulationOverhead("vxlan", false), 50);
        QCOMPARE(encapsulationOverhead("vxlan", true), 70);
        QCOMPARE(encapsulationOverhead("geneve", false), 50);
        QCOMPARE(encapsulationOverhead("ipip", false), 20);
        QCOMPARE(encapsulationOverhead("wireguard", false), 60);
        QCOMPARE(encapsulationOverhead("wireguard", true), 80);
        QCOMPARE(encapsulationOverhead("veth", false), 0);
    }

    void addresses() {
        QVERIFY(!parseAddress("1.2.3") && !parseAddress("1.2.3.256") && !parseAddress("::1::") &&
                !parseAddress(""));
        QVERIFY(parseAddress("fe80::1") && parseAddress("1:2:3:4:5:6:7:8") && !parseAddress("1:2:3:4:5:6:7:8:9"));
        QVERIFY(parsePrefix("10.0.0.0/8")->contains(*parseAddress("10.255.1.1")));
        QVERIFY(!parsePrefix("10.0.0.0/9")->contains(*parseAddress("10.255.1.1")));
        QVERIFY(parsePrefix("2001:db8::/32")->contains(*parseAddress("2001:db8:1::9")));
        QVERIFY(!parsePrefix("10.0.0.0/33") && !parsePrefix("x/8"));
        QCOMPARE(hostPart("[2001:db8::1]:22"), std::string_view("2001:db8::1"));
        QCOMPARE(hostPart("10.0.0.1:22"), std::string_view("10.0.0.1"));
        QCOMPARE(hostPart("2001:db8::1"), std::string_view("2001:db8::1"));
    }
};

QTEST_APPLESS_MAIN(TestPath)
#include "tst_path.moc"
