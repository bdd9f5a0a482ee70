// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/frames.h"

#include <QTest>

using namespace netopsy;

namespace {

const std::string nonce = "00112233445566778899aabbccddeeff";

std::string frame(const std::string& id, int seq, const std::string& body, int code = 0) {
    return "\n@@" + nonce + " begin " + id + " " + std::to_string(seq) + "\n" + body + "\n@@" + nonce + " end " +
           id + " " + std::to_string(seq) + " " + std::to_string(code) + "\n";
}

} // namespace

class TestFrames : public QObject {
    Q_OBJECT
private slots:
    void anyChunking() {
        const std::string stream = "Welcome!\n" + frame("a", 0, "one\ntwo\n") + frame("b", 3, "no newline", 2) +
                                   frame("c", 0, "") + "\n@@" + nonce + " bye\n";
        for (std::size_t chunk = 1; chunk <= stream.size(); ++chunk) {
            parse::FrameDecoder decoder("n1", nonce);
            std::vector<model::RawSection> all;
            for (std::size_t at = 0; at < stream.size(); at += chunk)
                for (auto& section : decoder.feed(std::string_view(stream).substr(at, chunk), 7))
                    all.push_back(std::move(section));
            QCOMPARE(all.size(), std::size_t{3});
            QCOMPARE(all[0].body, std::string("one\ntwo\n"));
            QCOMPARE(all[1].body, std::string("no newline"));
            QCOMPARE(all[1].exitCode, 2);
            QCOMPARE(all[1].seq, 3u);
            QCOMPARE(all[2].body, std::string());
            QVERIFY(decoder.ended());
            QVERIFY(decoder.noiseBytes() >= 8);
        }
    }
    void aForeignNonceIsBody() {
        parse::FrameDecoder decoder("n1", nonce);
        const std::string body =
            "\n@@ffffffffffffffffffffffffffffffff end a 0 0\n@@" + nonce + "x end a 0 0\nrest";
        const auto sections = decoder.feed(frame("a", 0, body), 1);
        QCOMPARE(sections.size(), std::size_t{1});
        QCOMPARE(sections[0].body, body);
    }
    void aLostEndDropsTheHalfSection() {
        parse::FrameDecoder decoder("n1", nonce);
        const auto sections = decoder.feed("\n@@" + nonce + " begin a 0\nhalf" + frame("b", 0, "whole"), 1);
        QCOMPARE(sections.size(), std::size_t{1});
        QCOMPARE(sections[0].collector, std::string("b"));
        QVERIFY(!decoder.ended());
    }
    void bounds() {
        parse::FrameDecoder decoder("n1", nonce, 100, 2000);
        const auto sections = decoder.feed(frame("a", 0, std::string(500, 'x')), 1);
        QCOMPARE(sections.size(), std::size_t{1});
        QVERIFY(sections[0].truncated);
        QCOMPARE(sections[0].body.size(), std::size_t{100});
        QVERIFY(!decoder.flooded());
        QVERIFY(decoder.feed(std::string(5000, 'y'), 2).empty());
        QVERIFY(decoder.flooded());
        QVERIFY(decoder.feed(frame("b", 0, "late"), 3).empty());
    }
};

QTEST_APPLESS_MAIN(TestFrames)
#include "tst_frames.moc"
