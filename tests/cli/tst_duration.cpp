// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/duration.h"

#include <QTest>

#include <cmath>

class TestDuration : public QObject {
    Q_OBJECT
private slots:
    void durations_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("seconds"); // -1: none
        const auto row = [](const char* text, double seconds) {
            QTest::newRow(*text == '\0' ? "empty" : text) << QString::fromUtf8(text) << seconds;
        };
        row("30s", 30);
        row("500ms", 0.5);
        row("2m", 120);
        row("1h30m", 5400);
        row("1h1m1s1ms", 3661.001);
        row("1.5s", 1.5);
        row(".5s", 0.5);
        row("1.s", 1);
        row("250us", 250e-6);
        row("250µs", 250e-6);
        row("250μs", 250e-6); // U+03BC, which Go takes as well as U+00B5
        row("100ns", 100e-9);
        row("0", 0);
        row("0s", 0);
        row("8760h", 8760.0 * 3600);
        for (const char* text :
             {"",     "30",   "s",   "ms",  "1",    ".",     ".s",   "1.2.3s",
              "-1s",  "- 1s", "1 s", " 1s", "1s ",  "1d",    "1S",   "1e3s",
              "0x1s", "inf",  "nan", "1sm", "1s30", "9000h", "1,5s", "99999999999999999999999999h",
              "1\xff"})
            row(text, -1);
    }
    void durations() {
        QFETCH(QString, text);
        QFETCH(double, seconds);
        const auto got = netopsy::app::parseDuration(text.toStdString());
        QCOMPARE(got.has_value(), seconds >= 0);
        if (got)
            QVERIFY(std::abs(*got - seconds) <= 1e-9 * std::max(1.0, seconds));
    }
};

QTEST_APPLESS_MAIN(TestDuration)
#include "tst_duration.moc"
