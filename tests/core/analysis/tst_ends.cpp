// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which path a finding is shown on.
#include "core/analysis/ends.h"
#include "core/analysis/locate.h"

#include <QTest>

#include <algorithm>

using namespace netopsy;

namespace {

model::Link link(const char* name, const char* kind, int mtu, std::string address = {}) {
    model::Link out;
    out.name = name;
    out.kind = kind;
    out.state = "UP";
    out.mtu = mtu;
    if (!address.empty())
        out.addresses = {{std::move(address), 24, "global"}};
    return out;
}

/// Three nodes with a bridge and a VXLAN device; node1 has no pod but one on the host's network.
model::Case cluster() {
    model::Case out;
    out.cluster = model::Inventory{};
    out.cluster->proxy.mode = "iptables";
    model::Service web;
    web.ns = "default";
    web.name = "web";
    web.clusterIps = {"10.96.0.7"};
    out.cluster->services = {web};
    for (int i = 1; i <= 3; ++i) {
        const std::string self = std::to_string(i), subnet = "10.244." + self;
        model::Node node;
        node.name = "node" + self;
        node.address = "192.0.2." + self;
        node.state = model::NodeState::Complete;
        node.facts.links = {link("eth0", "physical", 1500, node.address),
                            link("cni0", "bridge", 1450, subnet + ".1"), link("flannel.1", "vxlan", 1450)};
        node.facts.links.back().vxlan = model::VxlanInfo{1, 8472, node.address, "eth0", false};
        for (int to = 1; to <= 3; ++to) {
            model::Route route;
            route.dst = "10.244." + std::to_string(to) + ".0/24";
            route.dev = to == i ? "cni0" : "flannel.1";
            if (to != i)
                route.via = "10.244." + std::to_string(to) + ".0";
            node.facts.routes.push_back(route);
        }
        out.nodes.push_back(node);
        model::Pod pod;
        pod.ns = "default";
        pod.name = "web-" + self;
        pod.node = node.name;
        pod.phase = "Running";
        pod.ips = {i == 1 ? node.address : subnet + ".2"};
        pod.hostNetwork = i == 1;
        out.cluster->pods.push_back(pod);
        if (i > 1)
            out.cluster->endpoints.push_back({"default", "web", pod.ips.front(), node.name, pod.name, true});
    }
    return out;
}

analysis::Finding at(analysis::Location where) {
    analysis::Finding out;
    out.rule = "r";
    out.title = "t";
    out.where = {std::move(where)};
    return out;
}

} // namespace

class TestEnds : public QObject {
    Q_OBJECT
private slots:
    void aPodOfTheNodeOrTheNode() {
        const model::Case subject = cluster();
        QCOMPARE(analysis::podOrNode(subject, "node1"), std::string("node1")); // a host's pod is the host
        QCOMPARE(analysis::podOrNode(subject, "node2"), std::string("node2/default/web-2"));
    }

    void findingsSitOnTheirPath_data() {
        QTest::addColumn<QStringList>("where"); // node, device, peer, part
        QTest::newRow("device") << QStringList{"node2", "flannel.1", "", ""};
        QTest::newRow("pair") << QStringList{"node3", "", "node2", "tunnel"};
        QTest::newRow("wire of a pair") << QStringList{"node2", "", "node1", "wire"};
        QTest::newRow("a Service's address") << QStringList{"node2", "", "", "service-nat"};
        QTest::newRow("node's card") << QStringList{"node1", "eth0", "", ""};
    }
    void findingsSitOnTheirPath() {
        QFETCH(const QStringList, where);
        const model::Case subject = cluster();
        const analysis::Finding finding =
            at({where[0].toStdString(), where[1].toStdString(), where[2].toStdString(), where[3].toStdString()});
        const auto [from, to, family] = analysis::endsFor(subject, finding);
        const auto way = path::derive(subject, from, to, family);
        QVERIFY2(way, (from + " to " + to).c_str());
        const auto located = analysis::locate(*way, std::span(&finding, 1));
        QVERIFY(std::any_of(located.begin(), located.end(), [](const auto& on) { return !on.empty(); }));
    }

    void whatHasNoPlaceHasNoEnds() {
        const model::Case subject = cluster();
        QVERIFY(analysis::endsFor(subject, {}).from.empty());
        QVERIFY(analysis::endsFor(subject, at({"gone", "eth0", "", ""})).from.empty());
        // On no hop: still a way of that node, to look at.
        QVERIFY(!analysis::endsFor(subject, at({"node2", "nothing0", "", ""})).from.empty());
    }
};

QTEST_APPLESS_MAIN(TestEnds)
#include "tst_ends.moc"
