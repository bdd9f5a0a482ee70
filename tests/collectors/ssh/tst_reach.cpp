// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What can go wrong on the way to a node and on it: names, silence, resets, floods, nodes that hang or die, and a
// cancel at each step. Against a real sshd; the faulty servers are plain sockets of the test.
#include "collectors/ssh/connector.h"
#include "core/base/text.h"
#include "tests/collectors/ssh/drive.h"
#include "tests/collectors/ssh/faulty_server.h"
#include "tests/collectors/ssh/real_sshd.h"

#include <QTest>

#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <cstring>
#include <thread>

using namespace netopsy;
using namespace std::chrono_literals;
using test::relay;
using test::reset;
using test::Server;
using Clock = std::chrono::steady_clock;

namespace {

class Reach : public QObject {
    Q_OBJECT

    std::unique_ptr<test::Folder> m_folder;
    std::unique_ptr<test::RealSshd> m_sshd, m_bastion;

    ssh::Options options() {
        ssh::Options o;
        o.configFile = *m_folder / "config";
        o.knownHosts = *m_folder / "known_hosts";
        o.identities = {*m_folder / "key"};
        o.useAgent = false;
        return o;
    }
    run::Target target() const { return {"node1", "127.0.0.1", m_sshd->port()}; }
    std::unique_ptr<run::Connector> connector(ssh::Options o) {
        auto made = ssh::makeConnector(std::move(o));
        return made ? std::move(*made) : nullptr;
    }
    std::string errorOf(ssh::Options o, const run::Target& to) {
        auto session = connector(std::move(o))->connect(to, {}, {});
        return session ? "no error" : session.error().text();
    }
    std::string echo(run::Session& session) {
        auto process = session.start("echo ok");
        return process ? std::string(text::trim(test::drive(session, **process).out)) : process.error().text();
    }
    /// From the stop of `connect` at `step` until it returns, in ms; -1: the step was not met.
    std::int64_t cancelAt(run::Step step, ssh::Options o, const run::Target& to, std::string& error) {
        std::stop_source stop;
        std::atomic<bool> there = false;
        std::atomic<Clock::time_point> asked{};
        auto made = connector(std::move(o));
        std::jthread canceller([&](const std::stop_token& over) {
            while (!there && !over.stop_requested())
                std::this_thread::sleep_for(5ms);
            std::this_thread::sleep_for(100ms);
            asked = Clock::now();
            stop.request_stop();
        });
        auto session = made->connect(to, stop.get_token(), [&](run::Step s) { there = there || s == step; });
        const auto end = Clock::now();
        error = session ? "no error" : session.error().text();
        return there && asked.load() != Clock::time_point() ? (end - asked.load()) / 1ms : -1;
    }

private slots:
    void initTestCase() {
        std::string why;
        if (!test::canRunSshd(why))
            QSKIP(("SKIPPED, nothing of reaching nodes is tested: " + why).c_str());
        m_folder = std::make_unique<test::Folder>();
        for (const char* name : {"key", "bastion_key"})
            test::shell(std::string("ssh-keygen -q -N '' -t ed25519 -f ") + (*m_folder / name));
        m_sshd = std::make_unique<test::RealSshd>(m_folder->read("key.pub"));
        m_bastion = std::make_unique<test::RealSshd>(m_folder->read("bastion_key.pub"));
        QVERIFY2(m_sshd->up() && m_bastion->up(), m_sshd->log().c_str());
    }
    void init() {
        m_folder->write("config", "");
        m_folder->write("known_hosts", m_sshd->knownHostsLine("ed25519") + m_bastion->knownHostsLine("ed25519"));
    }

    // Failures, each in words of its own.

