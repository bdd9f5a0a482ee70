// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What stands in the report, before anything is painted, and what is left of it when it is redacted.
#include "core/analysis/analyse.h"
#include "core/report/document.h"
#include "core/report/redact.h"
#include "tests/core/support/brain_builders.h"

#include <QRegularExpression>
#include <QTest>

using namespace netopsy;
using namespace netopsy::test;

namespace {

report::Document reportOf(const model::Case& subject) {
    const auto analysis = analysis::analyse(subject);
    return report::build(subject, analysis,
                         tuning::plan(subject, *tuning::Profile::builtin("high-churn"), &analysis));
}

/// Every text that a page can show, a line each.
struct Reader {
    QString out;
    void line(const std::string& text) { out += QString::fromStdString(text) + '\n'; }
    void operator()(const report::Heading& b) { line("# " + b.text); }
    void operator()(const report::Paragraph& b) { line(b.text); }
    void operator()(const report::Code& b) { line(b.text); }
    void operator()(const report::PageBreak&) {}
    void operator()(const report::KeyValues& b) {
        for (const auto& [key, value] : b.rows)
            line(key + ": " + value);
    }
    void operator()(const report::Table& b) {
        for (const auto& row : b.rows)
            for (const auto& text : row)
                line(text);
    }
    void operator()(const report::FindingBlock& b) {
        for (const auto& text : {b.finding.title, b.finding.explanation, b.finding.remedy})
            line(text);
        for (const auto& node : b.finding.nodes)
            line(node);
        for (const auto* list : {&b.finding.evidence, &b.finding.counterEvidence})
            for (const auto& e : *list)
                line(e.what + " | " + e.value + " | " + e.source);
    }
    void operator()(const report::LatencyChart& b) {
        line(b.title + " " + b.thresholdLabel);
        for (const auto& bar : b.bars)
            line(bar.node);
    }
    void operator()(const report::TimeChart& b) {
        line(b.title);
        for (const auto& series : b.series)
            line(series.name);
    }
    void operator()(const report::PathBlock& b) { line(path::pathText(b.path)); }
    void operator()(const report::MeshMaps& b) {
        for (const auto& node : b.mesh.nodes)
            line(node);
    }
};

QString words(const report::Document& document) {
    Reader reader;
    reader.line(document.title);
    reader.line(document.subtitle);
    for (const auto& block : document.blocks)
        std::visit(reader, block);
    return reader.out;
}

const report::LatencyChart& firstChart(const report::Document& document) {
    for (const auto& block : document.blocks)
        if (const auto* chart = std::get_if<report::LatencyChart>(&block))
            return *chart;
    qFatal("no latency chart");
}

} // namespace

