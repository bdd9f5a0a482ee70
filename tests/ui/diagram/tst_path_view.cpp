// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The diagram as a person uses it: mouse, wheel and keys.
#include "sample_paths.h"
#include "ui/widgets/path_view.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

using namespace netopsy;
using namespace netopsy::ui;

class TestPathView : public QObject {
    Q_OBJECT

    static void show(PathView& view, const fake::SamplePath& sample, QSize size = {1000, 600}) {
        view.resize(size);
        view.setPath(sample.path, diagram::marksOf(sample.path, sample.findings));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
    }
    static void click(PathView& view, QPointF scenePoint) {
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, view.shownAt(scenePoint).toPoint());
    }
    static bool inView(const PathView& view, std::size_t hop) {
        const QRectF cell = view.scene().find(hop)->cell;
        return QRectF(view.viewport()->rect())
            .contains(QRectF(view.shownAt(cell.topLeft()), view.shownAt(cell.bottomRight())));
    }

private slots:
    void keysWalkFromHopToHop() {
        PathView view;
        show(view, fake::twentyHops());
        QVERIFY(!view.currentHop());
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(*view.currentHop(), std::size_t(0));
        for (std::size_t i = 1; i < 28; ++i) {
            QTest::keyClick(&view, Qt::Key_Right);
            QCOMPARE(*view.currentHop(), i);
            QVERIFY2(inView(view, i), qPrintable(QString::number(i)));
        }
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(*view.currentHop(), std::size_t(27)); // the end is the end
        QTest::keyClick(&view, Qt::Key_Home);
        QCOMPARE(*view.currentHop(), std::size_t(0));
        QVERIFY(inView(view, 0));
        QTest::keyClick(&view, Qt::Key_Down);
        QCOMPARE(view.scene().find(*view.currentHop())->row, 1);
        QTest::keyClick(&view, Qt::Key_Up);
        QCOMPARE(view.scene().find(*view.currentHop())->row, 0);
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(*view.currentHop(), std::size_t(27));
        QTest::keyClick(&view, Qt::Key_Left);
        QCOMPARE(*view.currentHop(), std::size_t(26));
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("hop 27 of 28")));
    }

    void enterAndClickOpenAHop() {
        PathView view;
        show(view, fake::overlay());
        QSignalSpy opened(&view, &PathView::hopActivated);
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(opened.size(), 0);
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        click(view, view.scene().find(2)->block.center());
        QCOMPARE(opened.size(), 2);
        QCOMPARE(*view.currentHop(), std::size_t(2));
        QVERIFY(view.currentDetail().contains(QStringLiteral("cni0")));
        click(view, {2, 2}); // beside everything
        QCOMPARE(opened.size(), 2);
    }

    void aBadgeAndItsWordsOpenTheFinding() {
        PathView view;
        show(view, fake::problems(), {1000, 1400});
        QSignalSpy opened(&view, &PathView::findingActivated);
        click(view, view.scene().find(8)->badges.front().rect.center());
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.first().first().value<std::size_t>(), std::size_t(0));
        QCOMPARE(*view.currentHop(), std::size_t(8));
        for (const diagram::Callout& callout : view.scene().callouts)
            if (callout.badge.finding == std::size_t(1))
                click(view, callout.rect.center());
        QCOMPARE(opened.size(), 2);
        QCOMPARE(opened.last().first().value<std::size_t>(), std::size_t(1));
    }

    void zoomKeepsWhatIsUnderTheCursor() {
        PathView view;
        show(view, fake::twentyHops());
        const QPointF at(600, 300);
        const QPointF before = (at - view.shownAt({0, 0})) / view.zoom();
        for (int i = 0; i < 3; ++i) {
            QWheelEvent wheel(at, view.viewport()->mapToGlobal(at), {}, {0, 120}, Qt::NoButton,
                              Qt::ControlModifier, Qt::NoScrollPhase, false);
            QApplication::sendEvent(view.viewport(), &wheel);
        }
        QVERIFY(view.zoom() > 1.6);
        const QPointF after = (at - view.shownAt({0, 0})) / view.zoom();
        QVERIFY2((after - before).manhattanLength() < 3,
                 qPrintable(QString::number((after - before).manhattanLength())));
        QVERIFY(view.horizontalScrollBar()->maximum() > 0);
    }

    void fitShowsAllOfIt_data() {
        QTest::addColumn<int>("key");
        QTest::addColumn<int>("modifiers");
        QTest::newRow("F") << int(Qt::Key_F) << int(Qt::NoModifier);
        QTest::newRow("Ctrl+0") << int(Qt::Key_0) << int(Qt::ControlModifier);
    }
    void fitShowsAllOfIt() {
        QFETCH(const int, key);
        QFETCH(const int, modifiers);
        PathView view;
        show(view, fake::twentyHops());
        QVERIFY(view.verticalScrollBar()->maximum() > 0);
        QTest::keyClick(&view, Qt::Key(key), Qt::KeyboardModifiers(modifiers));
        QCOMPARE(view.verticalScrollBar()->maximum(), 0);
        QCOMPARE(view.horizontalScrollBar()->maximum(), 0);
        const double fitted = view.zoom();
        QTest::keyClick(&view, Qt::Key_Plus);
        QVERIFY(view.zoom() > fitted);
        QTest::keyClick(&view, Qt::Key_Minus);
        QVERIFY(std::abs(view.zoom() - fitted) < 1e-9);
        QTest::keyClick(&view, Qt::Key_1, Qt::ControlModifier);
        QCOMPARE(view.zoom(), 1.0);
        view.resize(1400, 900);
        QTRY_VERIFY(view.scene().size.width() > 1000);
    }

    void dragPansAndOpensNothing() {
        PathView view;
        show(view, fake::twentyHops());
        QSignalSpy opened(&view, &PathView::hopActivated);
        const QPoint from = view.shownAt(view.scene().find(1)->block.center()).toPoint();
        QTest::mousePress(view.viewport(), Qt::LeftButton, {}, from);
        QTest::mouseMove(view.viewport(), from - QPoint(0, 60));
        QTest::mouseMove(view.viewport(), from - QPoint(0, 120));
        QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, from - QPoint(0, 120));
        QCOMPARE(view.verticalScrollBar()->value(), 120);
        QCOMPARE(opened.size(), 0);
    }

    void newDataOfTheSamePathKeepThePlace() {
        PathView view;
        show(view, fake::twentyHops());
        view.setCurrentHop(19);
        const int scrolled = view.verticalScrollBar()->value();
        QVERIFY(scrolled > 0);
        fake::SamplePath next = fake::twentyHops();
        next.path.hops[3].drops = std::uint64_t{5};
        view.setPath(next.path, {});
        QCOMPARE(*view.currentHop(), std::size_t(19));
        QCOMPARE(view.verticalScrollBar()->value(), scrolled);
        view.setPath(fake::ipv6().path, {});
        QVERIFY(!view.currentHop());
        QCOMPARE(view.verticalScrollBar()->value(), 0);
    }

    void hopsAreToldToAssistiveTools() {
        PathView view;
        show(view, fake::problems(), {1000, 1400});
        QAccessibleInterface* list = QAccessible::queryAccessibleInterface(&view);
        QVERIFY(list);
        QCOMPARE(list->role(), QAccessible::List);
        QCOMPARE(list->childCount(), 14);
        QVERIFY(!list->focusChild());
        view.setFocus();
        QTRY_VERIFY(view.hasFocus());
        view.setCurrentHop(8);
        QAccessibleInterface* hop = list->focusChild();
        QVERIFY(hop && hop->isValid() && hop->state().focused);
        QVERIFY(hop->text(QAccessible::Name).contains(QStringLiteral("hop 9 of 14: eth0")));
        QVERIFY(hop->text(QAccessible::Name).contains(QStringLiteral("critical: PMTU black hole")));
        QVERIFY(hop->text(QAccessible::Description).contains(QStringLiteral("Dropped over the run: 1,204")));
        QCOMPARE(list->indexOfChild(hop), 8);
        QCOMPARE(list->childAt(hop->rect().center().x(), hop->rect().center().y()), hop);
        view.setPath(fake::sevenHops().path, {});
        QCOMPARE(list->childCount(), 7);
        QVERIFY(!hop->isValid()); // it is no more
        QVERIFY(hop->text(QAccessible::Name).isEmpty());
    }

    void factsAndPathAreCopied() {
        PathView view;
        show(view, fake::overlay());
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("Largest inner packet")));
        view.setCurrentHop(5);
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        const QString text = QApplication::clipboard()->text();
        for (const char* words : {"flannel.1", "VXLAN 8", "= 50", "Known from: node1: links"})
            QVERIFY2(text.contains(QString::fromLatin1(words)), words);
    }
};

QTEST_MAIN(TestPathView)
#include "tst_path_view.moc"
