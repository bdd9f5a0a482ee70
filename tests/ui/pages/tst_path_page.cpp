// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The path page within the window, driven as a person drives it.
#include "fake_session.h"
#include "ui/main_window.h"
#include "ui/models/path_ends.h"
#include "ui/views/path_page.h"
#include "ui/widgets/path_view.h"

#include <QAbstractItemModelTester>
#include <QAbstractItemView>
#include <QAction>
#include <QComboBox>
#include <QCompleter>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace netopsy;
using namespace netopsy::ui;

class TestPathPage : public QObject {
    Q_OBJECT

    /// A window with its path page in front.
    struct Opened {
        fake::Services services;
        MainWindow window{services};
        PathPage* page = nullptr;
        PathView* view = nullptr;

        explicit Opened(int nodes = 4) {
            window.resize(1280, 860);
            window.show();
            window.activateWindow();
            (void)QTest::qWaitForWindowActive(&window); // or its shortcuts sleep
            window.showSession(new fake::Session(nodes));
            page = window.findChild<PathPage*>(QStringLiteral("pathPage"));
            view = page->findChild<PathView*>();
        }
        void go() { QTest::keyClick(&window, Qt::Key_P, Qt::AltModifier); }
        template<class T>
        T* in(const char* name) {
            return page->findChild<T*>(QString::fromLatin1(name));
        }
        void type(const char* field, const QString& text) {
            auto* edit = in<QComboBox>(field)->lineEdit();
            edit->setFocus();
            edit->selectAll();
            QTest::keyClicks(edit, text);
            QTest::keyClick(edit, Qt::Key_Return);
            if (QWidget* popup = in<QComboBox>(field)->completer()->popup())
                popup->hide();
        }
    };

