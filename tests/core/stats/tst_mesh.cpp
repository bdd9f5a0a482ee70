// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/mesh.h"

#include <QElapsedTimer>
#include <QTest>

#include <cmath>

using namespace netopsy;

namespace {

/// `rttsUs`: one a sample, microseconds; negative is lost.
model::RttSeries series(const std::string& peer, model::Plane plane, const std::vector<int>& rttsUs,
                        const std::string& method = "icmp-raw") {
    model::RttSeries out;
    out.peer = peer;
    out.plane = plane;
    out.method = method;
    for (const int us : rttsUs) {
        model::RttSample sample;
        sample.offsetNs = static_cast<std::int64_t>(out.samples.size()) * 20'000'000;
        sample.rttNs = us < 0 ? -1 : us * 1000;
        out.samples.push_back(sample);
    }
    return out;
}

std::vector<int> around(int us, int count) {
    std::vector<int> out;
    for (int i = 0; i < count; ++i)
        out.push_back(us + i * 37 % 11 - 5);
    return out;
}

model::Case three() {
    model::Case out;
    for (const char* name : {"node1", "node2", "node3"}) {
        model::Node node;
        node.name = name;
        out.nodes.push_back(node);
    }
    out.nodes[0].rtt = {series("node3", model::Plane::Underlay, {-1, -1, -1}),
                        series("node2", model::Plane::Underlay, around(200, 101)),
                        series("node2", model::Plane::Overlay, around(260, 101))};
    out.nodes[1].rtt = {series("node1", model::Plane::Underlay, {})};
    out.nodes[2].rtt = {series("gone", model::Plane::Overlay, {100})};
    return out;
}

} // namespace

class TestMesh : public QObject {
    Q_OBJECT
private slots:
    void emptyCase() {
        const stats::Mesh none = stats::mesh({});
        QVERIFY(none.nodes.empty() && none.cells.empty());
        QCOMPARE(none.at(0, 1), nullptr);
        QVERIFY(none.row(7).empty());
    }

    void notProbedIsNotLost() {
        const stats::Mesh mesh = stats::mesh(three());
        const stats::MeshCell* lost = mesh.at(0, 2);
        QVERIFY(lost != nullptr);
        QVERIFY(lost->underlay.probed() && lost->underlay.lostAll() && !lost->underlay.all);
        QCOMPARE(lost->underlay.lossPct(), 100.0);
        QVERIFY(!lost->overlay.probed() && !lost->overlay.lostAll());
        QCOMPARE(lost->difference.reason(), std::string("no answer came on the underlay"));
        QCOMPARE(mesh.at(1, 0), nullptr); // a series without a sample: nothing was sent
        QCOMPARE(mesh.at(1, 2), nullptr);
        QCOMPARE(mesh.at(0, 0), nullptr);
    }

    void aPeerThatTheCaseHasNoNodeForIsAColumn() {
        const stats::Mesh mesh = stats::mesh(three());
        QCOMPARE(mesh.nodes.size(), std::size_t{4});
        QCOMPARE(mesh.indexOf("gone"), std::optional<std::uint32_t>(3));
        QVERIFY(!mesh.indexOf("nobody"));
        QVERIFY(mesh.at(2, 3) != nullptr);
        QCOMPARE(mesh.at(2, 3)->difference.reason(), std::string("the underlay was not probed"));
    }

