// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/kube/objects.h"
#include "core/parse/kube/status.h"
#include "tests/core/detect/cluster_fixture.h"

#include <QFile>
#include <QTest>

#include <nlohmann/json.hpp>

using namespace netopsy;
using namespace netopsy::parse::kube;

namespace {

std::string listOf(const std::string& items, const std::string& kind = "PodList") {
    return "{\"kind\":\"" + kind +
           "\",\"apiVersion\":\"v1\",\"metadata\":{\"continue\":\"next\",\"x\":[{}]},\"items\":" + items + "}";
}

std::string pod(const std::string& name, const std::string& more = "") {
    return "{\"metadata\":{\"name\":\"" + name +
           "\",\"namespace\":\"ns\",\"managedFields\":[{\"deep\":{\"er\":[1,2,{}]}}]}" + more + "}";
}

} // namespace

class TestParseKube : public QObject {
    Q_OBJECT
private slots:
    void theLabsObjects() {
        const model::Inventory lab = testing::readCluster("lab");
        QCOMPARE(lab.nodes.size(), std::size_t{3});
        const model::ClusterNode& node = lab.nodes.front();
        QCOMPARE(node.name, std::string("node1"));
        QCOMPARE(node.podCidrs.size(), std::size_t{1});
        QCOMPARE(node.zone, std::string("zone-a"));
        QCOMPARE(node.architecture, std::string("amd64"));
        QCOMPARE(node.ready, std::string("True"));
        QVERIFY(node.annotations.contains("flannel.alpha.coreos.com/backend-type"));
        QVERIFY(!node.annotations.contains("node.alpha.kubernetes.io/ttl")); // nobody's business
        QVERIFY(!lab.pods.empty());
        for (const model::Pod& p : lab.pods)
            QVERIFY(!p.node.empty() && !p.phase.empty());
        const auto dns = std::find_if(lab.services.begin(), lab.services.end(),
                                      [](const auto& s) { return s.name == "kube-dns"; });
        QVERIFY(dns != lab.services.end());
        QCOMPARE(dns->ports.front().port, 53);
        QVERIFY(!lab.endpoints.empty());
    }

    void aPage() {
        std::vector<model::Pod> pods;
        const auto page = parsePods(
            listOf(
                "[" +
                pod("a",
                    ",\"spec\":{\"nodeName\":\"n\",\"hostNetwork\":true,\"containers\":[{\"image\":\"x\"}]},"
                    "\"status\":{\"phase\":\"Running\",\"podIPs\":[{\"ip\":\"10.0.0.1\"},{\"ip\":\"fd00::1\"}]}") +
                "," + pod("b", ",\"status\":{\"podIP\":\"10.0.0.2\"}") + "]"),
            pods);
        QVERIFY(page);
        QCOMPARE(page->continueToken, std::string("next"));
        QCOMPARE(page->items, std::size_t{2});
        QCOMPARE(pods[0].ips, (std::vector<std::string>{"10.0.0.1", "fd00::1"}));
        QVERIFY(pods[0].hostNetwork && !pods[1].hostNetwork);
        QCOMPARE(pods[1].ips, (std::vector<std::string>{"10.0.0.2"}));
    }

    void emptyAndNullLists() {
        std::vector<model::Pod> pods;
        QVERIFY(parsePods(listOf("[]"), pods));
        QVERIFY(parsePods(listOf("null"), pods));
        QVERIFY(pods.empty());
    }

    void brokenObjectsAreSkippedAndCounted() {
        std::vector<model::Pod> pods;
        const auto page = parsePods(
            listOf("[" + pod("a") + ",{\"metadata\":{\"name\":1,\"namespace\":\"n\"}},\"text\",null,[],{}," +
                   pod("b", ",\"spec\":{\"hostNetwork\":\"yes\"}") + "," + pod("c") + "]"),
            pods);
        QVERIFY(page);
        QCOMPARE(pods.size(), std::size_t{2});
        QCOMPARE(page->skipped, std::size_t{6});
        QCOMPARE(page->firstProblem, std::string("has a field metadata.name that is no text"));
    }

