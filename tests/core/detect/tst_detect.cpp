// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One cluster a row of the CNI table, and what must be said of it.
#include "core/detect/detect.h"
#include "tests/core/detect/cluster_fixture.h"

#include <QDir>
#include <QTest>

#include <algorithm>

using namespace netopsy;
using testing::readCluster;

namespace {

std::string joined(const std::vector<std::string>& sentences) {
    std::string out;
    for (const std::string& s : sentences)
        out += s + "\n";
    return out;
}

bool holds(const std::vector<std::string>& sentences, const char* part) {
    return joined(sentences).find(part) != std::string::npos;
}

model::Link aLink(const char* name, const char* state = "UP", const char* address = "") {
    model::Link out;
    out.name = name;
    out.state = state;
    if (*address)
        out.addresses.push_back({address, 32, "global"});
    return out;
}

model::Route aRoute(const char* dst, const char* dev, const char* proto = "") {
    model::Route out;
    out.dst = dst;
    out.dev = dev;
    out.proto = proto;
    return out;
}

model::Node aNode(std::vector<model::Link> links, std::vector<model::Route> routes = {}) {
    model::Node out;
    out.facts.links = std::move(links);
    out.facts.routes = std::move(routes);
    return out;
}

model::Inventory byLinks(const std::vector<model::Node>& nodes) {
    model::Inventory silent;
    detect::detect(silent, nodes);
    return silent;
}

} // namespace

