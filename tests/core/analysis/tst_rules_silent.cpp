// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each rule: a case that it must stay silent in, and one that it can't judge, with the reason that it gives.
#include "tests/core/analysis/changes.h"

#include <QTest>

#include <algorithm>

using namespace netopsy;
using namespace netopsy::analysis;
using namespace netopsy::test;

class TestRulesSilent : public QObject {
    Q_OBJECT
private slots:
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
};

QTEST_APPLESS_MAIN(TestRulesSilent)
#include "tst_rules_silent.moc"
