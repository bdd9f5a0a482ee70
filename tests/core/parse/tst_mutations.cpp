// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Real sections cut, stretched and scrambled, for about a second; a failure prints its seed, and NETOPSY_SEED=N runs
// it again. What counts is that nothing crashes (the sanitizers listen in their build), nothing hangs, and twice is
// still once.
#include "core/parse/absorb.h"
#include "core/parse/frames.h"
#include "tests/support/node_fixture.h"

#include <QElapsedTimer>
#include <QTest>

#include <random>

using namespace netopsy;
using namespace netopsy::tests;

namespace {

constexpr qint64 budgetMs = 700; // a function

std::string mutated(std::string body, std::mt19937& random) {
    const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
    static const std::vector<std::string> pieces{"\n",
                                                 "\n\n",
                                                 " ",
                                                 ":",
                                                 "",
                                                 std::string(1, '\0'),
                                                 "\xff\xfe",
                                                 "-1",
                                                 "18446744073709551616",
                                                 "[[[[[[",
                                                 "{\"",
                                                 "/proc/stat:",
                                                 "/proc/net/snmp:",
                                                 "/proc/net/snmp:\n",
                                                 "cpu",
                                                 "ffffffffffffffffff",
                                                 "%",
                                                 "@@",
                                                 "e308",
                                                 "null"};
    const std::size_t changes = 1 + below(6);
    for (std::size_t i = 0; i < changes; ++i) {
        const std::size_t at = below(body.size() + 1),
                          length = below(std::min<std::size_t>(body.size() - at, 200) + 1);
        switch (below(6)) {
        case 0:
            body.resize(at);
            break;
        case 1:
            body.erase(at, length);
            break;
        case 2:
            body.insert(at, pieces[below(pieces.size())]);
            break;
        case 3:
            body.insert(at, body.substr(at, length));
            break;
        case 4:
            if (at < body.size())
                body[at] = static_cast<char>(random());
            break;
        default:
            body.replace(at, length, pieces[below(pieces.size())]);
            break;
        }
    }
    return body;
}

unsigned seed() {
    const unsigned chosen = qEnvironmentVariableIntValue("NETOPSY_SEED");
    return chosen != 0 ? chosen : std::random_device()();
}

} // namespace

class TestMutations : public QObject {
    Q_OBJECT
private slots:
    void deepJson() {
        for (const char* collector : {"links", "routes4", "neighbours", "fdb"}) {
            model::RawSection section;
            section.collector = collector;
            for (const std::string& piece :
                 {std::string("["), std::string("{\"a\":"), std::string("[{\"linkinfo\":")}) {
                section.body.clear();
                for (int i = 0; i < 50'000; ++i)
                    section.body += piece;
                QCOMPARE(absorbed({section}).notes.size(), std::size_t(1));
            }
        }
    }

    void jsonOfOtherTypes() {
        for (const char* row :
             {"[null]", "[[]]", "[1,\"a\",true]", "[{}]", "[{\"ifname\":1,\"addr_info\":{},\"linkinfo\":[]}]",
              "[{\"ifname\":\"a\",\"addr_info\":[1,null,{\"local\":3}],\"linkinfo\":null,\"link_netnsid\":\"x\"}]",
              "[{\"ifname\":\"v\",\"linkinfo\":{\"info_kind\":\"vxlan\",\"info_data\":[{}]}}]",
              "[{\"dst\":\"d\",\"flags\":3,\"metrics\":[1,{\"mtu\":-1}],\"metric\":1e99}]",
              "[{\"dst\":[],\"state\":\"x\"}]"})
            for (const char* collector : {"links", "routes4", "routes6", "neighbours", "fdb"}) {
                model::RawSection section;
                section.collector = collector;
                section.body = row;
                const model::Node once = absorbed({section});
                QVERIFY2(absorbed({section, section}) == once, row);
            }
    }

    void absorbSurvives() {
        const unsigned start = seed();
        std::vector<model::RawSection> all;
        for (const char* name : {"debian12-vm", "lab-node1", "denied"})
            for (auto& section : nodeFixture(name))
                all.push_back(std::move(section));
        const model::Node whole = absorbed(nodeFixture("lab-node1"));
        QElapsedTimer clock;
        clock.start();
        int rounds = 0;
        for (; clock.elapsed() < budgetMs; ++rounds) {
            std::mt19937 random(start + unsigned(rounds));
            model::RawSection section = all[random() % all.size()];
            section.body = mutated(section.body, random);
            model::Node node = random() % 2 == 0 ? whole : model::Node{};
            parse::absorb(node, section);
            const model::Node once = node;
            parse::absorb(node, section);
            QVERIFY2(node == once, qPrintable(QString("%1, NETOPSY_SEED=%2")
                                                  .arg(QString::fromStdString(section.collector))
                                                  .arg(start + unsigned(rounds))));
        }
        QVERIFY2(rounds > 20, "too slow to have tried anything");
    }

    void decoderSurvives() {
        const unsigned start = seed();
        const std::string nonce = "0123456789abcdef0123456789abcdef";
        std::string stream;
        for (const model::RawSection& section : nodeFixture("denied")) {
            const std::string id = section.collector + " " + std::to_string(section.seq);
            stream +=
                "\n@@" + nonce + " begin " + id + "\n" + section.body + "\n@@" + nonce + " end " + id + " 0\n";
        }
        QElapsedTimer clock;
        clock.start();
        int rounds = 0;
        for (; clock.elapsed() < budgetMs; ++rounds) {
            std::mt19937 random(start + unsigned(rounds));
            std::string bytes = stream;
            for (int i = 0; i < 20; ++i)
                bytes = mutated(bytes.substr(0, 60'000), random);
            parse::FrameDecoder oneGo("n", nonce, 5000), chunked("n", nonce, 5000);
            const auto expected = oneGo.feed(bytes, 1);
            std::vector<model::RawSection> got;
            for (std::size_t at = 0; at < bytes.size();) {
                const std::size_t length = 1 + random() % 3000;
                for (auto& section : chunked.feed(std::string_view(bytes).substr(at, length), 1))
                    got.push_back(std::move(section));
                at += length;
            }
            const QByteArray hint = "NETOPSY_SEED=" + QByteArray::number(start + unsigned(rounds));
            QVERIFY2(got.size() == expected.size(), hint.constData());
            for (std::size_t i = 0; i < got.size(); ++i) {
                QVERIFY2(got[i].body == expected[i].body && got[i].collector == expected[i].collector &&
                             got[i].truncated == expected[i].truncated,
                         hint.constData());
                QVERIFY(got[i].body.size() <= 5000);
            }
            QVERIFY2(oneGo.ended() == chunked.ended(), hint.constData());
        }
        QVERIFY(rounds > 5);
    }
};

QTEST_APPLESS_MAIN(TestMutations)
#include "tst_mutations.moc"
