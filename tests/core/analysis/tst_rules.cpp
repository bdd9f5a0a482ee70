// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each rule: a case that fires, with its exact title. tst_rules_silent has one that must stay silent and one that can't
// be judged; tst_rules_evidence, what a finding rests on. All start from the healthy cluster, so every row also proves that the change, and nothing else, made the
// difference.
#include "core/analysis/analyse.h"
#include "core/analysis/rule.h"
#include "tests/core/analysis/changes.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace netopsy;
using namespace netopsy::analysis;
using namespace netopsy::test;

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

    void emptyCase() {
        const Analysis analysis = analyse(model::Case{});
        QVERIFY(analysis.findings.empty());
        QVERIFY(!findingsText(analysis).empty());
    }
};

QTEST_APPLESS_MAIN(TestRules)
#include "tst_rules.moc"