    void figuresComeFromAllSamples() {
        auto subject = three();
        // A second series of the pair and plane (its IPv6 address, say) counts together with the first.
        subject.nodes[0].rtt.push_back(series("node2", model::Plane::Underlay, around(900, 101)));
        const stats::Mesh mesh = stats::mesh(subject);
        const stats::MeshCell& cell = *mesh.at(0, 1);
        QCOMPARE(cell.underlay.sent, 202u);
        QCOMPARE(cell.underlay.method, std::string("icmp-raw"));
        QCOMPARE(cell.underlay.all->count, std::size_t{202});
        QCOMPARE(cell.underlay.all->min, 195'000);
        QCOMPARE(cell.underlay.all->p50, 205'000); // the largest of the first half
        QVERIFY(cell.underlay.all->p99 > 900'000);
    }

    void taintIsSetApart() {
        auto subject = three();
        for (model::RttSample& sample : subject.nodes[0].rtt[1].samples)
            if (sample.rttNs > 203'000) {
                sample.taint = model::taint::stolen;
                sample.rttNs = 9'000'000;
            }
        auto& first = subject.nodes[0].rtt[1].samples[0];
        first.duplicates = 2;
        first.reordered = true;
        first.rttNs = -1;
        first.taint = model::taint::late;
        const stats::MeshPlane plane = stats::mesh(subject).at(0, 1)->underlay;
        QVERIFY(plane.tainted > 10 && plane.tainted < 40);
        QCOMPARE(plane.lost, 1u);
        QCOMPARE(plane.duplicates, 2u);
        QCOMPARE(plane.reordered, 1u);
        QCOMPARE(plane.all->p99, 9'000'000);
        QVERIFY(plane.clean->p99 <= 203'000);
        QCOMPARE(plane.all->count, std::size_t{100});
        QCOMPARE(plane.clean->count + plane.tainted - 1, plane.all->count);
    }

    void familiesAreKeptApart() {
        auto subject = three();
        QVERIFY(stats::meshFamilies(subject).v4 && !stats::meshFamilies(subject).both());
        const auto four = stats::mesh(subject).at(0, 1)->overlay;
        subject.nodes[0].rtt.push_back(series("node2", model::Plane::Overlay, {900, -1, 900}));
        subject.nodes[0].rtt.back().address = "fd00:10:244:2::2";
        QVERIFY(stats::meshFamilies(subject).both());
        QCOMPARE(stats::mesh(subject).at(0, 1)->overlay.sent, four.sent);
        const stats::Mesh six = stats::mesh(subject, stats::MeshIntervals::All, true);
        QVERIFY(six.ipv6);
        QCOMPARE(six.cells.size(), std::size_t{1});
        QCOMPARE(six.nodes, stats::mesh(subject).nodes); // the same map, whichever is looked at
        QCOMPARE(six.at(0, 1)->overlay.lost, 1u);
        QVERIFY(!six.at(0, 1)->underlay.probed());
        std::erase_if(subject.nodes[0].rtt, [](const auto& s) { return s.address != "fd00:10:244:2::2"; });
        subject.nodes.resize(2);
        QVERIFY(stats::mesh(subject).ipv6); // nothing else was measured
    }

    void differenceHasItsInterval() {
        const auto subject = three();
        const auto tax = stats::mesh(subject).at(0, 1)->difference;
        QVERIFY(tax.has());
        QCOMPARE(tax->median, 60'000.0);
        QVERIFY(tax->low95 <= 60'000 && tax->high95 >= 60'000 && tax->low95 > 50'000 && tax->high95 < 70'000);
        const auto quick = stats::mesh(subject, stats::MeshIntervals::None).at(0, 1)->difference;
        QCOMPARE(quick->median, tax->median);
        QVERIFY(std::isnan(quick->low95) && std::isnan(quick->high95));
    }

    void differenceThatCantBeTold_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<int>("answers");
        QTest::addColumn<bool>("tainted");
        QTest::addColumn<QString>("reason");
        QTest::newRow("other method") << "udp-closed-port" << 50 << false
                                      << "the planes were measured by different methods: icmp-raw and "
                                         "udp-closed-port";
        QTest::newRow("few") << "icmp-raw" << 4 << false << "fewer than five undisturbed answers on the overlay";
        QTest::newRow("tainted") << "icmp-raw" << 50 << true
                                 << "fewer than five undisturbed answers on the overlay";
        QTest::newRow("none sent") << "icmp-raw" << 0 << false << "the overlay was not probed";
    }
    void differenceThatCantBeTold() {
        QFETCH(const QString, method);
        QFETCH(const int, answers);
        QFETCH(const bool, tainted);
        QFETCH(const QString, reason);
        auto subject = three();
        auto& overlay = subject.nodes[0].rtt[2];
        overlay = series("node2", model::Plane::Overlay, around(260, answers), method.toStdString());
        for (model::RttSample& sample : overlay.samples)
            sample.taint = tainted ? model::taint::starved : 0;
        QCOMPARE(QString::fromStdString(stats::mesh(subject).at(0, 1)->difference.reason()), reason);
    }

    void namesAreSortedAsPeopleDo() {
        stats::Mesh mesh;
        mesh.nodes = {"node10", "node2", "a", "node02", "node", "", "ip-10-0-9-1", "ip-10-0-10-1", "node2b"};
        std::vector<std::string> sorted;
        for (const std::uint32_t i : stats::inOrder(mesh))
            sorted.push_back(mesh.nodes[i]);
        QCOMPARE(sorted, (std::vector<std::string>{"", "a", "ip-10-0-9-1", "ip-10-0-10-1", "node", "node2",
                                                   "node02", "node2b", "node10"}));
    }

    /// A ring of ten peers a node over a thousand nodes: what is not probed must cost nothing.
    void aThousandNodesInARing() {
        model::Case subject;
        constexpr std::size_t nodes = 1000, peers = 10;
        for (std::size_t i = 0; i < nodes; ++i) {
            model::Node node;
            node.name = "worker-" + std::to_string(i);
            for (std::size_t k = 1; k <= peers; ++k)
                for (const auto plane : {model::Plane::Underlay, model::Plane::Overlay})
                    node.rtt.push_back(series("worker-" + std::to_string((i + k) % nodes), plane,
                                              around(plane == model::Plane::Underlay ? 200 : 240, 30)));
            subject.nodes.push_back(std::move(node));
        }
        QElapsedTimer timer;
        timer.start();
        const stats::Mesh mesh = stats::mesh(subject, stats::MeshIntervals::None);
        const qint64 took = timer.restart();
        const bool sameCells = stats::mesh(subject).cells.size() == mesh.cells.size();
        qInfo("%zu cells of %zu bytes in %lld ms, with intervals in %lld ms", mesh.cells.size(),
              sizeof(stats::MeshCell), took, timer.elapsed());
        QVERIFY(sameCells);
        QCOMPARE(mesh.cells.size(), nodes * peers);
        QCOMPARE(mesh.row(999).size(), peers);
        QCOMPARE(mesh.row(999).front().to, 0u); // the ring closes, and the row stays sorted
        QVERIFY(mesh.at(999, 9) != nullptr && mesh.at(999, 10) == nullptr && mesh.at(0, 999) == nullptr);
        QVERIFY(mesh.cells.size() * sizeof(stats::MeshCell) < 8'000'000);
        QVERIFY2(took < 5000, qPrintable(QString::number(took)));
    }
};

QTEST_APPLESS_MAIN(TestMesh)
#include "tst_mesh.moc"
