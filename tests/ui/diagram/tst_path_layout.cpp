// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The picture's geometry: every word is there and inside its place, nothing lies on anything else, at any width.
#include "sample_paths.h"
#include "ui/diagram/path_export.h"
#include "ui/diagram/path_layout.h"
#include "ui/diagram/row_breaks.h"

#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include <map>

using namespace netopsy;
using namespace netopsy::ui;
using namespace netopsy::ui::diagram;

Q_DECLARE_METATYPE(netopsy::ui::fake::SamplePath)

namespace {

QFont font(int pixels = 12) {
    QFont f(QStringLiteral("DejaVu Sans"));
    f.setPixelSize(pixels);
    return f;
}

Scene sceneOf(const fake::SamplePath& sample, double width, bool titled = false) {
    return layOut(sample.path, marksOf(sample.path, sample.findings), {font(), width, titled});
}

QString wordsOf(const std::vector<TextLine>& lines) {
    QStringList out;
    for (const TextLine& line : lines)
        out << line.text;
    return out.join(QLatin1Char(' '));
}

/// Without blanks: a word that was broken over two lines is found, too.
QString squeezed(QString text) {
    return text.remove(QLatin1Char(' ')).remove(QChar(0xa0));
}

QRectF extent(const Scene& scene, const TextLine& line) {
    return {line.at.x(), line.at.y() - scene.type.ascent(line.face), scene.type.width(line.face, line.text),
            scene.type.lineHeight(line.face)};
}

void samples() {
    QTest::addColumn<fake::SamplePath>("sample");
    QTest::addColumn<double>("width");
    const std::map<QByteArray, fake::SamplePath> all{{"seven hops", fake::sevenHops()},
                                                     {"overlay", fake::overlay()},
                                                     {"problems", fake::problems()},
                                                     {"twenty hops", fake::twentyHops()},
                                                     {"IPv6", fake::ipv6()}};
    for (const auto& [name, sample] : all)
        for (const double width : {360.0, 900.0, 1400.0, 5000.0})
            QTest::newRow(name + " at " + QByteArray::number(width)) << sample << width;
}

} // namespace

class TestPathLayout : public QObject {
    Q_OBJECT
private slots:
    void everyWordIsInItsPlace_data() { samples(); }
    void everyWordIsInItsPlace() {
        QFETCH(const fake::SamplePath, sample);
        QFETCH(const double, width);
        const Scene scene = sceneOf(sample, width);
        const QRectF page(QPointF(), scene.size);
        QCOMPARE(scene.hops.size(), hopCount(sample.path));
        for (const HopItem& item : scene.hops) {
            const path::Hop& hop = diagram::hopAt(sample.path, item.hop);
            QVERIFY(page.contains(item.cell));
            const QString words = squeezed(wordsOf(item.lines));
            QVERIFY2(words.contains(squeezed(title(hop))), qPrintable(words));
            QVERIFY2(words.contains(squeezed(subtitle(hop))), qPrintable(words));
            for (const QString& line : mtuWords(hop, std::nullopt))
                if (!hop.mtu)
                    QVERIFY2(words.contains(squeezed(line)), qPrintable(words));
            for (const TextLine& line : item.lines)
                QVERIFY2(item.cell.adjusted(-1, -1, 1, 1).contains(extent(scene, line)), qPrintable(line.text));
            for (const Bar& bar : item.packet)
                QVERIFY2(bar.rect.adjusted(-1, -3, 1, 3).contains(extent(scene, bar.words)),
                         qPrintable(bar.words.text));
        }
        for (const Frame& frame : scene.frames)
            for (const TextLine& line : frame.title)
                QVERIFY2(frame.rect.contains(extent(scene, line)), qPrintable(line.text));
        for (const Callout& callout : scene.callouts) {
            QVERIFY(page.contains(callout.rect));
            for (const TextLine& line : callout.lines)
                QVERIFY2(callout.rect.contains(extent(scene, line)), qPrintable(line.text));
        }
        for (const LegendKey& key : scene.legend)
            QVERIFY(page.contains(extent(scene, key.words)));
    }

