// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The map driven by mouse and keys, and its table of pairs.
#include "ui/models/mesh_pairs_model.h"
#include "ui/widgets/mesh_map.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QHelpEvent>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QTest>
#include <QToolTip>
#include <QWheelEvent>

using namespace netopsy;
using namespace netopsy::ui;

namespace {

stats::MeshPlane plane(std::int64_t us, std::uint32_t lost = 0) {
    stats::MeshPlane out;
    out.sent = 100;
    out.lost = lost;
    if (lost < 100)
        out.all = out.clean = stats::Percentiles{100 - lost, us * 900, us * 1000, us * 1100, us * 1200, us * 1300};
    return out;
}

/// Each node probes its next `peers` ones; node2 answers nobody.
std::shared_ptr<const stats::Mesh> ring(std::uint32_t nodes, std::uint32_t peers) {
    auto out = std::make_shared<stats::Mesh>();
    for (std::uint32_t i = 0; i < nodes; ++i)
        out->nodes.push_back("node" + std::to_string(nodes - i)); // as unsorted as an API may list them
    for (std::uint32_t from = 0; from < nodes; ++from) {
        std::vector<std::uint32_t> to;
        for (std::uint32_t k = 1; k <= peers; ++k)
            to.push_back((from + k) % nodes);
        std::sort(to.begin(), to.end());
        for (const std::uint32_t peer : to) {
            const bool dead = out->nodes[peer] == "node2";
            stats::MeshCell cell{
                from, peer, plane(200 + peer % 7, dead ? 100 : 0), plane(260, dead ? 100 : 0), {}};
            cell.difference = dead ? Reading<stats::MedianDifference>(Absent{"no answer came on the underlay"})
                                   : stats::MedianDifference{6e4, 5e4, 7e4};
            out->cells.push_back(cell);
        }
    }
    return out;
}

QString node(int number) {
    return QStringLiteral("node%1").arg(number);
}

} // namespace

class TestMeshMap : public QObject {
    Q_OBJECT

    static void show(MeshMap& map, const std::shared_ptr<const stats::Mesh>& mesh, QSize size = {700, 500}) {
        map.resize(size);
        map.setMesh(mesh);
        map.show();
        QVERIFY(QTest::qWaitForWindowExposed(&map));
    }

private slots:
    void nodesAreSortedAsPeopleDo() {
        MeshMap map;
        show(map, ring(12, 11));
        for (int i = 2; i <= 12; ++i) {
            QVERIFY(map.cellRect(node(i), node(1)).top() > map.cellRect(node(i - 1), node(1)).top());
            QVERIFY(map.cellRect(node(1), node(i)).left() > map.cellRect(node(1), node(i - 1)).left());
        }
        QVERIFY(map.fits());
        QVERIFY(map.viewport()->rect().contains(map.cellRect(node(12), node(12))));
        QCOMPARE(map.horizontalScrollBar()->maximum(), 0);
        QCOMPARE(map.verticalScrollBar()->maximum(), 0);
        QVERIFY(map.cellRect(node(1), QStringLiteral("nobody")).isNull());
    }

    void keysWalkAndOpen() {
        MeshMap map;
        show(map, ring(12, 3));
        QSignalSpy moved(&map, &MeshMap::currentChanged), opened(&map, &MeshMap::pairActivated);
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(opened.size(), 0); // nothing to open yet
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(map.currentFrom(), node(1));
        QCOMPARE(map.currentTo(), node(2));
        QTest::keyClick(&map, Qt::Key_Down);
        QTest::keyClick(&map, Qt::Key_Left);
        QCOMPARE(map.currentFrom(), node(2));
        QCOMPARE(map.currentTo(), node(1));
        QTest::keyClick(&map, Qt::Key_Up);
        QTest::keyClick(&map, Qt::Key_Up); // the edge holds
        QTest::keyClick(&map, Qt::Key_Left);
        QCOMPARE(map.currentFrom(), node(1));
        QCOMPARE(map.currentTo(), node(1));
        // node1 is the last in the case's order: it probes the first three, 12, 11 and 10.
        QTest::keyClick(&map, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(map.currentTo(), node(10));
        QTest::keyClick(&map, Qt::Key_Down, Qt::ControlModifier); // who else probes node10: node11 first
        QCOMPARE(map.currentFrom(), node(11));
        QTest::keyClick(&map, Qt::Key_End);
        QCOMPARE(map.currentTo(), node(12));
        QTest::keyClick(&map, Qt::Key_Home, Qt::ControlModifier);
        QCOMPARE(map.currentFrom(), node(1));
        QCOMPARE(map.currentTo(), node(1));
        QVERIFY(moved.size() >= 8);
        QVERIFY(map.accessibleDescription().contains(node(1)));
        QTest::keyClick(&map, Qt::Key_End);
        QTest::keyClick(&map, Qt::Key_Enter);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened[0][0].toString(), node(1));
        QCOMPARE(opened[0][1].toString(), node(12));
    }

