// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tuning/kernel.h"
#include "core/tuning/kube_proxy.h"
#include "core/tuning/tuning.h"
#include "tests/core/support/brain_builders.h"

#include <QTest>

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include <algorithm>

using namespace netopsy;
using namespace netopsy::tuning;
using namespace netopsy::test;

namespace {

Profile highChurn() {
    return *Profile::builtin("high-churn");
}

const Change* changeOf(const Plan& plan, const std::string& node, const std::string& key) {
    for (const Change& c : plan.changes)
        if (c.node == node && c.key == key)
            return &c;
    return nullptr;
}

const Unchanged* unchangedOf(const Plan& plan, const std::string& node, const std::string& key) {
    for (const Unchanged& u : plan.unchanged)
        if (u.node == node && u.key == key)
            return &u;
    return nullptr;
}

bool hasFact(const std::vector<std::string>& facts, const std::string& part) {
    return std::any_of(facts.begin(), facts.end(),
                       [&](const std::string& f) { return f.find(part) != std::string::npos; });
}

constexpr const char* conntrackMax = "net.netfilter.nf_conntrack_max";
constexpr const char* established = "net.netfilter.nf_conntrack_tcp_timeout_established";

} // namespace

class TestTuning : public QObject {
    Q_OBJECT
private slots:
    void highChurnIsTheFieldGuides() {
        const Profile profile = highChurn();
        std::map<std::string, std::string> values;
        for (const ProfileEntry& e : profile.entries) {
            values[e.key] = e.value;
            QVERIFY(!e.reason.empty() && !e.risk.empty() && !e.group.empty());
        }
        const std::map<std::string, std::string> guide{{conntrackMax, "524288"},
                                                       {established, "86400"},
                                                       {"net.ipv4.ip_local_port_range", "32768 60999"},
                                                       {"net.ipv4.tcp_tw_reuse", "1"},
                                                       {"net.core.somaxconn", "32768"},
                                                       {"fs.inotify.max_user_watches", "524288"},
                                                       {"fs.inotify.max_user_instances", "8192"}};
        QVERIFY(values == guide);
    }

    void plansEachNode() {
        const Plan p = plan(healthy(), highChurn());
        QCOMPARE(p.changes.size(), std::size_t{3 * 6});
        QCOMPARE(p.unchanged.size(), std::size_t{3}); // the port range, which is the kernel's default already
        const Change* c = changeOf(p, "node2", conntrackMax);
        QVERIFY(c != nullptr);
        QCOMPARE(c->current, std::string("262144"));
        QCOMPARE(c->recommended, std::string("524288"));
        QCOMPARE(c->scope, std::string("global"));
        QCOMPARE(*c->kernelDefault, std::string("262144"));
        QCOMPARE(*c->memoryBytes, std::uint64_t{524288} * 264);
        QCOMPARE(*c->overriddenBy,
                 std::string("kube-proxy sets 131072 at its next start (conntrack.maxPerCore 32768 x 2 "
                             "CPUs, min 131072; kube-proxy 1.20)"));
        QVERIFY(c->reachesPods);
        const Change* e = changeOf(p, "node2", established);
        QVERIFY(e != nullptr && !e->overriddenBy);
        QVERIFY(hasFact(e->facts, "kube-proxy sets the same value"));
        const Change* s = changeOf(p, "node2", "net.core.somaxconn");
        QVERIFY(s != nullptr && !s->reachesPods && hasFact(s->facts, "does not reach pods"));
        const Unchanged* r = unchangedOf(p, "node2", "net.ipv4.ip_local_port_range");
        QVERIFY(r != nullptr && r->why.empty() && hasFact(r->facts, "simply the kernel's default"));
        QCOMPARE(plan(healthy(), highChurn(), nullptr, "node3").changes.size(), std::size_t{6});
    }