    void nothingLiesOnAnything_data() { samples(); }
    void nothingLiesOnAnything() {
        QFETCH(const fake::SamplePath, sample);
        QFETCH(const double, width);
        const Scene scene = sceneOf(sample, width);
        std::vector<QRectF> taken;
        for (const HopItem& item : scene.hops)
            taken.push_back(item.cell);
        for (const Callout& callout : scene.callouts)
            taken.push_back(callout.rect);
        for (const LegendKey& key : scene.legend)
            taken.push_back(extent(scene, key.words));
        for (const TextLine& line : scene.headings)
            taken.push_back(extent(scene, line));
        for (const Frame& frame : scene.frames)
            for (const TextLine& line : frame.title)
                taken.push_back(extent(scene, line));
        for (std::size_t a = 0; a < taken.size(); ++a)
            for (std::size_t b = a + 1; b < taken.size(); ++b)
                QVERIFY2(!taken[a].adjusted(0.5, 0.5, -0.5, -0.5).intersects(taken[b]),
                         qPrintable(QStringLiteral("%1 and %2").arg(a).arg(b)));
        // A node's frame holds its hops and no other's.
        for (const Frame& frame : scene.frames)
            for (const HopItem& item : scene.hops)
                QCOMPARE(frame.rect.intersects(item.cell), frame.rect.contains(item.cell));
    }

