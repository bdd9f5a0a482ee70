// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a finding sits on a packet's way: each fault on its own hop, and on no hop of a path that it is not on.
#include "core/analysis/analyse.h"
#include "core/analysis/locate.h"
#include "tests/core/analysis/changes.h"

#include <QTest>

using namespace netopsy;
using namespace netopsy::analysis;
using namespace netopsy::test;

namespace {

void hole(model::Case& c, std::size_t from, const std::string& to, model::Plane plane) {
    for (model::PmtuResult& r : c.nodes[from].pmtu)
        if (r.peer == to && r.plane == plane) {
            r.mtu -= 100;
            r.blackhole = true;
        }
}

void loseAll(model::Case& c, const std::string& node, model::Plane plane) {
    for (model::Node& n : c.nodes)
        for (model::RttSeries& s : n.rtt)
            if (s.plane == plane && (n.name == node || s.peer == node))
                for (std::size_t i = 0; i < s.samples.size(); i += 20)
                    s.samples[i].rttNs = -1;
}

/// "rule at node/kind/device, …" of all findings that sit on the path.
QString placed(const model::Case& c, const char* from, const char* to) {
    const auto way = path::derive(c, from, to);
    if (!way)
        return QString::fromStdString(way.error().text());
    const Analysis analysis = analyse(c);
    const auto located = locate(*way, analysis.findings);
    QStringList out;
    for (std::size_t i = 0; i < way->hops.size(); ++i)
        for (const std::size_t f : located[i]) {
            const path::Hop& hop = way->hops[i];
            out << QString::fromStdString(analysis.findings[f].rule + " at " + hop.node + "/" +
                                          path::kindName(hop.kind) + "/" + hop.device);
        }
    return out.join(QStringLiteral(", "));
}

} // namespace