    void aNameThatDoesNotExist() {
        const std::string error = errorOf(options(), {"node9", "does-not-exist.invalid", 22});
        QVERIFY2(error.find("the name does-not-exist.invalid can't be resolved") != std::string::npos ||
                     error.find("took longer than") != std::string::npos,
                 error.c_str());
        QVERIFY2(error.starts_with("node9 ("), error.c_str());
    }
    void aPortWhereNobodyListens() {
        const std::string error = errorOf(options(), {"node1", "127.0.0.1", test::freePort()});
        QVERIFY2(error.find("refused") != std::string::npos, error.c_str());
        QVERIFY2(error.find("sshd runs there") != std::string::npos, error.c_str());
    }
    void silence() {
        std::vector<local::Fd> kept;
        Server server([&](local::Fd fd, int) { kept.push_back(std::move(fd)); });
        ssh::Options o = options();
        o.handshakeTimeout = 300ms;
        const std::string error = errorOf(o, {"node1", "127.0.0.1", server.port});
        QVERIFY2(error.find("accepted, but no SSH server spoke within 300 ms") != std::string::npos,
                 error.c_str());
    }
    void silenceAfterTheBanner() {
        std::vector<local::Fd> kept;
        Server server([&](local::Fd fd, int) {
            send(fd.get(), "SSH-2.0-x\r\n", 11, MSG_NOSIGNAL);
            kept.push_back(std::move(fd));
        });
        ssh::Options o = options();
        o.handshakeTimeout = 300ms;
        const std::string error = errorOf(o, {"node1", "127.0.0.1", server.port});
        QVERIFY2(error.find("handshake did not end within 300 ms") != std::string::npos, error.c_str());
    }
    void notAnSshServer() {
        Server server([&](local::Fd fd, int) {
            const std::string text(4000, 'x');
            send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
            char buffer[256];
            while (read(fd.get(), buffer, sizeof buffer) > 0) {
            }
        });
        const std::string error = errorOf(options(), {"node1", "127.0.0.1", server.port});
        QVERIFY2(error.find("not an SSH server") != std::string::npos, error.c_str());
    }
    void cutOffBeforeTheBannerAndTriedAgain() {
        std::atomic<int> seen = 0;
        Server server([&](local::Fd fd, int n) {
            ++seen;
            if (n == 0)
                send(fd.get(), "Exceeded MaxStartups\r\n", 22, MSG_NOSIGNAL); // as sshd says before it hangs up
            else if (n == 1)
                reset(std::move(fd));
            else
                relay(fd, m_sshd->port());
        });
        m_folder->write("known_hosts", "127.0.0.1 " + m_sshd->knownHostsLine("ed25519").substr(
                                                          m_sshd->knownHostsLine("ed25519").find(' ') + 1));
        {
            auto session = connector(options())->connect({"node1", "127.0.0.1", server.port}, {}, {});
            QVERIFY2(session, session ? "" : session.error().text().c_str());
            QCOMPARE(echo(**session), std::string("ok"));
        }
        QCOMPARE(seen.load(), 3);
    }
    void cutOffForGood() {
        std::atomic<int> seen = 0;
        Server server([&](local::Fd fd, int) {
            ++seen;
            reset(std::move(fd));
        });
        const std::string error = errorOf(options(), {"node1", "127.0.0.1", server.port});
        QVERIFY2(error.find(", 3 times") != std::string::npos, error.c_str());
        QCOMPARE(seen.load(), 3);
    }
    void aHostNameFromTheClusterIsNoShellText() {
        m_folder->write("config", "ProxyCommand nc %h %p\n");
        for (const char* host : {"x; touch /tmp/pwned", "-oProxyCommand=x", "$(id)", "a b", "../etc"})
            QVERIFY(errorOf(options(), {"node1", host, 22}).find("is no host name or address") !=
                    std::string::npos);
    }

    // Commands.