class TestReport : public QObject {
    Q_OBJECT

private slots:
    void slowNodeStandsFirst() {
        auto subject = healthy();
        subject.nodes[1].dns[0] = dns("10.96.0.10", "service", 400, 300'000, 5, 30'000'000);
        const auto document = reportOf(subject);
        const QString all = words(document);
        QVERIFY2(all.contains("node2"), qPrintable(all));
        for (const char* chapter :
             {"# Summary", "# Findings", "# Latency per node", "# Round trips between nodes", "# Over the run",
              "# The packet's path", "# Tuning diff", "# What could not be measured", "# How it was measured"})
            QVERIFY2(all.contains(chapter), chapter);
        const auto& chart = firstChart(document);
        QCOMPARE(chart.bars.front().node, std::string("node2"));
        QVERIFY(chart.bars.front().p99 > 29 && chart.bars.front().p99 < 31);
        QVERIFY(chart.bars.back().p99 < 1);
        QCOMPARE(chart.threshold, 2.0);
        QCOMPARE(chart.thresholdLabel, std::string("2.00 ms"));
        QVERIFY(all.contains("measured on the nodes themselves by netopsy-probe"));
    }

    /// A query without an answer has no time, yet is not left out of the run's picture.
    void lostQueriesAreMarked() {
        auto subject = healthy();
        for (auto& series : subject.nodes[1].dns)
            series.samples.resize(200);
        lose(subject.nodes[1].dns[0], 50);
        const auto document = reportOf(subject);
        std::size_t charts = 0;
        for (const auto& block : document.blocks) {
            const auto* chart = std::get_if<report::TimeChart>(&block);
            if (chart == nullptr || chart->title.find("every query") == std::string::npos)
                continue;
            ++charts;
            QCOMPARE(chart->lost.size(), std::size_t(chart->title.find("node2") == std::string::npos ? 0 : 4));
        }
        QVERIFY(charts > 0);
    }

    void saysWhatWasNotMeasured() {
        auto subject = healthy();
        for (auto& node : subject.nodes) {
            node.dns.clear();
            node.rtt.clear();
            node.pmtu.clear();
        }
        subject.nodes[2].error = "connect: no route to host";
        subject.cluster->gaps.push_back({"list", "pods", "forbidden"});
        const QString all = words(reportOf(subject));
        QVERIFY(all.contains("No latency was measured"));
        QVERIFY(all.contains("Nothing was measured actively"));
        QVERIFY(!all.contains("netopsy-probe with a monotonic"));
        QVERIFY(all.contains("connect: no route to host"));
        QVERIFY(all.contains("may not list pods: forbidden"));
    }

    void meshHasItsWorstPairsAndNoMapBeyondForty() {
        auto subject = healthy();
        for (model::RttSeries& series : subject.nodes[2].rtt)
            if (series.peer == "node1" && series.plane == model::Plane::Overlay)
                for (model::RttSample& sample : series.samples)
                    sample.rttNs = -1;
        const auto mapsIn = [](const report::Document& document) {
            return std::count_if(document.blocks.begin(), document.blocks.end(), [](const report::Block& block) {
                return std::holds_alternative<report::MeshMaps>(block);
            });
        };
        const auto document = reportOf(subject);
        QCOMPARE(mapsIn(document), 1);
        const auto table =
            std::find_if(document.blocks.begin(), document.blocks.end(), [](const report::Block& b) {
                const auto* t = std::get_if<report::Table>(&b);
                return t != nullptr && t->header.front() == "From" && t->header.at(1) == "To";
            });
        QVERIFY(table != document.blocks.end());
        const auto& worst = std::get<report::Table>(*table).rows.front();
        QCOMPARE(worst[0], std::string("node3"));
        QCOMPARE(worst[1], std::string("node1"));
        QCOMPARE(worst[3], std::string("all 200 lost"));
        QVERIFY(words(document).contains("of which 1 got no answer at all on a plane"));
        auto large = healthy(41);
        QCOMPARE(mapsIn(reportOf(large)), 0);
        QVERIFY(words(reportOf(large)).contains("The 25 worst pairs"));
        subject.nodes.resize(1); // nobody to measure
        QVERIFY(!words(reportOf(subject)).contains("# Round trips"));
    }

    void placesLookupsAndTaint() {
        auto subject = healthy();
        QVERIFY(!words(reportOf(subject)).contains("tainted"));
        QVERIFY(!words(reportOf(subject)).contains("# From the pods' places"));
        model::PodPlace pod;
        pod.ns = "default";
        pod.name = "web-1";
        pod.sysctl = {{"net.core.somaxconn", "128"}};
        pod.countersFirst = {{"TcpExt.ListenOverflows", 1}};
        pod.countersLast = {{"TcpExt.ListenOverflows", 8}};
        pod.dns = {dns("10.96.0.10", "service", 50)};
        model::LookupSeries lookups;
        lookups.name = "example.org";
        lookups.role = "service";
        lookups.search = {"default.svc.cluster.local", "svc.cluster.local", "cluster.local"};
        lookups.samples.resize(3);
        for (model::LookupSample& sample : lookups.samples) {
            sample.outcome = model::DnsOutcome::Answered;
            sample.totalNs = 2'000'000;
            sample.queries = 8;
            sample.candidates = 4;
        }
        pod.lookups = {lookups};
        model::PodPlace closed;
        closed.ns = "default";
        closed.name = "shut";
        closed.problem = "needs root";
        subject.nodes[0].facts.sysctl["net.core.somaxconn"] = "4096";
        subject.nodes[0].pods = {pod, closed};
        for (model::RttSample& sample : subject.nodes[1].rtt[0].samples)
            sample.taint = model::taint::stolen;
        const QString all = words(reportOf(subject));
        for (const char* part :
             {"# From the pods' places", "default/web-1 on node1", "ListenOverflows +7",
              "net.core.somaxconn 128 (node 4096)", "not entered: needs root", "# What a name costs",
              "example.org by service", "4 of 4",
              "Samples are tainted on 1 node:", "More than 5 %, so that figures are to be read with care: node2"})
            QVERIFY2(all.contains(part), part);
    }

    void nothingCollectedIsNotHealth() {
        model::Case empty;
        QVERIFY(words(reportOf(empty)).contains("Nothing was collected, so nothing can be said."));
    }

    void redactionLeavesNoName() {
        auto subject = healthy(12);
        subject.cluster->server = "https://api.prod.example:6443/k8s";
        subject.cluster->context = "prod-eu";
        subject.nodes[1].dns[0] = dns("10.96.0.10", "service", 400, 300'000, 5, 30'000'000);
        subject.nodes[0].address = "bastion-7.corp.example";
        subject.nodes[3].error = "node4 (172.30.0.14): fd00::14 and 02:00:00:00:00:04 are silent at 12:30:45";
        const QString clear = words(reportOf(subject));
        for (const char* name : {"node12", "bastion-7.corp.example", "api.prod.example", "prod-eu", "172.30.0.14",
                                 "fd00::14", "02:00:00:00:00:04", "web-2"})
            QVERIFY2(clear.contains(name), name); // otherwise the rest proves nothing
        auto document = reportOf(subject);
        report::redact(document, subject);
        const QString hidden = words(document);
        for (const char* name : {"bastion-7", "corp.example", "prod.example", "prod-eu", "fd00::14",
                                 "02:00:00:00:00:04", "web-2", "coredns-a"})
            QVERIFY2(!hidden.contains(name), name);
        static const QRegularExpression left(R"(\bnode\d+\b|\b\d+\.\d+\.\d+\.\d+\b)");
        const auto match = left.match(hidden);
        QVERIFY2(!match.hasMatch(), qPrintable(hidden.mid(match.capturedStart() - 60, 140)));
        // One thing keeps one token, and what is no name stays.
        QCOMPARE(firstChart(document).bars.front().node, std::string("node-2"));
        QVERIFY(hidden.contains("node-4 (address-"));
        QVERIFY(hidden.contains("12:30:45"));
        QVERIFY(hidden.contains("flannel"));
        QVERIFY(hidden.contains("net.core.somaxconn"));
    }
};

QTEST_GUILESS_MAIN(TestReport)
#include "tst_report.moc"
