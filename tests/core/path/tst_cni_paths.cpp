// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every CNI variant of tests/fixtures/path: what is detected, and the ways of its packets, against <case>/golden.txt.
// NETOPSY_UPDATE_GOLDEN=1 writes the goldens anew, for a reviewed diff.
#include "core/analysis/analyse.h"
#include "core/detect/detect.h"
#include "core/parse/absorb.h"
#include "core/path/lookup.h"
#include "core/path/path.h"
#include "tests/core/detect/cluster_fixture.h"
#include "tests/core/support/brain_builders.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>

using namespace netopsy;

namespace {

const QString root = QStringLiteral(NETOPSY_FIXTURES "/path/");

QByteArray read(const QString& name) {
    QFile file(name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// `without`: collectors whose sections node1 and node2 did not give.
model::Case composed(const QString& name, const QStringList& without = {}) {
    model::Case c;
    c.cluster = testing::readCluster(QStringLiteral("../../path/%1/api").arg(name));
    for (const model::ClusterNode& known : c.cluster->nodes) {
        model::Node& node = c.nodes.emplace_back();
        node.name = known.name;
        node.address = known.addresses.front().address;
        node.state = model::NodeState::Complete;
        node.samples.push_back(test::sample(0)); // for its conntrack
        const QString stem = QString::fromStdString(known.name) + QLatin1Char('.');
        const QDir folder(root + name);
        for (const QString& file : folder.entryList({stem + QLatin1Char('*')}, QDir::Files, QDir::Name)) {
            const QString collector = file.mid(stem.size());
            if (without.contains(collector))
                continue;
            model::RawSection section;
            section.node = known.name;
            section.collector = collector.toStdString();
            section.body = read(folder.filePath(file)).toStdString();
            parse::absorb(node, section);
        }
    }
    detect::detect(*c.cluster, c.nodes);
    return c;
}

QString said(const model::Case& c, const char* from, const char* to, path::Family family) {
    const auto way = path::derive(c, from, to, family);
    return QString::fromStdString(way ? path::pathText(*way) : way.error().text() + "\n");
}

QString everyWay(const model::Case& c) {
    const model::CniInfo& cni = c.cluster->cni;
    QString out = QStringLiteral("%1, %2%3; Services: %4\n")
                      .arg(QString::fromStdString(cni.name), QString::fromStdString(cni.mode),
                           cni.crossSubnetOnly ? QStringLiteral(" between subnets") : QString(),
                           QString::fromStdString(c.cluster->proxy.mode));
    const bool dual = c.cluster->pods.front().ips.size() > 1;
    const auto add = [&](const char* from, const char* to, path::Family family = path::Family::Any) {
        out += QStringLiteral("\n=== ") + said(c, from, to, family);
    };
    add("default/web-1", "default/web-3");
    add("default/web-1", "default/web-2");
    add("default/web-1", "web");
    add("node1", "default/web-2");
    add("default/web-1", "node2");
    add("default/web-1", "198.51.100.7");
    if (dual) {
        add("default/web-1", "default/web-2", path::Family::V6);
        add("default/web-1", "web", path::Family::V6);
        add("default/web-1", "2001:db8:ff::7", path::Family::V6);
    }
    return out;
}

} // namespace

class TestCniPaths : public QObject {
    Q_OBJECT
private slots:
    void goldens_data() {
        QTest::addColumn<QString>("name");
        for (const QString& name : QDir(root).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name))
            QTest::newRow(qPrintable(name)) << name;
    }
    void goldens() {
        QFETCH(QString, name);
        const QString actual = everyWay(composed(name));
        const QString golden = root + name + QStringLiteral("/golden.txt");
        if (qEnvironmentVariableIsSet("NETOPSY_UPDATE_GOLDEN")) {
            QFile file(golden);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(actual.toUtf8());
        }
        const QStringList expected = QString::fromUtf8(read(golden)).split(QLatin1Char('\n'));
        const QStringList lines = actual.split(QLatin1Char('\n'));
        for (qsizetype i = 0; i < std::min(lines.size(), expected.size()); ++i)
            QVERIFY2(lines[i] == expected[i],
                     qPrintable(
                         QStringLiteral("line %1:\n  %2\nshould be\n  %3").arg(i + 1).arg(lines[i], expected[i])));
        QCOMPARE(lines.size(), expected.size());
    }

    /// Healthy ways, of any CNI: what the nodes' kernels hold contradicts nothing.
    void nothingIsStale_data() { goldens_data(); }
    void nothingIsStale() {
        QFETCH(QString, name);
        for (const analysis::Finding& finding : analysis::analyse(composed(name)).findings)
            QVERIFY2(finding.rule != "vtep-stale" && finding.rule != "pod-route-missing" &&
                         finding.rule != "neighbour-failed",
                     finding.title.c_str());
    }

    /// Where rules were not collected, the main table alone is asked, and marked where another may be meant.
    void withoutRules() {
        const auto way =
            path::derive(composed(QStringLiteral("aws-vpc"), {QStringLiteral("rules4")}), "web-1", "web-2");
        QVERIFY(way.has_value());
        const QString text = QString::fromStdString(path::pathText(*way));
        QVERIFY2(text.contains("? routing: 172.30.0.0/16 dev eth0\n") &&
                     text.contains(
                         "node1's ip rules were not read: one may lead to table 2, where this leaves by eth1"),
                 qPrintable(text));
    }

    /// What a node did not give leaves hops that are marked, and none that is made up.
    void withoutSections_data() {
        QTest::addColumn<QString>("name");
        for (const QString& name : QDir(root).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name))
            QTest::newRow(qPrintable(name)) << name;
    }
    void withoutSections() {
        QFETCH(QString, name);
        for (const char* missing : {"links", "routes4", "neighbours", "fdb", "rules4"}) {
            const model::Case c = composed(name, {QString::fromLatin1(missing)});
            for (const char* to : {"default/web-2", "default/web-3", "web", "node2", "198.51.100.7"}) {
                const auto way = path::derive(c, "default/web-1", to);
                QVERIFY(way.has_value());
                for (const path::Hop& hop : way->hops)
                    QVERIFY2(!hop.label.empty() && !hop.source.empty(), missing);
                if (std::string_view(missing) == "links") // no device was seen, so none is shown as seen
                    for (const path::Hop& hop : way->hops)
                        QVERIFY2(hop.assumed || hop.device.empty(), hop.label.c_str());
            }
        }
    }

