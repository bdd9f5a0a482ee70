// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/frames.h"

#include <QTest>

using netopsy::model::RawSection;
using netopsy::parse::FrameDecoder;

namespace {

const std::string nonce = "0123456789abcdef0123456789abcdef";

std::string begin(const std::string& id, int seq = 0) {
    return "\n@@" + nonce + " begin " + id + " " + std::to_string(seq) + "\n";
}
std::string end(const std::string& id, int seq = 0, int code = 0) {
    return "\n@@" + nonce + " end " + id + " " + std::to_string(seq) + " " + std::to_string(code) + "\n";
}
std::string frame(const std::string& id, const std::string& body, int seq = 0, int code = 0) {
    return begin(id, seq) + body + end(id, seq, code);
}
const std::string bye = "\n@@" + nonce + " bye\n";

/// All but the time of arrival, which depends on the chunks.
std::string told(const std::vector<RawSection>& sections) {
    std::string out;
    for (const RawSection& s : sections)
        out += s.node + "/" + s.collector + "/" + std::to_string(s.seq) + "/" + std::to_string(s.exitCode) + "/" +
               (s.truncated ? "cut" : "whole") + "/<" + s.body + ">\n";
    return out;
}

std::vector<RawSection> whole(const std::string& bytes) {
    return FrameDecoder("n", nonce).feed(bytes, 1);
}

} // namespace