    void whatIsNoList_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("html") << QByteArray("<html>");
        QTest::newRow("number") << QByteArray("7");
        QTest::newRow("array") << QByteArray("[]");
        QTest::newRow("object") << QByteArray("{\"kind\":\"Pod\"}");
        QTest::newRow("list without items") << QByteArray("{\"kind\":\"PodList\"}");
        QTest::newRow("items of an object") << QByteArray("{\"kind\":\"PodList\",\"items\":{}}");
        QTest::newRow("status") << QByteArray("{\"kind\":\"Status\",\"items\":[]}");
        QTest::newRow("deep") << QByteArray("{\"kind\":\"PodList\",\"items\":[") + QByteArray(100'000, '[');
        QTest::newRow("deep in what is skipped") << QByteArray("{\"skipped\":") + QByteArray(100'000, '[');
    }
    void whatIsNoList() {
        QFETCH(QByteArray, bytes);
        std::vector<model::Pod> pods;
        QVERIFY(!parsePods(bytes.toStdString(), pods));
    }

    void everyCutOfAPageIsAnError() {
        const std::string whole = listOf("[" + pod("a") + "," + pod("b") + "]");
        for (std::size_t length = 0; length < whole.size(); ++length) {
            std::vector<model::Pod> pods;
            QVERIFY2(!parsePods(std::string_view(whole).substr(0, length), pods), std::to_string(length).c_str());
        }
    }

    void slicesOfBothVersions() {
        std::vector<model::Endpoint> out;
        const auto slice = [](const std::string& endpoints) {
            return listOf("[{\"metadata\":{\"namespace\":\"ns\",\"labels\":{\"kubernetes.io/"
                          "service-name\":\"web\"}},\"endpoints\":[" +
                              endpoints + "]}]",
                          "EndpointSliceList");
        };
        QVERIFY(parseEndpointSlices(
            slice("{\"addresses\":[\"10.0.0.1\",\"10.0.0.2\"],\"nodeName\":\"n1\",\"conditions\":"
                  "{\"ready\":true},\"targetRef\":{\"kind\":\"Pod\",\"name\":\"p\"}}"),
            out));
        QVERIFY(parseEndpointSlices(slice("{\"addresses\":[\"10.0.0.3\"],\"topology\":{\"kubernetes.io/"
                                          "hostname\":\"n2\"},\"conditions\":{\"ready\":false}}"),
                                    out));
        QVERIFY(parseEndpointSlices(slice("{\"addresses\":[\"10.0.0.4\"],\"conditions\":{\"ready\":null}}"), out));
        QCOMPARE(out.size(), std::size_t{4});
        QCOMPARE(out[0], (model::Endpoint{"ns", "web", "10.0.0.1", "n1", "p", true}));
        QCOMPARE(out[2].node, std::string("n2"));
        QVERIFY(!out[2].ready);
        QVERIFY(out[3].ready); // not told means ready
    }

    void configMapsKeepOnlyKnownKeys() {
        const auto map = parseConfigMap(
            "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"cilium-config\",\"namespace\":\"kube-system\"},\n   "
            "         \"data\":{\"routing-mode\":\"native\",\"etcd-config\":\"secret\",\"Corefile\":\"not its "
            "own\"}}");
        QVERIFY(map);
        QCOMPARE(map->data.size(), std::size_t{1});
        QVERIFY(!parseConfigMap("{\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\",\"namespace\":\"b\"}}"));
        QVERIFY(!parseConfigMap(
            "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"namespace\":\"b\"},\"data\":{\"k\":1}}"));
    }

    void customObjectsAreFlattened() {
        std::vector<model::CniObject> out;
        QVERIFY(parseCniObjects(
            listOf("[{\"metadata\":{\"name\":\"p\"},\"spec\":{\"ipipMode\":\"Always\",\"n\":7,\"on\":true,"
                   "\"list\":[{\"a\":\"b\"}],\"none\":null}}]"),
            "IPPool", out));
        const std::map<std::string, std::string> expected{
            {"spec.ipipMode", "Always"}, {"spec.n", "7"}, {"spec.on", "true"}, {"spec.list.0.a", "b"}};
        QCOMPARE(out.front().fields, expected);
    }

    void statusesAndVersions() {
        const Status status = parseStatus(
            "{\"kind\":\"Status\",\"message\":\"no \\u001b[31m\",\"details\":{\"retryAfterSeconds\":5}}");
        QCOMPARE(status.retryAfterSeconds, 5);
        QCOMPARE(status.message, std::string("no \xEF\xBF\xBD[31m"));
        QVERIFY(parseStatus("<html>").message.empty());
        QCOMPARE(*parseVersion("{\"major\":\"1\",\"gitVersion\":\"v1.20.5\"}"), std::string("v1.20.5"));
        QVERIFY(!parseVersion("{}"));
        const auto groups = parseApiGroups("{\"kind\":\"APIGroupList\",\"groups\":[{\"name\":\"apps\","
                                           "\"versions\":[{\"groupVersion\":\"apps/v1\",\"version\":\"v1\"}]}]}");
        QVERIFY(groups && groups->contains("apps/v1"));
    }
};

QTEST_APPLESS_MAIN(TestParseKube)
#include "tst_parse_kube.moc"
