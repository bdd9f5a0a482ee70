// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The case file in good order: what goes in comes out, what must not be replaced is not, a run that was killed and one
// that still writes open with what was flushed.
#include "core/detect/detect.h"
#include "tests/support/stored_case.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

using namespace netopsy;
using namespace netopsy::tests;

namespace {

model::RawSection tickSection(std::uint32_t seq, std::size_t padding = 0) {
    model::RawSection section;
    section.node = "node1";
    section.collector = "sample";
    section.seq = seq;
    section.at = fixtureStart + seq;
    section.body = "/proc/uptime:" + std::to_string(100 + seq) + ".00 1.00\n";
    for (std::uint32_t state = seq + 1; section.body.size() < padding;) { // not to be compressed away
        state = state * 1664525u + 1013904223u;
        section.body += static_cast<char>(state >> 24);
    }
    return section;
}

model::Node plainNode() {
    model::Node node;
    node.name = "node1";
    node.state = model::NodeState::Running;
    return node;
}

/// What stands beside the case in its folder.
QStringList beside(const QTemporaryDir& folder) {
    return QDir(folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
}

QStringList recoveryCopies() {
    return QDir::temp().entryList({"netopsy-case-*"}, QDir::Dirs);
}

} // namespace

class TestCaseFile : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_folder;
    [[nodiscard]] std::filesystem::path at(const char* name) const {
        return m_folder.filePath(QString::fromLatin1(name)).toStdString();
    }

private slots:
    void roundTrip() {
        const auto path = at("round.netopsy");
        const auto written = writeStoredCase(path);
        QVERIFY2(written, written ? "" : written.error().text().c_str());
        const auto reader = store::CaseReader::open(path);
        QVERIFY2(reader, reader ? "" : reader.error().text().c_str());
        const auto got = reader->read();
        QVERIFY2(got, got ? "" : got.error().text().c_str());

        // The same as absorbing the sections without a file between.
        model::Case expected;
        expected.meta = storedMeta();
        expected.cluster = storedInventory();
        expected.nodes = storedNodes();
        expected.nodes[1].notes = {"a note of the run \xef\xbf\xbd"}; // a case's text is UTF-8
        for (const auto& section : nodeFixture("lab-node1", "node1"))
            parse::absorb(expected.nodes[0], section);
        detect::detect(*expected.cluster, expected.nodes);
        QVERIFY(got->meta == expected.meta);
        QVERIFY(got->cluster == expected.cluster);
        QCOMPARE(got->nodes.size(), std::size_t(2));
        QVERIFY(got->nodes[0] == expected.nodes[0]);
        QVERIFY(got->nodes[1] == expected.nodes[1]);
        QCOMPARE(got->nodes[0].samples.size(), std::size_t(3));
    }

    void sectionsComeBackToTheByte() {
        const auto path = at("bytes.netopsy");
        QVERIFY(writeStoredCase(path));
        const auto reader = store::CaseReader::open(path);
        const auto expected = nodeFixture("lab-node1", "node1");
        const auto listed = reader->sections("node1");
        QVERIFY(listed);
        QCOMPARE(listed->size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const auto& want = expected[i];
            QCOMPARE((*listed)[i].collector, want.collector);
            QCOMPARE((*listed)[i].seq, want.seq);
            QVERIFY((*listed)[i].body.empty());
            const auto got = reader->section({"node1", want.collector, want.seq, 0});
            QVERIFY(got);
            QCOMPARE(got->body, want.body);
            QCOMPARE(got->at, want.at);
            QCOMPARE(got->exitCode, want.exitCode);
        }
        QVERIFY(reader->sections("nobody")->empty());
        const auto none = reader->section({"node1", "sample", 99, 0});
        QVERIFY(!none && none.error().text().find("node1: sample #99") != std::string::npos);
    }