    void exitsAndSignals_data() {
        QTest::addColumn<QString>("command");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("out");
        QTest::addColumn<QString>("err");
        QTest::newRow("true") << "true" << 0 << ""
                              << "";
        QTest::newRow("42") << "exit 42" << 42 << ""
                            << "";
        QTest::newRow("killed") << "echo before; kill -9 $$" << 137 << "before\n"
                                << "";
        QTest::newRow("both streams") << "echo o; echo e >&2; exit 3" << 3 << "o\n"
                                      << "e\n";
        QTest::newRow("output after its shell ended") << "(sleep 0.2; echo late) & exit 4" << 4 << "late\n"
                                                      << "";
    }
    void exitsAndSignals() {
        QFETCH(QString, command);
        QFETCH(int, status);
        auto session = connector(options())->connect(target(), {}, {});
        QVERIFY(session);
        auto process = (*session)->start(command.toStdString());
        QVERIFY(process);
        const test::Outcome got = test::drive(**session, **process);
        QVERIFY2(got.ended, got.error.c_str());
        QCOMPARE(got.status, std::optional(status));
        QTEST(QString::fromStdString(got.out), "out");
        QTEST(QString::fromStdString(got.err), "err");
    }
    void inputLargerThanAnyWindow() {
        auto session = connector(options())->connect(target(), {}, {});
        QVERIFY(session);
        auto process = (*session)->start("cksum; echo done");
        QVERIFY(process);
        std::string bytes(9'000'000, 'x');
        for (std::size_t i = 0; i < bytes.size(); i += 7)
            bytes[i] = static_cast<char>('a' + i % 26);
        m_folder->write("bytes", bytes);
        (*process)->write(bytes);
        (*process)->closeInput();
        const test::Outcome got = test::drive(**session, **process);
        QCOMPARE(got.out, test::shell("cksum < " + (*m_folder / "bytes")) + "\ndone\n");
        QVERIFY((*session)->traffic().sent > bytes.size());
    }
    void severalProcessesOnOneSession() {
        auto session = connector(options())->connect(target(), {}, {});
        QVERIFY(session);
        auto first = (*session)->start("sh -s"), second = (*session)->start("head -c 3000000 /dev/zero");
        QVERIFY(first && second);
        (*first)->write("echo one; sleep 0.1; echo two");
        (*first)->closeInput();
        std::string a, b;
        bool aEnded = false, bEnded = false;
        const auto deadline = Clock::now() + 20s;
        while ((!aEnded || !bEnded) && Clock::now() < deadline) {
            std::vector<pollfd> fds;
            (*session)->pollFds(fds);
            poll(fds.data(), fds.size(), 2000);
            for (auto [process, text, ended] : {std::tuple{&*first, &a, &aEnded}, {&*second, &b, &bEnded}}) {
                auto chunk = (*process)->read();
                QVERIFY(chunk);
                *text += chunk->out;
                *ended = chunk->ended;
            }
        }
        QCOMPARE(a, std::string("one\ntwo\n"));
        QCOMPARE(b.size(), std::size_t(3'000'000));
    }
    void aFloodIsBounded() {
        auto session = connector(options())->connect(target(), {}, {});
        QVERIFY(session);
        auto process = (*session)->start("yes & yes >&2");
        QVERIFY(process);
        const test::Outcome got = test::drive(**session, **process, 30'000'000);
        QVERIFY2(got.error.empty(), got.error.c_str());
        QVERIFY(got.largest <= 256u << 10);
        QVERIFY(got.out.size() + got.err.size() >= 30'000'000);
        // Nobody reads: what comes then is bounded by the window, not by time.
        const std::uint64_t before = (*session)->traffic().received;
        std::this_thread::sleep_for(200ms);
        auto other = (*session)->start("true"); // pumps the connection
        const std::uint64_t after = (*session)->traffic().received;
        QVERIFY2(after - before < 4'000'000, std::to_string(after - before).c_str());
    }
    void aFloodIsEnded() {
        auto session = connector(options())->connect(target(), {}, {});
        QVERIFY(session);
        {
            auto process = (*session)->start("echo $$; exec yes");
            QVERIFY(process);
            QVERIFY(test::drive(**session, **process, 100'000).error.empty());
        }
        QCOMPARE(echo(**session), std::string("ok")); // the session lives on
    }
    void aNodeThatStopsReadingDoesNotBlockUs() {
        auto session = connector(options())->connect(target(), {}, {});
        QVERIFY(session);
        auto process = (*session)->start("echo $PPID; read x; sleep 100");
        QVERIFY(process);
        const std::string sshd(text::trim(test::drive(**session, **process, 2).out));
        const int pid = std::stoi(sshd);
        kill(pid, SIGSTOP);
        const auto begin = Clock::now();
        (*process)->write(std::string(8'000'000, 'x'));
        for (int i = 0; i < 20; ++i) {
            auto chunk = (*process)->read();
            QVERIFY(chunk);
        }
        const auto took = Clock::now() - begin;
        kill(pid, SIGCONT);
        QVERIFY2(took < 5s, std::to_string(took / 1ms).c_str());
    }
    void aNodeThatDies() {
        auto session = connector(options())->connect(target(), {}, {});
        QVERIFY(session);
        auto process = (*session)->start("echo part; sleep 0.3; kill -9 $PPID; sleep 5");
        QVERIFY(process);
        const test::Outcome got = test::drive(**session, **process);
        QCOMPARE(got.out, std::string("part\n")); // what came is kept
        QVERIFY2(got.error.find("the connection was lost") != std::string::npos, got.error.c_str());
        QVERIFY2(got.error.find("@127.0.0.1:") != std::string::npos, got.error.c_str());
        QVERIFY(!(*session)->start("true"));
    }
    void noCommandIsAllowed() {
        test::RealSshd closed(m_folder->read("key.pub"), "MaxSessions 0");
        QVERIFY(closed.up());
        m_folder->write("known_hosts", closed.knownHostsLine("ed25519"));
        auto session = connector(options())->connect({"n", "127.0.0.1", closed.port()}, {}, {});
        QVERIFY(session);
        const auto process = (*session)->start("true");
        QVERIFY(!process);
        QVERIFY2(process.error().text().find("MaxSessions") != std::string::npos, process.error().text().c_str());
    }

    // Many.

    void fiftyAtOnceThroughStockMaxStartups() {
        auto made = connector(options());
        std::atomic<int> good = 0;
        std::mutex mutex;
        std::string errors;
        rusage before{}, after{};
        getrusage(RUSAGE_SELF, &before);
        const auto begin = Clock::now();
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 50; ++i)
                threads.emplace_back([&] {
                    auto session = made->connect(target(), {}, {});
                    std::string said = session ? echo(**session) : session.error().text();
                    const std::lock_guard lock(mutex);
                    good += said == "ok" ? 1 : 0;
                    errors += said == "ok" ? "" : said + "\n";
                });
        }
        getrusage(RUSAGE_SELF, &after);
        const auto ms = [](const rusage& u) {
            return static_cast<double>(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 +
                   static_cast<double>(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
        };
        qInfo("50 sessions: %.0f ms wall, %.2f ms client CPU a session",
              static_cast<double>((Clock::now() - begin) / 1ms), (ms(after) - ms(before)) / 50);
        QVERIFY2(good == 50, errors.c_str());
    }

    // Cancelling.

    void cancel_data() {
        QTest::addColumn<int>("step");
        QTest::addColumn<QString>("how");
        QTest::newRow("connecting") << static_cast<int>(run::Step::Connecting) << "unroutable";
        QTest::newRow("handshake") << static_cast<int>(run::Step::VerifyingHostKey) << "silent";
        QTest::newRow("waiting for a place") << static_cast<int>(run::Step::Queued) << "gate";
        QTest::newRow("through a bastion") << static_cast<int>(run::Step::Connecting) << "bastion";
        QTest::newRow("proxy command") << static_cast<int>(run::Step::VerifyingHostKey) << "command";
        QTest::newRow("between two tries") << static_cast<int>(run::Step::VerifyingHostKey) << "retry";
    }
    void cancel() {
        QFETCH(int, step);
        QFETCH(QString, how);
        std::vector<local::Fd> kept;
        // A listener whose queue is full takes no more: the next connect just hangs.
        const local::Fd full(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        QVERIFY(bind(full.get(), reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(full.get(), 0) == 0);
        getsockname(full.get(), reinterpret_cast<sockaddr*>(&address), &size);
        for (int i = 0; i < 3; ++i) {
            kept.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
            (void)::connect(kept.back().get(), reinterpret_cast<sockaddr*>(&address), size);
        }
        const int fullPort = ntohs(address.sin_port);
        Server silent([&](local::Fd fd, int) { kept.push_back(std::move(fd)); });
        Server closing([&](local::Fd fd, int) { reset(std::move(fd)); });

        ssh::Options o = options();
        o.connectTimeout = o.handshakeTimeout = 20s;
        run::Target to{"node1", "127.0.0.1", silent.port};
        if (how == "unroutable")
            to.port = fullPort;
        if (how == "bastion") {
            to.port = fullPort;
            m_folder->write("config", "Host gate\n HostName 127.0.0.1\n Port " +
                                          std::to_string(m_bastion->port()) + "\n IdentityFile " +
                                          (*m_folder / "bastion_key") + "\nHost node1\n ProxyJump gate\n");
        }
        if (how == "command")
            m_folder->write("config", "ProxyCommand sleep 100\n");
        if (how == "retry") {
            to.port = closing.port;
            o.connectRetries = 1000;
        }
        std::string error;
        if (how == "gate") {
            // One holds the only place, the other waits for it; both feel the cancel.
            o.maxUnauthenticatedPerHost = 1;
            auto made = connector(o);
            std::stop_source stop;
            std::atomic<int> waiting = 0, cancelled = 0;
            std::vector<std::jthread> threads;
            for (int i = 0; i < 2; ++i)
                threads.emplace_back([&] {
                    auto session = made->connect(to, stop.get_token(),
                                                 [&](run::Step s) { waiting += s == run::Step::Queued; });
                    cancelled += !session && session.error().text().find("cancelled") != std::string::npos;
                });
            QTRY_COMPARE(waiting.load(), 2);
            std::this_thread::sleep_for(100ms);
            const auto begin = Clock::now();
            stop.request_stop();
            threads.clear();
            QVERIFY(Clock::now() - begin < 2s);
            QCOMPARE(cancelled.load(), 2);
            return;
        }
        const std::int64_t took = cancelAt(static_cast<run::Step>(step), o, to, error);
        QVERIFY2(error.find("cancelled") != std::string::npos, error.c_str());
        QVERIFY2(took >= 0 && took < 2000, std::to_string(took).c_str()); // it takes about a millisecond
    }
    void cancelWhileStarting() {
        std::stop_source stop;
        auto session = connector(options())->connect(target(), stop.get_token(), {});
        QVERIFY(session);
        auto process = (*session)->start("echo $PPID; sleep 100");
        const int pid = std::stoi(test::drive(**session, **process, 2).out);
        kill(pid, SIGSTOP); // sshd answers no more
        std::jthread canceller([&] {
            std::this_thread::sleep_for(150ms);
            stop.request_stop();
        });
        const auto begin = Clock::now();
        const auto second = (*session)->start("true");
        const auto took = Clock::now() - begin;
        kill(pid, SIGCONT);
        QVERIFY(!second && second.error().text().find("cancelled") != std::string::npos);
        QVERIFY(took < 3s);
    }
    void aStartThatHangsHasItsTimeout() {
        ssh::Options o = options();
        o.startTimeout = 300ms;
        auto session = connector(o)->connect(target(), {}, {});
        QVERIFY(session);
        auto process = (*session)->start("echo $PPID; read x; echo still here");
        const int pid = std::stoi(test::drive(**session, **process, 2).out);
        kill(pid, SIGSTOP);
        const auto second = (*session)->start("true");
        kill(pid, SIGCONT);
        QVERIFY(!second);
        QVERIFY2(second.error().text().find("did not come within 300 ms") != std::string::npos,
                 second.error().text().c_str());
        // The channel that never opened took nothing with it.
        (*process)->write("go\n");
        QCOMPARE(test::drive(**session, **process).out, std::string("still here\n"));
    }
};

} // namespace

QTEST_GUILESS_MAIN(Reach)
#include "tst_reach.moc"