class TestDetect : public QObject {
    Q_OBJECT
private slots:
    void rows_data() {
        QTest::addColumn<QString>("cni");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("version");
        QTest::addColumn<QString>("proxy");
        QTest::addColumn<bool>("crossSubnet");
        QTest::addColumn<QString>("evidence"); // part of the CNI's or the proxy's
        const auto row = [](const char* name, const char* cni, const char* mode, const char* version,
                            const char* proxy, bool crossSubnet, const char* evidence) {
            QTest::newRow(name) << QString(cni) << QString(mode) << QString(version) << QString(proxy)
                                << crossSubnet << QString(evidence);
        };
        row("cilium-1.20-native-kpr", "cilium", "native", "1.20.0", "ebpf", false, "routing-mode=native");
        row("cilium-1.16-tunnel", "cilium", "vxlan", "1.16.5", "iptables", false,
            "tunnel-protocol is not set, which means vxlan");
        row("cilium-1.17-geneve", "cilium", "geneve", "1.17.1", "ebpf", false, "tunnel-protocol=geneve");
        row("cilium-1.13-tunnel-geneve", "cilium", "geneve", "1.13.9", "ebpf", false,
            "ConfigMap kube-system/cilium-config: tunnel=geneve");
        row("cilium-1.12-disabled-partial", "cilium", "native", "1.12.0", "iptables", false, "tunnel=disabled");
        row("cilium-no-mode", "cilium", "unknown", "1.15.1", "iptables", false,
            "has neither routing-mode nor tunnel");
        row("cilium-nodelocal-without-lrp", "cilium", "native", "1.16.5", "ebpf", false, "routing-mode=native");
        row("cilium-nodelocal-with-lrp", "cilium", "native", "1.16.5", "ebpf", false, "routing-mode=native");
        row("cilium-chained-to-aws", "aws-vpc", "native", "1.18.1", "iptables", false,
            "DaemonSet kube-system/aws-node");
        row("calico-ipip", "calico", "ipip", "3.27.3", "ipvs", false,
            "IPPool default-ipv4-ippool (cidr=192.168.0.0/16, ipipMode=Always, vxlanMode=Never)");
        row("calico-ipip-crosssubnet", "calico", "ipip", "3.27.3", "ipvs", true, "ipipMode=CrossSubnet");
        row("calico-vxlan", "calico", "vxlan", "3.27.3", "iptables", false, "vxlanMode=Always");
        row("calico-none", "calico", "native", "3.27.3", "iptables", false, "ipipMode=Never");
        row("calico-bpf", "calico", "native", "3.27.3", "ebpf", false,
            "FelixConfiguration default: bpfEnabled=true");
        row("calico-wireguard", "calico", "wireguard", "3.27.3", "iptables", true, "wireguardEnabled=true");
        row("calico-operator-vxlan-crosssubnet", "calico", "vxlan", "3.27.3", "iptables", true,
            "Installation default: encapsulation=VXLANCrossSubnet");
        row("calico-operator-bpf", "calico", "native", "3.27.3", "ebpf", false, "encapsulation=None");
        row("calico-by-annotation", "calico", "ipip", "3.27.3", "iptables", false,
            "annotation projectcalico.org/IPv4IPIPTunnelAddr on 1 of 1 node");
        row("flannel-vxlan", "flannel", "vxlan", "0.25.1", "iptables", false,
            "ConfigMap kube-flannel/kube-flannel-cfg: net-conf.json Backend.Type=vxlan");
        row("flannel-vxlan-directrouting", "flannel", "vxlan", "0.25.1", "iptables", true, "DirectRouting=true");
        row("flannel-host-gw", "flannel", "native", "0.25.1", "iptables", false, "Backend.Type=host-gw");
        row("flannel-wireguard", "flannel", "wireguard", "0.25.1", "nftables", false, "Backend.Type=wireguard");
        row("k3s-flannel", "flannel", "vxlan", "", "unknown", false,
            "annotation flannel.alpha.coreos.com/backend-type=vxlan");
        row("canal", "canal", "vxlan", "0.24.4", "iptables", false,
            "ConfigMap kube-system/canal-config: net-conf.json Backend.Type=vxlan");
        row("calico-policy-on-flannel", "canal", "native", "0.25.1", "iptables", false, "Backend.Type=host-gw");
        row("calico-policy-on-aws", "aws-vpc", "native", "1.18.1", "iptables", false, "aws-node");
        row("weave", "weave", "vxlan", "2.8.1", "iptables", false, "fast datapath");
        row("weave-sleeve", "weave", "udp", "2.8.1", "iptables", false, "WEAVE_NO_FASTDP=true");
        row("antrea-default-hashed", "antrea", "geneve", "1.15.0", "iptables", false,
            "tunnelType is not set, which means geneve");
        row("antrea-noencap", "antrea", "native", "1.15.0", "iptables", false, "trafficEncapMode=noEncap");
        row("antrea-hybrid-vxlan-proxyall", "antrea", "vxlan", "1.15.0", "none", true, "trafficEncapMode=hybrid");
        row("antrea-wireguard", "antrea", "wireguard", "1.15.0", "iptables", false,
            "trafficEncryptionMode=wireGuard");
        row("kube-router-default", "kube-router", "ipip", "2.1.1", "ipvs", true,
            "--overlay-type is not given, which means subnet");
        row("kube-router-no-overlay", "kube-router", "native", "2.1.1", "iptables", false,
            "--enable-overlay=false");
        row("kube-router-full", "kube-router", "ipip", "2.1.1", "iptables", false, "--overlay-type=full");
        row("ovn-kubernetes", "ovn-kubernetes", "geneve", "master", "none", false,
            "DaemonSet ovn-kubernetes/ovnkube-node");
        row("aws-vpc-eks", "aws-vpc", "native", "1.18.1", "iptables", false, "AWS_VPC_ENI_MTU=9001");
        row("azure", "azure", "native", "1.5.29", "iptables", false, "azure-cns");
        row("gke-dataplane-v2", "gke", "native", "1.14.4-gke.1", "ebpf", false, "DaemonSet kube-system/anetd");
        row("kindnet-nftables", "kindnet", "native", "20240202-8f1494ea", "nftables", false, "kindnet routes");
        row("nodelocal-iptables", "flannel", "vxlan", "0.25.1", "iptables", false, "Backend.Type=vxlan");
        row("nodelocal-by-corefile", "flannel", "vxlan", "0.25.1", "ipvs", false, "Backend.Type=vxlan");
        row("nothing-known", "unknown", "unknown", "", "unknown", false, "no");
        row("lab", "flannel", "vxlan", "*", "iptables", false,
            "annotation flannel.alpha.coreos.com/backend-type=vxlan on 3 of 3 nodes");
    }
    void rows() {
        model::Inventory inventory = readCluster(QString::fromUtf8(QTest::currentDataTag()));
        detect::detect(inventory);
        QFETCH(QString, version);
        QFETCH(QString, evidence);
        const std::string said = joined(inventory.cni.evidence) + joined(inventory.proxy.evidence);
        QTEST(QString::fromStdString(inventory.cni.name), "cni");
        QTEST(QString::fromStdString(inventory.cni.mode), "mode");
        QTEST(QString::fromStdString(inventory.proxy.mode), "proxy");
        QTEST(inventory.cni.crossSubnetOnly, "crossSubnet");
        if (version != QLatin1String("*"))
            QCOMPARE(QString::fromStdString(inventory.cni.version), version);
        QVERIFY2(said.find(evidence.toStdString()) != std::string::npos, said.c_str());
        QVERIFY(!inventory.cni.evidence.empty());
        QVERIFY(!inventory.proxy.evidence.empty());
    }