    void laterWordsReplaceEarlier() {
        const auto path = at("again.netopsy");
        auto writer = store::CaseWriter::create(path, {}, false);
        QVERIFY(writer);
        model::Node node = plainNode();
        QVERIFY(writer->setNode(node));
        model::RawSection section = tickSection(0);
        QVERIFY(writer->addSection(section));
        section.body = std::string("\0binary\xff", 8);
        section.truncated = true;
        section.exitCode = 255;
        section.seq = UINT32_MAX;
        QVERIFY(writer->addSection(section));
        QVERIFY(writer->addSection(section));
        node.state = model::NodeState::Complete;
        QVERIFY(writer->setNode(node));
        QVERIFY(writer->setMeta(storedMeta()));
        QVERIFY(writer->flush());
        QVERIFY(writer->flush()); // nothing to do is no error
        const auto reader = store::CaseReader::open(path);
        QCOMPARE(reader->sections("node1")->size(), std::size_t(2));
        const auto got = reader->section({"node1", "sample", UINT32_MAX, 0});
        QCOMPARE(got->body, section.body);
        QVERIFY(got->truncated);
        QCOMPARE(got->exitCode, 255);
        const auto all = reader->read();
        QVERIFY(all->meta == storedMeta());
        QVERIFY(!all->cluster);
        QCOMPARE(all->nodes.size(), std::size_t(1));
        QCOMPARE(all->nodes[0].state, model::NodeState::Complete);
    }