    void mouseLooksAndOpens() {
        MeshMap map;
        show(map, ring(12, 11));
        QSignalSpy looked(&map, &MeshMap::looked), opened(&map, &MeshMap::pairActivated);
        QTest::mouseMove(map.viewport(), map.cellRect(node(3), node(7)).center());
        QTRY_VERIFY(!looked.isEmpty());
        QCOMPARE(looked.last()[0].toString(), node(3));
        QCOMPARE(looked.last()[1].toString(), node(7));
        QVERIFY(map.currentFrom().isEmpty()); // looking is not choosing
        QTest::mouseClick(map.viewport(), Qt::LeftButton, {}, map.cellRect(node(5), node(6)).center());
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened[0][0].toString(), node(5));
        QCOMPARE(opened[0][1].toString(), node(6));
        QCOMPARE(map.currentTo(), node(6));
        QTest::mouseClick(map.viewport(), Qt::LeftButton, {}, {5, 5}); // the corner is no pair
        QCOMPARE(opened.size(), 1);
    }

    void zoomKeepsThePlaceAndFitsAgain() {
        MeshMap map;
        show(map, ring(200, 10));
        QVERIFY(map.fits());
        map.setCurrent(node(120), node(119));
        const int before = map.cellHeight();
        for (int i = 0; i < 6; ++i)
            QTest::keyClick(&map, Qt::Key_Plus);
        QVERIFY(map.cellHeight() > 3 * before);
        QVERIFY(!map.fits());
        QVERIFY(map.viewport()->rect().contains(map.cellRect(node(120), node(119)).center()));
        // The wheel zooms where the mouse is.
        const QPoint at = map.cellRect(node(121), node(118)).center();
        QWheelEvent wheel(at, map.viewport()->mapToGlobal(at), {}, {0, 120}, Qt::NoButton, Qt::ControlModifier,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(map.viewport(), &wheel);
        QVERIFY(map.cellRect(node(121), node(118)).adjusted(-3, -3, 3, 3).contains(at));
        QTest::keyClick(&map, Qt::Key_0);
        QVERIFY(map.fits());
        QCOMPARE(map.cellHeight(), before);
        for (int i = 0; i < 40; ++i)
            QTest::keyClick(&map, Qt::Key_Minus);
        QVERIFY(map.cellHeight() >= 3);
    }

    void theCursorIsKeptInSight() {
        MeshMap map;
        show(map, ring(200, 10));
        for (int i = 0; i < 7; ++i)
            map.zoom(1);
        QTest::keyClick(&map, Qt::Key_End, Qt::ControlModifier);
        QCOMPARE(map.currentFrom(), node(200));
        QVERIFY(map.viewport()->rect().contains(map.cellRect(node(200), node(200))));
        QTest::keyClick(&map, Qt::Key_PageUp);
        QVERIFY(map.viewport()->rect().contains(map.cellRect(map.currentFrom(), map.currentTo())));
        QVERIFY(map.currentFrom() != node(200));
    }

    void aThousandNodesArePaintedAtOnce() {
        MeshMap map;
        show(map, ring(1000, 10), {900, 700});
        QVERIFY(map.verticalScrollBar()->maximum() > 0);
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 10; ++i) {
            map.verticalScrollBar()->setValue(map.verticalScrollBar()->maximum() * i / 9);
            map.viewport()->grab();
        }
        qInfo("ten pictures of a map of 1000 nodes: %lld ms", timer.elapsed());
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
    }

    void notProbedLostAndFastLookApart() {
        MeshMap map;
        show(map, ring(12, 3));
        const QImage picture = map.viewport()->grab().toImage();
        const auto cell = [&](int from, int to) {
            return picture.copy(map.cellRect(node(from), node(to)).adjusted(2, 2, -2, -2));
        };
        const QImage known = cell(12, 11), lost = cell(3, 2), notProbed = cell(12, 5), self = cell(4, 4);
        QVERIFY(known != lost && known != notProbed && lost != notProbed && self != notProbed);
        // In grey, too, and for what is drawn, not only for its colour: how many pixels differ from the ground.
        const auto marks = [](const QImage& image) {
            const QRgb ground = image.pixel(0, image.height() - 1);
            int out = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    out += qAbs(qGray(image.pixel(x, y)) - qGray(ground)) > 3 ? 1 : 0;
            return out;
        };
        QVERIFY(marks(notProbed) > 20); // its hatch
        QVERIFY(marks(lost) > 20);      // its cross
        QVERIFY(marks(known) > 20);     // its word
    }

    void wordsTellEverything() {
        MeshMap map;
        auto mesh = std::make_shared<stats::Mesh>(*ring(12, 3));
        for (stats::MeshCell& cell : mesh->cells)
            if (mesh->nodes[cell.from] == "node12" && mesh->nodes[cell.to] == "node11") {
                cell.overlay.lost = 3;
                cell.underlay.tainted = 7;
            }
        show(map, mesh);
        const QString some = map.words(node(12), node(11)).join(QLatin1Char('|'));
        for (const char* part :
             {"node12 → node11", "underlay: median 201 µs, p99 241 µs of 100 probes, 7.00 % tainted",
              "overlay: median 260 µs", "3 lost (3.00 %)",
              "difference of medians: +60.0 µs (95 % interval +50.0 µs to +70.0 µs)"})
            QVERIFY2(some.contains(QString::fromUtf8(part)), qPrintable(some));
        const QString lost = map.words(node(3), node(2)).join(QLatin1Char('|'));
        QVERIFY2(lost.contains(QStringLiteral("underlay: none of 100 probes was answered")), qPrintable(lost));
        QVERIFY2(lost.contains(QStringLiteral("can't be told, no answer came")), qPrintable(lost));
        QCOMPARE(map.words(node(12), node(1)).last(), QStringLiteral("not probed"));
        QCOMPARE(map.words(node(4), node(4)).last(), QStringLiteral("the node itself"));
    }

    void namesAreTextAndNothingElse() {
        MeshMap map;
        auto mesh = std::make_shared<stats::Mesh>(*ring(3, 2));
        mesh->nodes[0] = "<img src=x>\n&amp;";
        show(map, mesh);
        const QString evil = QString::fromStdString(mesh->nodes[0]);
        const QPoint at = map.cellRect(evil, node(1)).center();
        QVERIFY(!map.cellRect(evil, node(1)).isNull());
        QHelpEvent help(QEvent::ToolTip, at, map.viewport()->mapToGlobal(at));
        QApplication::sendEvent(map.viewport(), &help);
        QTRY_VERIFY(QToolTip::isVisible());
        QVERIFY2(QToolTip::text().contains(QStringLiteral("&lt;img src=x&gt;")), qPrintable(QToolTip::text()));
        QVERIFY(QToolTip::text().contains(QStringLiteral("&amp;amp;")));
        QVERIFY(!QToolTip::text().contains(QStringLiteral("<img")));
        QToolTip::hideText();
    }

    void aNewMeshKeepsTheCursorByName() {
        MeshMap map;
        show(map, ring(12, 11));
        map.setCurrent(node(7), node(9));
        map.setMesh(ring(40, 10)); // more nodes came in
        QCOMPARE(map.currentFrom(), node(7));
        QCOMPARE(map.currentTo(), node(9));
        map.setMesh(ring(5, 4));
        QVERIFY(map.currentFrom().isEmpty());
        map.setMesh(std::make_shared<const stats::Mesh>());
        QTest::keyClick(&map, Qt::Key_Right); // an empty map takes keys, too
        QTest::keyClick(&map, Qt::Key_PageDown);
        map.zoom(1);
        map.viewport()->grab();
        QVERIFY(map.currentFrom().isEmpty());
    }

    void pairsAreATable() {
        MeshPairsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QSortFilterProxyModel sorted;
        sorted.setSourceModel(&model);
        sorted.setSortRole(MeshPairsModel::SortRole);
        model.setMesh(ring(12, 3));
        QCOMPARE(model.rowCount(), 36);
        for (const auto layer :
             {MeshLayer::Underlay, MeshLayer::Overlay, MeshLayer::Difference, MeshLayer::Loss}) {
            sorted.sort(MeshPairsModel::columnOf(layer), Qt::DescendingOrder);
            QCOMPARE(sorted.index(0, MeshPairsModel::To).data().toString(), node(2)); // lost is worst
        }
        sorted.sort(MeshPairsModel::Underlay, Qt::DescendingOrder);
        QCOMPARE(sorted.index(0, MeshPairsModel::Underlay).data().toString(), QStringLiteral("lost"));
        QCOMPARE(sorted.index(3, MeshPairsModel::Underlay).data().toString(), QStringLiteral("206 µs"));
        model.setLens({MeshLayer::Underlay, true, false});
        QCOMPARE(sorted.index(3, MeshPairsModel::Underlay).data().toString(), QStringLiteral("247 µs"));
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset),
            changed(&model, &QAbstractItemModel::dataChanged);
        model.setMesh(ring(12, 3)); // the same pairs: rows stay
        QCOMPARE(reset.size(), 0);
        QCOMPARE(changed.size(), 1);
        model.setMesh(ring(12, 4));
        QCOMPARE(reset.size(), 1);
    }
};

QTEST_MAIN(TestMeshMap)
#include "tst_mesh_map.moc"
