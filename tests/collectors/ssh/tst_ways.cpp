// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The ways to a node and what can go wrong on them: names, silence, resets, bastions, proxy commands, floods,
// nodes that die, and a cancel at each step. Against real sshds; the faulty servers are plain sockets of this
// test.
#include "collectors/ssh/connector.h"
#include "core/base/text.h"
#include "tests/collectors/ssh/drive.h"
#include "tests/collectors/ssh/faulty_server.h"
#include "tests/collectors/ssh/real_sshd.h"

#include <QTest>

#include <signal.h>

#include <atomic>
#include <thread>

using namespace netopsy;
using namespace std::chrono_literals;
using test::reset;
using test::Server;

namespace {

class Ways : public QObject {
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
private slots:
    void initTestCase() {
        std::string why;
        if (!test::canRunSshd(why))
            QSKIP(("SKIPPED, nothing of bastions is tested: " + why).c_str());
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

    void jump_data() {
        QTest::addColumn<QString>("config");
        QTest::newRow("by alias")
            << "Host node1\n ProxyJump gate\nHost gate\n HostName 127.0.0.1\n Port %b\n IdentityFile %k\n";
        QTest::newRow("by address")
            << "Host 127.0.0.1\n Port %b\n IdentityFile %k\nHost node1\n ProxyJump 127.0.0.1:%b\n";
        QTest::newRow("for all, the bastion too")
            << "Host gate\n HostName 127.0.0.1\n Port %b\nHost *\n IdentityFile %k\n ProxyJump gate\n";
        QTest::newRow("two hops") << "Host node1\n ProxyJump gate,inner\nHost gate inner\n HostName 127.0.0.1\n "
                                     "Port %b\n IdentityFile %k\n";
        QTest::newRow("a bastion with a bastion")
            << "Host node1\n ProxyJump inner\nHost inner\n ProxyJump gate\nHost gate inner\n HostName 127.0.0.1\n "
               "Port %b\n IdentityFile %k\n";
    }
    void jump() {
        QFETCH(QString, config);
        config.replace("%b", QString::number(m_bastion->port()))
            .replace("%k", QString::fromStdString(*m_folder / "bastion_key"));
        m_folder->write("config", config.toStdString());
        const auto logins = [&] { return QString::fromStdString(m_bastion->log()).count("Accepted publickey"); };
        const auto before = logins();
        auto made = connector(options());
        {
            std::atomic<int> good = 0;
            {
                std::vector<std::jthread> threads;
                for (int i = 0; i < 6; ++i)
                    threads.emplace_back([&] {
                        auto session = made->connect(target(), {}, {});
                        if (!session)
                            qWarning("%s", session.error().text().c_str());
                        good += session && echo(**session) == "ok" ? 1 : 0;
                    });
            }
            QCOMPARE(good.load(), 6);
        }
        const bool two = config.contains("inner");
        QCOMPARE(logins() - before, two ? 2 : 1); // one session to each bastion, shared
        auto session = made->connect(target(), {}, {});
        QVERIFY(session);
        QVERIFY2((*session)->description().find(" via ") != std::string::npos, (*session)->description().c_str());
        made.reset(); // the session keeps the way open
        auto process = (*session)->start("head -c 5000000 /dev/zero; cat");
        QVERIFY(process);
        (*process)->write(std::string(3'000'000, 'y'));
        (*process)->closeInput();
        QCOMPARE(test::drive(**session, **process).out.size(), std::size_t(8'000'000));
    }
    void jumpFailures() {
        const std::string block = "Host gate\n HostName 127.0.0.1\n Port " + std::to_string(m_bastion->port()) +
                                  "\n IdentityFile " + (*m_folder / "bastion_key") +
                                  "\nHost node1\n ProxyJump gate\n";
        m_folder->write("config", block);
        std::string error = errorOf(options(), {"node1", "127.0.0.1", test::freePort()});
        QVERIFY2(error.find("the bastion ") != std::string::npos &&
                     error.find("could not connect to 127.0.0.1:") != std::string::npos &&
                     error.find("refused") != std::string::npos,
                 error.c_str());
        m_folder->write("known_hosts", m_sshd->knownHostsLine("ed25519"));
        error = errorOf(options(), target());
        QVERIFY2(error.starts_with("bastion (") && error.find("is not known") != std::string::npos, error.c_str());
        m_folder->write("config", "Host node1\n ProxyJump a\nHost a\n ProxyJump b\nHost b\n ProxyJump a\n");
        error = errorOf(options(), target());
        QVERIFY2(error.find("goes in a circle") != std::string::npos, error.c_str());
    }
    void aRefusedWayLeavesTheOthersAlone() {
        m_folder->write("config", "Host gate\n HostName 127.0.0.1\n Port " + std::to_string(m_bastion->port()) +
                                      "\n IdentityFile " + (*m_folder / "bastion_key") +
                                      "\nHost node1\n ProxyJump gate\n");
        auto made = connector(options());
        auto session = made->connect(target(), {}, {});
        QVERIFY(session);
        auto process = (*session)->start("read x; echo still here");
        QVERIFY(process);
        for (int i = 0; i < 3; ++i)
            QVERIFY(!made->connect({"node1", "127.0.0.1", test::freePort()}, {}, {}));
        (*process)->write("go\n");
        QCOMPARE(test::drive(**session, **process).out, std::string("still here\n"));
    }
    void aBastionThatFailsIsNotTriedByAll() {
        std::atomic<int> seen = 0;
        Server server([&](local::Fd fd, int) {
            ++seen;
            reset(std::move(fd));
        });
        m_folder->write("config", "Host n*\n ProxyJump 127.0.0.1:" + std::to_string(server.port) + "\n");
        auto made = connector(options());
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 20; ++i)
                threads.emplace_back([&, i] {
                    const auto session = made->connect({"n" + std::to_string(i), "10.255.255.1", 22}, {}, {});
                    if (session || session.error().text().find("bastion (") == std::string::npos)
                        qWarning("unexpected");
                });
        }
        QCOMPARE(seen.load(), 3); // one attempt and its two retries
    }
    void aBastionThatDiesIsMadeAnew() {
        m_folder->write("config", "Host gate\n HostName 127.0.0.1\n Port " + std::to_string(m_bastion->port()) +
                                      "\n IdentityFile " + (*m_folder / "bastion_key") +
                                      "\nHost node1\n ProxyJump gate\n");
        auto made = connector(options());
        auto session = made->connect(target(), {}, {});
        QVERIFY(session);
        // The bastion's sshd child that holds our connection: ask the kernel who talks on that port.
        test::shell("ss -Htnp state established '( sport = :" + std::to_string(m_bastion->port()) +
                    " )' | grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -u | xargs -r kill -9");
        auto process = (*session)->start("echo ok");
        if (process)
            QVERIFY(!test::drive(**session, **process).error.empty());
        QTRY_VERIFY([&] {
            auto again = made->connect(target(), {}, {});
            return again && echo(**again) == "ok";
        }());
    }