    void rowsKeepToTheWidth() {
        const fake::SamplePath sample = fake::twentyHops();
        const Scene narrow = sceneOf(sample, 900), wide = sceneOf(sample, 20'000);
        QVERIFY(narrow.size.width() <= 900);
        QVERIFY(narrow.hops.back().row > wide.hops.back().row);
        QCOMPARE(wide.hops[19].row, 0);    // all of the way there in one row,
        QCOMPARE(wide.hops.back().row, 1); // the reply in its own
        QVERIFY(narrow.size.height() > wide.size.height());
    }

    void spareWidthIsUsedWhenAsked() {
        const fake::SamplePath sample = fake::sevenHops();
        const Scene tight = layOut(sample.path, {}, {font(), 1400, false, false});
        const Scene spread = layOut(sample.path, {}, {font(), 1400, true, false});
        QVERIFY(tight.size.width() < spread.size.width());
        QVERIFY(spread.size.width() <= 1400);
        QCOMPARE(tight.size.height(), spread.size.height());
        QCOMPARE(layOut(sample.path, {}, {font(), 1400, true, false}).size, spread.size);
    }

    void rowsBreakBetweenNodes() {
        // Room for eight of ten, and a border after the fifth: 5 + 5, not 8 + 2.
        const auto starts = rowStarts(
            10, 80, [](std::size_t from, std::size_t end) { return 10.0 * double(end - from); },
            [](std::size_t i) { return i == 5 ? 0.0 : 0.8; });
        QCOMPARE(starts, (std::vector<std::size_t>{0, 5}));
        QCOMPARE(rowStarts(
                     3, 5, [](std::size_t from, std::size_t end) { return 10.0 * double(end - from); },
                     [](std::size_t) { return 0.0; }),
                 (std::vector<std::size_t>{0, 1, 2})); // wider than the room: one a row
        QVERIFY(rowStarts(
                    0, 80, [](std::size_t, std::size_t) { return 1.0; }, [](std::size_t) { return 0.0; })
                    .empty());
    }

    void theWireIsNotAloneOnARow() {
        // Seven hops of a node, the wire, seven of another: a node fits a row, but not with the wire.
        const auto starts = rowStarts(
            15, 750, [](std::size_t from, std::size_t end) { return 100.0 * double(end - from); },
            [](std::size_t i) { return i == 7 || i == 8 ? 0.0 : 0.8; });
        QCOMPARE(starts.size(), std::size_t(3));
        for (std::size_t r = 0; r < starts.size(); ++r)
            QVERIFY((r + 1 < starts.size() ? starts[r + 1] : 15) - starts[r] > 1);
    }

    void thePacketGrowsAndShrinks() {
        const fake::SamplePath sample = fake::overlay();
        const auto headers = headersAlong(sample.path.hops);
        QCOMPARE(headers[4].size(), std::size_t(0));
        QCOMPARE(headers[5].size(), std::size_t(4)); // the tunnel
        QCOMPARE(headers[5].front().name, std::string("IPv4"));
        QCOMPARE(bytesOf(headers[7]), 50); // on the wire
        QCOMPARE(headers[9].size(), std::size_t(0));
        const Scene scene = sceneOf(sample, 1400);
        QCOMPARE(scene.hops[7].packet.size(), std::size_t(5));
        QVERIFY(squeezed(wordsOf(scene.hops[7].lines)).contains(QStringLiteral("1,500Binall")));
        QVERIFY(scene.hops[7].packet.front().rect.top() < scene.hops[0].packet.front().rect.top() ||
                scene.hops[7].row != scene.hops[0].row);
    }

    void nestedTunnelsPeelFromOutside() {
        const auto headers = headersAlong(fake::twentyHops().path.hops);
        QCOMPARE(headers[6].size(), std::size_t(7));
        QCOMPARE(headers[6][2].name, std::string("WireGuard"));
        QCOMPARE(headers[14].front().name, std::string("IPv4")); // WireGuard is off, VXLAN still on
        QCOMPARE(bytesOf(headers[14]), 50);
        QCOMPARE(bytesOf(headers[15]), 0);
    }

    void theGaugeTellsWhatDoesNotFit() {
        const fake::SamplePath healthy = fake::overlay(), bad = fake::problems();
        for (const auto& use : mtuAlong(healthy.path.hops))
            QVERIFY(!use || use->left() >= 0);
        const auto uses = mtuAlong(bad.path.hops);
        QVERIFY(uses[8]);
        QCOMPARE(uses[8]->left(), 1422 - 50 - 1450);
        QVERIFY(uses[9]);
        QCOMPARE(uses[9]->packet, 1372); // only what got through travels on
        const Scene scene = sceneOf(bad, 1400);
        QVERIFY(scene.hops[8].gauge->headers + scene.hops[8].gauge->packet > 1);
        QVERIFY(squeezed(wordsOf(scene.hops[8].lines)).contains(QStringLiteral("78Btoolarge")));
        QVERIFY(std::any_of(scene.legend.begin(), scene.legend.end(),
                            [](const LegendKey& key) { return key.sample == LegendKey::Over; }));
        QVERIFY(!scene.hops[3].gauge); // conntrack has no MTU
    }

    void mtuLeftOfTheHopIsTaken() {
        fake::SamplePath sample = fake::overlay();
        sample.path.hops[6].mtuLeft = 1440;
        const auto uses = mtuAlong(sample.path.hops);
        QCOMPARE(uses[6]->headers, 60);
        QCOMPARE(uses[6]->left(), -10);
    }

    void badgesStandInTheirOrder() {
        fake::SamplePath sample = fake::problems();
        sample.findings.push_back(sample.findings.front());
        const Scene scene = sceneOf(sample, 1400);
        const auto crowded = std::find_if(scene.hops.begin(), scene.hops.end(),
                                          [](const HopItem& item) { return item.badges.size() > 1; });
        QVERIFY(crowded != scene.hops.end());
        for (std::size_t i = 1; i < crowded->badges.size(); ++i) {
            QVERIFY(crowded->badges[i - 1].rect.right() <= crowded->badges[i].rect.left());
            QVERIFY(crowded->badges[i - 1].number.toInt() < crowded->badges[i].number.toInt());
        }
    }

    void findingsSitOnTheirHops() {
        const fake::SamplePath sample = fake::problems();
        const Scene scene = sceneOf(sample, 1400);
        QCOMPARE(scene.callouts.size(), std::size_t(4)); // three findings and a problem of a hop
        const HopItem& nic = *scene.find(8);
        QCOMPARE(*nic.worst, analysis::Severity::Critical);
        QCOMPARE(nic.badges.size(), std::size_t(1));
        QCOMPARE(scene.findingAt(nic.badges.front().rect.center()), std::optional<std::size_t>(0));
        for (const Callout& callout : scene.callouts) {
            QCOMPARE(scene.findingAt(callout.rect.center()), callout.badge.finding);
            QCOMPARE(scene.hopAt(callout.rect.center())->hop, callout.hop);
        }
        QVERIFY(!scene.find(0)->worst);
        QCOMPARE(scene.hopAt(scene.find(3)->block.center())->hop, std::size_t(3));
        QVERIFY(scene.hopAt({-5, -5}) == nullptr);
    }

    void aFindingOfTheReplysWayIsShownThere() {
        const fake::SamplePath sample = fake::twentyHops();
        const auto marks = marksOf(sample.path, sample.findings);
        QCOMPARE(marks.size(), std::size_t(1));
        QCOMPARE(marks.front().hop, std::size_t(23));
        const Scene scene = sceneOf(sample, 1400);
        QVERIFY(wordsOf(scene.headings).contains(QStringLiteral("The reply takes another way")));
    }

    void anEmptyPathIsAnEmptyPicture() {
        const Scene scene = layOut({}, {}, {font(), 400, false});
        QVERIFY(scene.hops.empty());
        QVERIFY(scene.legend.empty());
    }

    void strangeWordsArePlainAndBounded() {
        fake::SamplePath sample = fake::sevenHops();
        sample.path.hops[1].device = std::string("<b>\x01\n") + std::string(5000, 'x');
        sample.path.hops[1].label = "<img src=x>";
        const Scene scene = sceneOf(sample, 900);
        QVERIFY(scene.size.width() <= 900);
        const QString words = wordsOf(scene.hops[1].lines);
        QVERIFY(words.contains(QStringLiteral("<b>")));
        QVERIFY(!words.contains(QChar(1)) && !words.contains(QLatin1Char('\n')));
        QVERIFY(words.size() < 1000);
        QVERIFY(detail(sample.path, 1, {}).size() > 5000); // whole there
        const QByteArray drawn = svg(sample.path, {});
        QVERIFY(!drawn.contains("<img") && !drawn.contains("<b>"));
    }

    void svgIsWellFormedAndHoldsTheWords() {
        const fake::SamplePath sample = fake::problems();
        const QByteArray drawn = svg(sample.path, marksOf(sample.path, sample.findings));
        QXmlStreamReader xml(drawn);
        QString words;
        while (!xml.atEnd())
            if (xml.readNext() == QXmlStreamReader::Characters)
                words += xml.text().toString() + QLatin1Char(' ');
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        for (const char* label : {"flannel.1", "cni0", "veth3f2a91c0", "VXLAN", "node1", "node2", "default/web-1",
                                  "PMTU black hole", "assumed", "The largest packet that fits"})
            QVERIFY2(words.contains(QString::fromLatin1(label)), label);
        QSvgRenderer renderer(drawn);
        QVERIFY(renderer.isValid());
        QVERIFY(!drawn.contains("<image")); // vectors only
    }

    void picturesAreSavedByTheirEnding() {
        QTemporaryDir folder;
        const fake::SamplePath sample = fake::overlay();
        QVERIFY(save(sample.path, {}, folder.filePath("a.svg")));
        QVERIFY(save(sample.path, {}, folder.filePath("a.PNG")));
        QVERIFY(!QImage(folder.filePath("a.PNG")).isNull());
        QVERIFY(!save(sample.path, {}, folder.filePath("a.bmp")));
        const auto refused = save(sample.path, {}, "/nonexistent/a.svg");
        QVERIFY(!refused);
        QVERIFY(refused.error().text().find("/nonexistent/a.svg") != std::string::npos);
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 2);
    }
};

QTEST_MAIN(TestPathLayout)
#include "tst_path_layout.moc"
