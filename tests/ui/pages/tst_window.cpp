// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window, driven as a person drives it, over a made-up case.
#include "fake_session.h"
#include "ui/case_digest.h"
#include "ui/main_window.h"
#include "ui/models/findings_model.h"
#include "ui/models/mesh_pairs_model.h"
#include "ui/models/node_table_model.h"
#include "ui/models/places_model.h"
#include "ui/models/tuning_model.h"
#include "ui/views/node_page.h"
#include "ui/views/path_page.h"
#include "ui/widgets/mesh_map.h"

#include <QAbstractItemModelTester>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <algorithm>
#include <functional>

using namespace netopsy;
using namespace netopsy::ui;

class TestWindow : public QObject {
    Q_OBJECT

    template<class T>
    static T* find(MainWindow& window, const char* name) {
        return window.findChild<T*>(QString::fromLatin1(name));
    }
    static QModelIndex rowOf(QTableView* table, const QString& node) {
        for (int row = 0; row < table->model()->rowCount(); ++row)
            if (table->model()->index(row, 0).data(NodeTableModel::NodeNameRole).toString() == node)
                return table->model()->index(row, 0);
        return {};
    }
    static void click(QAbstractItemView* view, const QModelIndex& index) {
        view->scrollTo(index);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(index).center());
    }
    /// A window on a case of `nodes` nodes, its table filled.
    void open(MainWindow& window, int nodes, bool live = false) {
        window.resize(1280, 800);
        window.show();
        window.showSession(new fake::Session(nodes, live));
        auto* table = find<QTableView>(window, "nodeTable");
        QVERIFY(table);
        QTRY_COMPARE(table->model()->rowCount(), nodes);
    }

    QTemporaryDir m_settings;

