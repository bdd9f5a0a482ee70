// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What collectInventory makes of servers that the lab cannot be: old ones, closed ones, broken ones.
#include "collectors/kube/inventory.h"
#include "tests/collectors/kube/api_server.h"

#include <QTest>

#include <algorithm>

using namespace netopsy;

namespace {

const QByteArray forbidden =
    "{\"kind\":\"Status\",\"reason\":\"Forbidden\",\"message\":\"User \\\"bob\\\" cannot\"}";

QByteArray listOf(const QByteArray& kind, const QByteArray& items) {
    return "{\"kind\":\"" + kind + "List\",\"metadata\":{},\"items\":[" + items + "]}";
}

QByteArray version() {
    return "{\"gitVersion\":\"v1.16.3\"}";
}

} // namespace

class TestInventory : public QObject {
    Q_OBJECT

    testing::Authority m_ca;

    Result<model::Inventory> collect(const testing::ApiServer& server) {
        kube::Kubeconfig config;
        kube::Cluster& cluster = config.clusters["c"];
        cluster.server = server.url();
        cluster.caData = m_ca.certificate();
        config.users["u"].token = "a-secret-token";
        config.contexts["ctx"] = {"c", "u", "", {}};
        config.currentContext = "ctx";
        return kube::collectInventory(config, {}, {});
    }

    static bool hasGap(const model::Inventory& inventory, const std::string& resource, const std::string& reason) {
        return std::any_of(inventory.gaps.begin(), inventory.gaps.end(), [&](const model::Gap& gap) {
            return gap.resource == resource && gap.reason.find(reason) != std::string::npos;
        });
    }

private slots:
    void anOldServerIsAskedForEndpoints() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked& asked) -> testing::Answer {
            if (asked.path == "/version")
                return {200, version()};
            if (asked.path.startsWith("/apis/discovery.k8s.io/"))
                return {404, "404 page not found"};
            if (asked.path.startsWith("/api/v1/services"))
                return {200,
                        listOf("Service", "{\"metadata\":{\"namespace\":\"kube-system\",\"name\":\"kube-dns\"},"
                                          "\"spec\":{\"clusterIP\":\"10.96.0.10\"}}")};
            if (asked.path.startsWith("/api/v1/endpoints"))
                return {200,
                        listOf("Endpoints", "{\"metadata\":{\"namespace\":\"kube-system\",\"name\":\"kube-dns\"},"
                                            "\"subsets\":[{\"addresses\":[{\"ip\":\"10.244.0.2\"}],"
                                            "\"notReadyAddresses\":[{\"ip\":\"10.244.0.3\"}]}]}")};
            return {200, listOf("Any", "")};
        };
        const auto found = collect(server);
        QVERIFY2(found, found ? "" : found.error().text().c_str());
        QCOMPARE(found->version, std::string("v1.16.3"));
        QCOMPARE(found->dns.serviceIp, std::string("10.96.0.10"));
        QCOMPARE(found->dns.pods, (std::vector<std::string>{"10.244.0.2"}));
        QCOMPARE(found->cni.name, std::string("unknown"));
        QVERIFY(!hasGap(*found, "endpointslices.discovery.k8s.io", ""));
    }

    void whatIsForbiddenIsStatedAndTheRestGoesOn() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked& asked) -> testing::Answer {
            if (asked.path == "/version")
                return {200, version()};
            if (asked.path.startsWith("/api/v1/services"))
                return {200, listOf("Service", "")};
            return {403, forbidden};
        };
        const auto found = collect(server);
        QVERIFY2(found, found ? "" : found.error().text().c_str());
        for (const char* resource :
             {"nodes", "pods", "daemonsets", "deployments", "endpointslices.discovery.k8s.io", "/apis"})
            QVERIFY2(hasGap(*found, resource, "forbidden"), resource);
        QVERIFY(hasGap(*found, "nodes", "User \"bob\" cannot"));
    }

    void nothingAtAllIsAnError() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked& asked) -> testing::Answer {
            return asked.path == "/version" ? testing::Answer{200, version()} : testing::Answer{403, forbidden};
        };
        const auto found = collect(server);
        QVERIFY(!found);
        QVERIFY2(found.error().text().find("forbidden to list") != std::string::npos,
                 found.error().text().c_str());
    }

    void aWebServerIsNoCluster() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked&) { return testing::Answer{200, "<html></html>"}; };
        const auto found = collect(server);
        QVERIFY(!found);
        QVERIFY(found.error().text().find("does not answer as a Kubernetes API server") != std::string::npos);
    }

    void oneBrokenObjectCostsOnlyItself() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked& asked) -> testing::Answer {
            if (asked.path == "/version")
                return {200, version()};
            if (asked.path.startsWith("/api/v1/nodes"))
                return {200, listOf("Node", "{\"metadata\":{\"name\":\"good\"}},{\"metadata\":{\"name\":7}},17,"
                                            "{\"metadata\":{\"name\":\"also\"},\"status\":{\"addresses\":{}}}")};
            return {200, listOf("Any", "")};
        };
        const auto found = collect(server);
        QVERIFY(found);
        QCOMPARE(found->nodes.size(), std::size_t{1});
        QVERIFY(
            hasGap(*found, "nodes", "3 not understood; the first one has a field metadata.name that is no text"));
    }

    void contextsThatCannotBeUsed() {
        kube::Kubeconfig config;
        QVERIFY(kube::collectInventory(config, {}, {}).error().text().find("no context is chosen") !=
                std::string::npos);
        config.currentContext = "gone";
        QVERIFY(kube::collectInventory(config, {}, {}).error().text().find("has no context \"gone\"") !=
                std::string::npos);
        config.contexts["gone"] = {"cluster", "user", "", {}};
        QVERIFY(kube::collectInventory(config, {}, {}).error().text().find("which no file defines") !=
                std::string::npos);
    }

    void noSecretLeavesInAnError() {
        testing::ApiServer server(m_ca.issue({}));
        server.answer = [](const testing::Asked&) { return testing::Answer{401}; };
        const auto found = collect(server);
        QVERIFY(!found);
        QVERIFY(found.error().text().find("a-secret-token") == std::string::npos);
        QVERIFY(found.error().text().find("401") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestInventory)
#include "tst_inventory.moc"
