// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/run/places.h"
#include "collectors/run/plan.h"
#include "collectors/run/selector.h"
#include "collectors/run/targets.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace netopsy;
using namespace netopsy::run;

namespace {

model::Inventory cluster(int nodes) {
    model::Inventory inventory;
    inventory.cni.name = "flannel";
    inventory.dns.serviceIp = "10.96.0.10";
    inventory.dns.pods = {"10.244.1.3"};
    for (int i = 1; i <= nodes; ++i) {
        model::ClusterNode node;
        node.name = "n" + std::to_string(i);
        node.addresses = {{"InternalIP", "192.0.2." + std::to_string(i)}};
        node.podCidrs = {"10.244." + std::to_string(i) + ".0/24"};
        node.labels = {{"zone", i % 2 == 0 ? "even" : "odd"}};
        inventory.nodes.push_back(node);
    }
    return inventory;
}

std::vector<std::string> names(const RunPlan& plan) {
    std::vector<std::string> out;
    for (const NodePlan& node : plan.nodes)
        out.push_back(node.target.name);
    return out;
}

} // namespace

class TestPlan : public QObject {
    Q_OBJECT
private slots:
    void selectors_data() {
        QTest::addColumn<QString>("selector");
        QTest::addColumn<bool>("valid");
        QTest::addColumn<bool>("matches"); // {a: 1, b: ""}
        QTest::newRow("empty") << "" << true << true;
        QTest::newRow("equals") << "a=1" << true << true;
        QTest::newRow("double equals") << "a==1" << true << true;
        QTest::newRow("differs") << "a!=1" << true << false;
        QTest::newRow("missing differs") << "c!=1" << true << true;
        QTest::newRow("exists with empty value") << "b" << true << true;
        QTest::newRow("absent") << "!c" << true << true;
        QTest::newRow("all must hold") << "a=1, c" << true << false;
        QTest::newRow("set form") << "a in (1,2)" << false << false;
        QTest::newRow("no key") << "=1" << false << false;
        QTest::newRow("trailing comma") << "a=1," << false << false;
    }
    void selectors() {
        QFETCH(QString, selector);
        QFETCH(bool, valid);
        QFETCH(bool, matches);
        const auto parsed = Selector::parse(selector.toStdString());
        QCOMPARE(parsed.has_value(), valid);
        if (valid)
            QCOMPARE(parsed->matches({{"a", "1"}, {"b", ""}}), matches);
    }

    void nodesBySelectorAndName() {
        PlanOptions options;
        options.selector = "zone=even";
        QCOMPARE(names(*planCluster(cluster(4), options)), (std::vector<std::string>{"n2", "n4"}));
        options.nodes = {"n4"};
        QCOMPARE(names(*planCluster(cluster(4), options)), (std::vector<std::string>{"n4"}));
        options.nodes = {"n9"};
        const auto none = planCluster(cluster(4), options);
        QVERIFY(!none);
        QVERIFY(none.error().text().find("n9") != std::string::npos);
    }

    void missingAddressIsThatNodesProblemOnly() {
        model::Inventory inventory = cluster(2);
        inventory.nodes[1].addresses.clear();
        const auto plan = planCluster(inventory, {});
        QVERIFY(plan->nodes[0].problem.empty());
        QVERIFY(plan->nodes[1].problem.find("InternalIP") != std::string::npos);
    }

    void givenAddresses_data() {
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port"); // -1: refused
        QTest::newRow("host") << "h"
                              << "h" << 0;
        QTest::newRow("host and port") << "h:2222"
                                       << "h" << 2222;
        QTest::newRow("bare IPv6") << "2001:db8::1"
                                   << "2001:db8::1" << 0;
        QTest::newRow("IPv6 and port") << "[2001:db8::1]:22"
                                       << "2001:db8::1" << 22;
        QTest::newRow("open bracket") << "[2001:db8::1"
                                      << "" << -1;
        QTest::newRow("no port") << "h:"
                                 << "" << -1;
        QTest::newRow("port too high") << "h:65536"
                                       << "" << -1;
        QTest::newRow("no host") << ":22"
                                 << "" << -1;
    }
    void givenAddresses() {
        QFETCH(QString, given);
        QFETCH(QString, host);
        QFETCH(int, port);
        PlanOptions options;
        options.nodeAddress["n1"] = given.toStdString();
        const auto plan = planCluster(cluster(1), options);
        QCOMPARE(plan.has_value(), port >= 0);
        if (plan) {
            QCOMPARE(QString::fromStdString(plan->nodes[0].target.host), host);
            QCOMPARE(plan->nodes[0].target.port, port);
            QVERIFY(plan->nodes[0].target.given);
        }
    }

