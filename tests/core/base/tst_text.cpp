// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"

#include <QTest>

using namespace netopsy;

class TestText : public QObject {
    Q_OBJECT
private slots:
    void numbers_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("shown");
        QTest::newRow("zero") << 0.0 << "0";
        QTest::newRow("small") << 0.3123 << "0.312";
        QTest::newRow("tens") << 24.06 << "24.1";
        QTest::newRow("rounds up a decade") << 9.9996 << "10.0";
        QTest::newRow("hundreds") << 99.96 << "100";
        QTest::newRow("thousands") << 1234567.0 << "1,234,567";
        QTest::newRow("negative") << -1234.0 << "-1,234";
    }
    void numbers() {
        QFETCH(double, value);
        QFETCH(QString, shown);
        QCOMPARE(QString::fromStdString(text::number(value)), shown);
    }
    void durations() {
        QCOMPARE(text::duration(312'400), std::string("312 µs"));
        QCOMPARE(text::duration(24'060'000), std::string("24.1 ms"));
        QCOMPARE(text::duration(5e9), std::string("5.00 s"));
    }
    void strictNumbers() {
        QVERIFY(!text::toUint(""));
        QVERIFY(!text::toUint("-1"));
        QVERIFY(!text::toUint("1 "));
        QVERIFY(!text::toUint("18446744073709551616"));
        QCOMPARE(*text::toUint("ff", 16), std::uint64_t{255});
        QVERIFY(!text::toDouble("1.5x"));
        QCOMPARE(*text::toDouble("1.5"), 1.5);
    }
    void linesKeepEmptyOnesButNotTheRest() {
        QCOMPARE(text::lines("a\n\nb\n").size(), std::size_t{3});
        QCOMPARE(text::lines("").size(), std::size_t{0});
        QCOMPARE(text::lines("a").size(), std::size_t{1});
    }
    void printableReplacesWhatCannotBeShown() {
        QCOMPARE(text::printable("ok\tµ\n"), std::string("ok\tµ\n"));
        QCOMPARE(text::printable("\x1b[31m"), std::string("\xEF\xBF\xBD[31m"));
        QCOMPARE(text::printable("\xC0\xAF"), std::string("\xEF\xBF\xBD\xEF\xBF\xBD"));
        QCOMPARE(text::printable("\xC2\x9b"), std::string("\xEF\xBF\xBD")); // a C1 control starts terminal escapes
    }
    void quoting() { QCOMPARE(text::shellQuote("a'b"), std::string("'a'\\''b'")); }
    void timeStamps() {
        QCOMPARE(text::rfc3339(1'700'000'000'123'000'000), std::string("2023-11-14T22:13:20.123Z"));
    }
};

QTEST_APPLESS_MAIN(TestText)
#include "tst_text.moc"