private slots:
    void initTestCase() { QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_settings.path()); }

    void modelsKeepTheirContract() {
        const auto judged = fake::makeAnalysis();
        NodeTableModel nodes;
        FindingsModel findings;
        TuningModel changes;
        QAbstractItemModelTester a(&nodes, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QAbstractItemModelTester b(&findings, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QAbstractItemModelTester c(&changes, QAbstractItemModelTester::FailureReportingMode::Fatal);
        for (const int count : {3, 200, 1}) {
            const auto subject = fake::makeCase(count, 3);
            nodes.setDigest(digest(subject, judged));
            QCOMPARE(nodes.rowCount(), count);
            const auto profile = tuning::Profile::builtin("high-churn");
            QVERIFY(profile);
            changes.setPlan(tuning::plan(*subject, *profile, judged.get()));
        }
        PlacesModel places;
        OwnValuesModel own;
        LookupsModel lookups;
        QAbstractItemModelTester d(&places, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QAbstractItemModelTester e(&own, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QAbstractItemModelTester f(&lookups, QAbstractItemModelTester::FailureReportingMode::Fatal);
        const auto withPods = fake::makeCase(3, 3);
        for (const std::size_t i : {0u, 2u, 1u}) {
            places.setNode(withPods->nodes[i]);
            lookups.setNode(withPods->nodes[i]);
            for (const model::PodPlace& pod : withPods->nodes[i].pods)
                own.setPlace(pod, withPods->nodes[i]);
        }
        QCOMPARE(places.rowCount(), 3);
        model::Node differing = withPods->nodes[0]; // its DNS is whole; its pod's is not
        differing.pods[0].dns[0].samples[0].outcome = model::DnsOutcome::Timeout;
        places.setNode(differing);
        QVERIFY(
            places.index(1, PlacesModel::Remark).data().toString().startsWith(QStringLiteral("loses answers")));
        QCOMPARE(places.index(0, PlacesModel::Remark).data().toString(), QString());
        findings.setAnalysis(judged);
        QCOMPARE(findings.rowCount(), 2);
        findings.setAnalysis(judged, QStringLiteral("node2"));
        QCOMPARE(findings.rowCount(), 1);
        findings.setAnalysis(judged, QStringLiteral("node3"));
        QCOMPARE(findings.rowCount(), 0);
    }

    void theWorstStandsOnTop() {
        fake::Services services;
        MainWindow window(services);
        open(window, 30);
        auto* table = find<QTableView>(window, "nodeTable");
        const auto name = [&](int row) {
            return table->model()->index(row, 0).data(NodeTableModel::NodeNameRole).toString();
        };
        QCOMPARE(name(0), QStringLiteral("node30")); // could not be reached
        QCOMPARE(name(1), QStringLiteral("node2"));
    }

    void filterKeepsOnlyWhatMatches() {
        fake::Services services;
        MainWindow window(services);
        open(window, 30);
        auto* table = find<QTableView>(window, "nodeTable");
        find<QLineEdit>(window, "nodeFilter")->setText(QStringLiteral("NODE17"));
        QCOMPARE(table->model()->rowCount(), 1);
        find<QLineEdit>(window, "nodeFilter")->clear();
        QCOMPARE(table->model()->rowCount(), 30);
    }

    void backReturnsToTheSameRowAndScroll() {
        fake::Services services;
        MainWindow window(services);
        open(window, 200);
        auto* table = find<QTableView>(window, "nodeTable");
        click(table, rowOf(table, QStringLiteral("node150")));
        auto* page = find<QWidget>(window, "nodePage");
        QTRY_VERIFY(page->isVisible());
        QVERIFY(find<QLabel>(window, "nodeTitle")->text().contains(QStringLiteral("node150")));
        const int scroll = table->verticalScrollBar()->value();
        QVERIFY(scroll > 0);
        QTest::keyClick(&window, Qt::Key_Escape);
        QTRY_VERIFY(table->isVisible());
        QCOMPARE(table->currentIndex().data(NodeTableModel::NodeNameRole).toString(), QStringLiteral("node150"));
        QCOMPARE(table->verticalScrollBar()->value(), scroll);
    }

    void aNewSnapshotKeepsTheSelection() {
        fake::Services services;
        MainWindow window(services);
        open(window, 30, true);
        auto* table = find<QTableView>(window, "nodeTable");
        auto* session = window.findChild<fake::Session*>();
        table->setCurrentIndex(rowOf(table, QStringLiteral("node7")));
        // A figure that changes tells when the new digest is shown.
        const QString before =
            rowOf(table, QStringLiteral("node1")).siblingAtColumn(NodeTableModel::State).data().toString();
        auto changed = std::make_shared<model::Case>(*session->subject);
        changed->nodes[0].state = model::NodeState::Partial;
        session->subject = changed;
        emit session->changed();
        QTRY_VERIFY(
            rowOf(table, QStringLiteral("node1")).siblingAtColumn(NodeTableModel::State).data().toString() !=
            before);
        QCOMPARE(table->currentIndex().data(NodeTableModel::NodeNameRole).toString(), QStringLiteral("node7"));
    }

    void theFindingPanelFollowsTheRun() {
        fake::Services services;
        MainWindow window(services);
        open(window, 3, true);
        auto* session = window.findChild<fake::Session*>();
        auto* list = find<QListView>(window, "findingsList");
        QTRY_VERIFY(list->model()->rowCount() > 0);
        click(list, list->model()->index(0, 0));
        auto* inspector = find<QScrollArea>(window, "inspector");
        QTRY_VERIFY(inspector->isVisible());
        const auto says = [inspector](const QString& words) {
            const auto labels = inspector->widget()->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(),
                               [&](const QLabel* label) { return label->text().contains(words); });
        };
        const auto newest = [session](const std::function<void(analysis::Analysis&)>& change) {
            auto judged = std::make_shared<analysis::Analysis>(*session->judged);
            change(*judged);
            session->judged = judged;
            emit session->changed();
        };
        QVERIFY(!says(QStringLiteral("over 9,999 queries")));
        newest([](analysis::Analysis& a) { a.findings[0].title = "late, over 9,999 queries"; });
        QTRY_VERIFY(says(QStringLiteral("over 9,999 queries")));
        const auto kept = session->judged;
        newest([](analysis::Analysis& a) { a.findings.erase(a.findings.begin()); });
        QTRY_VERIFY(says(QStringLiteral("do not show it any more")));
        QVERIFY(says(QStringLiteral("over 9,999 queries"))); // it stays to be read
        newest([&](analysis::Analysis& a) { a = *kept; });
        QTRY_VERIFY(!says(QStringLiteral("do not show it any more")));
    }

    void aFindingLeadsToItsRawLine() {
        fake::Services services;
        MainWindow window(services);
        open(window, 3);
        auto* list = find<QListView>(window, "findingsList");
        click(list, list->model()->index(0, 0));
        auto* inspector = find<QWidget>(window, "inspector");
        QTRY_VERIFY(inspector->isVisible());
        auto* link = find<QPushButton>(window, "evidenceLink");
        QVERIFY(link);
        link->click();
        auto* text = find<QPlainTextEdit>(window, "sectionText");
        QTRY_VERIFY(text->isVisible());
        QTRY_VERIFY(text->toPlainText().contains(QStringLiteral("evidence")));
        QTRY_COMPARE(text->textCursor().blockNumber(), 2);
        QTRY_VERIFY(!text->extraSelections().isEmpty());
    }

    void meshIsReachedAndLeftByBack() {
        fake::Services services;
        MainWindow window(services);
        open(window, 12);
        QTest::mouseClick(find<QPushButton>(window, "openMesh"), Qt::LeftButton);
        auto* page = find<QWidget>(window, "meshPage");
        QTRY_VERIFY(page->isVisible());
        auto* map = window.findChild<MeshMap*>();
        auto* pairs = find<QTableView>(window, "pairsTable");
        QTRY_COMPARE(pairs->model()->rowCount(), 11 * 11); // the last node was not reached, so it probed none
        QVERIFY(map->hasFocus() || !window.isActiveWindow());
        QVERIFY(!find<QLabel>(window, "meshNothing")->isVisible());
        QTest::mouseClick(map->viewport(), Qt::LeftButton, {},
                          map->cellRect(QStringLiteral("node1"), QStringLiteral("node2")).center());
        auto* panel = find<QWidget>(window, "pairPanel");
        QTRY_VERIFY(panel->isVisible());
        QVERIFY(find<QLabel>(window, "crumbs")->text().endsWith(QStringLiteral("node1 → node2")));
        // From pair to pair is no step of its own; the way back leads by all pairs to the cluster.
        QTest::keyClick(map, Qt::Key_Down);
        QTest::keyClick(map, Qt::Key_Down);
        QTest::keyClick(map, Qt::Key_Return);
        QVERIFY(find<QLabel>(window, "crumbs")->text().endsWith(QStringLiteral("node3 → node2")));
        QTest::keyClick(&window, Qt::Key_Escape);
        QTRY_VERIFY(pairs->isVisible());
        QTest::keyClick(&window, Qt::Key_Escape);
        QTRY_VERIFY(!page->isVisible());
        QVERIFY(find<QTableView>(window, "nodeTable")->isVisible());
        // A row of the table opens the pair, too; "All pairs" is the same way back.
        QTest::keyClick(&window, Qt::Key_M, Qt::ControlModifier);
        QTRY_VERIFY(page->isVisible());
        click(pairs, pairs->model()->index(0, 0));
        QTRY_VERIFY(panel->isVisible());
        QTest::mouseClick(find<QPushButton>(window, "allPairs"), Qt::LeftButton);
        QTRY_VERIFY(pairs->isVisible());
        QTest::keyClick(&window, Qt::Key_Escape);
        QTRY_VERIFY(!page->isVisible());
    }

    void meshSortsByWhatIsLookedAt() {
        fake::Services services;
        MainWindow window(services);
        open(window, 12);
        QTest::keyClick(&window, Qt::Key_M, Qt::ControlModifier);
        auto* pairs = find<QTableView>(window, "pairsTable");
        QTRY_COMPARE(pairs->model()->rowCount(), 121);
        auto* map = window.findChild<MeshMap*>();
        const auto first = [&](int column) { // after the eleven that nobody answers
            return pairs->model()->index(11, column).data().toString();
        };
        QTest::mouseClick(find<QToolButton>(window, "layer4"), Qt::LeftButton);
        QCOMPARE(map->lens().layer, MeshLayer::Loss);
        QCOMPARE(first(MeshPairsModel::From) + first(MeshPairsModel::To), QStringLiteral("node1node2"));
        QTest::mouseClick(find<QToolButton>(window, "layer3"), Qt::LeftButton);
        QCOMPARE(map->lens().layer, MeshLayer::Difference);
        QVERIFY(first(MeshPairsModel::Difference).startsWith(QStringLiteral("+900")));
        QTest::keyClick(map, Qt::Key_2);
        QCOMPARE(map->lens().layer, MeshLayer::Overlay);
        QTest::keyClick(map, Qt::Key_P);
        QVERIFY(map->lens().p99);
        QVERIFY(find<QToolButton>(window, "figureP99")->isChecked());
    }

    void aPairInFull() {
        fake::Services services;
        MainWindow window(services);
        open(window, 12);
        QTest::keyClick(&window, Qt::Key_M, Qt::ControlModifier);
        auto* pairs = find<QTableView>(window, "pairsTable");
        QTRY_COMPARE(pairs->model()->rowCount(), 121);
        auto* map = window.findChild<MeshMap*>();
        QTest::mouseClick(map->viewport(), Qt::LeftButton, {},
                          map->cellRect(QStringLiteral("node1"), QStringLiteral("node2")).center());
        auto* table = find<QTableWidget>(window, "pairTable");
        const auto cell = [table](const QString& row, int column) {
            for (int i = 0; i < table->rowCount(); ++i)
                if (table->item(i, 0)->text() == row)
                    return table->item(i, column)->text();
            return QStringLiteral("no such row");
        };
        QCOMPARE(cell(QStringLiteral("probes"), 1), QStringLiteral("300"));
        QCOMPARE(cell(QStringLiteral("lost"), 1), QStringLiteral("0"));
        QCOMPARE(cell(QStringLiteral("lost"), 2), QStringLiteral("12 (4.00 %)"));
        QCOMPARE(cell(QStringLiteral("tainted"), 1), QStringLiteral("0 %"));
        QCOMPARE(cell(QStringLiteral("tainted"), 3), QStringLiteral("8.33 %"));
        QTest::mouseClick(find<QPushButton>(window, "pairPath"), Qt::LeftButton);
        QTRY_VERIFY(window.findChild<PathPage*>()->isVisible());
        QCOMPARE(window.findChild<PathPage*>()->choice().from, QStringLiteral("node1"));
        QCOMPARE(window.findChild<PathPage*>()->choice().to, QStringLiteral("node2"));
        QTest::keyClick(&window, Qt::Key_Escape);
        QTRY_VERIFY(table->isVisible());
        QVERIFY(find<QLabel>(window, "pairPmtu")->text().contains(QStringLiteral("black hole")));
        QVERIFY(find<QLabel>(window, "pairDifference")->text().contains(QStringLiteral("+900 µs, 95 % interval")));
        // The node that nobody reaches: lost there, not probed back, and why.
        QTest::mouseClick(map->viewport(), Qt::LeftButton, {},
                          map->cellRect(QStringLiteral("node1"), QStringLiteral("node12")).center());
        QCOMPARE(cell(QStringLiteral("lost"), 1), QStringLiteral("300 (100 %)"));
        QCOMPARE(cell(QStringLiteral("median"), 1), QStringLiteral("–"));
        QCOMPARE(cell(QStringLiteral("probes"), 3), QStringLiteral("not probed"));
        QTest::mouseMove(map->viewport(),
                         map->cellRect(QStringLiteral("node12"), QStringLiteral("node1")).center());
        QTRY_VERIFY(find<QLabel>(window, "meshStatus")
                        ->text()
                        .contains(QStringLiteral("not probed: node12 could not be reached")));
    }

    void meshFollowsTheRun() {
        fake::Services services;
        MainWindow window(services);
        open(window, 3, true);
        auto* session = window.findChild<fake::Session*>();
        QTest::keyClick(&window, Qt::Key_M, Qt::ControlModifier);
        auto* map = window.findChild<MeshMap*>();
        const auto words = [map] {
            return map->words(QStringLiteral("node2"), QStringLiteral("node1")).join(QLatin1Char('|'));
        };
        QTRY_VERIFY(words().contains(QStringLiteral("of 300 probes")));
        map->setCurrent(QStringLiteral("node2"), QStringLiteral("node1"));
        QTest::keyClick(map, Qt::Key_Return);
        auto changed = std::make_shared<model::Case>(*session->subject);
        for (model::RttSeries& series : changed->nodes[1].rtt)
            series.samples.resize(120);
        session->subject = changed;
        emit session->changed();
        QTRY_VERIFY(words().contains(QStringLiteral("of 120 probes")));
        QCOMPARE(map->currentFrom(), QStringLiteral("node2"));
        QVERIFY(find<QWidget>(window, "pairPanel")->isVisible());
        QCOMPARE(find<QTableWidget>(window, "pairTable")->item(0, 1)->text(), QStringLiteral("120"));
    }

    /// A dual-stack cluster's families are two maps, never one.
    void familiesOfTheMeshAreKeptApart() {
        fake::Services services;
        MainWindow window(services);
        open(window, 4, true);
        auto* session = window.findChild<fake::Session*>();
        QTest::keyClick(&window, Qt::Key_M, Qt::ControlModifier);
        auto* six = find<QToolButton>(window, "family6");
        auto* map = window.findChild<MeshMap*>();
        const auto words = [&] {
            return map->words(QStringLiteral("node1"), QStringLiteral("node3")).join(QLatin1Char('|'));
        };
        QTRY_VERIFY(words().contains(QStringLiteral("of 300 probes")));
        QVERIFY(!six->isVisible()); // there is nothing to choose
        auto changed = std::make_shared<model::Case>(*session->subject);
        for (model::Node& node : changed->nodes) {
            std::vector<model::RttSeries> more = node.rtt;
            for (model::RttSeries& series : more) {
                series.address = "fd00::" + series.peer.substr(4);
                series.samples.resize(20);
            }
            node.rtt.insert(node.rtt.end(), more.begin(), more.end());
        }
        session->subject = changed;
        emit session->changed();
        QTRY_VERIFY(six->isVisible());
        QVERIFY(words().contains(QStringLiteral("of 300 probes")));
        six->click();
        QTRY_VERIFY(words().contains(QStringLiteral("of 20 probes")));
        map->setCurrent(QStringLiteral("node1"), QStringLiteral("node3"));
        QTest::keyClick(map, Qt::Key_Return);
        QCOMPARE(find<QTableWidget>(window, "pairTable")->item(0, 1)->text(), QStringLiteral("20"));
        find<QPushButton>(window, "pairPath")->click();
        QVERIFY(window.findChild<PathPage*>()->choice().family == path::Family::V6);
    }

    void aPodsPlaceBesideTheNodes() {
        fake::Services services;
        MainWindow window(services);
        open(window, 3);
        auto* table = find<QTableView>(window, "nodeTable");
        click(table, rowOf(table, QStringLiteral("node2")));
        auto* tabs = find<QTabWidget>(window, "nodeTabs");
        QTRY_VERIFY(tabs->isVisible());
        tabs->setCurrentIndex(NodePage::Places);
        auto* places = find<QTableView>(window, "placesTable");
        QTRY_VERIFY(places->isVisible());
        QCOMPARE(places->model()->rowCount(), 3);
        const auto cell = [](QTableView* of, int row, int column) {
            return of->model()->index(row, column).data().toString();
        };
        QCOMPARE(cell(places, 1, PlacesModel::Interface), QStringLiteral("eth0, MTU 1450 ↔ veth1a2b3c4d"));
        QCOMPARE(cell(places, 1, PlacesModel::DnsLost), QStringLiteral("7 of 1,200"));
        QCOMPARE(cell(places, 1, PlacesModel::HalfLost), QStringLiteral("7 of 600")); // of A and AAAA, one alone
        QCOMPARE(cell(places, 1, PlacesModel::Unlike), QStringLiteral("1"));
        QVERIFY(cell(places, 1, PlacesModel::Remark).contains(QStringLiteral("overflowed 317 times")));
        QVERIFY(cell(places, 2, PlacesModel::Remark).startsWith(QStringLiteral("not entered: no process")));
        QCOMPARE(cell(places, 2, PlacesModel::DnsP50), QStringLiteral("–")); // not 0
        // The entered pod is chosen at first; what is unlike the node's stands on top.
        auto* own = find<QTableView>(window, "ownTable");
        QCOMPARE(cell(own, 0, OwnValuesModel::Key), QStringLiteral("net.core.somaxconn"));
        QCOMPARE(cell(own, 0, OwnValuesModel::InPod), QStringLiteral("128"));
        QCOMPARE(cell(own, 0, OwnValuesModel::OnNode), QStringLiteral("4096"));
        click(places, places->model()->index(0, 0));
        QCOMPARE(own->model()->rowCount(), 0); // the node has no values beside its own
        auto* lookups = find<QTableView>(window, "lookupsTable");
        QCOMPARE(lookups->model()->rowCount(), 2);
        QCOMPARE(cell(lookups, 0, LookupsModel::Queries), QStringLiteral("2"));
        QCOMPARE(cell(lookups, 1, LookupsModel::Queries), QStringLiteral("8"));
        QCOMPARE(cell(lookups, 1, LookupsModel::Tried), QStringLiteral("4 of 4"));
        QCOMPARE(cell(lookups, 1, LookupsModel::AskedAgain), QStringLiteral("1"));
        QCOMPARE(cell(lookups, 1, LookupsModel::P99), QStringLiteral("5.00 s"));
        QVERIFY(lookups->model()
                    ->index(1, LookupsModel::Tried)
                    .data(Qt::ToolTipRole)
                    .toString()
                    .contains(QStringLiteral("svc.cluster.local")));
    }

    void taintIsSaidAndWarnedOf() {
        fake::Services services;
        MainWindow window(services);
        open(window, 3, true);
        auto* session = window.findChild<fake::Session*>();
        auto* table = find<QTableView>(window, "nodeTable");
        click(table, rowOf(table, QStringLiteral("node1")));
        auto* line = find<QLabel>(window, "nodeTaint");
        QTRY_VERIFY(find<QLabel>(window, "nodeTitle")->isVisible());
        QVERIFY(!line->isVisible()); // nothing tainted, nothing said
        QTest::keyClick(&window, Qt::Key_Escape);
        click(table, rowOf(table, QStringLiteral("node2")));
        QTRY_VERIFY(line->isVisible());
        QVERIFY2(line->text().startsWith(QStringLiteral("4.1")), qPrintable(line->text()));
        QVERIFY(line->text().contains(QStringLiteral("stolen by the hypervisor")));
        auto changed = std::make_shared<model::Case>(*session->subject);
        for (model::DnsSample& sample : changed->nodes[1].dns[0].samples)
            sample.taint = model::taint::late;
        session->subject = changed;
        emit session->changed();
        QTRY_VERIFY2(line->text().startsWith(QStringLiteral("Warning: ")), qPrintable(line->text()));
        QVERIFY(line->text().contains(QStringLiteral("600 sent late")));
    }

    void aNodeWithoutPodsSaysWhy() {
        fake::Services services;
        MainWindow window(services);
        open(window, 3);
        auto* table = find<QTableView>(window, "nodeTable");
        click(table, rowOf(table, QStringLiteral("node3"))); // was not reached
        auto* tabs = find<QTabWidget>(window, "nodeTabs");
        QTRY_VERIFY(tabs->isVisible());
        tabs->setCurrentIndex(NodePage::Places);
        QTRY_VERIFY(find<QLabel>(window, "noPods")->isVisible());
        QVERIFY(find<QLabel>(window, "noPods")->text().contains(QStringLiteral("takes root")));
        QVERIFY(!find<QTableView>(window, "lookupsTable")->isVisible());
    }

    void meshWithoutProbesSaysSo() {
        fake::Services services;
        MainWindow window(services);
        open(window, 3);
        auto* session = window.findChild<fake::Session*>();
        auto bare = std::make_shared<model::Case>(*session->subject);
        for (model::Node& node : bare->nodes)
            node.rtt.clear();
        session->subject = bare;
        emit session->changed();
        QTest::keyClick(&window, Qt::Key_M, Qt::ControlModifier);
        QTRY_VERIFY(find<QLabel>(window, "meshNothing")->isVisible());
        QCOMPARE(find<QTableView>(window, "pairsTable")->model()->rowCount(), 0);
    }

    void cancelKeepsTheCase() {
        fake::Services services;
        MainWindow window(services);
        open(window, 3, true);
        auto* cancel = find<QPushButton>(window, "cancelRun");
        QTRY_VERIFY(cancel->isVisible());
        cancel->click();
        auto* session = window.findChild<fake::Session*>();
        QVERIFY(session && session->cancelled);
        QCOMPARE(find<QTableView>(window, "nodeTable")->model()->rowCount(), 3);
        QTRY_VERIFY(!cancel->isVisible() || !cancel->isEnabled());
    }

    void anUnknownHostKeyIsRefusedByDefault_data() {
        QTest::addColumn<int>("key");
        QTest::newRow("Enter") << int(Qt::Key_Return);
        QTest::newRow("Escape") << int(Qt::Key_Escape);
    }
    void anUnknownHostKeyIsRefusedByDefault() {
        QFETCH(const int, key);
        fake::Services services;
        MainWindow window(services);
        window.show();
        emit services.hostKeyAsked(
            7, {QStringLiteral("192.0.2.9"), QStringLiteral("ssh-ed25519"), QStringLiteral("SHA256:abc")});
        auto* box = find<QDialog>(window, "hostKeyBox");
        QVERIFY(box);
        QTRY_VERIFY(box->isVisible());
        QTest::keyClick(box, Qt::Key(key));
        QTRY_COMPARE(services.hostKeys.size(), 1);
        QCOMPARE(services.hostKeys.first(), (QPair<int, bool>{7, false}));
    }

    void startPageTellsWhatFailed() {
        fake::Services services;
        MainWindow window(services);
        window.show();
        emit services.contextsReady({}, QStringLiteral("config:7: did not find expected key"));
        QVERIFY(find<QLabel>(window, "contextsMessage")->text().contains(QStringLiteral("config:7")));
        ContextInfo context;
        context.name = QStringLiteral("lab");
        emit services.contextsReady({context}, {});
        QCOMPARE(find<QTableWidget>(window, "contexts")->rowCount(), 1);
        find<QPushButton>(window, "startContext")->click();
        auto* sheet = find<QDialog>(window, "runSheet");
        QVERIFY(sheet);
        auto* pods = find<QSpinBox>(window, "podsPerNode");
        QCOMPARE(pods->value(), 1);
        pods->setValue(3);
        find<QLineEdit>(window, "podNames")->setText(QStringLiteral("shop/web-1, shop/web-2"));
        find<QPushButton>(window, "startAutopsy")->click();
        QTRY_COMPARE(services.started.size(), 1);
        QCOMPARE(services.started.first().context, QStringLiteral("lab"));
        QCOMPARE(services.started.first().podsPerNode, 3);
        QCOMPARE(services.started.first().pods,
                 (QStringList{QStringLiteral("shop/web-1"), QStringLiteral("shop/web-2")}));
    }
};

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