    void probeCostGrowsWithNodesNotTheirSquare() {
        QCOMPARE(planCluster(cluster(3), {})->nodes[0].probe->peers.size(), std::size_t{2 * 2});
        const auto large = planCluster(cluster(100), {});
        for (const NodePlan& node : large->nodes)
            QCOMPARE(node.probe->peers.size(), 2 * ringPeers);
    }

    /// Each node's probe is that of its own architecture, as the API has it.
    void architectureIsTheNodesOwn() {
        model::Inventory inventory = cluster(3);
        inventory.nodes[0].architecture = "amd64";
        inventory.nodes[1].architecture = "arm64";
        const auto plan = planCluster(inventory, {});
        QCOMPARE(plan->nodes[0].probe->architecture, std::string("amd64"));
        QCOMPARE(plan->nodes[1].probe->architecture, std::string("arm64"));
        QVERIFY(plan->nodes[2].probe->architecture.empty());
    }

    void overlayPeerIsAPodOfItsOwnNamespace() {
        model::Inventory inventory = cluster(2);
        inventory.pods = {{"kube-system", "proxy", "n2", "Running", {"192.0.2.2"}, true, {}},
                          {"default", "web", "n2", "Running", {"10.244.2.7"}, false, {}}};
        const auto plan = planCluster(inventory, {});
        QCOMPARE(plan->nodes[0].probe->peers[1].address, std::string("10.244.2.7"));
        QCOMPARE(plan->nodes[1].probe->peers[1].address, std::string("10.244.1.1"));
    }

    void dnsTargets() {
        PlanOptions options;
        options.dnsNames = {"example.test"};
        const auto plan = planCluster(cluster(1), options);
        std::vector<std::string> asked;
        for (const probe::DnsTarget& t : plan->nodes[0].probe->dns)
            asked.push_back(t.role + " " + t.resolver + " " + t.name + (t.internal ? " internal" : ""));
        QCOMPARE(asked, (std::vector<std::string>{
                            "service 10.96.0.10 kubernetes.default.svc.cluster.local. internal",
                            "service 10.96.0.10 example.test.",
                            "pod 10.244.1.3 kubernetes.default.svc.cluster.local. internal",
                            "pod 10.244.1.3 example.test.",
                            "node  example.test.",
                        }));
    }

    void aServiceOfBothFamiliesIsAskedAtEach() {
        model::Inventory inventory = cluster(1);
        model::Service dns;
        dns.ns = "kube-system";
        dns.name = "kube-dns";
        dns.clusterIps = {"10.96.0.10", "fd00:96::a"};
        inventory.services = {dns};
        const auto plan = planCluster(inventory, {});
        std::vector<std::string> asked;
        for (const probe::DnsTarget& t : plan->nodes[0].probe->dns)
            if (t.role == "service")
                asked.push_back(t.resolver);
        QCOMPARE(asked, dns.clusterIps);
    }