    void everyFixtureHasARow() {
        const QStringList files = QDir(QStringLiteral(NETOPSY_FIXTURES "/kube/clusters")).entryList({"*.json"});
        QFile source(QStringLiteral(NETOPSY_SOURCE_DIR "/tests/core/detect/tst_detect.cpp"));
        QVERIFY(source.open(QIODevice::ReadOnly));
        const QByteArray text = source.readAll();
        for (const QString& file : files)
            QVERIFY2(text.contains("row(\"" + file.chopped(5).toUtf8() + "\""), qPrintable(file));
    }

    void nothingSecretIsKept() {
        for (const QString& file : QDir(QStringLiteral(NETOPSY_FIXTURES "/kube/clusters")).entryList({"*.json"})) {
            const model::Inventory inventory = readCluster(file.chopped(5));
            for (const model::Workload& w : inventory.workloads)
                for (const auto& [name, value] : w.env)
                    QVERIFY2(value != "not kept", name.c_str());
            for (const model::ConfigMap& map : inventory.configMaps)
                for (const auto& [key, value] : map.data)
                    QVERIFY2(value != "not kept" && key != "kubeconfig.conf", key.c_str());
        }
    }

    void dns() {
        model::Inventory inventory = readCluster("flannel-vxlan");
        detect::detect(inventory);
        QCOMPARE(inventory.dns.serviceIp, std::string("10.96.0.10"));
        QCOMPARE(inventory.dns.pods, (std::vector<std::string>{"10.244.0.2", "10.244.0.4"})); // .3 is not ready
        QCOMPARE(inventory.dns.clusterDomain, std::string("example.internal"));
        QVERIFY(!inventory.dns.nodeLocal);
        QVERIFY2(holds(inventory.dns.evidence, "2 ready, 1 not"), joined(inventory.dns.evidence).c_str());
    }

    void nodeLocalDns_data() {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("evidence");
        QTest::newRow("nodelocal-iptables") << "169.254.20.10"
                                            << "DaemonSet kube-system/node-local-dns";
        QTest::newRow("nodelocal-by-corefile") << "169.254.25.10"
                                               << "listens on 169.254.25.10";
        QTest::newRow("cilium-nodelocal-without-lrp") << "169.254.20.10"
                                                      << "no CiliumLocalRedirectPolicy was found";
        QTest::newRow("cilium-nodelocal-with-lrp")
            << "169.254.20.10"
            << "CiliumLocalRedirectPolicy nodelocaldns sends kube-dns to the cache";
    }
    void nodeLocalDns() {
        QFETCH(QString, evidence);
        model::Inventory inventory = readCluster(QString::fromUtf8(QTest::currentDataTag()));
        detect::detect(inventory);
        QVERIFY(inventory.dns.nodeLocal);
        QTEST(QString::fromStdString(inventory.dns.nodeLocalAddress), "address");
        QVERIFY2(holds(inventory.dns.evidence, qPrintable(evidence)), joined(inventory.dns.evidence).c_str());
    }

    void aLimitedUserStillLearnsFromAnnotationsAndPods() {
        model::Inventory inventory =
            readCluster("lab", {"daemonsets", "deployments", "endpointslices", "configmaps"});
        detect::detect(inventory);
        QCOMPARE(inventory.cni.name, std::string("flannel"));
        QCOMPARE(inventory.cni.mode, std::string("vxlan"));
        QCOMPARE(inventory.proxy.mode, std::string("unknown")); // its pods are there, its mode is not
        QVERIFY2(holds(inventory.proxy.evidence, "could not be read") ||
                     holds(inventory.proxy.evidence, "no kube-proxy"),
                 joined(inventory.proxy.evidence).c_str());
        QVERIFY(!inventory.dns.serviceIp.empty());
        QVERIFY2(!inventory.dns.pods.empty(), joined(inventory.dns.evidence).c_str());
    }

