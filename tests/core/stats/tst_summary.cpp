// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/summary.h"

#include <QTest>

#include <numeric>
#include <random>
#include <tuple>

using namespace netopsy;
using Values = std::vector<std::int64_t>;
Q_DECLARE_METATYPE(Values)

namespace {
Values upTo(std::int64_t n) {
    Values values(static_cast<std::size_t>(n));
    std::iota(values.begin(), values.end(), 1);
    std::shuffle(values.begin(), values.end(), std::mt19937(7)); // NOLINT: the same order each time is wanted
    return values;
}
} // namespace

class TestSummary : public QObject {
    Q_OBJECT
private slots:
    void nearestRank_data() {
        QTest::addColumn<Values>("values");
        QTest::addColumn<double>("q");
        QTest::addColumn<qint64>("expected");
        // The textbook example of nearest rank: 15 20 35 40 50.
        const Values five{35, 20, 15, 50, 40};
        QTest::newRow("5th of five") << five << 0.05 << qint64{15};
        QTest::newRow("30th of five") << five << 0.30 << qint64{20};
        QTest::newRow("40th of five") << five << 0.40 << qint64{20};
        QTest::newRow("50th of five") << five << 0.50 << qint64{35};
        QTest::newRow("100th of five") << five << 1.0 << qint64{50};
        QTest::newRow("0th is the least") << five << 0.0 << qint64{15};
        QTest::newRow("99th of 100") << upTo(100) << 0.99 << qint64{99};
        QTest::newRow("99th of 101") << upTo(101) << 0.99 << qint64{100};
        QTest::newRow("7th of 100, which binary makes 7.000000000000001") << upTo(100) << 0.07 << qint64{7};
        QTest::newRow("90th of 600") << upTo(600) << 0.9 << qint64{540};
        QTest::newRow("median of an even count is a value that was measured") << upTo(4) << 0.5 << qint64{2};
        QTest::newRow("one value") << Values{42} << 0.99 << qint64{42};
        QTest::newRow("beyond 1 is 1") << five << 7.0 << qint64{50};
    }
    void nearestRank() {
        QFETCH(Values, values);
        QFETCH(double, q);
        QFETCH(qint64, expected);
        QCOMPARE(qint64{stats::percentile(values, q).value()}, expected);
    }
    void noValuesNoPercentile() {
        QVERIFY(!stats::percentile({}, 0.5));
        QVERIFY(!stats::percentiles({}));
    }
    void percentilesAgreeWithPercentile() {
        const Values values = upTo(1237);
        const auto all = stats::percentiles(values).value();
        QCOMPARE(all.count, std::size_t{1237});
        QCOMPARE(all.min, std::int64_t{1});
        QCOMPARE(all.max, std::int64_t{1237});
        QCOMPARE(all.p50, stats::percentile(values, 0.5).value());
        QCOMPARE(all.p90, stats::percentile(values, 0.9).value());
        QCOMPARE(all.p99, stats::percentile(values, 0.99).value());
    }