    void proxyCommand() {
        m_folder->write("config", "ProxyCommand bash -c 'exec 3<>/dev/tcp/%h/%p; cat <&3 & cat >&3; kill $!'\n");
        auto session = connector(options())->connect(target(), {}, {});
        QVERIFY2(session, session ? "" : session.error().text().c_str());
        QCOMPARE(echo(**session), std::string("ok"));
        auto process = (*session)->start("head -c 2000000 /dev/zero");
        QCOMPARE(test::drive(**session, **process).out.size(), std::size_t(2'000'000));
    }
    void proxyCommandThatFails() {
        m_folder->write("config", "ProxyCommand echo first >&2; echo no way to %h >&2; exit 7\n");
        std::string error = errorOf(options(), target());
        // "exec" holds for the first of the commands only, as with ssh.
        QVERIFY2(error.find("ProxyCommand ended with status 0: first") != std::string::npos, error.c_str());
        m_folder->write("config", "ProxyCommand sh -c 'echo no way to %h >&2; exit 7'\n");
        error = errorOf(options(), target());
        QVERIFY2(error.find("ProxyCommand ended with status 7: no way to 127.0.0.1") != std::string::npos,
                 error.c_str());
    }
    void proxyCommandIsNotBlamedForTheHostKey() {
        m_folder->write("known_hosts", "");
        m_folder->write("config", "ProxyCommand bash -c 'exec 3<>/dev/tcp/%h/%p; cat <&3 & cat >&3; kill $!'\n");
        const std::string error = errorOf(options(), target());
        QVERIFY2(error.find("is not known") != std::string::npos, error.c_str());
    }
    void proxyCommandThatHangsIsKilled() {
        m_folder->write("config", "ProxyCommand sh -c 'echo $$ > " + (*m_folder / "pid") + "; sleep 1000'\n");
        ssh::Options o = options();
        o.handshakeTimeout = 500ms;
        const std::string error = errorOf(o, target());
        QVERIFY2(error.find("no SSH server spoke") != std::string::npos, error.c_str());
        const std::string pid(text::trim(m_folder->read("pid")));
        QVERIFY(!pid.empty());
        QTRY_VERIFY(kill(std::stoi(pid), 0) != 0);
    }
};

} // namespace

QTEST_GUILESS_MAIN(Ways)
#include "tst_ways.moc"