    void neverLowersALimit_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("stands");
        QTest::addColumn<bool>("changes");
        QTest::newRow("higher") << "net.core.somaxconn"
                                << "65535" << false;
        QTest::newRow("lower") << "net.core.somaxconn"
                               << "128" << true;
        QTest::newRow("much memory") << "fs.inotify.max_user_watches"
                                     << "1048576" << false;
        QTest::newRow("wider range") << "net.ipv4.ip_local_port_range"
                                     << "10240\t65535" << false;
        QTest::newRow("narrower range") << "net.ipv4.ip_local_port_range"
                                        << "40000 50000" << true;
        QTest::newRow("shifted range") << "net.ipv4.ip_local_port_range"
                                       << "10240 50000" << true;
        QTest::newRow("a value, no limit") << established << "432000" << true;
        QTest::newRow("a mode, no limit") << "net.ipv4.tcp_tw_reuse"
                                          << "2" << true;
    }
    void neverLowersALimit() {
        QFETCH(QString, key);
        QFETCH(QString, stands);
        QFETCH(bool, changes);
        model::Case c = healthy(1);
        c.nodes[0].facts.sysctl[key.toStdString()] = stands.toStdString();
        const Plan p = plan(c, highChurn());
        QCOMPARE(changeOf(p, "node1", key.toStdString()) != nullptr, changes);
        const Unchanged* u = unchangedOf(p, "node1", key.toStdString());
        QCOMPARE(u != nullptr && u->why.find("never lowered") != std::string::npos, !changes);
    }

    void absentIsNotZero() {
        model::Case c = healthy(1);
        c.nodes[0].facts.sysctl.erase(conntrackMax);
        const Plan p = plan(c, highChurn());
        QVERIFY(changeOf(p, "node1", conntrackMax) == nullptr);
        QVERIFY(unchangedOf(p, "node1", conntrackMax) != nullptr);
        const nlohmann::json json = planJson(p);
        QVERIFY(json["unchanged"][0]["value"].is_null());
        c.nodes[0].facts.sysctl.clear();
        QVERIFY(plan(c, highChurn()).changes.empty());
    }

    /// What kube-proxy writes, by version, CPUs and configuration.
    void kubeProxy_data() {
        QTest::addColumn<QString>("image");
        QTest::addColumn<QString>("config");
        QTest::addColumn<int>("cpus");
        QTest::addColumn<qulonglong>("max"); // 0: leaves it alone
        QTest::addColumn<qulonglong>("timeout");
        QTest::addColumn<bool>("onlyRaises");
        QTest::newRow("1.20") << "k8s.gcr.io/kube-proxy:v1.20.5"
                              << "" << 2 << 131072ULL << 86400ULL << false;
        QTest::newRow("1.25, 8 CPUs") << "kube-proxy:v1.25.1"
                                      << "" << 8 << 262144ULL << 86400ULL << true;
        QTest::newRow("1.29, 16 CPUs") << "host:5000/kube-proxy:v1.29.0"
                                       << "" << 16 << 524288ULL << 86400ULL << false;
        QTest::newRow("1.35, 64 CPUs") << "kube-proxy:v1.35.0"
                                       << "" << 64 << 2097152ULL << 86400ULL << false;
        QTest::newRow("1.36 caps") << "kube-proxy:v1.36.0"
                                   << "" << 64 << 1048576ULL << 86400ULL << false;
        QTest::newRow("left alone") << "kube-proxy:v1.30.0"
                                    << "conntrack:\n  maxPerCore: 0\n  min: 999999\n  tcpEstablishedTimeout: 0s\n"
                                    << 8 << 0ULL << 0ULL << false;
        QTest::newRow("configured")
            << "kube-proxy:v1.30.0"
            << "conntrack:\n  maxPerCore: 1000\n  min: 524288\n  tcpEstablishedTimeout: 2h0m0s\n"
            << 8 << 524288ULL << 7200ULL << false;
        QTest::newRow("nulls are defaults") << "kube-proxy:v1.30.0"
                                            << "conntrack:\n  maxPerCore: null\n  min: null\n"
                                            << 8 << 262144ULL << 86400ULL << false;
        QTest::newRow("unreadable configuration") << "kube-proxy:v1.30.0"
                                                  << "conntrack: [" << 8 << 262144ULL << 86400ULL << false;
    }
    void kubeProxy() {
        QFETCH(QString, image);
        QFETCH(QString, config);
        QFETCH(int, cpus);
        QFETCH(qulonglong, max);
        QFETCH(qulonglong, timeout);
        QFETCH(bool, onlyRaises);
        model::Case c = healthy();
        c.cluster->workloads[0].images = {image.toStdString()};
        if (!config.isEmpty())
            c.cluster->configMaps = {{"kube-system", "kube-proxy", {{"config.conf", config.toStdString()}}}};
        const auto write = kubeProxyWrites(*c.cluster, conntrackMax, cpus);
        QCOMPARE(write ? write->value : 0, max);
        const auto time = kubeProxyWrites(*c.cluster, established, cpus);
        QCOMPARE(time ? time->value : 0, timeout);
        if (write)
            QCOMPARE(write->onlyRaises, onlyRaises);
    }
    void onlyRaisingDoesNotOverride() {
        model::Case c = healthy(1);
        c.cluster->workloads[0].images = {"kube-proxy:v1.25.0"};
        const Plan p = plan(c, highChurn());
        QVERIFY(!changeOf(p, "node1", conntrackMax)->overriddenBy);
        QVERIFY(hasFact(changeOf(p, "node1", conntrackMax)->facts, "only raises"));
        c.cluster->workloads.clear();
        c.cluster->proxy.mode = "ebpf";
        QVERIFY(!kubeProxyWrites(*c.cluster, conntrackMax, 2));
    }

    void kernelDefaults_data() {
        QTest::addColumn<QString>("kernel");
        QTest::addColumn<int>("gib");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("max 6.1") << "6.1.0-18-amd64" << 8 << conntrackMax << "262144";
        QTest::newRow("max 6.1 small") << "6.1.0-18-amd64" << 2 << conntrackMax << "65536";
        QTest::newRow("max 5.10 is not known") << "5.10.0" << 8 << conntrackMax << "";
        QTest::newRow("somaxconn 5.4") << "5.4.0" << 8 << "net.core.somaxconn"
                                       << "4096";
        QTest::newRow("somaxconn 4.18") << "4.18.0-305.el8" << 8 << "net.core.somaxconn"
                                        << "128";
        QTest::newRow("tw_reuse 4.15") << "4.15.0" << 8 << "net.ipv4.tcp_tw_reuse"
                                       << "0";
        QTest::newRow("tw_reuse 4.18 is not known") << "4.18.0" << 8 << "net.ipv4.tcp_tw_reuse"
                                                    << "";
        QTest::newRow("tw_reuse 6.1") << "6.1.0" << 8 << "net.ipv4.tcp_tw_reuse"
                                      << "2";
        QTest::newRow("watches 5.4") << "5.4.0" << 8 << "fs.inotify.max_user_watches"
                                     << "8192";
    }
    void kernelDefaults() {
        QFETCH(QString, kernel);
        QFETCH(int, gib);
        QFETCH(QString, key);
        QFETCH(QString, value);
        model::NodeFacts facts;
        facts.kernel = kernel.toStdString();
        facts.memTotalKiB = static_cast<std::uint64_t>(gib) << 20;
        QCOMPARE(QString::fromStdString(kernelDefault(key.toStdString(), facts).value_or("")), value);
    }

    void bootOrder() {
        model::Case c = healthy(1);
        c.nodes[0].facts.sysctlPersisted["net.core.somaxconn"] = {"/etc/sysctl.d/99-x.conf", 3, "128"};
        c.nodes[0].facts.sysctlPersisted["net.ipv4.tcp_tw_reuse"] = {"/etc/sysctl.d/zz.conf", 1, "0"};
        const Plan p = plan(c, highChurn());
        QVERIFY(hasFact(changeOf(p, "node1", "net.core.somaxconn")->facts, "k8s-tuning.conf is read later"));
        QVERIFY(hasFact(changeOf(p, "node1", "net.ipv4.tcp_tw_reuse")->facts, "it wins at boot"));
        QCOMPARE(planJson(p)["changes"][2]["persisted"]["file"].get<std::string>(),
                 std::string("/etc/sysctl.d/99-x.conf"));
    }

    void jsonKeepsItsSchema() {
        const nlohmann::json json = planJson(plan(healthy(1), highChurn()));
        QCOMPARE(json["schema"].get<std::string>(), std::string("netopsy.tuning/1"));
        for (const char* key : {"node", "key", "current", "recommended", "persisted", "scope", "writable",
                                "overridden_by", "kernel_default", "reason", "risk", "memory_bytes"})
            QVERIFY2(json["changes"][0].contains(key), key);
        QVERIFY(json["changes"][0]["memory_bytes"].is_number_unsigned());
        QVERIFY(json["changes"][2]["overridden_by"].is_null());
    }

    void sysctlFile() {
        model::Case c = healthy(2);
        c.nodes[1].facts.sysctl["net.core.somaxconn"] = "65535";
        QCOMPARE(QString::fromStdString(planSysctl(plan(c, highChurn()))),
                 QString(R"(# /etc/sysctl.d/k8s-tuning.conf, by Netopsy, profile high-churn
# For node1, node2
# Load this file alone: sysctl -p /etc/sysctl.d/k8s-tuning.conf
# (sysctl --system would reset what the CNI and kube-proxy have set)

# conntrack
net.netfilter.nf_conntrack_max = 524288
net.netfilter.nf_conntrack_tcp_timeout_established = 86400

# memory
fs.inotify.max_user_instances = 8192
fs.inotify.max_user_watches = 524288

# sockets
# net.core.somaxconn = 32768  (not on node2: it stands higher there, or does not exist)
net.ipv4.tcp_tw_reuse = 1
)"));
    }

    void diffOfANewFile() {
        model::Case c = healthy(1);
        c.nodes[0].facts.sysctl = {{"net.core.somaxconn", "128"}, {"net.ipv4.tcp_tw_reuse", "1"}};
        QCOMPARE(QString::fromStdString(planDiff(plan(c, highChurn()))), QString(R"(--- /dev/null
+++ b/node1/etc/sysctl.d/k8s-tuning.conf
@@ -0,0 +1,2 @@
+# sockets
+net.core.somaxconn = 32768
)"));
    }

    /// What the file holds already stays in it, in its order.
    void diffOfAPresentFile() {
        model::Case c = healthy(1);
        c.nodes[0].facts.sysctl = {{"net.core.somaxconn", "128"}, {"net.ipv4.tcp_tw_reuse", "2"}};
        c.nodes[0].facts.sysctlPersisted = {{"vm.swappiness", {tuningFile, 2, "10"}},
                                            {"net.core.somaxconn", {tuningFile, 4, "1024"}}};
        QCOMPARE(QString::fromStdString(planDiff(plan(c, highChurn()))),
                 QString(R"(--- a/node1/etc/sysctl.d/k8s-tuning.conf
+++ b/node1/etc/sysctl.d/k8s-tuning.conf
@@ -1,2 +1,3 @@
 vm.swappiness = 10
-net.core.somaxconn = 1024
+net.core.somaxconn = 32768
+net.ipv4.tcp_tw_reuse = 1
)"));
    }

    void daemonSet() {
        const std::string manifest = planDaemonSet(plan(healthy(2), highChurn()));
        QVERIFY2(manifest.find('@') == std::string::npos, manifest.c_str());
        const YAML::Node root = YAML::Load(manifest);
        QCOMPARE(root["kind"].as<std::string>(), std::string("DaemonSet"));
        QCOMPARE(root["metadata"]["namespace"].as<std::string>(), std::string("kube-system"));
        const YAML::Node spec = root["spec"]["template"]["spec"];
        const YAML::Node terms = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
                                     ["nodeSelectorTerms"];
        QCOMPARE(terms.size(), std::size_t{2});
        QCOMPARE(terms[1]["matchFields"][0]["values"][0].as<std::string>(), std::string("node2"));
        const auto script = spec["initContainers"][0]["args"][0].as<std::string>();
        for (const char* line :
             {"raise net.netfilter.nf_conntrack_max 524288\n", "set_to net.ipv4.tcp_tw_reuse \"1\"\n",
              "set_to net.netfilter.nf_conntrack_tcp_timeout_established \"86400\"\n"})
            QVERIFY2(script.find(line) != std::string::npos, line);
        QVERIFY(!spec["containers"][0]["securityContext"]["privileged"]);
        QVERIFY(planDaemonSet(Plan{}).starts_with("# Nothing"));
    }

    void askedByAFinding() {
        analysis::Analysis found;
        found.findings.push_back({});
        found.findings[0].nodes = {"node2"};
        found.findings[0].tuningKeys = {conntrackMax};
        const Plan p = plan(healthy(), highChurn(), &found);
        QVERIFY(changeOf(p, "node2", conntrackMax)->askedByFinding);
        QVERIFY(!changeOf(p, "node1", conntrackMax)->askedByFinding);
        QVERIFY(planText(p).find("! net.netfilter.nf_conntrack_max") != std::string::npos);
    }

    void profileFaults_data() {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QString>("text");
        const QByteArray head = "name: x\nentries:\n  - { key: net.core.somaxconn, value: 1 }\n";
        QTest::newRow("unknown field") << head + "colour: red\n"
                                       << "p.yaml:4: a profile has no field \"colour\"";
        QTest::newRow("entry field") << QByteArray(head).replace("value: 1", "valeu: 1")
                                     << "p.yaml:3: an entry has no field \"valeu\"";
        QTest::newRow("shell in value") << QByteArray(head).replace("value: 1", "value: '1; reboot', floor: false")
                                        << "p.yaml:3: the value of net.core.somaxconn";
        QTest::newRow("no number") << QByteArray(head).replace("value: 1", "value: bbr")
                                   << "p.yaml:3: net.core.somaxconn is a floor";
        QTest::newRow("key") << QByteArray(head).replace("net.core.somaxconn", "../x")
                             << "p.yaml:3: \"../x\" is no sysctl key";
        QTest::newRow("twice") << head + "  - { key: net.core.somaxconn, value: 2 }\n"
                               << "p.yaml:4: net.core.somaxconn comes twice";
        QTest::newRow("name") << QByteArray(head).replace("name: x", "name: 'X y'")
                              << "p.yaml:1: \"name\" must be";
        QTest::newRow("empty") << QByteArray("name: x\nentries: []\n") << "p.yaml:1: the profile holds no entries";
        QTest::newRow("flag") << QByteArray(head).replace("value: 1", "value: 1, floor: maybe")
                              << "p.yaml:3: \"floor\" must be";
        QTest::newRow("no yaml") << QByteArray("name: [") << "p.yaml:1: not valid YAML";
    }
    void profileFaults() {
        QFETCH(QByteArray, yaml);
        QFETCH(QString, text);
        const auto profile = Profile::parse(yaml.toStdString(), "p.yaml");
        QVERIFY(!profile);
        const auto said = QString::fromStdString(profile.error().text());
        QVERIFY2(said.startsWith(text), qPrintable(said));
        QVERIFY(!Profile::builtin("no-such"));
    }
};

QTEST_APPLESS_MAIN(TestTuning)
#include "tst_tuning.moc"