    void dnsKeepsOutcomesApart() {
        model::DnsSeries series;
        for (int i = 1; i <= 10; ++i)
            series.samples.push_back({0, i * 1000, model::DnsOutcome::Answered, i % 2 ? 0 : 3, 0});
        series.samples.push_back({0, -1, model::DnsOutcome::Timeout, -1, 0});
        series.samples.push_back(
            {0, 9'000'000, model::DnsOutcome::Failed, 2, 0}); // a SERVFAIL's time is no answer's
        series.samples.push_back({0, -1, model::DnsOutcome::Failed, -1, 111});
        const auto stats = stats::dnsStats(series);
        QCOMPARE(stats.sent, std::size_t{13});
        QCOMPARE(stats.answered, std::size_t{10});
        QCOMPARE(stats.timeouts, std::size_t{1});
        QCOMPARE(stats.failed, std::size_t{2});
        QCOMPARE(stats.rtt->count, std::size_t{10});
        QCOMPARE(stats.rtt->max, std::int64_t{10'000});
    }
    void dnsOfSeveralSeriesIsFromAllSamples() {
        // The p50 of the union is neither p50 nor their mean: 99 quick answers and 100 slow ones.
        model::DnsSeries quick, slow;
        for (int i = 0; i < 99; ++i)
            quick.samples.push_back({0, 10, model::DnsOutcome::Answered, 0, 0});
        for (int i = 0; i < 100; ++i)
            slow.samples.push_back({0, 1000, model::DnsOutcome::Answered, 0, 0});
        const model::DnsSeries* const both[] = {&quick, &slow};
        QCOMPARE(stats::dnsStats(both).rtt->p50, std::int64_t{1000});
        QCOMPARE(stats::dnsStats(both).sent, std::size_t{199});
    }
    void dnsWithoutAnswersHasNoTimes() {
        model::DnsSeries series;
        QVERIFY(!stats::dnsStats(series).rtt);
        series.samples.push_back({0, -1, model::DnsOutcome::Timeout, -1, 0});
        QVERIFY(!stats::dnsStats(series).rtt);
        QCOMPARE(stats::dnsStats(series).timeouts, std::size_t{1});
    }
    void rttCountsTheLost() {
        model::RttSeries series;
        series.samples = {{0, 100}, {1, -1}, {2, 300}, {3, 0}};
        const auto stats = stats::rttStats(series);
        QCOMPARE(stats.sent, std::size_t{4});
        QCOMPARE(stats.lost, std::size_t{1});
        QCOMPARE(stats.rtt->min, std::int64_t{0});
        QCOMPARE(stats.rtt->p50, std::int64_t{100});
    }

    void differenceNeedsFiveEach() {
        QVERIFY(!stats::medianDifference(Values{1, 2, 3, 4}, upTo(100)));
        QVERIFY(!stats::medianDifference(upTo(100), Values{1, 2, 3, 4}));
        QVERIFY(stats::medianDifference(upTo(5), upTo(5)));
    }
    void differenceIsDeterministic() {
        const Values a = upTo(200), b = upTo(300);
        const auto one = stats::medianDifference(a, b, 9).value(), two = stats::medianDifference(a, b, 9).value();
        QCOMPARE(one.low95, two.low95);
        QCOMPARE(one.high95, two.high95);
        QCOMPARE(one.median, 50.0);
        QVERIFY(one.low95 < 50 && one.high95 > 50);
    }
    void differenceOfConstantsIsExact() {
        const auto d = stats::medianDifference(Values(50, 100), Values(50, 350)).value();
        QCOMPARE(d.median, 250.0);
        QCOMPARE(d.low95, 250.0);
        QCOMPARE(d.high95, 250.0);
    }
    /// The shortcut must be the bootstrap: compared with one that really draws each resample.
    void differenceAgreesWithThePlainBootstrap() {
        std::mt19937_64 engine(3);
        std::lognormal_distribution<double> shape(0, 0.8);
        Values a, b;
        for (int i = 0; i < 301; ++i)
            a.push_back(static_cast<std::int64_t>(1e6 * shape(engine)));
        for (int i = 0; i < 220; ++i)
            b.push_back(static_cast<std::int64_t>(1.3e6 * shape(engine)));
        const auto drawMedian = [&](const Values& from) {
            Values drawn(from.size());
            for (auto& v : drawn)
                v = from[engine() % from.size()];
            return static_cast<double>(*stats::percentile(drawn, 0.5));
        };
        std::vector<double> plain;
        for (int i = 0; i < 4000; ++i)
            plain.push_back(drawMedian(b) - drawMedian(a));
        std::sort(plain.begin(), plain.end());
        const auto d = stats::medianDifference(a, b).value();
        const double width = plain[3900] - plain[100];
        QVERIFY2(std::abs(d.low95 - plain[100]) < 0.08 * width,
                 qPrintable(QStringLiteral("%1 against %2").arg(d.low95).arg(plain[100])));
        QVERIFY2(std::abs(d.high95 - plain[3900]) < 0.08 * width,
                 qPrintable(QStringLiteral("%1 against %2").arg(d.high95).arg(plain[3900])));
    }
    /// Of 200 pairs of samples whose true difference is 300, about 95 % of the intervals must hold it.
    void intervalCoversTheTruth() {
        std::mt19937_64 engine(5);
        std::exponential_distribution<double> shape(1.0 / 1000);
        int covered = 0;
        for (int trial = 0; trial < 200; ++trial) {
            Values a, b;
            for (int i = 0; i < 80; ++i) {
                a.push_back(static_cast<std::int64_t>(shape(engine)));
                b.push_back(static_cast<std::int64_t>(shape(engine)) + 300);
            }
            const auto d = stats::medianDifference(a, b, static_cast<std::uint64_t>(trial)).value();
            covered += d.low95 <= 300 && 300 <= d.high95 ? 1 : 0;
        }
        QVERIFY2(covered >= 180 && covered <= 200, qPrintable(QString::number(covered)));
        QVERIFY(covered < 200); // an interval that always covers is too wide to be of use
    }
    void aMillionSamplesAreNoBurden() {
        Values a(1'000'000), b(1'000'000);
        std::mt19937_64 engine(1);
        for (std::size_t i = 0; i < a.size(); ++i) {
            a[i] = static_cast<std::int64_t>(engine() % 1'000'000);
            b[i] = static_cast<std::int64_t>(engine() % 1'000'000) + 5000;
        }
        QElapsedTimer timer;
        timer.start();
        const auto d = stats::medianDifference(a, b).value();
        QVERIFY(d.low95 > 2000 && d.high95 < 8000);
        QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
    }
    void rcodesTaintAndTruncation() {
        model::DnsSeries series;
        using enum model::DnsOutcome;
        series.samples = {{0, 100, Answered, 0, 0, false, -1, 0},
                          {1, 900, Answered, 3, 0, true, -1, model::taint::late},
                          {2, 50, Failed, 2, 0, false, -1, 0},
                          {3, -1, Timeout, -1, 0, false, -1, model::taint::stolen}};
        const auto s = stats::dnsStats(series);
        QCOMPARE(s.rcodes, (std::map<int, std::size_t>{{0, 1}, {2, 1}, {3, 1}}));
        QCOMPARE(s.truncated, std::size_t{1});
        QCOMPARE(s.tainted, std::size_t{2});
        QCOMPARE(s.rtt->max, std::int64_t{900});
        QCOMPARE(s.clean->max, std::int64_t{100});
        QCOMPARE(stats::rcodeName(3), std::string("NXDOMAIN"));
        QCOMPARE(stats::rcodeName(11), std::string("RCODE 11"));
    }
    void halvesOfPairs() {
        model::DnsSeries a, aaaa;
        aaaa.type = model::DnsType::AAAA;
        const auto add = [](model::DnsSeries& to, int pair, bool lost) {
            to.samples.push_back({0, lost ? -1 : 5,
                                  lost ? model::DnsOutcome::Timeout : model::DnsOutcome::Answered, lost ? -1 : 0,
                                  0, false, pair, 0});
        };
        for (const auto& [pair, aLost, aaaaLost] : {std::tuple{0, false, false},
                                                    {1, true, false},
                                                    {2, false, true},
                                                    {3, false, true},
                                                    {4, true, true}}) {
            add(a, pair, aLost);
            add(aaaa, pair, aaaaLost);
        }
        add(a, 5, true);  // its other half is not known
        add(a, -1, true); // no pair
        const model::DnsSeries* const both[] = {&a, &aaaa};
        const auto s = stats::pairStats(both);
        QCOMPARE(s.sent, std::size_t{5});
        QCOMPARE(s.onlyALost, std::size_t{1});
        QCOMPARE(s.onlyAaaaLost, std::size_t{2});
        QCOMPARE(s.bothLost, std::size_t{1});
    }
    void roundTripsTwiceAndOutOfOrder() {
        model::RttSeries series;
        series.samples = {{0, 10, 2, false, 0}, {1, 90, 0, true, model::taint::starved}, {2, -1, 0, false, 0}};
        const auto s = stats::rttStats(series);
        QCOMPARE(s.duplicates, std::size_t{2});
        QCOMPARE(s.reordered, std::size_t{1});
        QCOMPARE(s.tainted, std::size_t{1});
        QCOMPARE(s.lost, std::size_t{1});
        QCOMPARE(s.clean->max, std::int64_t{10});
    }
};

QTEST_APPLESS_MAIN(TestSummary)
#include "tst_summary.moc"