    void bothFamiliesOfAPeer() {
        model::Inventory inventory = cluster(2);
        inventory.nodes[1].addresses = {
            {"InternalIP", "192.0.2.2"}, {"InternalIP", "2001:db8::2"}, {"ExternalIP", "203.0.113.2"}};
        inventory.pods = {{"default", "web", "n2", "Running", {"10.244.2.7", "fd00:244:2::7"}, false, {}}};
        std::vector<std::string> asked;
        const auto plan = planCluster(inventory, {});
        for (const probe::PeerTarget& t : plan->nodes[0].probe->peers)
            asked.push_back(t.address + (t.plane == model::Plane::Underlay ? " underlay" : " overlay"));
        QCOMPARE(asked, (std::vector<std::string>{"192.0.2.2 underlay", "10.244.2.7 overlay",
                                                  "2001:db8::2 underlay", "fd00:244:2::7 overlay"}));
        inventory.pods.clear();
        inventory.nodes[1].podCidrs = {"10.244.2.0/24", "fd00:244:2::/64"};
        const auto bridges = planCluster(inventory, {});
        QCOMPARE(bridges->nodes[0].probe->peers[1].address, std::string("10.244.2.1"));
        QCOMPARE(bridges->nodes[0].probe->peers[3].address, std::string("fd00:244:2::1"));
    }
    void dnsPodsAreSharedOut() {
        model::Inventory inventory = cluster(3);
        inventory.dns.pods.clear();
        for (int i = 0; i < 20; ++i)
            inventory.dns.pods.push_back("10.244.9." + std::to_string(i + 1));
        std::set<std::string> all;
        const auto plan = planCluster(inventory, {});
        for (const NodePlan& node : plan->nodes) {
            std::set<std::string> mine;
            for (const probe::DnsTarget& t : node.probe->dns)
                if (t.role == "pod")
                    mine.insert(t.resolver);
            QCOMPARE(mine.size(), dnsPodsPerNode);
            all.insert(mine.begin(), mine.end());
        }
        QCOMPARE(all.size(), std::size_t{20});
    }
    void upstreamsOfTheCorefile_data() {
        QTest::addColumn<QByteArray>("forward");
        QTest::addColumn<QByteArray>("found");
        const auto row = [](const char* forward, const char* found) {
            QTest::newRow(forward) << QByteArray(forward) << QByteArray(found);
        };
        row("forward . /etc/resolv.conf", "");
        row("forward . 192.0.2.53 192.0.2.54:53 {", "192.0.2.53 192.0.2.54");
        row("forward . dns://192.0.2.53:5353", "192.0.2.53#5353");
        row("forward . tls://192.0.2.53 2001:db8::53 [2001:db8::54]:5353", "2001:db8::53 2001:db8::54#5353");
        row("forward . [2001:db8::54] 192.0.2.1:0 192.0.2.1:x [2001:db8::1", "2001:db8::54");
        row("forward corp.example 192.0.2.9", "");
        row("forward . 192.0.2.53 192.0.2.53 # 192.0.2.9", "192.0.2.53");
        row("forward .", "");
    }
    void upstreamsOfTheCorefile() {
        QFETCH(QByteArray, forward);
        QFETCH(QByteArray, found);
        model::Inventory inventory = cluster(1);
        inventory.configMaps = {
            {"kube-system", "coredns", {{"Corefile", ".:53 {\n  errors\n  " + forward.toStdString() + "\n}\n"}}}};
        std::string joined;
        for (const std::string& one : upstreams(inventory))
            joined += (joined.empty() ? "" : " ") + one;
        QCOMPARE(QByteArray::fromStdString(joined), found);
        const auto plan = planCluster(inventory, {});
        QCOMPARE(std::count_if(plan->nodes[0].probe->dns.begin(), plan->nodes[0].probe->dns.end(),
                               [](const auto& t) { return t.role == "upstream"; }),
                 found.isEmpty() ? 0 : found.count(' ') + 1);
    }
    void lookupsAsAPodMakesThem() {
        PlanOptions options;
        const auto plan = planCluster(cluster(1), options);
        const auto& lookups = plan->nodes[0].probe->lookups;
        QCOMPARE(lookups.size(), std::size_t{2});
        QCOMPARE(lookups[0].name, std::string("example.com"));
        QCOMPARE(lookups[1].name, std::string("example.com."));
        QVERIFY(lookups[1].search.empty());
        QCOMPARE(lookups[0].resolver, std::string("10.96.0.10"));
        QCOMPARE(lookups[0].search, (std::vector<std::string>{"default.svc.cluster.local", "svc.cluster.local",
                                                              "cluster.local", "+"}));
        options.dnsNames = {"www.example.test."};
        model::Inventory cached = cluster(1);
        cached.dns.nodeLocal = true;
        cached.dns.nodeLocalAddress = "169.254.20.10";
        const auto other = planCluster(cached, options);
        QCOMPARE(other->nodes[0].probe->lookups.at(0).name, std::string("www.example.test"));
        QCOMPARE(other->nodes[0].probe->lookups[0].role, std::string("nodelocal"));
    }