    void linksSpeakWhenTheApiIsSilent() {
        const model::Inventory flannel =
            byLinks({aNode({aLink("eth0"), aLink("flannel.1", "UNKNOWN", "10.244.1.0")},
                           {aRoute("10.244.2.0/24", "flannel.1")}),
                     aNode({aLink("eth0")})});
        QCOMPARE(flannel.cni.name, std::string("flannel"));
        QCOMPARE(flannel.cni.mode, std::string("vxlan"));
        QVERIFY(holds(flannel.cni.evidence, "1 of 2 nodes"));

        const model::Inventory ipip = byLinks({aNode({aLink("cali1"), aLink("tunl0", "UNKNOWN", "192.168.1.1")},
                                                     {aRoute("192.168.2.0/26", "tunl0", "bird")})});
        QCOMPARE(ipip.cni.name, std::string("calico"));
        QCOMPARE(ipip.cni.mode, std::string("ipip"));

        const model::Inventory canal =
            byLinks({aNode({aLink("cali1"), aLink("flannel.1", "UNKNOWN", "10.244.1.0")},
                           {aRoute("10.244.2.0/24", "flannel.1")})});
        QCOMPARE(canal.cni.name, std::string("canal"));
        QCOMPARE(canal.cni.mode, std::string("vxlan"));

        const model::Inventory cilium = byLinks({aNode({aLink("cilium_host"), aLink("cilium_vxlan", "UNKNOWN")})});
        QCOMPARE(cilium.cni.name, std::string("cilium"));
        QCOMPARE(cilium.cni.mode, std::string("vxlan"));
    }

    void tunl0AloneProvesNothing() {
        // The ipip module makes one in every network namespace.
        const model::Inventory bare = byLinks({aNode({aLink("eth0"), aLink("tunl0", "DOWN")})});
        QCOMPARE(bare.cni.name, std::string("unknown"));
        const model::Inventory idle =
            byLinks({aNode({aLink("cali1"), aLink("tunl0", "DOWN")}, {aRoute("default", "eth0")})});
        QCOMPARE(idle.cni.name, std::string("calico"));
        QCOMPARE(idle.cni.mode, std::string("unknown"));
    }

    void linksOfAnUninstalledCniDoNotOverruleTheApi() {
        model::Inventory inventory = readCluster("cilium-1.20-native-kpr");
        detect::detect(inventory, {aNode({aLink("flannel.1", "UNKNOWN", "10.244.1.0")},
                                         {aRoute("10.244.2.0/24", "flannel.1")})});
        QCOMPARE(inventory.cni.name, std::string("cilium"));
        QCOMPARE(inventory.cni.mode, std::string("native"));
    }

    void linksConfirmTheApiOrDoNot() {
        model::Inventory seen = readCluster("flannel-vxlan");
        detect::detect(
            seen, {aNode({aLink("flannel.1", "UNKNOWN", "10.244.1.0")}, {aRoute("10.244.2.0/24", "flannel.1")})});
        QVERIFY(holds(seen.cni.evidence, "link flannel.1 is up and routed by on 1 of 1 node"));
        model::Inventory unseen = readCluster("flannel-vxlan");
        detect::detect(unseen, {aNode({aLink("eth0")})});
        QVERIFY2(holds(unseen.cni.evidence, "on 0 of 1 node"), joined(unseen.cni.evidence).c_str());
        QCOMPARE(unseen.cni.mode, std::string("vxlan"));
    }

    void anUnknownModeIsLookedForOnNodes() {
        model::Inventory inventory = readCluster("cilium-no-mode");
        detect::detect(inventory, {aNode({aLink("cilium_host"), aLink("cilium_geneve", "UNKNOWN")})});
        QCOMPARE(inventory.cni.mode, std::string("geneve"));
    }

    void ipvsShowsOnNodes() {
        const model::Inventory found = byLinks({aNode({aLink("kube-ipvs0", "DOWN")})});
        QCOMPARE(found.proxy.mode, std::string("ipvs"));
    }

    void twiceIsTheSameAsOnce() {
        model::Inventory once = readCluster("calico-ipip");
        detect::detect(once);
        model::Inventory twice = once;
        detect::detect(twice);
        QVERIFY(once == twice);
    }
};

QTEST_APPLESS_MAIN(TestDetect)
#include "tst_detect.moc"