    /// What the JSON holds stays: keys may come, those of the golden neither go nor change.
    void jsonGoldens_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"calico-cross-subnet-one-sided", "cilium-geneve-kpr", "aws-vpc"})
            QTest::newRow(name) << name;
    }
    void jsonGoldens() {
        QFETCH(QString, name);
        const auto way = path::derive(composed(name), "web-1", "web-2");
        QVERIFY(way.has_value());
        const nlohmann::json actual = path::pathJson(*way);
        const QString golden = root + name + QStringLiteral("/golden.json");
        if (qEnvironmentVariableIsSet("NETOPSY_UPDATE_GOLDEN")) {
            QFile file(golden);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(QByteArray::fromStdString(actual.dump(1) + "\n"));
        }
        const nlohmann::json expected = nlohmann::json::parse(read(golden).toStdString());
        const std::function<std::string(const nlohmann::json&, const nlohmann::json&, std::string)> missing =
            [&](const nlohmann::json& want, const nlohmann::json& have, std::string at) -> std::string {
            if (want.is_object()) {
                for (const auto& [key, value] : want.items()) {
                    if (!have.contains(key))
                        return at + "/" + key + " is gone";
                    if (std::string problem = missing(value, have[key], at + "/" + key); !problem.empty())
                        return problem;
                }
                return {};
            }
            if (want.is_array() && have.is_array() && want.size() == have.size()) {
                for (std::size_t i = 0; i < want.size(); ++i)
                    if (std::string problem = missing(want[i], have[i], at + "/" + std::to_string(i));
                        !problem.empty())
                        return problem;
                return {};
            }
            return want == have ? std::string() : at + ": " + have.dump() + ", should be " + want.dump();
        };
        const std::string problem = missing(expected, actual, "");
        QVERIFY2(problem.empty(), problem.c_str());
    }

    void asJson() {
        const auto way = path::derive(composed(QStringLiteral("calico-cross-subnet-one-sided")), "web-1", "web-2");
        QVERIFY(way.has_value());
        const nlohmann::json json = path::pathJson(*way);
        QCOMPARE(json["schema"].get<std::string>(), std::string("netopsy.path/1"));
        QCOMPARE(json["family"].get<std::string>(), std::string("ipv4"));
        const auto tunnels = [](const nlohmann::json& hops) {
            return std::count_if(hops.begin(), hops.end(),
                                 [](const nlohmann::json& hop) { return hop["kind"] == "tunnel"; });
        };
        QCOMPARE(tunnels(json["hops"]), 2);
        QCOMPARE(tunnels(json["back"]), 0);
        QCOMPARE(json["back"].front()["node"].get<std::string>(), std::string("node2"));
        QCOMPARE(json["back"].front()["header_bytes"].get<int>(), 0);
        QVERIFY(json["hops"][4]["header_bytes"] == 50 && json["hops"][4]["device"] == "vxlan.calico");
    }

    void families() {
        const model::Case dual = composed(QStringLiteral("flannel-vxlan-dual-stack"));
        QVERIFY(!path::derive(dual, "web-1", "web-2")->ipv6);
        QVERIFY(path::derive(dual, "web-1", "web-2", path::Family::V6)->ipv6);
        QVERIFY(path::derive(dual, "web-1", "fd44:0:0:2::2")->ipv6); // the only family that both have
        const auto none = path::derive(composed(QStringLiteral("canal")), "web-1", "web-2", path::Family::V6);
        QVERIFY(!none);
        QCOMPARE(none.error().text(), std::string("default/web-1: this pod has no IPv6 address"));
        const auto mixed = path::derive(dual, "web-1", "198.51.100.7", path::Family::V6);
        QVERIFY(!mixed);
        QVERIFY2(mixed.error().text().find("is of the other family") != std::string::npos,
                 mixed.error().text().c_str());
    }

    /// An address is what it belongs to.
    void addresses_data() {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("to");
        QTest::newRow("pod") << "10.244.2.2"
                             << "node2/default/web-2";
        QTest::newRow("node") << "172.30.0.12"
                              << "node2";
        QTest::newRow("a node's tunnel") << "10.244.2.0"
                                         << "node2";
        QTest::newRow("service") << "10.96.7.7"
                                 << "default/web (10.244.2.2 on node2)";
        QTest::newRow("outside") << "203.0.113.9"
                                 << "203.0.113.9";
    }
    void addresses() {
        QFETCH(QString, address);
        QFETCH(QString, to);
        const auto way =
            path::derive(composed(QStringLiteral("flannel-vxlan-dual-stack")), "web-1", address.toStdString());
        QVERIFY(way.has_value());
        QCOMPARE(QString::fromStdString(way->to), to);
    }

    void fromOutside() {
        const auto way = path::derive(composed(QStringLiteral("canal")), "203.0.113.9", "web-1");
        QVERIFY(!way);
        QCOMPARE(way.error().text(),
                 std::string("203.0.113.9: a path begins at a node or a pod of this case, this is "
                             "an address outside"));
    }

    /// Nodes that were reached by name, with no cluster at all.
    void nodesAlone() {
        model::Case c = composed(QStringLiteral("weave"));
        c.cluster.reset();
        c.nodes[0].address = "one.example.org:22";
        c.nodes[1].address = "two.example.org:22";
        const auto way = path::derive(c, "node1", "node2");
        QVERIFY(way.has_value());
        QCOMPARE(way->hops[way->hops.size() - 2].device, std::string("eth0"));
        QVERIFY(way->hops.back().kind == path::HopKind::Conntrack);
        QVERIFY(way->back.empty());
        QVERIFY(path::derive(c, "node1", "198.51.100.7").has_value());
    }

    void rules() {
        model::NodeFacts f;
        const auto route = [&](const char* dst, const char* dev, const char* table) {
            model::Route r;
            r.dst = dst;
            r.dev = dev;
            r.table = table;
            f.routes.push_back(r);
        };
        const auto rule = [&](int priority, const char* from, const char* table, const char* mark = "",
                              bool invert = false) {
            model::RouteRule r;
            r.priority = priority;
            r.from = from;
            r.to = "all";
            r.table = table;
            r.fwmark = mark;
            r.invert = invert;
            f.rules.push_back(r);
        };
        route("10.0.0.0/8", "main0", "main");
        route("10.1.0.0/16", "pod0", "7");
        route("10.0.0.0/8", "marked0", "9");
        route("10.9.0.0/16", "wg0", "1");
        rule(99, "all", "1", "0x100000/0x100000", true);
        rule(100, "all", "9", "0x80/0x80");
        rule(200, "10.244.0.0/16", "7");
        rule(32766, "all", "main");
        const auto dev = [&](const path::Flow& flow) {
            const path::Choice choice = path::choose(f, flow);
            return choice.route == nullptr ? std::string("-") : choice.route->dev;
        };
        QCOMPARE(dev({"10.244.1.2", "10.1.2.3", "", ""}), std::string("pod0"));
        QCOMPARE(dev({"10.99.1.2", "10.1.2.3", "", ""}), std::string("main0"));
        QCOMPARE(dev({"", "10.1.2.3", "", "lo"}),
                 std::string("main0")); // a source that isn't known matches no rule
        QCOMPARE(dev({"10.244.1.2", "10.2.2.3", "", ""}), std::string("main0")); // its table has no route: go on
        QCOMPARE(dev({"10.244.1.2", "10.1.2.3", "0x80/0x80", ""}), std::string("marked0"));
        QCOMPARE(dev({"10.244.1.2", "10.9.2.3", "", ""}), std::string("wg0"));
        QCOMPARE(dev({"10.244.1.2", "10.9.2.3", "0x100000", ""}), std::string("main0"));
        QCOMPARE(dev({"", "192.0.2.1", "", ""}), std::string("-"));
        QCOMPARE(dev({"", "nonsense", "", ""}), std::string("-"));
    }
};

QTEST_APPLESS_MAIN(TestCniPaths)
#include "tst_cni_paths.moc"
