// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Colours are judged by what an eye is told of them: CIE lightness and WCAG's contrast, computed here anew.
#include "ui/widgets/mesh_scale.h"

#include <QTest>

#include <cmath>

using namespace netopsy;
using namespace netopsy::ui;

namespace {

stats::MeshPlane plane(std::int64_t p50Us, std::uint32_t sent = 100, std::uint32_t lost = 0) {
    stats::MeshPlane out;
    out.sent = sent;
    out.lost = lost;
    if (lost < sent)
        out.all = out.clean =
            stats::Percentiles{sent - lost, p50Us * 900, p50Us * 1000, p50Us * 1500, p50Us * 2000, p50Us * 3000};
    return out;
}

stats::Mesh mesh(std::int64_t underUs, std::int64_t overUs) {
    stats::Mesh out;
    out.nodes = {"node1", "node2"};
    const double us = static_cast<double>(overUs - underUs) * 1e3;
    out.cells = {{0, 1, plane(underUs), plane(overUs), stats::MedianDifference{us, us - 1e3, us + 1e3}}};
    return out;
}

double luminance(const QColor& colour) {
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

double lightness(const QColor& colour) {
    return 116 * std::cbrt(luminance(colour)) - 16;
}

double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

} // namespace

class TestMeshScale : public QObject {
    Q_OBJECT
private slots:
    void rampIsEvenAndReadable_data() {
        QTest::addColumn<MeshLayer>("layer");
        QTest::addColumn<bool>("dark");
        for (const auto layer : {MeshLayer::Underlay, MeshLayer::Loss, MeshLayer::Difference})
            for (const bool dark : {false, true})
                QTest::addRow("%s, %s", qPrintable(layerName(layer)), dark ? "dark" : "light") << layer << dark;
    }
    void rampIsEvenAndReadable() {
        QFETCH(const MeshLayer, layer);
        QFETCH(const bool, dark);
        const MeshScale scale(mesh(100, 40'000), {layer, false, false}, dark);
        // The difference has two arms; each is walked from the middle outward.
        const bool arms = layer == MeshLayer::Difference;
        for (const double end : arms ? QVector<double>{0, 1} : QVector<double>{1}) {
            const double start = arms ? 0.5 : layer == MeshLayer::Loss ? 0.1 : 0;
            QVector<double> steps;
            constexpr int count = 12;
            for (int i = 0; i <= count; ++i) {
                const QColor colour = scale.colour(scale.valueAt(start + (end - start) * i / count));
                QVERIFY2(contrast(colour, scale.inkOn(colour)) >= 4.5, qPrintable(colour.name()));
                steps << lightness(colour);
            }
            const double whole = steps.last() - steps.first();
            QVERIFY2(dark ? whole > 40 : whole < -35, qPrintable(QString::number(whole)));
            for (int i = 1; i <= count; ++i) {
                const double share = (steps[i] - steps[i - 1]) / whole * count; // 1 would be quite even
                QVERIFY2(share > 0.5 && share < 1.6,
                         qPrintable(QStringLiteral("step %1 of %2: %3").arg(i).arg(count).arg(share)));
            }
        }
    }

    void planesShareTheirEnds() {
        const auto both = mesh(120, 4'000);
        const MeshScale under(both, {MeshLayer::Underlay, false, false}, false),
            over(both, {MeshLayer::Overlay, false, false}, false);
        QCOMPARE(under.low(), over.low());
        QCOMPARE(under.high(), over.high());
        QCOMPARE(under.low(), 1e5);
        QCOMPARE(under.high(), 5e6);
        QCOMPARE(under.colour(1e6), over.colour(1e6));
    }

    void equalsAreNotPaintedApart() {
        const MeshScale scale(mesh(200, 210), {MeshLayer::Underlay, false, false}, false);
        QVERIFY(scale.high() >= 10 * scale.low());
        QVERIFY(std::abs(lightness(scale.colour(2e5)) - lightness(scale.colour(2.1e5))) < 3);
    }

    void positionGoesThereAndBack_data() {
        QTest::addColumn<MeshLayer>("layer");
        QTest::addColumn<double>("value");
        QTest::newRow("trip") << MeshLayer::Overlay << 3.3e5;
        QTest::newRow("faster overlay") << MeshLayer::Difference << -4.2e4;
        QTest::newRow("slower overlay") << MeshLayer::Difference << 1.1e6;
        QTest::newRow("alike") << MeshLayer::Difference << 0.0;
        QTest::newRow("loss") << MeshLayer::Loss << 3.0;
        QTest::newRow("no loss") << MeshLayer::Loss << 0.0;
    }
    void positionGoesThereAndBack() {
        QFETCH(const MeshLayer, layer);
        QFETCH(const double, value);
        const MeshScale scale(mesh(100, 4'000), {layer, false, false}, false);
        QVERIFY(std::abs(scale.valueAt(scale.position(value)) - value) < 1e-6 * (1 + std::abs(value)));
        for (const double tick : scale.ticks())
            QVERIFY(scale.position(tick) >= 0 && scale.position(tick) <= 1);
    }

    void aMeshWithoutFiguresHasAScaleToo() {
        for (const auto layer : {MeshLayer::Underlay, MeshLayer::Difference, MeshLayer::Loss}) {
            const MeshScale scale({}, {layer, true, true}, false);
            QVERIFY(scale.empty());
            QVERIFY(scale.low() < scale.high());
            QVERIFY(!scale.ticks().isEmpty());
        }
    }

    void words_data() {
        QTest::addColumn<MeshLayer>("layer");
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("full");
        QTest::addColumn<QString>("brief");
        QTest::addColumn<QString>("tick");
        const auto row = [](const char* name, MeshLayer layer, double value, const char* full, const char* brief,
                            const char* tick) {
            QTest::newRow(name) << layer << value << QString::fromUtf8(full) << QString::fromUtf8(brief)
                                << QString::fromUtf8(tick);
        };
        row("µs", MeshLayer::Underlay, 312'400, "312 µs", "312µ", "312 µs");
        row("tens", MeshLayer::Underlay, 50'000, "50.0 µs", "50µ", "50 µs");
        row("few", MeshLayer::Underlay, 8'000, "8.00 µs", "8.0µ", "8 µs");
        row("ms", MeshLayer::Overlay, 24'100'000, "24.1 ms", "24m", "24.1 ms");
        row("s", MeshLayer::Overlay, 1.5e9, "1.50 s", "1.5s", "1.5 s");
        row("slower", MeshLayer::Difference, 41'000, "+41.0 µs", "+41µ", "+41 µs");
        row("faster", MeshLayer::Difference, -900'000, "−900 µs", "−900µ", "−900 µs");
        row("alike", MeshLayer::Difference, 0, "0", "0", "0");
        row("no loss", MeshLayer::Loss, 0, "0 %", "0", "0 %");
        row("some", MeshLayer::Loss, 0.1, "0.100 %", "0.1", "0.1 %");
        row("much", MeshLayer::Loss, 62.5, "62.5 %", "63", "62.5 %");
    }
    void words() {
        QFETCH(const MeshLayer, layer);
        QFETCH(const double, value);
        QFETCH(const QString, full);
        QFETCH(const QString, brief);
        QFETCH(const QString, tick);
        const MeshScale scale(mesh(100, 4'000), {layer, false, false}, false);
        QCOMPARE(scale.word(value), full);
        QCOMPARE(scale.shortWord(value), brief);
        QCOMPARE(scale.tickWord(value), tick);
    }

    void whatACellSays() {
        const auto kind = [](const stats::MeshCell* cell, MeshLayer layer, bool p99 = false, bool clean = false) {
            return meshValue(cell, {layer, p99, clean}).kind;
        };
        for (const auto layer : {MeshLayer::Underlay, MeshLayer::Overlay, MeshLayer::Difference, MeshLayer::Loss})
            QCOMPARE(kind(nullptr, layer), MeshValue::NotProbed);
        stats::MeshCell cell{0, 1, plane(200, 100, 100), {}, Absent{"no answer came on the underlay"}};
        QCOMPARE(kind(&cell, MeshLayer::Underlay), MeshValue::LostAll);
        QCOMPARE(kind(&cell, MeshLayer::Overlay), MeshValue::NotProbed);
        QCOMPARE(kind(&cell, MeshLayer::Difference), MeshValue::LostAll);
        QCOMPARE(kind(&cell, MeshLayer::Loss), MeshValue::LostAll);
        cell.underlay = plane(200, 100, 10);
        cell.overlay = plane(300, 300, 10);
        cell.overlay.clean.reset(); // every answer was tainted
        QCOMPARE(kind(&cell, MeshLayer::Overlay), MeshValue::Known);
        QCOMPARE(kind(&cell, MeshLayer::Overlay, false, true), MeshValue::Unknown);
        QCOMPARE(kind(&cell, MeshLayer::Difference), MeshValue::Unknown);
        QCOMPARE(meshValue(&cell, {MeshLayer::Loss, false, false}).value, 10.0); // the worse plane's
        QVERIFY(meshValue(&cell, {MeshLayer::Underlay, false, false}).lossy);
        cell.overlay = plane(300);
        cell.difference = stats::MedianDifference{1e5, -2e3, 2e5};
        QVERIFY(meshValue(&cell, {MeshLayer::Difference, false, false}).unsure);
        QCOMPARE(meshValue(&cell, {MeshLayer::Difference, true, false}).value, 200'000.0);
        cell.difference = stats::MedianDifference{1e5, std::nan(""), std::nan("")};
        QVERIFY(!meshValue(&cell, {MeshLayer::Difference, false, false}).unsure); // not known, so not said
    }
};

QTEST_APPLESS_MAIN(TestMeshScale)
#include "tst_mesh_scale.moc"
