// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The netopsy.case/1 document: every key of the contract is there, and what is null says why.
#include "core/show/show.h"
#include "tests/core/support/brain_builders.h"

#include <QTest>

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace netopsy;
using namespace netopsy::test;
using nlohmann::json;

namespace {

json nodeOf(const model::Case& subject, std::size_t index) {
    return show::caseJson(subject).at("nodes").at(index);
}

bool noted(const json& node, const std::string& start) {
    const json& notes = node.at("notes");
    return std::any_of(notes.begin(), notes.end(),
                       [&](const json& note) { return note.get<std::string>().rfind(start, 0) == 0; });
}

} // namespace

class TestShow : public QObject {
    Q_OBJECT

private slots:
    void podsOfANode() {
        model::Case subject = healthy();
        model::Node& node = subject.nodes[0];
        node.pods = {place(1), place(1)};
        node.pods[1].problem = "needs root";
        model::PodPlace& pod = node.pods[0];
        pod.dns = {dns("10.96.0.10", "service", 40)};
        pod.rtt = {rtt("node2", "10.244.2.2", model::Plane::Overlay, 80'000)};
        pod.pmtu = {{"node2", "10.244.2.2", model::Plane::Overlay, 1450, 1450, false}};
        pod.countersLast["TcpExt.ListenOverflows"] += 9;
        pod.nameservers = {"10.96.0.10"};
        pod.ndots = 5;
        const json one = nodeOf(subject, 0).at("pods").at(0), two = nodeOf(subject, 0).at("pods").at(1);
        QCOMPARE(one.at("name").get<std::string>(), std::string("web-1"));
        QVERIFY(one.at("problem").is_null() && two.at("problem") == "needs root");
        QCOMPARE(one.at("interface").at("mtu").get<int>(), 1450);
        QCOMPARE(one.at("resolv_conf").at("ndots").get<int>(), 5);
        QVERIFY(two.at("resolv_conf").is_null());
        QCOMPARE(one.at("sysctl").at("net.core.somaxconn").get<std::string>(), std::string("128"));
        QCOMPARE(one.at("sysctl_unlike_node").dump(), std::string(R"(["net.core.somaxconn"])"));
        QCOMPARE(one.at("counters_delta").at("TcpExt.ListenOverflows").get<int>(), 9);
        QCOMPARE(one.at("dns").at(0).at("sent").get<int>(), 40);
        QCOMPARE(one.at("rtt").at(0).at("plane").get<std::string>(), std::string("overlay"));
        QCOMPARE(one.at("pmtu").at(0).at("mtu").get<int>(), 1450);
        const std::string shown = show::caseText(subject);
        QVERIFY2(shown.find("Round trips, measured from inside default/web-1:") != std::string::npos,
                 shown.c_str());
        QVERIFY(shown.find("not entered: needs root") != std::string::npos);
        QVERIFY(shown.find("net.core.somaxconn             128    4096") != std::string::npos);
        QVERIFY(nodeOf(healthy(), 0).at("pods").empty());
    }

    void contract_data() {
        QTest::addColumn<QByteArray>("pointer");
        for (const char* pointer : {"/schema",
                                    "/started",
                                    "/duration_s",
                                    "/tool",
                                    "/cluster/context",
                                    "/cluster/server",
                                    "/cluster/version",
                                    "/cluster/cni/name",
                                    "/cluster/cni/mode",
                                    "/cluster/cni/version",
                                    "/cluster/cni/evidence",
                                    "/cluster/proxy/mode",
                                    "/cluster/proxy/evidence",
                                    "/cluster/dns/service_ip",
                                    "/cluster/dns/pods",
                                    "/cluster/dns/node_local",
                                    "/cluster/dns/evidence",
                                    "/nodes/0/name",
                                    "/nodes/0/address",
                                    "/nodes/0/state",
                                    "/nodes/0/error",
                                    "/nodes/0/kernel",
                                    "/nodes/0/os",
                                    "/nodes/0/cpus",
                                    "/nodes/0/sysctl/net.core.somaxconn",
                                    "/nodes/0/sysctl_persisted",
                                    "/nodes/0/conntrack/count",
                                    "/nodes/0/conntrack/max",
                                    "/nodes/0/conntrack/buckets",
                                    "/nodes/0/conntrack/insert_failed",
                                    "/nodes/0/conntrack/drop",
                                    "/nodes/0/conntrack/early_drop",
                                    "/nodes/0/conntrack/invalid",
                                    "/nodes/0/conntrack/drop_delta",
                                    "/nodes/0/interfaces/1/name",
                                    "/nodes/0/interfaces/1/kind",
                                    "/nodes/0/interfaces/1/mtu",
                                    "/nodes/0/interfaces/1/driver",
                                    "/nodes/0/interfaces/1/speed_mbps",
                                    "/nodes/0/interfaces/1/rx_dropped",
                                    "/nodes/0/interfaces/1/tx_dropped",
                                    "/nodes/0/interfaces/1/rx_errors",
                                    "/nodes/0/interfaces/1/tx_errors",
                                    "/nodes/0/cpu/user_pct",
                                    "/nodes/0/cpu/system_pct",
                                    "/nodes/0/cpu/softirq_pct",
                                    "/nodes/0/cpu/steal_pct",
                                    "/nodes/0/cpu/iowait_pct",
                                    "/nodes/0/softnet/processed_delta",
                                    "/nodes/0/softnet/dropped_delta",
                                    "/nodes/0/softnet/squeezed_delta",
                                    "/nodes/0/tcp/retrans_pct",
                                    "/nodes/0/tcp/listen_overflows_delta",
                                    "/nodes/0/tcp/timeouts_delta",
                                    "/nodes/0/tcp/time_wait",
                                    "/nodes/0/tcp/ports_in_use",
                                    "/nodes/0/disk",
                                    "/nodes/0/dns/0/resolver",
                                    "/nodes/0/dns/0/name",
                                    "/nodes/0/dns/0/type",
                                    "/nodes/0/dns/0/transport",
                                    "/nodes/0/dns/0/sent",
                                    "/nodes/0/dns/0/answered",
                                    "/nodes/0/dns/0/timeouts",
                                    "/nodes/0/dns/0/failed",
                                    "/nodes/0/dns/0/min_ms",
                                    "/nodes/0/dns/0/p50_ms",
                                    "/nodes/0/dns/0/p90_ms",
                                    "/nodes/0/dns/0/p99_ms",
                                    "/nodes/0/dns/0/max_ms",
                                    "/nodes/0/rtt/0/peer",
                                    "/nodes/0/rtt/0/plane",
                                    "/nodes/0/rtt/0/method",
                                    "/nodes/0/rtt/0/sent",
                                    "/nodes/0/rtt/0/lost",
                                    "/nodes/0/rtt/0/min_ms",
                                    "/nodes/0/rtt/0/p50_ms",
                                    "/nodes/0/rtt/0/p99_ms",
                                    "/nodes/0/rtt/0/max_ms",
                                    "/nodes/0/pmtu/0/peer",
                                    "/nodes/0/pmtu/0/plane",
                                    "/nodes/0/pmtu/0/mtu",
                                    "/nodes/0/pmtu/0/expected",
                                    "/nodes/0/pmtu/0/blackhole",
                                    "/nodes/0/cost/node_cpu_ms",
                                    "/nodes/0/cost/bytes_sent",
                                    "/nodes/0/cost/bytes_received",
                                    "/nodes/0/notes"})
            QTest::newRow(pointer) << QByteArray(pointer);
    }
    void contract() {
        QFETCH(QByteArray, pointer);
        QVERIFY(show::caseJson(healthy()).contains(json::json_pointer(pointer.toStdString())));
    }

    void nullsSayWhy() {
        const json node = nodeOf(healthy(), 0);
        QVERIFY(node.at("interfaces").at(1).at("driver").is_null());
        QVERIFY2(noted(node, "driver of lo, eth0"), node.at("notes").dump().c_str());
        QVERIFY(node.at("os").is_null() && noted(node, "os: "));
        QVERIFY(node.at("softnet").at("processed_delta").is_null() && noted(node, "softnet: "));
        QVERIFY(node.at("tcp").at("retrans_pct").is_null() && noted(node, "tcp.retrans_pct: "));
        QVERIFY(node.at("cost").at("node_cpu_ms").is_null() && noted(node, "cost.node_cpu_ms: "));
    }

    void manyLinksShareALine() {
        auto subject = healthy();
        for (int i = 0; i < 300; ++i)
            subject.nodes[0].facts.links.push_back(link(100 + i, "cali" + std::to_string(i), "veth", 1450));
        const json node = nodeOf(subject, 0);
        QVERIFY(node.at("notes").size() < 12);
        QVERIFY2(noted(node, "driver of lo, eth0, flannel.1, cni0, veth1, cali0 and 299 more: "),
                 node.at("notes").dump().c_str());
    }

    void expectedPathMtu_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("expected"); // over a NIC of 1500
        QTest::newRow("vxlan") << "vxlan" << 1450;
        QTest::newRow("geneve") << "geneve" << 1450;
        QTest::newRow("ipip") << "ipip" << 1480;
        QTest::newRow("wireguard") << "wireguard" << 1440;
    }
    void expectedPathMtu() {
        QFETCH(QString, kind);
        QFETCH(int, expected);
        auto subject = healthy();
        auto& facts = subject.nodes[0].facts;
        facts.links[2].kind = kind.toStdString();
        facts.links[2].mtu = 1500; // a wrong setting does not change what fits
        if (kind != "vxlan")
            facts.links[2].vxlan.reset();
        const json pmtu = nodeOf(subject, 0).at("pmtu");
        QCOMPARE(pmtu.at(0).at("plane").get<std::string>(), std::string("underlay"));
        QCOMPARE(pmtu.at(0).at("expected").get<int>(), 1500);
        QCOMPARE(pmtu.at(1).at("plane").get<std::string>(), std::string("overlay"));
        QCOMPARE(pmtu.at(1).at("expected").get<int>(), expected);
    }

    void aNodeThatNeverAnswered() {
        auto subject = healthy();
        subject.nodes[1] = model::Node();
        subject.nodes[1].name = "node2";
        subject.nodes[1].state = model::NodeState::Unreachable;
        subject.nodes[1].error = "connect: timed out";
        const json node = nodeOf(subject, 1);
        QCOMPARE(node.at("state").get<std::string>(), std::string("unreachable"));
        QCOMPARE(node.at("error").get<std::string>(), std::string("connect: timed out"));
        for (const char* figure : {"/kernel", "/cpus", "/conntrack", "/cpu/steal_pct", "/softnet/dropped_delta"})
            QVERIFY2(node.at(json::json_pointer(figure)).is_null(), figure);
        QVERIFY(node.at("dns").empty());
    }

    void oneNodeAlone() {
        const json one = show::caseJson(healthy(), "node3");
        QCOMPARE(one.at("nodes").size(), std::size_t(1));
        QCOMPARE(one.at("nodes").at(0).at("name").get<std::string>(), std::string("node3"));
        QVERIFY(show::caseText(healthy(), "node3").find("node1\n") == std::string::npos);
        for (const json& pair : one.at("mesh").at("pairs"))
            QCOMPARE(pair.at("from").get<std::string>(), std::string("node3"));
    }

    void meshTellsNotProbedFromLost() {
        auto subject = healthy();
        model::Node& from = subject.nodes[0];
        const std::string peer = from.rtt.at(0).peer;
        const json whole = show::caseJson(subject).at("mesh");
        QCOMPARE(whole.at("nodes").size(), subject.nodes.size());
        const json& fine = whole.at("pairs").at(0);
        QVERIFY(fine.at("difference").at("median_ms").is_number() && fine.at("difference_note").is_null());
        QVERIFY(fine.at("underlay").at("untainted").at("p50_ms").is_number());
        for (model::RttSeries& series : from.rtt)
            if (series.peer == peer && series.plane == model::Plane::Overlay)
                series.samples.clear();
            else if (series.peer == peer)
                for (model::RttSample& sample : series.samples)
                    sample.rttNs = -1;
        const json pair = show::caseJson(subject).at("mesh").at("pairs").at(0);
        QVERIFY(pair.at("overlay").is_null());
        QVERIFY(pair.at("underlay").at("p50_ms").is_null() &&
                pair.at("underlay").at("untainted").at("p99_ms").is_null());
        QCOMPARE(pair.at("underlay").at("lost").get<int>(), pair.at("underlay").at("sent").get<int>());
        QVERIFY(pair.at("difference").is_null() && pair.at("difference_note").is_string());
    }
};

QTEST_GUILESS_MAIN(TestShow)
#include "tst_show.moc"
