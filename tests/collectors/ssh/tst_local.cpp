// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/local/connector.h"
#include "core/base/text.h"
#include "tests/collectors/ssh/drive.h"

#include <QTest>

#include <signal.h>

#include <filesystem>
#include <thread>

using namespace netopsy;
using namespace std::chrono_literals;

namespace {

std::size_t openFds() {
    const std::filesystem::directory_iterator entries("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

bool alive(const std::string& pid) {
    // A zombie that someone else has yet to reap is not alive.
    std::FILE* stat = std::fopen(("/proc/" + pid + "/stat").c_str(), "r");
    if (!stat)
        return false;
    char text[256] = {};
    const std::size_t n = std::fread(text, 1, sizeof text - 1, stat);
    std::fclose(stat);
    const std::string_view line(text, n);
    const auto state = line.find(") ");
    return state != std::string_view::npos && line[state + 2] != 'Z';
}

class Local : public QObject {
    Q_OBJECT

    std::unique_ptr<run::Connector> m_connector = local::makeConnector();
    std::unique_ptr<run::Session> m_session;

    std::unique_ptr<run::Process> start(const std::string& command) {
        auto process = m_session->start(command);
        return process ? std::move(*process) : nullptr;
    }

private slots:
    void initTestCase() { signal(SIGUSR1, SIG_IGN); }
    void init() { m_session = *m_connector->connect({"me", "", 0}, {}, {}); }

    void statusAndStreams_data() {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("out");
        QTest::addColumn<QString>("err");
        QTest::addColumn<int>("status");
        QTest::newRow("echo") << "echo hello"
                              << "hello\n"
                              << "" << 0;
        QTest::newRow("both streams") << "echo o; echo e >&2"
                                      << "o\n"
                                      << "e\n"
                                      << 0;
        QTest::newRow("exit code") << "exit 42"
                                   << ""
                                   << "" << 42;
        QTest::newRow("no such command") << "exec /nonexistent/x 2>/dev/null"
                                         << ""
                                         << "" << 127;
        QTest::newRow("killed") << "kill -9 $$"
                                << ""
                                << "" << 137;
        QTest::newRow("terminated") << "kill -TERM $$"
                                    << ""
                                    << "" << 143;
        QTest::newRow("closes its streams, then ends") << "exec >&- 2>&-; sleep 0.1; exit 3"
                                                       << ""
                                                       << "" << 3;
        QTest::newRow("no blocked or ignored signals") // but for two of the C library's own, 32 and 33
            << "grep -cE '^Sig(Blk|Ign):.*0000000$' /proc/self/status"
            << "2\n"
            << "" << 0;
        QTest::newRow("inherits nothing") << "ls /proc/self/fd | wc -l"
                                          << "4\n"
                                          << "" << 0; // ls opens one
    }
    void statusAndStreams() {
        QFETCH(QString, command);
        QFETCH(int, status);
        auto process = start(command.toStdString());
        QVERIFY(process);
        process->closeInput();
        const test::Outcome got = test::drive(*m_session, *process);
        QVERIFY(got.ended);
        QTEST(QString::fromStdString(got.out), "out");
        QTEST(QString::fromStdString(got.err), "err");
        QCOMPARE(got.status, std::optional(status));
    }

    void inputLargerThanAnyPipe() {
        auto process = start("wc -c");
        QVERIFY(process);
        process->write(std::string(5'000'000, 'x'));
        process->write(std::string(7, 'y'));
        process->closeInput();
        const test::Outcome got = test::drive(*m_session, *process);
        QCOMPARE(std::string(text::trim(got.out)), std::string("5000007"));
        QCOMPARE(m_session->traffic().sent, 5000007u);
    }

    void scriptOnStandardInput() {
        auto process = start("sh -s");
        QVERIFY(process);
        process->write("x=1\necho from $x\nexit 5\n");
        const test::Outcome got = test::drive(*m_session, *process);
        QCOMPARE(got.out, std::string("from 1\n"));
        QCOMPARE(got.status, std::optional(5));
    }

    void inputThatNobodyReadsRaisesNoSignal() {
        auto process = start("exec <&-; exit 0");
        QVERIFY(process);
        process->write(std::string(1'000'000, 'x'));
        const test::Outcome got = test::drive(*m_session, *process);
        QVERIFY(got.ended);
        process->write("more"); // after the end: nothing happens
        sigset_t pending;
        sigpending(&pending);
        QCOMPARE(sigismember(&pending, SIGPIPE), 0);
    }

    void largeOutputComesWhole() {
        auto process = start("head -c 20000000 /dev/zero");
        QVERIFY(process);
        const test::Outcome got = test::drive(*m_session, *process);
        QCOMPARE(got.out.size(), std::size_t(20'000'000));
        QCOMPARE(m_session->traffic().received, 20'000'000u);
    }

    void aFloodIsReadInBoundedPieces() {
        auto process = start("yes & yes >&2");
        QVERIFY(process);
        const test::Outcome got = test::drive(*m_session, *process, 10'000'000);
        QVERIFY(!got.ended);
        QVERIFY(got.largest <= 256u << 10);
        QVERIFY(!got.out.empty() && !got.err.empty()); // neither starves the other
    }

    void endingKillsTheWholeGroup() {
        auto process = start("trap '' TERM; sleep 1000 & echo $$ $!; wait; wait; sleep 1000");
        QVERIFY(process);
        const test::Outcome got = test::drive(*m_session, *process, 3);
        const auto pids = text::words(got.out);
        QCOMPARE(pids.size(), std::size_t(2));
        QVERIFY(alive(std::string(pids[0])) && alive(std::string(pids[1])));
        const std::string shell(pids[0]), sleeper(pids[1]);
        process.reset();
        QVERIFY(!alive(shell));
        QTRY_VERIFY(!alive(sleeper));
    }

    void endAsksFirst() {
        auto process = start("trap 'echo bye; exit 9' TERM; echo up; while :; do sleep 0.05; done");
        QVERIFY(process);
        QCOMPARE(test::drive(*m_session, *process, 3).out, std::string("up\n"));
        process->end();
        const test::Outcome got = test::drive(*m_session, *process);
        QCOMPARE(got.out, std::string("bye\n"));
        QCOMPARE(got.status, std::optional(9));
    }

    void nothingIsLeftOpen() {
        const std::size_t before = openFds();
        for (int i = 0; i < 20; ++i) {
            auto process = start("cat");
            QVERIFY(process);
            process->closeInput();
            QVERIFY(test::drive(*m_session, *process).ended);
        }
        QCOMPARE(openFds(), before);
    }

    void cancelledBeforeItBegins() {
        std::stop_source stop;
        stop.request_stop();
        QVERIFY(!m_connector->connect({"me", "", 0}, stop.get_token(), {}));
    }
};

} // namespace

QTEST_APPLESS_MAIN(Local)
#include "tst_local.moc"
