// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each rule: a case that fires, with its exact title; one that must stay silent; one that can't be judged.
// All start from the healthy cluster, so every row also proves that the change, and nothing else, made the
// difference.
#include "core/analysis/analyse.h"
#include "core/analysis/rule.h"
#include "tests/core/support/brain_builders.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>

using namespace netopsy;
using namespace netopsy::analysis;
using namespace netopsy::test;

using Change = std::function<void(model::Case&)>;
Q_DECLARE_METATYPE(Change)

namespace {

std::vector<const Finding*> findingsOf(const Analysis& analysis, const std::string& rule) {
    std::vector<const Finding*> out;
    for (const Finding& f : analysis.findings)
        if (f.rule == rule)
            out.push_back(&f);
    return out;
}

std::string all(const Analysis& analysis) {
    return findingsText(analysis);
}

/// 20 % of node `i`'s answers come after 24 ms, by every way.
void slowDns(model::Case& c, std::size_t i, std::size_t every = 5, std::int64_t lateNs = 24'000'000) {
    c.nodes[i].dns = {dns("10.96.0.10", "service", 400, 300'000, every, lateNs),
                      dns(pod(1, 10), "pod", 400, 300'000, every, lateNs),
                      dns(pod(3, 10), "pod", 400, 300'000, every, lateNs)};
}

/// Turns every `every`-th echo between `a` and `b` into a lost one; an empty name is any node.
void loseRtt(model::Case& c, const std::string& a, const std::string& b, model::Plane plane, std::size_t every) {
    const auto is = [](const std::string& asked, const std::string& name) {
        return asked.empty() || asked == name;
    };
    for (model::Node& n : c.nodes)
        for (model::RttSeries& s : n.rtt) {
            const bool between = (is(a, n.name) && is(b, s.peer)) || (is(b, n.name) && is(a, s.peer));
            if (s.plane != plane || !between)
                continue;
            for (std::size_t i = 0; i < s.samples.size(); i += every)
                s.samples[i].rttNs = -1;
        }
}

/// The same cluster with Calico's IPIP in place of Flannel's VXLAN, as its agents annotate the Nodes and BIRD routes.
void ipip(model::Case& c) {
    c.cluster->cni.name = "calico";
    c.cluster->cni.mode = "ipip";
    for (std::size_t i = 0; i < c.nodes.size(); ++i) {
        model::NodeFacts& facts = c.nodes[i].facts;
        model::Link& tunnel = facts.links[2];
        tunnel.name = "tunl0";
        tunnel.kind = "ipip";
        tunnel.mtu = 1480;
        tunnel.vxlan.reset();
        for (model::Route& r : facts.routes)
            if (r.dev == "flannel.1") {
                r.dev = "tunl0";
                r.via = "172.30.0.1" + r.dst.substr(std::string("10.244.").size(), 1);
            }
        c.cluster->nodes[i].annotations = {
            {"projectcalico.org/IPv4Address", c.nodes[i].address + "/24"},
            {"projectcalico.org/IPv4IPIPTunnelAddr", pod(static_cast<int>(i) + 1, 0)}};
    }
}

/// As flannel's agents write them.
void annotate(model::Case& c) {
    for (model::ClusterNode& n : c.cluster->nodes) {
        const std::string number = n.name.substr(4);
        n.annotations = {{"flannel.alpha.coreos.com/backend-type", "vxlan"},
                         {"flannel.alpha.coreos.com/public-ip", "172.30.0.1" + number},
                         {"flannel.alpha.coreos.com/backend-data",
                          R"({"VNI":1,"VtepMAC":"02:00:00:00:00:0)" + number + R"("})"}};
    }
}

/// Every late answer of the node was under way while the probing node was disturbed for `disturbedNs`.
void disturb(model::Node& n, std::int64_t disturbedNs) {
    for (model::DnsSeries& s : n.dns)
        for (model::DnsSample& sample : s.samples)
            if (sample.rttNs > 2'000'000) {
                sample.taint = model::taint::starved;
                n.tainted.push_back({sample.offsetNs, sample.offsetNs + disturbedNs, model::taint::starved});
            }
}

/// The Service's queries become pairs of which the AAAA half alone is lost where the plain series lost one.
void pairUp(model::Node& n) {
    model::DnsSeries& a = n.dns[0];
    model::DnsSeries aaaa = a;
    aaaa.type = model::DnsType::AAAA;
    a = dns(a.resolver, a.role, a.samples.size());
    for (std::size_t i = 0; i < a.samples.size(); ++i)
        a.samples[i].pair = aaaa.samples[i].pair = static_cast<std::int32_t>(i);
    n.dns.push_back(std::move(aaaa));
}

auto isRouteTo(std::string dst) {
    return [dst = std::move(dst)](const model::Route& route) { return route.dst == dst; };
}

void setFill(model::Case& c, std::uint64_t count) {
    for (model::NodeSample& s : c.nodes[1].samples)
        s.conntrack = model::Conntrack{count, 1000, std::uint64_t{250}, {{"drop", 0}}};
}

void count(model::Case& c, const std::string& counter, std::uint64_t perSecond) {
    for (model::NodeSample& s : c.nodes[1].samples) {
        model::Conntrack table = *s.conntrack;
        table.stats[counter] += perSecond * s.seq;
        s.conntrack = table;
    }
}

/// Sets CPU times so that `field` takes `pct` of 200 ticks a second.
void cpu(model::Node& n, std::uint64_t model::CpuTimes::*field, std::uint64_t pct) {
    for (model::NodeSample& s : n.samples) {
        model::CpuTimes t{};
        t.idle = 5000 + (200 - 2 * pct) * s.seq;
        t.*field += 2 * pct * s.seq;
        s.cpu = t;
    }
}

void ioPressure(model::Node& n, std::uint64_t pct) {
    for (model::NodeSample& s : n.samples)
        s.pressure["io.some"] = {0, 0, 10'000 * pct * s.seq};
}

} // namespace

class TestRules : public QObject {
    Q_OBJECT
private slots:
    void healthyIsSilent() {
        const Analysis analysis = analyse(healthy());
        QVERIFY2(analysis.findings.empty(), all(analysis).c_str());
        QVERIFY2(analysis.inconclusive.empty(), all(analysis).c_str());
        QCOMPARE(analysis.silent.size(), registry().size());
    }

    void fires_data() {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("severity");
        QTest::addColumn<QString>("nodes");
        QTest::addColumn<QString>("title");
        const auto row = [](const char* name, const char* rule, const char* severity, const char* nodes,
                            const char* title, Change change) {
            QTest::newRow(name) << std::move(change) << rule << severity << nodes << title;
        };
        row("dns: one node", "dns-slow-internal", "warning", "node2",
            "node2 answers cluster DNS late: p99 24.0 ms over 1,200 queries, others 316 µs",
            [](model::Case& c) { slowDns(c, 1); });
        row("dns: one node, very late", "dns-slow-internal", "critical", "node2",
            "node2 answers cluster DNS late: p99 250 ms over 1,200 queries, others 316 µs",
            [](model::Case& c) { slowDns(c, 1, 5, 250'000'000); });
        row("dns: one in fifty is enough when spread", "dns-slow-internal", "warning", "node2",
            "node2 answers cluster DNS late: p99 30.0 ms over 1,200 queries, others 316 µs",
            [](model::Case& c) { slowDns(c, 1, 40, 30'000'000); });
        row("dns: one pod", "dns-slow-internal", "warning", "node3",
            "DNS pod 10.244.3.10 (coredns-b on node3) answers late for 3 nodes: p99 24.0 ms over 1,200 "
            "queries, the "
            "other DNS pods 316 µs",
            [](model::Case& c) {
                for (model::Node& n : c.nodes) {
                    n.dns[0] = dns("10.96.0.10", "service", 400, 300'000, 10, 24'000'000);
                    n.dns[2] = dns(pod(3, 10), "pod", 400, 300'000, 5, 24'000'000);
                }
            });
        row("dns: all nodes", "dns-slow-internal", "warning", "node1,node2,node3",
            "Cluster DNS answers late on 3 of 3 nodes: p99 24.0 ms over 3,600 queries", [](model::Case& c) {
                for (std::size_t i = 0; i < 3; ++i)
                    slowDns(c, i);
            });
        row("dns: all nodes of a starved machine", "dns-slow-internal", "info", "node1,node2,node3",
            "Cluster DNS answers late on 3 of 3 nodes: p99 9.00 ms over 3,600 queries", [](model::Case& c) {
                for (std::size_t i = 0; i < 3; ++i) {
                    slowDns(c, i, 12, 9'000'000);
                    cpu(c.nodes[i], &model::CpuTimes::user, 95);
                }
            });
        row("dns: one burst", "dns-slow-internal", "info", "node2",
            "node2 answers cluster DNS late: p99 24.0 ms over 1,200 queries, others 316 µs", [](model::Case& c) {
                for (model::DnsSeries& s : c.nodes[1].dns)
                    for (std::size_t i = 100; i < 120; ++i)
                        s.samples[i].rttNs = 24'000'000;
            });
        row("dns: one node only", "dns-slow-internal", "warning", "node1",
            "node1 answers cluster DNS late: p99 24.0 ms over 1,200 queries", [](model::Case& c) {
                c.nodes.resize(1);
                slowDns(c, 0);
            });
        row("dns: late beyond what disturbed the node", "dns-slow-internal", "warning", "node2",
            "node2 answers cluster DNS late: p99 24.0 ms over 1,200 queries, others 316 µs", [](model::Case& c) {
                slowDns(c, 1);
                disturb(c.nodes[1], 10'000'000);
            });
        row("dns: disturbed, but nothing else to judge by", "dns-slow-internal", "critical", "node2",
            "node2 answers cluster DNS late: p99 24.0 ms over 1,200 queries, others 316 µs", [](model::Case& c) {
                slowDns(c, 1, 1);
                disturb(c.nodes[1], 24'000'000);
            });
        row("dns lost: one node", "dns-timeouts", "critical", "node2",
            "node2 gets no answer to 10.0 % of its cluster DNS queries (120 of 1,200 queries)",
            [](model::Case& c) {
                for (model::DnsSeries& s : c.nodes[1].dns)
                    lose(s, 10);
            });
        row("dns lost: few", "dns-timeouts", "warning", "node2",
            "node2 gets no answer to 1.00 % of its cluster DNS queries (12 of 1,200 queries)", [](model::Case& c) {
                for (model::DnsSeries& s : c.nodes[1].dns)
                    lose(s, 100);
            });
        row("dns lost: one pod", "dns-timeouts", "critical", "node3",
            "DNS pod 10.244.3.10 (coredns-b on node3) does not answer 100 % of its queries, asked from 3 "
            "nodes",
            [](model::Case& c) {
                for (model::Node& n : c.nodes) {
                    lose(n.dns[0], 2);
                    lose(n.dns[2], 1);
                }
            });
        row("dns lost: the Service", "dns-timeouts", "critical", "node1,node2,node3",
            "The cluster DNS Service loses 25.0 % of its queries on 3 nodes, its pods asked directly none",
            [](model::Case& c) {
                for (model::Node& n : c.nodes)
                    lose(n.dns[0], 4);
            });
        row("dns lost: all", "dns-timeouts", "critical", "node1,node2,node3",
            "Cluster DNS does not answer 20.0 % of the queries on 3 nodes", [](model::Case& c) {
                for (model::Node& n : c.nodes)
                    for (model::DnsSeries& s : n.dns)
                        lose(s, 5);
            });
        row("dns lost: own resolver, nowhere there", "dns-timeouts", "info", "node1,node2,node3",
            "The resolver 192.0.2.53 of node1, node2 and node3 itself does not answer 100 % of its queries",
            [](model::Case& c) {
                for (model::Node& n : c.nodes) {
                    n.dns.push_back(dns("192.0.2.53", "node", 50));
                    lose(n.dns.back(), 1);
                }
            });
        row("search list: kubelet's default", "dns-search-amplification", "info", "",
            "Looking up example.com takes 8 queries, with 3 names of the search list tried first",
            [](model::Case& c) {
                for (model::Node& n : c.nodes)
                    n.lookups.push_back(lookups("example.com", 10, 1'300'000));
            });
        row("search list: slow, but so is the name itself", "dns-search-amplification", "info", "",
            "Looking up example.com takes 8 queries, with 3 names of the search list tried first",
            [](model::Case& c) {
                c.nodes[1].lookups = {lookups("example.com", 10, 40'000'000),
                                      lookups("example.com.", 10, 39'000'000)};
            });
        row("search list: slow, and no direct answer to hold it against", "dns-search-amplification", "info", "",
            "Looking up example.com takes 8 queries, with 3 names of the search list tried first",
            [](model::Case& c) { c.nodes[1].lookups = {lookups("example.com", 10, 40'000'000)}; });
        row("search list: slow", "dns-search-amplification", "warning", "node2",
            "Looking up example.com takes 40.0 ms on node2 through the search list, 400 µs without it (8 queries)",
            [](model::Case& c) {
                for (model::Node& n : c.nodes)
                    n.lookups.push_back(lookups("example.com", 10, 1'300'000));
                for (model::LookupSample& sample : c.nodes[1].lookups[1].samples)
                    sample.totalNs = 40'000'000;
            });
        row("search list: slow from a pod's place", "dns-search-amplification", "warning", "node2",
            "Looking up example.com takes 40.0 ms on node2 through the search list, 500 µs without it (8 queries)",
            [](model::Case& c) {
                c.nodes[1].pods = {place(2)};
                c.nodes[1].pods[0].lookups = {lookups("example.com", 10, 40'000'000)};
                c.nodes[1].pods[0].dns = {dns("10.96.0.10", "service", 20, 500'000)};
                c.nodes[1].pods[0].dns[0].name = "example.com.";
                for (model::DnsSample& sample : c.nodes[1].pods[0].dns[0].samples)
                    sample.rttNs = 500'000;
            });
        row("search list: ends at one of its names", "dns-search-amplification", "warning", "node2",
            "3 of 10 look-ups for example.com fail on node2 because of the search list", [](model::Case& c) {
                c.nodes[1].lookups.push_back(lookups("example.com", 10, 1'300'000));
                for (std::size_t i = 0; i < 3; ++i)
                    c.nodes[1].lookups[1].samples[i] = {0, -1, 6, 2, 2, model::DnsOutcome::Timeout, -1, 0};
            });
        row("search list: errors, and the name itself has none", "dns-search-amplification", "warning", "node2",
            "10 of 10 look-ups for example.com fail on node2 because of the search list", [](model::Case& c) {
                c.nodes[1].lookups.push_back(lookups("example.com", 10, 1'300'000));
                for (model::LookupSample& sample : c.nodes[1].lookups[1].samples)
                    sample = {0, -1, 8, 4, 0, model::DnsOutcome::Failed, 2, 0};
            });
        row("conntrack 85 %", "conntrack-near-full", "warning", "node2",
            "node2's connection table is 85.0 % full: 850 of 1,000 entries",
            [](model::Case& c) { setFill(c, 850); });
        row("conntrack 97 %", "conntrack-near-full", "critical", "node2",
            "node2's connection table is 97.0 % full: 970 of 1,000 entries",
            [](model::Case& c) { setFill(c, 970); });
        row("conntrack drops", "conntrack-dropping", "critical", "node2",
            "node2 dropped 60 packets in 30.0 s because its connection table could not take them",
            [](model::Case& c) { count(c, "drop", 2); });
        row("conntrack drops early", "conntrack-dropping", "warning", "node2",
            "node2 threw 30 connections out of its full connection table in 30.0 s",
            [](model::Case& c) { count(c, "early_drop", 1); });
        row("insert failed", "conntrack-insert-failed", "info", "node2",
            "node2 failed to enter 30 flows into its connection table in 30.0 s (1.00 a second)",
            [](model::Case& c) { count(c, "insert_failed", 1); });
        row("insert failed, with DNS lost", "conntrack-insert-failed", "warning", "node2",
            "node2 failed to enter 30 flows into its connection table in 30.0 s (1.00 a second)",
            [](model::Case& c) {
                count(c, "insert_failed", 1);
                lose(c.nodes[1].dns[0], 20);
            });
        row("tunnel too large", "mtu-exceeds-underlay", "warning", "node2",
            "node2: packets of 1,500 B in flannel.1 plus 50 B of VXLAN do not fit eth0 (1,500 B)",
            [](model::Case& c) {
                c.nodes[1].facts.links[2].mtu = 1500;
                c.nodes[1].pmtu.clear();
            });
        row("tunnel too large, and it hurts", "mtu-exceeds-underlay", "critical", "node2",
            "node2: packets of 1,450 B in flannel.1 plus 50 B of VXLAN do not fit eth0 (1,400 B)",
            [](model::Case& c) {
                c.nodes[1].facts.links[1].mtu = 1400;
                c.nodes[1].pmtu[1] = {"node1", pod(1), model::Plane::Overlay, 1350, 1450, true};
            });
        row("IPv6 underlay costs more", "mtu-exceeds-underlay", "warning", "node2",
            "node2: packets of 1,450 B in flannel.1 plus 70 B of VXLAN do not fit eth0 (1,500 B)",
            [](model::Case& c) { c.nodes[1].facts.links[2].vxlan->local = "2001:db8::12"; });
        row("path too small", "mtu-exceeds-underlay", "warning", "node2",
            "node2: packets of 1,450 B in flannel.1 plus 50 B of VXLAN do not fit the path, which carries "
            "1,400 B",
            [](model::Case& c) { c.nodes[1].pmtu[0].mtu = 1400; });
        row("odd NIC", "mtu-inconsistent", "warning", "node2",
            "node2 has an MTU of 9,000 B on eth0, 2 nodes of its like have 1,500 B",
            [](model::Case& c) { c.nodes[1].facts.links[1].mtu = 9000; });
        row("two nodes differ", "mtu-inconsistent", "warning", "node2",
            "node2 has an MTU of 9,000 B on eth0, another node has 1,500 B", [](model::Case& c) {
                c.nodes.resize(2);
                c.nodes[1].facts.links[1].mtu = 9000;
            });
        row("black hole of one node", "pmtu-blackhole", "critical", "node2",
            "Packets above 1,350 B vanish to and from node2 on the overlay, without a word to the sender",
            [](model::Case& c) {
                c.nodes[0].pmtu[1] = {"node2", pod(2), model::Plane::Overlay, 1350, 1450, true};
                c.nodes[2].pmtu[3] = {"node2", pod(2), model::Plane::Overlay, 1350, 1450, true};
            });
        row("black hole of one pair", "pmtu-blackhole", "critical", "node1,node2",
            "Packets above 1,400 B vanish between node1 and node2 on the underlay, without a word to the "
            "sender",
            [](model::Case& c) {
                c.nodes[0].pmtu[0] = {"node2", "172.30.0.12", model::Plane::Underlay, 1400, 1500, true};
            });
        row("a smaller path that says so", "pmtu-reduced", "info", "node1,node2",
            "The underlay between node1 and node2 carries 1,400 B, less than the 1,500 B that the senders' "
            "interfaces "
            "claim",
            [](model::Case& c) { c.nodes[0].pmtu[0].mtu = 1400; });
        row("smaller paths of one node", "pmtu-reduced", "info", "node2",
            "The underlay to and from node2 carries 1,400 B, less than the 1,500 B that the senders' interfaces "
            "claim",
            [](model::Case& c) {
                for (model::Node& n : c.nodes)
                    for (model::PmtuResult& r : n.pmtu)
                        if (r.plane == model::Plane::Underlay && (n.name == "node2" || r.peer == "node2"))
                            r.mtu = 1400;
            });
        row("a smaller overlay that says so", "pmtu-reduced", "info", "node1,node2",
            "The overlay between node1 and node2 carries 1,300 B, less than the 1,450 B that the senders' "
            "interfaces "
            "claim",
            [](model::Case& c) { c.nodes[0].pmtu[1].mtu = 1300; });
        row("loss: one node", "packet-loss", "warning", "node2",
            "5.00 % of the packets to and from node2 are lost on the underlay", [](model::Case& c) {
                loseRtt(c, "node2", "", model::Plane::Underlay, 20);
                loseRtt(c, "node2", "", model::Plane::Overlay, 20);
            });
        row("loss: one node, told by its pairs together", "packet-loss", "warning", "node2",
            "4.00 % of the packets to and from node2 are lost on the underlay", [](model::Case& c) {
                for (model::Node& n : c.nodes)
                    for (model::RttSeries& s : n.rtt)
                        s = rtt(s.peer, s.address, s.plane, 60'000, 25);
                // Of 50 a pair two are too few to tell, of 100 four are not.
                loseRtt(c, "node2", "", model::Plane::Underlay, 25);
            });
        row("loss: much", "packet-loss", "critical", "node2",
            "20.0 % of the packets to and from node2 are lost on the underlay",
            [](model::Case& c) { loseRtt(c, "node2", "", model::Plane::Underlay, 5); });
        row("loss: one pair", "packet-loss", "warning", "node1,node3",
            "5.00 % of the packets between node1 and node3 are lost on the underlay",
            [](model::Case& c) { loseRtt(c, "node1", "node3", model::Plane::Underlay, 20); });
        row("loss: the tunnel", "packet-loss", "warning", "node2",
            "5.00 % of the packets to and from node2 are lost on the overlay",
            [](model::Case& c) { loseRtt(c, "node2", "", model::Plane::Overlay, 20); });
        row("loss: everywhere", "packet-loss", "warning", "node1,node2,node3",
            "5.00 % of the packets are lost on 3 of 3 pairs of nodes (underlay)",
            [](model::Case& c) { loseRtt(c, "", "", model::Plane::Underlay, 20); });
        row("loss: a dead tunnel", "packet-loss", "critical", "node1,node2",
            "Nothing gets through the overlay between node1 and node2",
            [](model::Case& c) { loseRtt(c, "node1", "node2", model::Plane::Overlay, 1); });
        row("a forwarding entry to another node", "vtep-stale", "critical", "node1",
            "node1 sends node2's overlay packets to the wrong place: flannel.1 contradicts what node2 says of "
            "itself",
            [](model::Case& c) {
                annotate(c);
                c.nodes[0].facts.fdb[1].dst = "172.30.0.99";
                loseRtt(c, "node1", "node2", model::Plane::Overlay, 1);
            });
        row("a forwarding entry that is not there", "vtep-stale", "warning", "node1",
            "node1 sends node2's overlay packets to the wrong place: flannel.1 contradicts what node2 says of "
            "itself",
            [](model::Case& c) {
                annotate(c);
                c.nodes[0].facts.fdb.erase(c.nodes[0].facts.fdb.begin() + 1);
            });
        row("a neighbour with an old MAC", "vtep-stale", "warning", "node3",
            "node3 sends node2's overlay packets to the wrong place: flannel.1 contradicts what node2 says of "
            "itself",
            [](model::Case& c) {
                annotate(c);
                c.nodes[2].facts.neighbours[2].mac = "02:00:00:00:00:77";
            });
        row("a tunnel without the address that its Node names", "vtep-stale", "warning", "node2",
            "node2's tunl0 does not carry 10.244.2.0, which its Node names as its tunnel's address",
            [](model::Case& c) {
                ipip(c);
                c.nodes[1].facts.links[2].addresses = {{"10.244.9.0", 32, "global"}};
            });
        row("pods of a node that is no more", "vtep-stale", "warning", "node1",
            "node1 sends packets for 10.244.2.0/24 through tunl0 to 172.30.0.77, which no Node has",
            [](model::Case& c) {
                ipip(c);
                for (model::Route& r : c.nodes[0].facts.routes)
                    if (r.dst == "10.244.2.0/24")
                        r.via = "172.30.0.77";
            });
        row("Cilium's host address", "vtep-stale", "warning", "node3",
            "node3's cilium_host does not carry 10.244.3.77, which its Node names as its tunnel's address",
            [](model::Case& c) {
                c.cluster->cni.name = "cilium";
                c.nodes[2].facts.links.push_back(link(9, "cilium_host", "veth", 1500));
                c.nodes[2].facts.links.back().addresses = {{"10.244.3.4", 32, "global"}};
                c.cluster->nodes[2].annotations = {{"network.cilium.io/ipv4-cilium-host", "10.244.3.77"}};
            });
        row("no route to a peer's pods", "pod-route-missing", "critical", "node1",
            "node1 has no route to node2's pods (10.244.2.0/24)",
            [](model::Case& c) { std::erase_if(c.nodes[0].facts.routes, isRouteTo("10.244.2.0/24")); });
        row("a gateway that does not resolve", "neighbour-failed", "warning", "node2",
            "node2 cannot resolve 172.30.0.1 on eth0, the next hop of default", [](model::Case& c) {
                c.nodes[1].facts.neighbours.push_back({"172.30.0.1", "eth0", "", "FAILED"});
            });
        row("a pod's accept queue", "tcp-listen-overflow", "warning", "node2",
            "A listening socket's queue in default/web-2 on node2 overflowed 40 times in 30.0 s",
            [](model::Case& c) {
                c.nodes[1].pods = {place(2)};
                c.nodes[1].pods[0].countersLast["TcpExt.ListenOverflows"] += 40;
            });
        row("a pod's accept queue, once", "tcp-listen-overflow", "info", "node2",
            "A listening socket's queue in default/web-2 on node2 overflowed 1 time in 30.0 s",
            [](model::Case& c) {
                c.nodes[1].pods = {place(2)};
                c.nodes[1].pods[0].countersLast["TcpExt.ListenOverflows"] += 1;
            });
        row("the node's own accept queue", "tcp-listen-overflow", "warning", "node2",
            "A listening socket's queue on node2 overflowed 60 times in 30.0 s", [](model::Case& c) {
                for (model::NodeSample& s : c.nodes[1].samples)
                    s.netCounters["TcpExt.ListenOverflows"] += 2 * s.seq;
            });
        row("overlay tax", "overlay-tax", "info", "",
            "The vxlan overlay adds 60.0 µs (101 %) to a round trip between neighbouring nodes",
            [](model::Case& c) {
                for (model::Node& n : c.nodes)
                    for (model::RttSeries& s : n.rtt)
                        if (s.plane == model::Plane::Overlay)
                            s = rtt(s.peer, s.address, s.plane, 120'000);
            });
        row("overlay tax, large", "overlay-tax", "warning", "",
            "The vxlan overlay adds 940 µs (1,580 %) to a round trip between neighbouring nodes",
            [](model::Case& c) {
                for (model::Node& n : c.nodes)
                    for (model::RttSeries& s : n.rtt)
                        if (s.plane == model::Plane::Overlay)
                            s = rtt(s.peer, s.address, s.plane, 1'000'000);
            });
        row("steal", "cpu-steal", "warning", "node2", "The hypervisor took 7.00 % of node2's CPU time",
            [](model::Case& c) { cpu(c.nodes[1], &model::CpuTimes::steal, 7); });
        row("much steal", "cpu-steal", "critical", "node2", "The hypervisor took 12.0 % of node2's CPU time",
            [](model::Case& c) { cpu(c.nodes[1], &model::CpuTimes::steal, 12); });
        row("iowait", "cpu-iowait", "warning", "node2", "node2's CPUs waited for disks 30.0 % of the time",
            [](model::Case& c) {
                cpu(c.nodes[1], &model::CpuTimes::iowait, 30);
                ioPressure(c.nodes[1], 40);
            });
        row("drift", "sysctl-drift", "info", "node2",
            "net.core.somaxconn is 4096 on node2, and will be 128 after a boot", [](model::Case& c) {
                c.nodes[1].facts.sysctlPersisted["net.core.somaxconn"] = {"/etc/sysctl.d/10-x.conf", 3, "128"};
            });
        row("drift alike on all", "sysctl-drift", "info", "node1,node2,node3",
            "2 settings on node1, node2 and node3 will change at the next boot", [](model::Case& c) {
                for (model::Node& n : c.nodes) {
                    n.facts.sysctlPersisted["net.core.somaxconn"] = {"/etc/sysctl.conf", 3, "128"};
                    n.facts.sysctlPersisted["net.ipv4.tcp_tw_reuse"] = {"/etc/sysctl.conf", 4, "0"};
                }
            });
        row("odd setting", "sysctl-inconsistent", "info", "node3",
            "node3 runs net.core.somaxconn = 128, 2 nodes of its like 4096",
            [](model::Case& c) { c.nodes[2].facts.sysctl["net.core.somaxconn"] = "128"; });
        row("unreachable, yet alive", "node-unreachable", "warning", "node2",
            "node2 could not be reached: its host key has changed", [](model::Case& c) {
                c.nodes[1] = {};
                c.nodes[1].name = "node2";
                c.nodes[1].state = model::NodeState::Unreachable;
                c.nodes[1].error = "its host key has changed";
            });
        row("down", "node-unreachable", "critical", "node2", "node2 is down: no route to host",
            [](model::Case& c) {
                c.nodes[1] = {};
                c.nodes[1].name = "node2";
                c.nodes[1].state = model::NodeState::Unreachable;
                c.nodes[1].error = "no route to host";
                c.cluster->nodes[1].ready = "Unknown";
                for (model::Node& n : c.nodes)
                    for (model::RttSeries& s : n.rtt)
                        if (s.peer == "node2")
                            for (model::RttSample& r : s.samples)
                                r.rttNs = -1;
            });
    }
    void fires() {
        QFETCH(Change, change);
        QFETCH(QString, rule);
        QFETCH(QString, severity);
        QFETCH(QString, nodes);
        QFETCH(QString, title);
        model::Case c = healthy();
        change(c);
        const Analysis analysis = analyse(c);
        const auto found = findingsOf(analysis, rule.toStdString());
        QVERIFY2(found.size() == 1, all(analysis).c_str());
        QCOMPARE(QString::fromStdString(found[0]->title), title);
        QCOMPARE(QString::fromLatin1(severityName(found[0]->severity)), severity);
        QStringList names;
        for (const std::string& n : found[0]->nodes)
            names << QString::fromStdString(n);
        QCOMPARE(names.join(','), nodes);
        QVERIFY(!found[0]->evidence.empty());
        for (const Inconclusive& i : analysis.inconclusive)
            QVERIFY2(i.reason.find("rule book") == std::string::npos, i.reason.c_str());
        QVERIFY2(all(analysis).find("  \n") == std::string::npos, all(analysis).c_str());
    }

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

    void staysSilent_data() {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("rule");
        const auto row = [](const char* name, const char* rule, Change change) {
            QTest::newRow(name) << std::move(change) << rule;
        };
        row("p99 above 2 ms, but one in a hundred", "dns-slow-internal",
            [](model::Case& c) { slowDns(c, 1, 80, 3'000'000); });
        row("late while the probing node was disturbed", "dns-slow-internal", [](model::Case& c) {
            slowDns(c, 1);
            disturb(c.nodes[1], 24'000'000);
        });
        row("the node's own resolver is slow", "dns-slow-internal",
            [](model::Case& c) { c.nodes[1].dns.push_back(dns("192.0.2.53", "node", 400, 40'000'000)); });
        row("an external name is slow", "dns-slow-internal", [](model::Case& c) {
            c.nodes[1].dns.push_back(dns("10.96.0.10", "service", 400, 40'000'000));
            c.nodes[1].dns.back().internal = false;
        });
        row("a name with dots enough", "dns-search-amplification", [](model::Case& c) {
            c.nodes[1].lookups = {lookups("a.b.c.d.example.com", 10, 40'000'000)};
            for (model::LookupSample& sample : c.nodes[1].lookups[0].samples)
                sample.candidates = 1;
        });
        row("a name found in the list's first domain", "dns-search-amplification", [](model::Case& c) {
            c.nodes[1].lookups.push_back(lookups("web", 10, 400'000));
            for (model::LookupSample& sample : c.nodes[1].lookups[1].samples)
                sample.candidates = 1;
        });
        row("one query lost", "dns-timeouts", [](model::Case& c) { lose(c.nodes[1].dns[0], 400); });
        row("79 %", "conntrack-near-full", [](model::Case& c) { setFill(c, 790); });
        row("drops of before the run", "conntrack-dropping", [](model::Case& c) {
            for (model::NodeSample& s : c.nodes[1].samples)
                s.conntrack = model::Conntrack{1, 1000, Absent{}, {{"drop", 5000}, {"early_drop", 4000}}};
        });
        row("tunl0 of a loaded module", "mtu-exceeds-underlay",
            [](model::Case& c) { c.nodes[1].facts.links.push_back(link(9, "tunl0", "ipip", 1500)); });
        row("jumbo below the tunnel", "mtu-exceeds-underlay",
            [](model::Case& c) { c.nodes[1].facts.links[1].mtu = 9000; });
        row("Open vSwitch's port has no MTU of its own", "mtu-exceeds-underlay", [](model::Case& c) {
            c.nodes[1].facts.links.push_back(link(9, "genev_sys_6081", "geneve", 65000));
            c.nodes[1].facts.links.push_back(link(10, "antrea-gw0", "ovs", 1450));
        });
        row("another network may differ", "mtu-inconsistent", [](model::Case& c) {
            c.nodes[1].facts.links[1].mtu = 9000;
            c.nodes[1].facts.links[1].addresses = {{"172.30.9.12", 24, "global"}};
            c.cluster->nodes[1].addresses = {{"InternalIP", "172.30.9.12"}};
        });
        row("a smaller path that says so", "pmtu-blackhole",
            [](model::Case& c) { c.nodes[0].pmtu[0].mtu = 1400; });
        row("entries as the Nodes say", "vtep-stale", [](model::Case& c) { annotate(c); });
        row("IPIP as the Nodes say", "vtep-stale", [](model::Case& c) { ipip(c); });
        row("a node that IPIP does not serve", "vtep-stale", [](model::Case& c) {
            ipip(c);
            c.cluster->nodes[1].annotations.clear();
            c.nodes[1].facts.links.erase(c.nodes[1].facts.links.begin() + 2);
        });
        row("entries of a node that is down", "vtep-stale", [](model::Case& c) {
            annotate(c);
            c.nodes[0].facts.fdb[1].dst = "172.30.0.99";
            c.nodes[1].state = model::NodeState::Unreachable;
        });
        row("an annotation that is no JSON", "vtep-stale", [](model::Case& c) {
            annotate(c);
            c.cluster->nodes[1].annotations["flannel.alpha.coreos.com/backend-data"] = "{\"VtepMAC\":";
            c.nodes[0].facts.fdb[1].dst = "172.30.0.99";
        });
        row("a CNI that does not route by podCIDR", "pod-route-missing", [](model::Case& c) {
            c.cluster->cni = {"calico", "ipip", "3.27", {}};
            std::erase_if(c.nodes[0].facts.routes, isRouteTo("10.244.2.0/24"));
        });
        row("a pod's address that is gone", "neighbour-failed", [](model::Case& c) {
            c.nodes[1].facts.neighbours.push_back({pod(2, 99), "cni0", "", "FAILED"});
        });
        row("a peer that failed and answers again", "neighbour-failed", [](model::Case& c) {
            c.nodes[1].facts.neighbours.push_back({"172.30.0.11", "eth0", "", "FAILED"});
        });
        row("three lost of so many that it may be next to nothing", "packet-loss", [](model::Case& c) {
            // 3 of 600 are 0.5 %, but 0.17 % would give as many as often as not.
            for (model::Node& n : c.nodes)
                for (model::RttSeries& s : n.rtt)
                    if (s.plane == model::Plane::Underlay && n.name == "node1" && s.peer == "node3") {
                        s = rtt(s.peer, s.address, s.plane, 60'000, 400);
                        for (const std::size_t lost : {10u, 150u, 390u})
                            s.samples[lost].rttNs = -1;
                    }
        });
        row("two lost", "packet-loss",
            [](model::Case& c) { loseRtt(c, "node1", "node3", model::Plane::Underlay, 200); });
        row("lost while the probe itself was held up", "packet-loss", [](model::Case& c) {
            loseRtt(c, "node2", "", model::Plane::Underlay, 20);
            for (model::Node& n : c.nodes)
                for (model::RttSeries& s : n.rtt)
                    for (model::RttSample& r : s.samples)
                        r.taint = r.rttNs < 0 ? model::taint::late : 0;
        });
        row("a node that is down", "packet-loss", [](model::Case& c) {
            loseRtt(c, "node2", "", model::Plane::Underlay, 1);
            loseRtt(c, "node2", "", model::Plane::Overlay, 1);
            c.nodes[1].rtt.clear();
            c.nodes[1].state = model::NodeState::Unreachable;
        });
        row("overflows of before the run", "tcp-listen-overflow",
            [](model::Case& c) { c.nodes[1].pods = {place(2)}; });
        row("a tunnel too large for its underlay, told by it alone", "pmtu-reduced", [](model::Case& c) {
            c.nodes[1].facts.links[2].mtu = 1500;
            for (model::PmtuResult& r : c.nodes[1].pmtu)
                if (r.plane == model::Plane::Overlay)
                    r.linkMtu = 1500;
        });
        row("a black hole", "pmtu-reduced", [](model::Case& c) {
            c.nodes[0].pmtu[0] = {"node2", "172.30.0.12", model::Plane::Underlay, 1400, 1500, true};
        });
        const auto tax = [](model::Case& c, std::int64_t overlayNs) {
            for (model::Node& n : c.nodes)
                for (model::RttSeries& s : n.rtt)
                    if (s.plane == model::Plane::Overlay)
                        s = rtt(s.peer, s.address, s.plane, overlayNs);
        };
        row("a tax that only disturbed samples show", "overlay-tax", [](model::Case& c) {
            for (model::Node& n : c.nodes)
                for (model::RttSeries& s : n.rtt)
                    if (s.plane == model::Plane::Overlay) {
                        const model::RttSeries slow = rtt(s.peer, s.address, s.plane, 500'000);
                        for (model::RttSample sample : slow.samples) {
                            sample.taint = model::taint::starved;
                            s.samples.push_back(sample);
                        }
                    }
        });
        row("addresses that a provider routes between", "overlay-tax", [tax](model::Case& c) {
            tax(c, 900'000);
            for (model::Node& n : c.nodes) {
                n.facts.links[1].addresses[0].prefix = 32;
                n.facts.routes.erase(n.facts.routes.begin() + 1);
                n.facts.routes[0].via = "";
            }
        });
        row("pods that go direct already", "overlay-tax", [tax](model::Case& c) {
            tax(c, 900'000);
            for (model::Node& n : c.nodes)
                for (model::Route& r : n.facts.routes)
                    if (r.dev == "flannel.1")
                        r.dev = "eth0";
        });
        row("small tax", "overlay-tax", [](model::Case& c) {
            for (model::Node& n : c.nodes)
                for (model::RttSeries& s : n.rtt)
                    if (s.plane == model::Plane::Overlay)
                        s = rtt(s.peer, s.address, s.plane, 75'000);
        });
        row("no tunnel, no tax", "overlay-tax", [](model::Case& c) {
            c.cluster->cni.mode = "native";
            for (model::RttSeries& s : c.nodes[0].rtt)
                s = rtt(s.peer, s.address, s.plane, s.plane == model::Plane::Overlay ? 900'000 : 60'000);
        });
        row("a router between", "overlay-tax", [](model::Case& c) {
            for (model::Node& n : c.nodes) {
                n.facts.routes[1].via = "172.30.0.1";
                for (model::RttSeries& s : n.rtt)
                    if (s.plane == model::Plane::Overlay)
                        s = rtt(s.peer, s.address, s.plane, 900'000);
            }
        });
        row("4 % steal", "cpu-steal", [](model::Case& c) { cpu(c.nodes[1], &model::CpuTimes::steal, 4); });
        row("iowait of an idle CPU", "cpu-iowait", [](model::Case& c) {
            cpu(c.nodes[1], &model::CpuTimes::iowait, 60);
            ioPressure(c.nodes[1], 1);
        });
        row("kube-proxy's own", "sysctl-drift", [](model::Case& c) {
            c.nodes[1].facts.sysctlPersisted["net.netfilter.nf_conntrack_max"] = {"/etc/sysctl.conf", 1, "1"};
        });
        row("blanks are no drift", "sysctl-drift", [](model::Case& c) {
            c.nodes[1].facts.sysctlPersisted["net.ipv4.ip_local_port_range"] = {"/etc/sysctl.conf", 1,
                                                                                "32768\t60999"};
        });
        row("another size may differ", "sysctl-inconsistent", [](model::Case& c) {
            c.nodes[2].facts.sysctl["net.netfilter.nf_conntrack_max"] = "524288";
            c.nodes[2].facts.cpus = 16;
        });
        row("partial is not unreachable", "node-unreachable",
            [](model::Case& c) { c.nodes[1].state = model::NodeState::Partial; });
    }
    void staysSilent() {
        QFETCH(Change, change);
        QFETCH(QString, rule);
        model::Case c = healthy();
        change(c);
        const Analysis analysis = analyse(c);
        QVERIFY2(findingsOf(analysis, rule.toStdString()).empty(), all(analysis).c_str());
        QVERIFY2(std::find(analysis.silent.begin(), analysis.silent.end(), rule.toStdString()) !=
                     analysis.silent.end(),
                 all(analysis).c_str());
    }

    void cannotTell_data() {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("node");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const char* rule, const char* node, const char* reason,
                            Change change) { QTest::newRow(name) << std::move(change) << rule << node << reason; };
        row("no probes", "dns-slow-internal", "node2",
            "no cluster name was asked of the cluster's DNS from here (it needs a cluster, and the active "
            "probes)",
            [](model::Case& c) { c.nodes[1].dns.clear(); });
        row("few answers", "dns-slow-internal", "node2",
            "only 10 answers came: too few for a percentile; run longer",
            [](model::Case& c) { c.nodes[1].dns = {dns("10.96.0.10", "service", 10, 9'000'000)}; });
        row("no look-ups", "dns-search-amplification", "node2",
            "only 0 names were looked up: run longer, with the active probes and a cluster",
            [](model::Case& c) { c.nodes[1].lookups.clear(); });
        row("nothing asked", "dns-timeouts", "node2",
            "only 0 queries to the cluster's DNS: run longer, with the active probes",
            [](model::Case& c) { c.nodes[1].dns.clear(); });
        row("no samples", "conntrack-near-full", "node2", "no sample was taken: the script was cut off",
            [](model::Case& c) {
                c.nodes[1].samples.clear();
                c.nodes[1].state = model::NodeState::Partial;
                c.nodes[1].error = "the script was cut off";
            });
        row("no statistics file", "conntrack-dropping", "node2",
            "this kernel has no /proc/net/stat/nf_conntrack: collect `conntrack -S` twice, 30 s apart",
            [](model::Case& c) {
                for (model::NodeSample& s : c.nodes[1].samples)
                    s.conntrack = model::Conntrack{1, 1000, Absent{}, {}};
            });
        row("one sample", "conntrack-insert-failed", "node2",
            "no change of \"insert_failed\" over the run is known: it needs two samples",
            [](model::Case& c) { c.nodes[1].samples.resize(1); });
        row("no links", "mtu-exceeds-underlay", "node2", "its links were not read",
            [](model::Case& c) { c.nodes[1].facts.links.clear(); });
        row("Cilium sets it on routes", "mtu-exceeds-underlay", "node2",
            "cilium_vxlan: the routes by cilium_host carry no MTU",
            [](model::Case& c) { c.nodes[1].facts.links.push_back(link(9, "cilium_vxlan", "vxlan", 1500)); });
        row("one node alone", "mtu-inconsistent", "", "it takes the links of at least two nodes to compare",
            [](model::Case& c) { c.nodes.resize(1); });
        row("no path MTU", "pmtu-blackhole", "",
            "no path MTU was measured: run with the active probes on at least two nodes", [](model::Case& c) {
                for (model::Node& n : c.nodes)
                    n.pmtu.clear();
            });
        row("a pod that was not entered", "tcp-listen-overflow", "node2",
            "default/web-2: its network namespace can't be entered without root", [](model::Case& c) {
                c.nodes[1].pods = {place(2)};
                c.nodes[1].pods[0].problem = "its network namespace can't be entered without root";
            });
        row("a place that ended early", "tcp-listen-overflow", "node2",
            "default/web-2: its counters were not read at the start and at the end of the run",
            [](model::Case& c) {
                c.nodes[1].pods = {place(2)};
                c.nodes[1].pods[0].countersLast.clear();
            });
        row("no network counters", "tcp-listen-overflow", "node2",
            "no change of ListenOverflows over the run is known: it needs two samples of /proc/net/netstat",
            [](model::Case& c) {
                for (model::NodeSample& s : c.nodes[1].samples)
                    s.netCounters.clear();
            });
        row("unknown mode", "overlay-tax", "",
            "the CNI's mode is not known, so neither is whether it encapsulates",
            [](model::Case& c) { c.cluster->cni.mode = "unknown"; });
        row("few round trips", "overlay-tax", "",
            "too few round trips on both planes between two nodes: run longer, with the active probes",
            [](model::Case& c) {
                for (model::Node& n : c.nodes)
                    for (model::RttSeries& s : n.rtt)
                        s.samples.resize(5);
            });
        row("steal ran backwards", "cpu-steal", "node2", "the kernel's steal counter ran backwards",
            [](model::Case& c) {
                for (model::NodeSample& s : c.nodes[1].samples) {
                    model::CpuTimes t = *s.cpu;
                    t.steal = 90000 - 500 * s.seq;
                    s.cpu = t;
                }
            });
        row("short run", "cpu-iowait", "node2", "the run spans only 1.00 s: run longer",
            [](model::Case& c) { c.nodes[1].samples.resize(2); });
        row("iowait, and nothing to check it by", "cpu-iowait", "node2",
            "CPUs waited for disks 30.0 % of the time, but neither /proc/pressure/io nor a disk's figures "
            "tell whether "
            "anything was held up",
            [](model::Case& c) { cpu(c.nodes[1], &model::CpuTimes::iowait, 30); });
        row("no settings", "sysctl-drift", "node2", "its running settings were not read",
            [](model::Case& c) { c.nodes[1].facts.sysctl.clear(); });
        row("nobody to compare with", "sysctl-inconsistent", "",
            "it takes the settings of at least two nodes to compare", [](model::Case& c) { c.nodes.resize(1); });
    }
    void cannotTell() {
        QFETCH(Change, change);
        QFETCH(QString, rule);
        QFETCH(QString, node);
        QFETCH(QString, reason);
        model::Case c = healthy();
        change(c);
        const Analysis analysis = analyse(c);
        const auto found = std::find_if(analysis.inconclusive.begin(), analysis.inconclusive.end(),
                                        [&](const Inconclusive& i) { return i.rule == rule.toStdString(); });
        QVERIFY2(found != analysis.inconclusive.end(), all(analysis).c_str());
        QCOMPARE(QString::fromStdString(found->node), node);
        QCOMPARE(QString::fromStdString(found->reason), reason);
        QVERIFY(findingsOf(analysis, rule.toStdString()).empty());
    }

    /// The injected cause comes first, whatever small things stand beside it.
    void theCauseRanksFirst() {
        model::Case c = healthy();
        for (model::Node& n : c.nodes)
            n.facts.sysctlPersisted["net.core.somaxconn"] = {"/etc/sysctl.conf", 3, "128"};
        c.nodes[2].facts.sysctl["net.ipv4.tcp_tw_reuse"] = "1";
        slowDns(c, 1);
        const Analysis analysis = analyse(c);
        QVERIFY(analysis.findings.size() >= 3);
        QCOMPARE(analysis.findings.front().rule, std::string("dns-slow-internal"));
        QCOMPARE(analysis.findings.front().nodes, std::vector<std::string>{"node2"});
        QVERIFY(analysis.findings.front().certainty == Certainty::Proven);
    }

    void jsonKeepsItsSchema() {
        model::Case c = healthy();
        slowDns(c, 1);
        const nlohmann::json document = findingsJson(analyse(c));
        QCOMPARE(document["schema"].get<std::string>(), std::string("netopsy.findings/1"));
        const nlohmann::json& f = document["findings"][0];
        for (const char* key :
             {"rule", "severity", "nodes", "title", "explanation", "evidence", "remedy", "references"})
            QVERIFY2(f.contains(key), key);
        QCOMPARE(f["evidence"][0]["what"].get<std::string>(), std::string("p99"));
        QCOMPARE(f["evidence"][0]["value"].get<std::string>(), std::string("24.0 ms"));
        QCOMPARE(f["evidence"][0]["threshold"].get<std::string>(), std::string("2.00 ms"));
        QCOMPARE(f["evidence"][0]["source"].get<std::string>(), std::string("node2: probe, 1,200 queries"));
        QVERIFY(f["evidence"][2]["threshold"].is_null());
        QVERIFY(f["explanation"].get<std::string>().starts_with(
            "20.0 % of node2's answers for a cluster name came later than 2.00 ms; the late ones took 24.0 "
            "ms"));
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

    void emptyCase() {
        const Analysis analysis = analyse(model::Case{});
        QVERIFY(analysis.findings.empty());
        QVERIFY(!findingsText(analysis).empty());
    }
};

QTEST_APPLESS_MAIN(TestRules)
#include "tst_rules.moc"
