// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Case files that are none, are damaged, or were made to harm: each is refused with the file's name and a reason.
#include "core/store/schema.h"
#include "tests/support/stored_case.h"

#include <QTemporaryDir>
#include <QTest>

#include <sqlite3.h>
#include <sys/resource.h>

#include <random>

using namespace netopsy;
using namespace netopsy::tests;

class TestCaseDamage : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    std::string m_good; ///< a good case's bytes
    [[nodiscard]] std::filesystem::path at(const char* name) const {
        return m_folder.filePath(QString::fromLatin1(name)).toStdString();
    }
    std::filesystem::path made(const std::string& bytes) {
        const auto path = at("bad.netopsy");
        std::filesystem::remove(path);
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    std::filesystem::path changed(const char* sql) {
        const auto path = made(m_good);
        sqlite3* handle = nullptr;
        sqlite3_open(path.c_str(), &handle);
        char* problem = nullptr;
        if (sqlite3_exec(handle, sql, nullptr, nullptr, &problem) != SQLITE_OK)
            qFatal("%s", problem);
        sqlite3_close(handle);
        return path;
    }
    static std::string refusal(const std::filesystem::path& path) {
        const auto reader = store::CaseReader::open(path);
        if (!reader)
            return reader.error().text();
        const auto got = reader->read();
        return got ? std::string() : got.error().text();
    }

private slots:
    void initTestCase() {
        QVERIFY(writeStoredCase(at("good.netopsy")));
        m_good = fileBytes(at("good.netopsy"));
        QVERIFY(m_good.size() > 20'000);
        QCOMPARE(refusal(at("good.netopsy")), std::string());
    }

    void notACase() {
        for (const std::string& bytes : {std::string(), std::string("x"), std::string(5000, '\0'),
                                         m_good.substr(0, 99), std::string("SQLite format 3\0", 16)}) {
            const std::string why = refusal(made(bytes));
            QVERIFY2(why.find("bad.netopsy: it is not a Netopsy case") != std::string::npos, why.c_str());
        }
        QVERIFY(refusal(at("absent.netopsy")).find("no such file") != std::string::npos);
        QVERIFY(refusal(m_folder.path().toStdString()).find("not a file") != std::string::npos);
    }

    void anotherProgramsDatabase() {
        const std::string why = refusal(changed("PRAGMA application_id = 252006674")); // a GeoPackage's
        QVERIFY2(why.find("not a Netopsy case") != std::string::npos, why.c_str());
    }

    void newerSchema() {
        const std::string why = refusal(changed("PRAGMA user_version = 7"));
        QVERIFY2(why.find("newer Netopsy (schema 7") != std::string::npos, why.c_str());
        QVERIFY(why.find("update Netopsy") != std::string::npos);
    }

    void cutShort() {
        for (const std::size_t size :
             {std::size_t(100), std::size_t(4096), m_good.size() / 2, m_good.size() - 1}) {
            const std::string why = refusal(made(m_good.substr(0, size)));
            QVERIFY2(why.find("cut short") != std::string::npos, why.c_str());
        }
    }

    void damagedPage() {
        std::string bytes = m_good;
        for (std::size_t at = 4096; at + 8 <= bytes.size(); at += 4096)
            bytes.replace(at, 8, "\xff\xff\xff\xff\xff\xff\xff\xff");
        const std::string why = refusal(made(bytes));
        QVERIFY2(why.find("damaged") != std::string::npos, why.c_str());
        QVERIFY(why.find("bad.netopsy") != std::string::npos);
    }

    void sizesThatLie_data() {
        QTest::addColumn<QByteArray>("sql");
        QTest::newRow("bomb") << QByteArray(
            "UPDATE section SET raw_size = 68719476736 WHERE collector = 'system'");
        QTest::newRow("negative") << QByteArray("UPDATE section SET raw_size = -1 WHERE collector = 'system'");
        QTest::newRow("small") << QByteArray("UPDATE section SET raw_size = 3 WHERE collector = 'system'");
        QTest::newRow("large") << QByteArray("UPDATE section SET raw_size = 60000000 WHERE collector = 'system'");
        QTest::newRow("no zstd") << QByteArray("UPDATE section SET body = x'00112233' WHERE collector = 'system'");
        QTest::newRow("empty") << QByteArray("UPDATE section SET body = x'' WHERE collector = 'system'");
        QTest::newRow("a frame's head alone")
            << QByteArray("UPDATE section SET body = substr(body, 1, 12) WHERE collector = 'system'");
        // A frame of 64 MiB + 1 of zeros, as its head says (content size of 4 bytes, single segment).
        QTest::newRow("a head that claims much") << QByteArray(
            "UPDATE section SET raw_size = 67108865, body = x'28b52ffda001000004' WHERE collector = 'system'");
    }
    void sizesThatLie() {
        QFETCH(QByteArray, sql);
        rusage before{}, after{};
        getrusage(RUSAGE_SELF, &before);
        const std::string why = refusal(changed(sql.constData()));
        getrusage(RUSAGE_SELF, &after);
        QVERIFY2(why.find("bad.netopsy") != std::string::npos, why.c_str());
        QVERIFY2(why.find("damaged") != std::string::npos, why.c_str());
        QVERIFY(after.ru_maxrss - before.ru_maxrss < 200'000); // KiB
    }

    void oddDocuments_data() {
        QTest::addColumn<QByteArray>("sql");
        QTest::newRow("no meta") << QByteArray("DELETE FROM meta");
        QTest::newRow("meta is no JSON") << QByteArray("UPDATE meta SET json = '{'");
        QTest::newRow("meta is a list") << QByteArray("UPDATE meta SET json = '[]'");
        QTest::newRow("a field of the wrong type") << QByteArray("UPDATE meta SET json = '{\"tool\":3}'");
        QTest::newRow("inventory is no JSON") << QByteArray("UPDATE inventory SET json = 'x'");
        QTest::newRow("no table") << QByteArray("DROP TABLE section");
        QTest::newRow("deep inventory")
            << QByteArray("UPDATE inventory SET json = '{\"nodes\":' || replace(hex(zeroblob(50000)), '00', '[')");
    }
    void oddDocuments() {
        QFETCH(QByteArray, sql);
        const std::string why = refusal(changed(sql.constData()));
        QVERIFY2(why.find("bad.netopsy") != std::string::npos, why.c_str());
    }

    void whatIsNotKnownIsPassedOver() {
        const auto path =
            changed("UPDATE node SET state = 'of-a-newer-kind' WHERE name = 'node1';"
                    "INSERT INTO section(node, collector, seq, at_ns, exit_code, truncated, raw_size, body)"
                    " SELECT 'nobody', 'x', 0, 0, 0, 0, raw_size, body FROM section LIMIT 1;"
                    "UPDATE node SET notes = 'no list' WHERE name = 'node2'");
        const auto reader = store::CaseReader::open(path);
        QVERIFY(reader);
        const auto got = reader->read();
        QVERIFY2(got, got ? "" : got.error().text().c_str());
        QCOMPARE(got->nodes[0].state, model::NodeState::Partial);
        QCOMPARE(got->nodes.size(), std::size_t(2));
    }

    void schemaRunsNothing() {
        // A trigger or view in a hand-made case is not run by reading it.
        const auto path = changed("ALTER TABLE meta RENAME TO real_meta;"
                                  "CREATE VIEW meta AS SELECT id, readfile('/etc/passwd') AS json FROM real_meta");
        QVERIFY(!refusal(path).empty());
    }

    void randomDamage() {
        // Never a crash or a hang; what opens may differ, what doesn't says which file it is.
        const unsigned start = qEnvironmentVariableIntValue("NETOPSY_SEED") != 0
                                   ? unsigned(qEnvironmentVariableIntValue("NETOPSY_SEED"))
                                   : std::random_device()();
        for (unsigned round = 0; round < 60; ++round) {
            std::mt19937 random(start + round);
            std::string bytes = m_good;
            for (unsigned i = 0; i < 1 + round % 8; ++i)
                bytes[random() % bytes.size()] = static_cast<char>(random());
            if (round % 5 == 0)
                bytes.resize(random() % bytes.size());
            const std::string why = refusal(made(bytes));
            QVERIFY2(why.empty() || why.find("bad.netopsy") != std::string::npos,
                     (why + ", NETOPSY_SEED=" + std::to_string(start + round)).c_str());
        }
    }
};

QTEST_APPLESS_MAIN(TestCaseDamage)
#include "tst_case_damage.moc"