class TestLocate : public QObject {
    Q_OBJECT
private slots:
    void sits_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("where");
        QTest::addColumn<Change>("change");
        const auto row = [](const char* name, const char* from, const char* to, const char* where, Change change) {
            QTest::newRow(name) << QString(from) << QString(to) << QString(where) << std::move(change);
        };
        const char *pod1 = "node1/default/web-1", *pod2 = "default/web-2", *dns = "kube-system/kube-dns";
        row("healthy", pod1, pod2, "", [](model::Case&) {});
        row("tunnel too large", pod1, pod2,
            "mtu-exceeds-underlay at node2/tunnel/flannel.1, mtu-inconsistent at node2/tunnel/flannel.1",
            [](model::Case& c) { c.nodes[1].facts.links[2].mtu = 1500; });
        row("tunnel too large elsewhere", "node1/default/web-1", "default/web-3", "",
            [](model::Case& c) { c.nodes[1].facts.links[2].mtu = 1500; });
        row("odd NIC", pod1, pod2, "mtu-inconsistent at node2/nic/eth0",
            [](model::Case& c) { c.nodes[1].facts.links[1].mtu = 9000; });
        row("black hole of one pair", pod1, pod2, "pmtu-blackhole at /wire/",
            [](model::Case& c) { hole(c, 0, "node2", model::Plane::Underlay); });
        row("black hole of one node", pod1, pod2, "pmtu-blackhole at /wire/", [](model::Case& c) {
            hole(c, 1, "node1", model::Plane::Underlay);
            hole(c, 1, "node3", model::Plane::Underlay);
        });
        row("black hole of another pair", pod1, pod2, "",
            [](model::Case& c) { hole(c, 2, "node2", model::Plane::Underlay); });
        const Change bothWays = [](model::Case& c) {
            hole(c, 0, "node2", model::Plane::Underlay);
            hole(c, 1, "node1", model::Plane::Underlay);
        };
        row("black hole of one pair, both ways", pod1, pod2, "pmtu-blackhole at /wire/", bothWays);
        row("black hole of one pair is on no other", pod1, "default/web-3", "", bothWays);
        row("a path that says it is smaller", pod1, pod2, "pmtu-reduced at /wire/", [](model::Case& c) {
            for (model::PmtuResult& r : c.nodes[0].pmtu)
                if (r.peer == "node2") {
                    r.mtu -= 8; // and the tunnel's by that of its underlay
                    if (r.plane == model::Plane::Overlay)
                        r.linkMtu -= 8;
                }
            c.nodes[0].facts.links[2].mtu -= 8;
            c.nodes[1].facts.links[2].mtu -= 8;
            c.nodes[2].facts.links[2].mtu -= 8;
        });
        row("a bridge that is smaller", pod1, pod2,
            "mtu-inconsistent at node2/bridge/cni0, pmtu-reduced at node2/bridge/cni0", [](model::Case& c) {
                c.nodes[1].facts.links[3].mtu = 1300;
                for (const std::size_t n : {0u, 2u})
                    for (model::PmtuResult& r : c.nodes[n].pmtu)
                        if (r.peer == "node2" && r.plane == model::Plane::Overlay)
                            r.mtu = 1300;
            });
        row("black hole of the tunnel alone", pod1, pod2, "pmtu-blackhole at node2/tunnel/flannel.1",
            [](model::Case& c) {
                hole(c, 1, "node1", model::Plane::Overlay);
                hole(c, 1, "node3", model::Plane::Overlay);
            });
        row("loss at a node", pod1, pod2, "packet-loss at /wire/",
            [](model::Case& c) { loseAll(c, "node2", model::Plane::Underlay); });
        row("loss at a node that this path does not cross", pod1, "default/web-3", "",
            [](model::Case& c) { loseAll(c, "node2", model::Plane::Underlay); });
        row("loss that the NIC counted", pod1, pod2, "packet-loss at node2/nic/eth0", [](model::Case& c) {
            loseAll(c, "node2", model::Plane::Underlay);
            for (model::NodeSample& s : c.nodes[1].samples) {
                std::map<std::string, model::LinkCounters> links;
                links["eth0"].rxDropped = 3 * s.seq;
                s.links = links;
            }
        });
        row("loss in the tunnel", pod1, pod2, "packet-loss at node2/tunnel/flannel.1",
            [](model::Case& c) { loseAll(c, "node2", model::Plane::Overlay); });
        row("full table", "node2/default/web-2", "default/web-1", "conntrack-near-full at node2/conntrack/",
            [](model::Case& c) {
                for (model::NodeSample& s : c.nodes[1].samples)
                    s.conntrack = model::Conntrack{950, 1000, std::uint64_t{250}, {{"drop", 0}}};
            });
        const Change slowNode = [](model::Case& c) {
            c.nodes[1].dns = {test::dns("10.96.0.10", "service", 400, 300'000, 5, 24'000'000),
                              test::dns(pod(1, 10), "pod", 400, 300'000, 5, 24'000'000),
                              test::dns(pod(3, 10), "pod", 400, 300'000, 5, 24'000'000)};
        };
        row("slow DNS of a node", "node2/default/web-2", dns, "dns-slow-internal at node2/routing/", slowNode);
        row("slow DNS of a node is on no other path", "node2/default/web-2", "default/web-1", "", slowNode);
        row("slow DNS of a node is not that of the node that answers", "node1/default/web-1",
            "kube-system/coredns-a", "", [slowNode](model::Case& c) {
                slowNode(c);
                c.cluster->pods[0].node = "node2";
            });
        row("slow by the Service alone", "node2/default/web-2", dns, "dns-slow-internal at node2/service-nat/",
            [](model::Case& c) {
                c.nodes[1].dns[0] = test::dns("10.96.0.10", "service", 400, 300'000, 3, 24'000'000);
            });
        row("a slow DNS pod", "node2/default/web-2", "kube-system/coredns-b",
            "dns-slow-internal at node3/pod-interface/eth0", [](model::Case& c) {
                for (model::Node& n : c.nodes) {
                    n.dns[0] = test::dns("10.96.0.10", "service", 400, 300'000, 10, 24'000'000);
                    n.dns[2] = test::dns(pod(3, 10), "pod", 400, 300'000, 5, 24'000'000);
                }
            });
        const Change fullQueue = [](model::Case& c) {
            c.nodes[1].pods = {place(2)};
            c.nodes[1].pods[0].countersLast["TcpExt.ListenOverflows"] += 40;
        };
        row("a pod's accept queue", pod1, pod2, "tcp-listen-overflow at node2/pod-interface/eth0", fullQueue);
        row("a pod's accept queue is on no way from it", pod2, pod1, "", fullQueue);
        const Change lossOfSix = [](model::Case& c) {
            for (model::Node& n : c.nodes) {
                std::vector<model::RttSeries> six = n.rtt;
                for (model::RttSeries& s : six) {
                    s.address = "fd00::" + s.peer.substr(4);
                    for (std::size_t i = 0; i < s.samples.size(); i += 20)
                        s.samples[i].rttNs = n.name == "node2" || s.peer == "node2" ? -1 : s.samples[i].rttNs;
                }
                n.rtt.insert(n.rtt.end(), six.begin(), six.end());
            }
        };
        row("loss of IPv6 is on no way of IPv4", pod1, pod2, "", lossOfSix);
        row("queries lost by a node", "node2/default/web-2", dns, "dns-timeouts at node2/routing/",
            [](model::Case& c) {
                for (model::DnsSeries& s : c.nodes[1].dns)
                    lose(s, 10);
            });
    }
    void sits() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, where);
        QFETCH(Change, change);
        model::Case c = healthy();
        change(c);
        QCOMPARE(placed(c, from.toUtf8().constData(), to.toUtf8().constData()), where);
    }
};

QTEST_APPLESS_MAIN(TestLocate)
#include "tst_locate.moc"