    void whatIsNoCaseIsNeverReplaced_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("text") << QByteArray("precious\n");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("another program's database") << QByteArray();
    }
    void whatIsNoCaseIsNeverReplaced() {
        QFETCH(QByteArray, content);
        const auto path = at("mine.netopsy");
        std::filesystem::remove(path);
        if (qstrcmp(QTest::currentDataTag(), "another program's database") == 0) {
            sqlite3* handle = nullptr;
            QCOMPARE(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
            sqlite3_exec(handle, "CREATE TABLE a(b)", nullptr, nullptr, nullptr);
            sqlite3_close(handle);
        } else {
            std::ofstream(path) << content.toStdString();
        }
        const std::string before = fileBytes(path);
        for (const bool overwrite : {false, true}) {
            const auto writer = store::CaseWriter::create(path, {}, overwrite);
            QVERIFY(!writer);
            QVERIFY(writer.error().text().find("mine.netopsy") != std::string::npos);
            QCOMPARE(fileBytes(path), before);
        }
        QVERIFY(!beside(m_folder).contains("mine.netopsy.new"));
        std::filesystem::remove(path);
    }

    void aCaseIsReplacedOnlyWhenAsked() {
        const auto path = at("replace.netopsy");
        QVERIFY(writeStoredCase(path));
        const std::string before = fileBytes(path);
        const auto refused = store::CaseWriter::create(path, {}, false);
        QVERIFY(!refused);
        QCOMPARE(fileBytes(path), before);
        {
            const auto writer = store::CaseWriter::create(path, {}, true);
            QVERIFY(writer);
        }
        QVERIFY(store::CaseReader::open(path)->read()->nodes.empty());
        // Where no file can be made, it says which.
        const auto nowhere = store::CaseWriter::create(at("no-folder/x.netopsy"), {}, false);
        QVERIFY(!nowhere && nowhere.error().text().find("no-folder/x.netopsy") != std::string::npos);
    }

    void readingWritesNothing() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("c.netopsy").toStdString();
        QVERIFY(writeStoredCase(path));
        const std::string before = fileBytes(path);
        const auto time = std::filesystem::last_write_time(path);
        QVERIFY(QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::ExeOwner));
        const auto got = store::CaseReader::open(path)->read();
        QVERIFY(QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        QVERIFY(got);
        QCOMPARE(fileBytes(path), before);
        QVERIFY(std::filesystem::last_write_time(path) == time);
        QCOMPARE(beside(folder), QStringList{"c.netopsy"});
    }

    void killedBetweenFlushes() {
        // A child writes and flushes tick after tick and says so through a pipe; then it is killed.
        const auto path = at("killed.netopsy");
        int ends[2];
        QCOMPARE(pipe(ends), 0);
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            auto writer = store::CaseWriter::create(path, {}, true);
            bool ok = writer.has_value() && writer->setNode(plainNode());
            for (std::uint32_t seq = 0; ok; ++seq) {
                ok = writer->addSection(tickSection(seq, 20'000)) && writer->flush() &&
                     write(ends[1], &seq, sizeof seq) == sizeof seq;
            }
            _exit(1);
        }
        close(ends[1]);
        std::uint32_t flushed = 0;
        while (flushed < 20 && ::read(ends[0], &flushed, sizeof flushed) == sizeof flushed) {
        }
        QCOMPARE(kill(child, SIGKILL), 0);
        waitpid(child, nullptr, 0);
        for (std::uint32_t more = 0; ::read(ends[0], &more, sizeof more) == sizeof more;)
            flushed = more;
        close(ends[0]);
        const std::string before = fileBytes(path);
        const auto reader = store::CaseReader::open(path);
        QVERIFY2(reader, reader ? "" : reader.error().text().c_str());
        const auto got = reader->read();
        QVERIFY2(got, got ? "" : got.error().text().c_str());
        const std::size_t samples = got->nodes.at(0).samples.size();
        QVERIFY(samples == flushed + 1 || samples == flushed + 2); // killed between the commit and saying so
        QVERIFY(!got->meta.finished);
        QCOMPARE(fileBytes(path), before);
    }

    void killedWithAHotJournal() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("hot.netopsy").toStdString();
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            {
                auto writer = store::CaseWriter::create(path, {}, true);
                if (!writer || !writer->setNode(plainNode()) || !writer->addSection(tickSection(0, 200'000)) ||
                    !writer->flush())
                    _exit(1);
                writer = store::CaseWriter::create(at("elsewhere.netopsy"), {}, true); // closes the first
            }
            // A cache too small for the transaction makes SQLite write into the file before the commit: the file is
            // then wrong without its journal.
            sqlite3* handle = nullptr;
            if (sqlite3_open(path.c_str(), &handle) != SQLITE_OK ||
                sqlite3_exec(
                    handle,
                    "PRAGMA cache_size = 5; PRAGMA cache_spill = 5; BEGIN IMMEDIATE;"
                    "UPDATE section SET body = zeroblob(150000), raw_size = 1;"
                    "UPDATE node SET state = 'never';"
                    "INSERT INTO section(node, collector, seq, at_ns, exit_code, truncated, raw_size, body)"
                    " VALUES('node1', 'sample', 1, 0, 0, 0, 900000, randomblob(900000))",
                    nullptr, nullptr, nullptr) != SQLITE_OK)
                _exit(1);
            raise(SIGKILL);
        }
        int status = 0;
        waitpid(child, &status, 0);
        QVERIFY(WIFSIGNALED(status));
        const std::filesystem::path journal = path.string() + "-journal";
        QVERIFY2(std::filesystem::exists(journal) && std::filesystem::file_size(journal) > 512,
                 "the journal isn't hot: the test would prove nothing");
        const std::string before = fileBytes(path), journalBefore = fileBytes(journal);
        const QStringList besideBefore = beside(folder), copiesBefore = recoveryCopies();
        {
            const auto reader = store::CaseReader::open(path);
            QVERIFY2(reader, reader ? "" : reader.error().text().c_str());
            const auto got = reader->read();
            QVERIFY2(got, got ? "" : got.error().text().c_str());
            QCOMPARE(got->nodes.at(0).state, model::NodeState::Running);
            QCOMPARE(got->nodes.at(0).samples.size(), std::size_t(1));
            QCOMPARE(reader->section({"node1", "sample", 0, 0})->body, tickSection(0, 200'000).body);
        }
        QCOMPARE(fileBytes(path), before);
        QCOMPARE(fileBytes(journal), journalBefore);
        QCOMPARE(beside(folder), besideBefore);
        for (const QString& copy : recoveryCopies())
            QVERIFY2(copiesBefore.contains(copy), "the copy for recovery was left behind");
    }

    void readingLeavesTheWritersLock() {
        const auto path = at("locked.netopsy");
        auto writer = store::CaseWriter::create(path, {}, true);
        QVERIFY(writer && writer->setNode(plainNode())); // a transaction is open
        const auto lockedForOthers = [&] {
            const pid_t child = fork();
            if (child == 0) {
                // SQLite's byte for who means to write (its file format's "reserved byte").
                struct flock lock {};
                lock.l_type = F_WRLCK;
                lock.l_start = 0x40000001;
                lock.l_len = 1;
                const int file = ::open(path.c_str(), O_RDWR);
                _exit(file >= 0 && fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 1 : 0);
            }
            int status = 0;
            waitpid(child, &status, 0);
            return WIFEXITED(status) && WEXITSTATUS(status) == 1;
        };
        QVERIFY(lockedForOthers());
        {
            const auto reader = store::CaseReader::open(path);
            QVERIFY(reader && reader->read());
            QVERIFY(lockedForOthers());
        }
        QVERIFY(lockedForOthers());
    }

    void readingWhileItIsWritten() {
        const auto path = at("live.netopsy");
        auto writer = store::CaseWriter::create(path, {}, true);
        QVERIFY(writer && writer->setNode(plainNode()));
        constexpr std::uint32_t ticks = 60;
        std::atomic<bool> failed = false, over = false;
        std::thread writing([&] {
            for (std::uint32_t seq = 0; seq < ticks; ++seq) {
                if (!writer->addSection(tickSection(seq, 30'000)) || (seq % 2 == 1 && !writer->flush()))
                    failed = true;
                std::this_thread::sleep_for(std::chrono::milliseconds(2));
            }
            over = true;
        });
        std::size_t last = 0, opened = 0;
        QString problem;
        while (!over && problem.isEmpty()) {
            const auto reader = store::CaseReader::open(path);
            const auto got = reader ? reader->read() : Result<model::Case>(tl::unexpected(reader.error()));
            if (!got) {
                problem = QString::fromStdString(got.error().text());
            } else if (!got->nodes.empty()) {
                const std::size_t samples = got->nodes[0].samples.size();
                if (samples < last || samples % 2 != 0)
                    problem = QString("%1 samples after %2: not what a flush left").arg(samples).arg(last);
                last = samples;
            }
            ++opened;
        }
        writing.join();
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        QVERIFY2(!failed, "the reader made the writer fail");
        QVERIFY(opened > 0);
        QVERIFY(writer->flush());
        QCOMPARE(store::CaseReader::open(path)->read()->nodes[0].samples.size(), std::size_t(ticks));
    }

    void columnsHoldNoSecrets() {
        // The whole of what a case can hold, by name: a new column is to be thought over here.
        const auto path = at("columns.netopsy");
        QVERIFY(writeStoredCase(path));
        sqlite3* handle = nullptr;
        QCOMPARE(sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
        QStringList columns;
        const auto collect = [](void* into, int, char** values, char**) {
            static_cast<QStringList*>(into)->append(QString::fromUtf8(values[0]));
            return 0;
        };
        QCOMPARE(sqlite3_exec(handle,
                              "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c"
                              " WHERE t.type = 'table' ORDER BY t.rowid, c.cid",
                              collect, &columns, nullptr),
                 SQLITE_OK);
        sqlite3_close(handle);
        QCOMPARE(columns,
                 (QStringList{"meta.id",          "meta.json",       "inventory.id",      "inventory.json",
                              "node.id",          "node.name",       "node.address",      "node.state",
                              "node.error",       "node.started_ns", "node.bytes_sent",   "node.bytes_received",
                              "node.notes",       "section.id",      "section.node",      "section.collector",
                              "section.seq",      "section.at_ns",   "section.exit_code", "section.truncated",
                              "section.raw_size", "section.body"}));
    }
};

QTEST_APPLESS_MAIN(TestCaseFile)
#include "tst_case_file.moc"