    void podsToMeasureFrom() {
        model::Inventory inventory = cluster(2);
        inventory.dns.pods = {"10.244.1.3"};
        inventory.pods = {{"kube-system", "metrics", "n1", "Running", {"10.244.1.2"}, false, {}},
                          {"kube-system", "coredns", "n1", "Running", {"10.244.1.3"}, false, {}},
                          {"kube-system", "proxy", "n1", "Running", {"192.0.2.1"}, true, {}},
                          {"shop", "web", "n1", "Running", {"10.244.1.9"}, false, {}},
                          {"shop", "job", "n1", "Succeeded", {"10.244.1.8"}, false, {}},
                          {"shop", "new", "n1", "Running", {}, false, {}},
                          {"blog", "web", "n1", "Running", {"10.244.1.7", "fd00::7"}, false, {}},
                          {"shop", "web", "n2", "Running", {"10.244.2.9", "fd00:2::9"}, false, {}}};
        const auto namesOf = [&](std::size_t count) {
            std::string out;
            for (const model::Pod* pod : run::podsToMeasureFrom(inventory, inventory.nodes[0], count))
                out += pod->ns + "/" + pod->name + " ";
            return out;
        };
        QCOMPARE(namesOf(9), std::string("blog/web shop/web kube-system/coredns kube-system/metrics "));
        QCOMPARE(namesOf(1), std::string("blog/web "));
        std::reverse(inventory.pods.begin(), inventory.pods.end());
        QCOMPARE(namesOf(2), std::string("blog/web shop/web "));

        const int alone = probe::ProbePlan().cpuPpm;
        PlanOptions options;
        const auto plan = planCluster(inventory, options);
        const probe::ProbePlan& first = *plan->nodes[0].probe;
        QCOMPARE(first.pods.size(), std::size_t{1});
        QCOMPARE(first.pods[0].address, std::string("10.244.1.7"));
        QCOMPARE(first.pods[0].peers.size(), std::size_t{2}); // both families of n2's pod
        QCOMPARE(first.pods[0].peers[1].address, std::string("fd00:2::9"));
        QCOMPARE(first.pods[0].dns.size(), std::size_t{1});
        QCOMPARE(first.pods[0].dns[0].role, std::string("service"));
        QCOMPARE(first.pods[0].lookups.size(), std::size_t{1});
        QCOMPARE(first.pods[0].lookups[0].resolver, std::string("-"));
        QVERIFY(first.cpuPpm + first.pods[0].cpuPpm < alone && first.pods[0].cpuPpm >= 500);
        options.podsPerNode = 0;
        QVERIFY(planCluster(inventory, options)->nodes[0].probe->pods.empty());
        QCOMPARE(planCluster(inventory, options)->nodes[0].probe->cpuPpm, alone);
        options.podsPerNode = 99;
        QCOMPARE(planCluster(inventory, options)->nodes[0].probe->pods.size(), std::size_t{4});
    }

    void namedPods_data() {
        QTest::addColumn<QString>("named");
        QTest::addColumn<QString>("first"); // place of n1, or the error
        QTest::newRow("the last by rank") << "kube-system/metrics"
                                          << "kube-system/metrics";
        QTest::newRow("of another node") << "shop/web-2"
                                         << "blog/web";
        QTest::newRow("unknown") << "shop/gone"
                                 << "the cluster has no pod of this name";
        QTest::newRow("a host's") << "kube-system/proxy"
                                  << "this pod uses its node's own network, from which is measured anyway";
        QTest::newRow("ended") << "shop/job"
                               << "this pod has no network now: it is Succeeded";
        QTest::newRow("of a node that was not chosen") << "shop/web-3"
                                                       << "this pod's node, n3, is not among the chosen nodes";
    }
    void namedPods() {
        QFETCH(QString, named);
        QFETCH(QString, first);
        model::Inventory inventory = cluster(3);
        inventory.pods = {{"kube-system", "metrics", "n1", "Running", {"10.244.1.2"}, false, {}},
                          {"kube-system", "proxy", "n1", "Running", {"192.0.2.1"}, true, {}},
                          {"shop", "job", "n1", "Succeeded", {"10.244.1.8"}, false, {}},
                          {"blog", "web", "n1", "Running", {"10.244.1.7"}, false, {}},
                          {"shop", "web-2", "n2", "Running", {"10.244.2.9"}, false, {}},
                          {"shop", "web-3", "n3", "Running", {"10.244.3.9"}, false, {}}};
        PlanOptions options;
        options.nodes = {"n1", "n2"};
        options.pods = {named.toStdString()};
        const auto plan = planCluster(inventory, options);
        if (!plan) {
            QVERIFY2(QString::fromStdString(plan.error().text()).contains(first), plan.error().text().c_str());
            QVERIFY(plan.error().text().find(named.toStdString()) != std::string::npos);
            return;
        }
        const probe::PodPlan& place = plan->nodes[0].probe->pods.at(0);
        QCOMPARE(QString::fromStdString(place.ns + "/" + place.name), first);
        options.podsPerNode = 0; // what is named is measured from even so
        QCOMPARE(planCluster(inventory, options)->nodes[0].probe->pods.size() +
                     planCluster(inventory, options)->nodes[1].probe->pods.size(),
                 std::size_t{1});
    }

    void noActiveProbesMeansNone() {
        PlanOptions options;
        options.activeProbes = false;
        QVERIFY(!planCluster(cluster(2), options)->nodes[0].probe);
        QVERIFY(!planLocal("me", options).nodes[0].probe);
    }
};

QTEST_APPLESS_MAIN(TestPlan)
#include "tst_plan.moc"
