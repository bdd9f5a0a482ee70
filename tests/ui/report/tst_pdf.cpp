// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The painted report, read back with the tools that a reader would use: its text found by pdftotext, its structure
// checked by qpdf, no raster image in it.
#include "../diagram/sample_paths.h"
#include "ui/diagram/words.h"
#include "ui/report/pdf.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace netopsy;

Q_DECLARE_METATYPE(netopsy::ui::fake::SamplePath)

namespace {

analysis::Finding finding(analysis::Severity severity) {
    analysis::Finding f;
    f.rule = "dns-slow-internal";
    f.severity = severity;
    f.nodes = {"node2"};
    f.title = "node2 answers cluster DNS late: p99 31.2 ms over 1,200 queries, others 0.3 ms";
    f.explanation =
        "Twenty percent of this node's queries come back about 30 ms late, whichever DNS pod is asked.";
    f.evidence = {{"p99 of internal names over UDP", "31.2 ms", "2 ms", "node2: probe, 1,200 queries", {}},
                  {"rp_filter", "net.ipv4.conf.all.rp_filter = 2", {}, "node2: sysctl, line 12", {}}};
    f.counterEvidence = {{"CPU steal", "0.1 %", "5 %", "node2: sample", {}}};
    f.remedy = "Look at what stands between this node and the DNS pods.";
    f.references = {"https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/"};
    return f;
}

report::LatencyChart latency(int nodes) {
    report::LatencyChart chart{"Cluster DNS", "ms", {}, 2, "2 ms"};
    for (int i = 0; i < nodes; ++i)
        chart.bars.push_back({"ip-10-0-" + std::to_string(i) + "-17.eu-central-1.compute.internal", 0.2,
                              0.4 + i % 7, 1.0 + i, 600, static_cast<std::size_t>(i % 5 == 0 ? i : 0),
                              i % 11 != 10});
    return chart;
}

report::TimeChart series() {
    report::TimeChart chart{"CPU", "%", false, {{"steal", {}}, {"softirq", {}}}};
    for (int i = 0; i < 30; ++i) {
        chart.series[0].points.emplace_back(i, i > 10 && i < 14 ? std::nan("") : 2 + i % 3);
        chart.series[1].points.emplace_back(i, 1.5);
    }
    return chart;
}

report::PathBlock pathOf(const ui::fake::SamplePath& sample) {
    return {sample.path, sample.findings};
}

report::MeshMaps mesh(int nodes) {
    report::MeshMaps out;
    const auto plane = [](std::int64_t us, std::uint32_t lost) {
        stats::MeshPlane one;
        one.sent = 1500;
        one.lost = lost;
        if (lost < one.sent)
            one.all = stats::Percentiles{one.sent - lost, us * 900, us * 1000, us * 1200, us * 2000, us * 9000};
        one.clean = one.all;
        return one;
    };
    for (int i = 1; i <= nodes; ++i)
        out.mesh.nodes.push_back("worker-" + std::to_string(i));
    const auto count = static_cast<std::uint32_t>(nodes);
    for (std::uint32_t from = 0; from + 1 < count; ++from) // the last was not reached: it probed nobody
        for (std::uint32_t to = 0; to < count; ++to)
            if (from != to) {
                const std::uint32_t lost = to + 1 == count ? 1500 : from == 1 && to == 0 ? 40 : 0;
                const std::int64_t us = 180 + (from * 7 + to * 13) % 60 + (to == 2 ? 900 : 0);
                out.mesh.cells.push_back(
                    {from, to, plane(us, lost), plane(us + 40, lost), Absent{"not told here"}});
            }
    return out;
}

report::Document document(int nodes) {
    report::Document doc{
        "Network autopsy of prod-eu", "2026-11-23T06:45:29Z", "netopsy 0.1.0", "2026-11-23T06:45:29Z", {}};
    doc.blocks = {report::Heading{1, "Summary"},
                  report::Paragraph{"Found: 1 critical."},
                  report::KeyValues{{{"Cluster", "prod-eu at https://203.0.113.7:6443"}}},
                  report::Heading{1, "Findings"},
                  report::FindingBlock{finding(analysis::Severity::Critical)},
                  report::FindingBlock{finding(analysis::Severity::Warning)},
                  report::FindingBlock{finding(analysis::Severity::Info)},
                  report::Heading{1, "Latency per node"},
                  latency(nodes),
                  latency(3),
                  mesh(3),
                  mesh(12),
                  mesh(40),
                  series(),
                  report::Heading{1, "The packet's path"},
                  pathOf(ui::fake::problems())};
    report::Table table{{"Key", "Now", "Then", "Why"}, {}, {1, 2}};
    for (int i = 0; i < 80; ++i)
        table.rows.push_back(
            {"net.ipv4.conf.all.rp_filter", std::to_string(i), "1",
             "a reason that is long enough to be wrapped over more than one line of the table's last "
             "column, which it must do without being cut"});
    doc.blocks.emplace_back(report::Heading{1, "Tuning diff"});
    doc.blocks.emplace_back(table);
    doc.blocks.emplace_back(report::Code{"# file\nnet.core.somaxconn = 32768\n"});
    return doc;
}

QByteArray output(const QString& program, const QStringList& args, int* status = nullptr) {
    QProcess process;
    process.start(program, args);
    if (!process.waitForStarted())
        return {};
    process.waitForFinished();
    if (status)
        *status = process.exitCode();
    return process.readAllStandardOutput();
}

} // namespace

