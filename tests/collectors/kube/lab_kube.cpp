// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lab's real kube-apiserver, reached in each of the three ways that it lets people in.
#include "collectors/kube/inventory.h"

#include <QTest>

#include <algorithm>

using namespace netopsy;

namespace {

std::string joined(const std::vector<std::string>& sentences) {
    std::string out;
    for (const std::string& s : sentences)
        out += s + "\n";
    return out;
}

} // namespace

class LabKube : public QObject {
    Q_OBJECT

    std::string m_dir;

    Result<model::Inventory> inventory(const std::string& file, std::stop_token stop = {}) {
        auto config = kube::loadKubeconfig(m_dir + "/" + file);
        if (!config)
            return tl::unexpected(config.error());
        kube::InventoryOptions options;
        options.onProgress = [](const std::string& text) { qInfo("%s", text.c_str()); };
        return kube::collectInventory(*config, options, std::move(stop));
    }

private slots:
    void initTestCase() {
        m_dir = qEnvironmentVariable("NETOPSY_LAB_DIR").toStdString();
        if (m_dir.empty())
            QSKIP("NETOPSY_LAB_DIR is not set: no lab to read (tests/lab/lab up)");
    }

    void readsAll_data() {
        QTest::addColumn<QString>("file");
        QTest::newRow("client certificate") << "kubeconfig";
        QTest::newRow("token") << "kubeconfig-token";
    }
    void readsAll() {
        QFETCH(QString, file);
        const auto found = inventory(file.toStdString());
        QVERIFY2(found, found ? "" : found.error().text().c_str());
        QVERIFY(found->version.starts_with("v1."));
        QVERIFY(found->nodes.size() >= 2);
        for (const model::ClusterNode& node : found->nodes) {
            QVERIFY(!node.podCidrs.empty());
            QVERIFY(std::any_of(node.addresses.begin(), node.addresses.end(),
                                [](const auto& a) { return a.type == "InternalIP"; }));
        }
        QVERIFY(!found->pods.empty());
        for (const model::Gap& gap : found->gaps)
            QFAIL((gap.verb + " " + gap.resource + ": " + gap.reason).c_str());
        QCOMPARE(found->cni.name, std::string("flannel"));
        QCOMPARE(found->cni.mode, std::string("vxlan"));
        QVERIFY2(found->cni.evidence.size() >= 3, joined(found->cni.evidence).c_str());
        QCOMPARE(found->proxy.mode, std::string("iptables"));
        QVERIFY(!found->dns.serviceIp.empty());
        QVERIFY2(!found->dns.pods.empty(), joined(found->dns.evidence).c_str());
        QCOMPARE(found->dns.clusterDomain, std::string("cluster.local"));
        QVERIFY(!found->dns.nodeLocal);
    }

    void statesWhatALimitedUserMayNot() {
        const auto found = inventory("kubeconfig-limited");
        QVERIFY2(found, found ? "" : found.error().text().c_str());
        QVERIFY(found->nodes.size() >= 2);
        QVERIFY(!found->pods.empty());
        const auto stated = [&](const std::string& resource) {
            return std::any_of(found->gaps.begin(), found->gaps.end(), [&](const model::Gap& g) {
                return g.verb == "list" && g.resource == resource && g.reason.starts_with("forbidden");
            });
        };
        QVERIFY(stated("daemonsets"));
        QVERIFY(stated("deployments"));
        QVERIFY(stated("endpointslices.discovery.k8s.io") || stated("endpoints"));
        QVERIFY(std::any_of(found->gaps.begin(), found->gaps.end(), [](const model::Gap& g) {
            return g.verb == "get" && g.resource == "configmaps in kube-system";
        }));
        // Nodes may be read, and flannel writes what it runs into their annotations.
        QCOMPARE(found->cni.name, std::string("flannel"));
        QVERIFY(!found->dns.serviceIp.empty());
    }

    void aCancelledRunEndsAtOnce() {
        std::stop_source source;
        source.request_stop();
        const auto found = inventory("kubeconfig", source.get_token());
        QVERIFY(!found);
        QCOMPARE(found.error().what, std::string("cancelled"));
    }

    void aWrongTokenIsNotAuthenticated() {
        auto config = kube::loadKubeconfig(m_dir + "/kubeconfig-token");
        QVERIFY(config);
        config->users.begin()->second.token = "wrong-token";
        const auto found = kube::collectInventory(*config, {}, {});
        QVERIFY(!found);
        QVERIFY2(found.error().text().find("401") != std::string::npos, found.error().text().c_str());
        QVERIFY(found.error().text().find("wrong-token") == std::string::npos);
    }

    void impersonatedGroupsArrive() {
        auto config = kube::loadKubeconfig(m_dir + "/kubeconfig-token");
        QVERIFY(config);
        kube::User& user = config->users.begin()->second;
        user.impersonate = "someone";
        user.impersonateGroups = {"first", "system:masters"};
        user.impersonateExtra["reason"] = {"test", "of groups"};
        const auto masters = kube::collectInventory(*config, {}, {});
        QVERIFY2(masters, masters ? "" : masters.error().text().c_str());
        QVERIFY(masters->gaps.empty());
        user.impersonateGroups = {"first", "second"};
        const auto nobody = kube::collectInventory(*config, {}, {});
        QVERIFY(!nobody);
        QVERIFY2(nobody.error().text().find("someone") != std::string::npos, nobody.error().text().c_str());
    }
};

QTEST_GUILESS_MAIN(LabKube)
#include "lab_kube.moc"