    QTemporaryDir m_settings;

private slots:
    void initTestCase() { QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_settings.path()); }
    void init() { QSettings(QStringLiteral("netopsy"), QStringLiteral("netopsy")).clear(); }

    void endsAreNodesServicesAndPods() {
        const auto subject = fake::makeCase(3, 3);
        const PathEnds ends = pathEnds(*subject, "node2");
        QStringList keys;
        for (const PathEnd& end : ends.all)
            keys << end.key;
        QCOMPARE(keys, (QStringList{"node1", "node2", "node3", "default/web", "default/web-1", "default/web-2",
                                    "default/web-3"}));
        QVERIFY(ends.dualStack);
        QVERIFY(ends.from.starts_with("node2"));
        for (const PathEnd& end : ends.all)
            QVERIFY2(path::derive(*subject, "node1", end.key.toStdString()), qPrintable(end.key));
        PathEndsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setEnds(ends.all);
        QCOMPARE(model.index(4, 0).data(Qt::EditRole).toString(), QStringLiteral("default/web-1"));
        QVERIFY(model.index(4, 0).data().toString().contains(QStringLiteral("pod on node1")));
        model.setEnds({});
        QCOMPARE(model.rowCount(), 0);
    }

    void aServiceMayBeTheSource() {
        const auto subject = fake::makeCase(3, 3);
        const auto way = pathBetween(*subject, "default/web", "node2", path::Family::Any);
        QVERIFY2(way, way ? "" : way.error().text().c_str());
        QVERIFY(!way->hops.empty());
        QVERIFY(way->notes.front().find("default/web") != std::string::npos);
        QVERIFY(!pathBetween(*subject, "nowhere", "node2", path::Family::Any));
    }

    void aTypicalWayIsShownFirst() {
        Opened o;
        o.go();
        QTRY_VERIFY(o.view->isVisible());
        QVERIFY(diagram::hopCount(o.view->path()) > 8);
        QVERIFY(o.page->choice().from.startsWith(QStringLiteral("node2"))); // the one with the most trouble
        QVERIFY(
            o.window.findChild<QLabel*>(QStringLiteral("crumbs"))->text().contains(QStringLiteral("Packet path")));
        QTest::keyClick(&o.window, Qt::Key_Escape);
        QTRY_VERIFY(!o.page->isVisible());
    }

    void otherEndsAreTyped() {
        Opened o;
        o.go();
        QTRY_VERIFY(o.view->isVisible());
        o.type("pathFrom", QStringLiteral("default/web-1"));
        o.type("pathTo", QStringLiteral("default/web"));
        QTRY_VERIFY(std::any_of(o.view->path().hops.begin(), o.view->path().hops.end(),
                                [](const path::Hop& hop) { return hop.kind == path::HopKind::ServiceNat; }));
        QVERIFY(o.in<QComboBox>("pathFamily")->isVisible());
        o.type("pathTo", QStringLiteral("default/web-2"));
        QTRY_COMPARE(QString::fromStdString(o.view->path().to), QStringLiteral("node2/default/web-2"));
        o.in<QPushButton>("pathSwap")->click();
        QTRY_COMPARE(QString::fromStdString(o.view->path().to), QStringLiteral("node1/default/web-1"));
        QCOMPARE(o.in<QComboBox>("pathFrom")->currentText(), QStringLiteral("default/web-2"));
        QTest::keyClick(&o.window, Qt::Key_Escape); // one step back, not one a choice
        QTRY_VERIFY(!o.page->isVisible());
        QTest::keyClick(&o.window, Qt::Key_Right, Qt::AltModifier);
        QTRY_VERIFY(o.page->isVisible());
        QCOMPARE(o.page->choice().from, QStringLiteral("default/web-2"));
    }

    void theCompleterFindsWithinNames() {
        Opened o(30);
        o.go();
        QTRY_VERIFY(o.view->isVisible());
        QCompleter* completer = o.in<QComboBox>("pathTo")->completer();
        completer->setCompletionPrefix(QStringLiteral("WEB-17"));
        QCOMPARE(completer->completionCount(), 1);
        QCOMPARE(completer->currentCompletion(), QStringLiteral("default/web-17"));
    }

    void whatCantBeDerivedSaysWhyAndWhatToDo() {
        Opened o;
        o.go();
        QTRY_VERIFY(o.view->isVisible());
        o.type("pathTo", QStringLiteral("default/nothing"));
        auto* message = o.in<QLabel>("pathMessage");
        QTRY_VERIFY(message->isVisible() && message->text().contains(QStringLiteral("can't be derived")));
        QVERIFY(message->text().contains(QStringLiteral("default/nothing")));
        QVERIFY(message->text().contains(QStringLiteral("What to do")));
        QCOMPARE(message->textFormat(), Qt::PlainText);
        o.type("pathTo", QString());
        QTest::keyClick(o.in<QComboBox>("pathTo")->lineEdit(), Qt::Key_Backspace);
        QTest::keyClick(o.in<QComboBox>("pathTo")->lineEdit(), Qt::Key_Return);
        QTRY_VERIFY(message->text().startsWith(QStringLiteral("Choose")));
        o.type("pathTo", QStringLiteral("node2"));
        QTRY_VERIFY(o.view->isVisible());
    }

    void theChoiceIsRememberedForTheCluster() {
        {
            Opened o;
            o.go();
            QTRY_VERIFY(o.view->isVisible());
            o.type("pathFrom", QStringLiteral("node1"));
            o.type("pathTo", QStringLiteral("default/web-3"));
            QTRY_COMPARE(QString::fromStdString(o.view->path().to), QStringLiteral("node3/default/web-3"));
        }
        Opened again;
        again.go();
        QTRY_VERIFY(again.view->isVisible());
        QCOMPARE(again.page->choice().from, QStringLiteral("node1"));
        QCOMPARE(again.page->choice().to, QStringLiteral("default/web-3"));
        Opened smaller(2); // its node3 is no more: not an error, but a typical way or an invitation
        smaller.go();
        QTRY_VERIFY(smaller.page->choice().to != QStringLiteral("default/web-3"));
    }

    void theNodesPathLeadsHereAndBack() {
        Opened o;
        auto* table = o.window.findChild<QTableView*>(QStringLiteral("nodeTable"));
        QTRY_COMPARE(table->model()->rowCount(), 4);
        emit table->activated(table->model()->index(1, 0));
        auto* tabs = o.window.findChild<QTabWidget*>(QStringLiteral("nodeTabs"));
        QTRY_VERIFY(tabs->isVisible());
        tabs->setCurrentIndex(1);
        auto* onNode = tabs->findChild<PathView*>();
        QTRY_VERIFY(onNode->isVisible());
        const path::Path way = onNode->path();
        tabs->findChild<QPushButton*>(QStringLiteral("otherEnds"))->click();
        QTRY_VERIFY(o.view->isVisible());
        QCOMPARE(o.view->path().from, way.from);
        QCOMPARE(o.view->path().to, way.to);
        QTest::keyClick(&o.window, Qt::Key_Escape);
        QTRY_VERIFY(tabs->isVisible());
        QCOMPARE(tabs->currentIndex(), 1);
    }

    void aFindingIsShownOnItsHop() {
        Opened o;
        auto* list = o.window.findChild<QListView*>(QStringLiteral("findingsList"));
        QTRY_VERIFY(list->model()->rowCount() > 0);
        emit list->activated(list->model()->index(0, 0));
        auto* show = o.window.findChild<QPushButton*>(QStringLiteral("showOnPath"));
        QVERIFY(show);
        show->click();
        QTRY_VERIFY(o.view->isVisible() && o.view->currentHop());
        const path::Hop& hop = diagram::hopAt(o.view->path(), *o.view->currentHop());
        QCOMPARE(hop.device, std::string("flannel.1"));
        QCOMPARE(hop.node, std::string("node2"));
        QVERIFY(o.view->scene().find(*o.view->currentHop())->worst);
    }

    void aHopsFactsOpenAndClose() {
        Opened o;
        o.go();
        QTRY_VERIFY(o.view->isVisible());
        auto* facts = o.in<QPlainTextEdit>("hopFacts");
        o.view->setFocus();
        QTest::keyClick(o.view, Qt::Key_Home);
        QVERIFY(!facts->isVisible());
        QTest::keyClick(o.view, Qt::Key_Return);
        QVERIFY(facts->isVisible());
        QVERIFY(facts->toPlainText().contains(QStringLiteral("eth0")));
        const QString first = facts->toPlainText();
        QTest::keyClick(o.view, Qt::Key_Right);
        QVERIFY(facts->toPlainText() != first);
        // To the hop with the finding: a button leads to it.
        while (!o.view->scene().find(*o.view->currentHop())->worst)
            QTest::keyClick(o.view, Qt::Key_Right);
        QTRY_VERIFY(o.in<QPushButton>("showFinding") && o.in<QPushButton>("showFinding")->isVisible());
        o.in<QPushButton>("showFinding")->click();
        QTRY_VERIFY(o.window.findChild<QWidget*>(QStringLiteral("inspector"))->isVisible());
        facts->setFocus();
        QTest::keyClick(facts, Qt::Key_Escape);
        QVERIFY(!facts->isVisible());
        QVERIFY(o.page->isVisible()); // Esc closed the facts, not the page
    }

    void showPathTakesAnyPair() {
        Opened o;
        QTRY_VERIFY(o.window.findChild<QTableView*>(QStringLiteral("nodeTable"))->model()->rowCount() == 4);
        o.window.showPath(QStringLiteral("node1"), QStringLiteral("node3"));
        QTRY_VERIFY(o.view->isVisible());
        QCOMPARE(o.view->path().from, std::string("node1"));
        QCOMPARE(o.view->path().to, std::string("node3"));
    }
};

QTEST_MAIN(TestPathPage)
#include "tst_path_page.moc"