class TestPdf : public QObject {
    Q_OBJECT
private slots:
    void textIsSearchable() {
        QTemporaryDir folder;
        const QString pdf = folder.filePath("r.pdf");
        const auto pages = ui::writePdf(document(200), pdf);
        QVERIFY2(pages, pages ? "" : pages.error().text().c_str());
        QVERIFY(*pages >= 5);
        const QByteArray text = output("pdftotext", {"-layout", pdf, "-"});
        if (text.isEmpty())
            QSKIP("pdftotext is not installed");
        for (const char* words : {"rp_filter", "node2 answers cluster DNS late", "net.core.somaxconn = 32768",
                                  "critical", "160 more nodes are not drawn", "Underlay", "not probed",
                                  "no answer came", "worker-12", "flannel.1", "assumed"})
            QVERIFY2(text.contains(words), words);
        QVERIFY(text.contains(QStringLiteral("Page %1 of %1").arg(*pages).toUtf8()));
    }

    void pathsAreWholeOnAnyNumberOfPages_data() {
        QTest::addColumn<ui::fake::SamplePath>("sample");
        QTest::addColumn<int>("pages");
        QTest::newRow("seven hops") << ui::fake::sevenHops() << 1;
        QTest::newRow("problems") << ui::fake::problems() << 1;
        QTest::newRow("IPv6") << ui::fake::ipv6() << 1;
        QTest::newRow("twenty hops and the reply's") << ui::fake::twentyHops() << 2;
    }
    void pathsAreWholeOnAnyNumberOfPages() {
        QFETCH(const ui::fake::SamplePath, sample);
        QFETCH(const int, pages);
        QTemporaryDir folder;
        const QString pdf = folder.filePath("r.pdf");
        report::Document doc;
        doc.blocks = {report::Heading{1, "The packet's path"}, pathOf(sample)};
        const auto written = ui::writePdf(doc, pdf);
        QVERIFY(written);
        QCOMPARE(*written, pages);
        QString text = QString::fromUtf8(output("pdftotext", {pdf, "-"}));
        if (text.isEmpty())
            QSKIP("pdftotext is not installed");
        text.remove(QRegularExpression(QStringLiteral("\\s")));
        for (const auto* way : {&sample.path.hops, &sample.path.back})
            for (const path::Hop& hop : *way) {
                const QString name = ui::diagram::title(hop).remove(QLatin1Char(' '));
                QVERIFY2(text.contains(name), qPrintable(name));
            }
        for (const analysis::Finding& finding : sample.findings) {
            // Of a title that is broken over lines, which may stand among others', each word is there.
            for (const QString& word : QString::fromStdString(finding.title).split(QLatin1Char(' ')))
                QVERIFY2(text.contains(word), qPrintable(word));
        }
        QCOMPARE(output("pdfimages", {"-list", pdf}).count('\n'), 2); // none: vectors
    }

    void structureIsSound() {
        QTemporaryDir folder;
        const QString pdf = folder.filePath("r.pdf");
        QVERIFY(ui::writePdf(document(3), pdf));
        int status = -1;
        const QByteArray checked = output("qpdf", {"--check", pdf}, &status);
        if (checked.isEmpty())
            QSKIP("qpdf is not installed");
        QCOMPARE(status, 0);
        QVERIFY(output("qpdf", {"--json", pdf}).contains("/Outlines"));
        QCOMPARE(output("pdfimages", {"-list", pdf}).count('\n'),
                 2); // its two lines of heading: charts are vectors
        const QByteArray info = output("pdfinfo", {pdf});
        for (const char* words :
             {"Network autopsy of prod-eu", "Author:          netopsy 0.1.0", "PDF version:     1.6"})
            QVERIFY2(info.contains(words), info.constData());
    }

    void emptyDocumentIsOnePage() {
        QTemporaryDir folder;
        const auto pages = ui::writePdf(report::Document{}, folder.filePath("r.pdf"));
        QVERIFY(pages);
        QCOMPARE(*pages, 1);
    }

    void unwritableFolderIsAnErrorAndLeavesNothing() {
        const auto pages = ui::writePdf(document(1), "/nonexistent/r.pdf");
        QVERIFY(!pages);
        QVERIFY(pages.error().text().find("/nonexistent/r.pdf") != std::string::npos);
    }

    void olderReportIsReplacedWhole() {
        QTemporaryDir folder;
        const QString pdf = folder.filePath("r.pdf");
        QVERIFY(ui::writePdf(document(3), pdf));
        QVERIFY(ui::writePdf(report::Document{}, pdf));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 1);
    }
};

QTEST_MAIN(TestPdf)
#include "tst_pdf.moc"