class TestFrames : public QObject {
    Q_OBJECT
private slots:
    void bodiesComeThroughToTheByte_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("newline") << QByteArray("\n");
        QTest::newRow("no newline at its end") << QByteArray("one\ntwo");
        QTest::newRow("newline at its end") << QByteArray("one\ntwo\n");
        QTest::newRow("newlines around") << QByteArray("\n\none\n\n\n");
        QTest::newRow("NUL and no UTF-8") << QByteArray("\0\xff\xfe\x80\n\0", 6);
        QTest::newRow("carriage returns") << QByteArray("a\r\nb\r\n");
        QTest::newRow("another nonce's end") << QByteArray("@@othernonce end id 0 0\n\n@@othernonce bye\n");
        QTest::newRow("our nonce in the middle of a line")
            << QByteArray::fromStdString("x @@" + nonce + " end id 0 0\n");
        QTest::newRow("our nonce with another last digit")
            << QByteArray::fromStdString("\n@@" + nonce.substr(0, 31) + "0 end id 0 0\n");
        QTest::newRow("our nonce, longer") << QByteArray::fromStdString("\n@@" + nonce + "0 end id 0 0\n");
        QTest::newRow("our nonce, no verb of ours")
            << QByteArray::fromStdString("\n@@" + nonce + " stop id 0 0\nmore\n");
        QTest::newRow("our nonce, a number too large")
            << QByteArray::fromStdString("\n@@" + nonce + " end id 4294967296 0\nmore\n");
        QTest::newRow("our nonce and an endless line")
            << QByteArray::fromStdString("\n@@" + nonce + " " + std::string(4000, 'x'));
    }
    void bodiesComeThroughToTheByte() {
        QFETCH(QByteArray, body);
        const std::string stream = "Welcome!\n" + frame("id", body.toStdString(), 0, 3) + frame("next", "n") + bye;
        FrameDecoder decoder("n", nonce);
        const auto sections = decoder.feed(stream, 42);
        QCOMPARE(sections.size(), std::size_t(2));
        QCOMPARE(QByteArray::fromStdString(sections[0].body), body);
        QCOMPARE(sections[0].exitCode, 3);
        QCOMPARE(sections[0].at, std::int64_t(42));
        QVERIFY(!sections[0].truncated);
        QCOMPARE(sections[1].body, std::string("n"));
        QVERIFY(decoder.ended());
    }

    void everyCutIntoTwoAndSingleBytes() {
        const std::string stream = "motd\n\nlast login\n" + frame("system", "uid 0\n") + frame("empty", "") +
                                   frame("sample", "a\n@@other end sample 1 0\nb", 1) + "noise between" +
                                   frame("sample", "\n\n", 2, 1) + bye + "after the end";
        const auto expected = told(whole(stream));
        QCOMPARE(std::count(expected.begin(), expected.end(), '>'), 4);
        for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
            FrameDecoder decoder("n", nonce);
            auto got = decoder.feed(std::string_view(stream).substr(0, cut), 1);
            for (auto& section : decoder.feed(std::string_view(stream).substr(cut), 2))
                got.push_back(std::move(section));
            QVERIFY2(told(got) == expected, qPrintable(QString("cut at %1").arg(cut)));
            QVERIFY(decoder.ended());
        }
        FrameDecoder decoder("n", nonce);
        std::vector<RawSection> got;
        for (const char byte : stream)
            for (auto& section : decoder.feed({&byte, 1}, 1))
                got.push_back(std::move(section));
        QCOMPARE(told(got), expected);
        QCOMPARE(decoder.noiseBytes(), std::string("motd\n\nlast login\nnoise between").size());
    }

    void aSectionIsGivenAsSoonAsItIsWhole() {
        FrameDecoder decoder("n", nonce);
        QVERIFY(decoder.feed(begin("a") + "body", 1).empty());
        QCOMPARE(decoder.feed(end("a"), 2).size(), std::size_t(1));
        QVERIFY(!decoder.ended());
    }

    void wrongNonceIsNoise() {
        FrameDecoder decoder("n", std::string(32, 'f'));
        const std::string stream = frame("a", "body") + bye;
        QVERIFY(decoder.feed(stream, 1).empty());
        QVERIFY(!decoder.ended());
        QVERIFY(decoder.noiseBytes() > stream.size() - 64); // the last bytes might still begin a mark
    }

    void missingEnd() {
        // Cut off: nothing. Another's begin: the first is no section, the second is.
        QVERIFY(whole(begin("a") + "half").empty());
        const auto got = whole(begin("a") + "half" + frame("b", "all"));
        QCOMPARE(got.size(), std::size_t(1));
        QCOMPARE(got[0].collector, std::string("b"));
        QCOMPARE(got[0].body, std::string("all"));
        // An end without or of another's begin closes nothing.
        QVERIFY(whole(end("a")).empty());
        QVERIFY(whole(begin("a") + "x" + end("b")).empty());
        QVERIFY(whole(begin("a", 1) + "x" + end("a", 2)).empty());
    }

    void longBodyIsCutAtItsBound() {
        for (const std::size_t size : {99u, 100u, 101u, 5000u}) {
            FrameDecoder decoder("n", nonce, 100);
            std::vector<RawSection> got;
            const std::string stream = frame("big", std::string(size, 'x')) + frame("next", "n");
            for (std::size_t at = 0; at < stream.size(); at += 7)
                for (auto& section : decoder.feed(std::string_view(stream).substr(at, 7), 1))
                    got.push_back(std::move(section));
            QCOMPARE(got.size(), std::size_t(2));
            QCOMPARE(got[0].body.size(), std::min<std::size_t>(size, 100));
            QCOMPARE(got[0].truncated, size > 100);
            QVERIFY(!got[1].truncated);
        }
    }

    void floodIsRefused() {
        FrameDecoder decoder("n", nonce, 1000, 2000);
        QCOMPARE(decoder.feed(frame("a", "kept"), 1).size(), std::size_t(1));
        QVERIFY(!decoder.flooded());
        QVERIFY(decoder.feed(begin("b") + std::string(2000, 'x'), 1).empty());
        QVERIFY(decoder.flooded());
        QVERIFY(decoder.feed(end("b") + frame("c", "late") + bye, 1).empty());
        QVERIFY(!decoder.ended());
    }

    void nothingCountsAfterTheEnd() {
        FrameDecoder decoder("n", nonce);
        QCOMPARE(decoder.feed(frame("a", "x") + bye + frame("b", "y"), 1).size(), std::size_t(1));
        QVERIFY(decoder.feed(frame("c", "z"), 1).empty());
        QVERIFY(decoder.ended());
    }

    void marksWithOddIdsAreBounded() {
        QVERIFY(whole(frame(std::string(65, 'i'), "x")).empty());
        QCOMPARE(whole(frame(std::string(64, 'i'), "x")).size(), std::size_t(1));
        QVERIFY(whole("\n@@" + nonce + " begin\nx\n@@" + nonce + " end\n").empty());
        QVERIFY(whole("\n@@" + nonce + " begin a -1\nx" + end("a")).empty());
        QVERIFY(whole(begin("a") + "x\n@@" + nonce + " end a 0 256\n").empty());
    }
};

QTEST_APPLESS_MAIN(TestFrames)
#include "tst_frames.moc"
