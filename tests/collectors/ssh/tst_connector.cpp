// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The connector against a real sshd: every kind of key, the agent, host keys known, unknown, changed and
// revoked.
#include "collectors/ssh/connector.h"
#include "core/base/text.h"
#include "tests/collectors/ssh/drive.h"
#include "tests/collectors/ssh/real_sshd.h"

#include <QTest>

#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <cstdlib>
#include <thread>

// libssh 0.10 forgets the agent's last answer (152 bytes) each time it asks for the list of keys again.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:ssh_buffer_new\n";
}

using namespace netopsy;
using namespace std::chrono_literals;
using test::RealSshd;

namespace {

class Connector : public QObject {
    Q_OBJECT

    std::unique_ptr<test::Folder> m_folder;
    std::unique_ptr<RealSshd> m_sshd;
    std::vector<std::string> m_warnings;

    std::string keygen(const std::string& name, const std::string& arguments, const std::string& passphrase = {}) {
        const std::string file = *m_folder / name;
        test::shell("ssh-keygen -q -C " + name + " -N '" + passphrase + "' " + arguments + " -f " + file);
        return file;
    }
    /// Nothing of the user's own account is used: no agent, no default keys.
    ssh::Options options() {
        ssh::Options o;
        o.configFile = *m_folder / "config";
        o.knownHosts = *m_folder / "known_hosts";
        o.identities = {*m_folder / "ed25519"};
        o.useAgent = false;
        o.warn = [this](const std::string& text) { m_warnings.push_back(text); };
        return o;
    }
    run::Target target() const { return {"node1", "127.0.0.1", m_sshd->port()}; }
    Result<std::unique_ptr<run::Session>> connect(ssh::Options o) {
        auto connector = ssh::makeConnector(std::move(o));
        if (!connector)
            return tl::unexpected(connector.error());
        return (*connector)->connect(target(), {}, {});
    }
    /// "ok", or the error.
    std::string tryOut(ssh::Options o) {
        auto session = connect(std::move(o));
        if (!session)
            return session.error().text();
        auto process = (*session)->start("echo ok");
        return process ? std::string(text::trim(test::drive(**session, **process).out)) : process.error().text();
    }

private slots:
    void initTestCase() {
        std::string why;
        if (!test::canRunSshd(why))
            QSKIP(("SKIPPED, nothing of SSH is tested: " + why).c_str());
        m_folder = std::make_unique<test::Folder>();
        std::string authorized;
        for (const char* kind : {"ed25519", "ecdsa", "rsa"}) {
            keygen(kind, std::string("-t ") + kind);
            authorized += m_folder->read(std::string(kind) + ".pub");
        }
        keygen("ecdsa521", "-t ecdsa -b 521");
        keygen("rsa_pem", "-t rsa -m PEM");
        keygen("rsa_pkcs8", "-t rsa -m PKCS8");
        keygen("locked", "-t ed25519", "open sesame");
        keygen("locked_rsa", "-t rsa", "open sesame");
        keygen("locked_pem", "-t rsa -m PEM", "open sesame");
        keygen("stranger", "-t ed25519");
        for (const char* name : {"ecdsa521", "rsa_pem", "rsa_pkcs8", "locked", "locked_rsa", "locked_pem"})
            authorized += m_folder->read(std::string(name) + ".pub");
        m_sshd = std::make_unique<RealSshd>(authorized);
        QVERIFY2(m_sshd->up(), m_sshd->log().c_str());
    }

    void init() {
        m_warnings.clear();
        m_folder->write("config", "");
        m_folder->write("known_hosts", m_sshd->knownHostsLine("ed25519"));
    }

    void keys_data() {
        QTest::addColumn<QString>("file");
        for (const char* name : {"ed25519", "ecdsa", "ecdsa521", "rsa", "rsa_pem", "rsa_pkcs8"})
            QTest::newRow(name) << name;
    }
    void keys() {
        QFETCH(QString, file);
        ssh::Options o = options();
        o.identities = {*m_folder / file.toStdString()};
        QCOMPARE(tryOut(o), std::string("ok"));
    }

    void passphrase_data() {
        QTest::addColumn<QString>("file");
        for (const char* name : {"locked", "locked_rsa", "locked_pem"})
            QTest::newRow(name) << name;
    }
    void passphrase() {
        QFETCH(QString, file);
        ssh::Options o = options();
        o.identities = {*m_folder / file.toStdString()};
        int asked = 0;
        o.askPassphrase = [&](const std::string& name) {
            ++asked;
            return name == o.identities[0] ? "open sesame" : "?";
        };
        auto connector = ssh::makeConnector(o);
        QVERIFY(connector);
        for (int i = 0; i < 3; ++i) {
            auto session = (*connector)->connect(target(), {}, {});
            QVERIFY2(session, session ? "" : session.error().text().c_str());
        }
        QCOMPARE(asked, 1); // once, whatever the number of nodes
    }
    void wrongPassphrase() {
        ssh::Options o = options();
        o.identities = {*m_folder / "locked"};
        int asked = 0;
        o.askPassphrase = [&](const std::string&) { return ++asked < 3 ? "wrong" : "open sesame"; };
        QCOMPARE(tryOut(o), std::string("ok"));
        QCOMPARE(asked, 3);
        asked = -100;
        const std::string error = tryOut(o);
        QVERIFY2(error.find("the passphrase is wrong") != std::string::npos, error.c_str());
        QVERIFY2(error.find("open sesame") == std::string::npos, error.c_str());
        o.askPassphrase = nullptr;
        QVERIFY(tryOut(o).find("nobody can be asked") != std::string::npos);
        o.askPassphrase = [](const std::string&) { return std::string(); };
        QVERIFY(tryOut(o).find("was not given") != std::string::npos);
    }
    void nobodyIsAskedForAKeyThatTheServerDoesNotWant() {
        keygen("locked_stranger", "-t ed25519", "x");
        ssh::Options o = options();
        o.identities = {*m_folder / "locked_stranger", *m_folder / "ed25519"};
        bool asked = false;
        o.askPassphrase = [&](const std::string&) {
            asked = true;
            return "x";
        };
        QCOMPARE(tryOut(o), std::string("ok"));
        QVERIFY(!asked);
    }

    void refusedKey() {
        ssh::Options o = options();
        o.identities = {*m_folder / "stranger", *m_folder / "missing"};
        const std::string error = tryOut(o);
        for (const std::string& part :
             {std::string("authentication as user "),
              *m_folder / "stranger" + " (refused, SHA256:", *m_folder / "missing" + " (no such file)",
              std::string("the server offers publickey"), std::string("--identity")})
            QVERIFY2(error.find(part) != std::string::npos, error.c_str());
    }
    void readableByOthers() {
        ssh::Options o = options();
        keygen("open_to_all", "-t ed25519");
        m_folder->write("open_to_all", m_folder->read("open_to_all"), 0644);
        o.identities = {*m_folder / "open_to_all", *m_folder / "ed25519"};
        QCOMPARE(tryOut(o), std::string("ok"));
        QCOMPARE(m_warnings.size(), std::size_t(1));
        QVERIFY(m_warnings[0].find("open_to_all: others may read this private key") != std::string::npos);
    }

    void agent() {
        const std::string socket = *m_folder / "agent";
        // -D keeps it in the foreground, so that it is ours to end.
        auto process = local::Child::spawn("exec ssh-agent -D -a " + socket, 0, 1, 2);
        QVERIFY(process);
        QTRY_VERIFY(std::filesystem::exists(socket));
        const auto add = [&](const std::string& name) {
            int status = -1;
            test::shell("SSH_AUTH_SOCK=" + socket + " ssh-add -q " + (*m_folder / name) + " </dev/null 2>&1",
                        &status);
            return status == 0;
        };
        QVERIFY(add("stranger") && add("rsa"));
        ssh::Options o = options();
        o.useAgent = true;
        o.identities.clear();
        m_folder->write("config", "IdentityAgent " + socket + "\nIdentityFile none\n");
        QCOMPARE(tryOut(o), std::string("ok")); // the second of the agent's keys

        // Only the named one, though the agent has more; its private file need not be there.
        m_folder->write("named.pub", m_folder->read("stranger.pub"));
        m_folder->write("config", "IdentityAgent " + socket + "\nIdentitiesOnly yes\nIdentityFile " +
                                      (*m_folder / "stranger") + "\n");
        std::string error = tryOut(o);
        QVERIFY2(error.find("stranger through ssh-agent (SHA256:") != std::string::npos, error.c_str());
        QVERIFY2(error.find("rsa") == std::string::npos, error.c_str());

        // A locked key that the agent holds needs no passphrase.
        m_folder->write("ask", "#!/bin/sh\necho 'open sesame'\n", 0700);
        test::shell("SSH_AUTH_SOCK=" + socket + " SSH_ASKPASS_REQUIRE=force SSH_ASKPASS=" + (*m_folder / "ask") +
                    " ssh-add -q " + (*m_folder / "locked") + " </dev/null 2>/dev/null");
        o.identities = {*m_folder / "locked"};
        m_folder->write("config", "IdentityAgent " + socket + "\nIdentitiesOnly yes\n");
        QCOMPARE(tryOut(o), std::string("ok"));

        // Many at once.
        auto connector = ssh::makeConnector(o);
        QVERIFY(connector);
        std::atomic<int> good = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 8; ++i)
                threads.emplace_back([&] { good += (*connector)->connect(target(), {}, {}) ? 1 : 0; });
        }
        QCOMPARE(good.load(), 8);
    }

    void anAgentThatHangsIsPassedBy() {
        const std::string socket = *m_folder / "deaf";
        DeafAgent listener(socket);
        QVERIFY(listener.ok);
        ssh::Options o = options();
        o.useAgent = true;
        m_folder->write("config", "IdentityAgent " + socket + "\n");
        QCOMPARE(tryOut(o), std::string("ok"));
    }

    void hostKeys_data() {
        QTest::addColumn<QString>(
            "known"); // %n: [127.0.0.1]:port, %p: plain 127.0.0.1, %e: the right ed25519 key, %o: another
        QTest::addColumn<int>("policy");
        QTest::addColumn<QString>("config");
        QTest::addColumn<QString>("says"); // a part of the error; "ok"; %f: the fingerprint
        QTest::addColumn<bool>("learned");
        using P = ssh::HostKeyPolicy;
        const int strict = static_cast<int>(P::Strict), fresh = static_cast<int>(P::AcceptNew),
                  ask = static_cast<int>(P::Ask);
        QTest::newRow("known") << "%n %e" << strict << ""
                               << "ok" << false;
        QTest::newRow("known, among others") << "%n %o\n%n %e" << strict << ""
                                             << "ok" << false;
        QTest::newRow("known by its plain name") << "%p %e" << strict << ""
                                                 << "ok" << false;
        QTest::newRow("known by a pattern") << "[127.*]:* %e" << strict << ""
                                            << "ok" << false;
        QTest::newRow("excluded from the pattern") << "[127.*]:*,!%n %e" << strict << ""
                                                   << "is not known: ssh-ed25519 %f" << false;
        QTest::newRow("unknown") << "" << strict << ""
                                 << "is not known: ssh-ed25519 %f" << false;
        QTest::newRow("unknown, accept-new") << "" << fresh << ""
                                             << "ok" << true;
        QTest::newRow("unknown, config says accept-new") << "" << strict << "StrictHostKeyChecking accept-new"
                                                         << "ok" << true;
        QTest::newRow("unknown, config says no") << "" << strict << "StrictHostKeyChecking no"
                                                 << "ok" << true;
        QTest::newRow("unknown, config says yes") << "" << fresh << "StrictHostKeyChecking yes"
                                                  << "is not known" << false;
        QTest::newRow("unknown, asked: yes") << "" << ask << "HashKnownHosts yes"
                                             << "ok" << true;
        QTest::newRow("changed") << "# a line\n%n %o" << strict << ""
                                 << "has changed: the server shows the ssh-ed25519 key %f, but" << false;
        QTest::newRow("changed, accept-new") << "%n %o" << fresh << ""
                                             << "known_hosts:1 has another ssh-ed25519 key SHA256:" << false;
        QTest::newRow("changed, config says no") << "%n %o" << strict << "StrictHostKeyChecking no"
                                                 << "has changed" << false;
        QTest::newRow("changed, asked") << "%n %o" << ask << ""
                                        << "has changed" << false;
        QTest::newRow("revoked") << "@revoked %n %e\n%n %e" << fresh << ""
                                 << "is marked as revoked at " << false;
        QTest::newRow("revoked for all") << "@revoked * %e" << fresh << ""
                                         << "known_hosts:1" << false;
        QTest::newRow("an authority only") << "@cert-authority *,%n %e" << strict << ""
                                           << "host certificates are not supported" << false;
        QTest::newRow("an alias") << "the-alias %e" << strict << "HostKeyAlias The-Alias"
                                  << "ok" << false;
        QTest::newRow("an alias, unknown") << "%n %e" << strict << "HostKeyAlias the-alias"
                                           << "the host key of the-alias is not known" << false;
    }
    void hostKeys() {
        QFETCH(QString, known);
        QFETCH(int, policy);
        QFETCH(QString, config);
        QFETCH(QString, says);
        QFETCH(bool, learned);
        const auto keyOf = [](const std::string& line) {
            return QString::fromStdString(line.substr(line.find(' ') + 1)).trimmed();
        };
        known.replace("%n", QString("[127.0.0.1]:%1").arg(m_sshd->port()));
        known.replace("%p", "127.0.0.1");
        known.replace("%e", keyOf(m_sshd->knownHostsLine("ed25519")));
        known.replace("%o", QString::fromStdString(m_folder->read("stranger.pub")).trimmed());
        says.replace("%f", QString::fromStdString(m_sshd->fingerprint("ed25519")));
        m_folder->write("known_hosts", known.toStdString());
        m_folder->write("config", config.toStdString());
        ssh::Options o = options();
        o.hostKeyPolicy = static_cast<ssh::HostKeyPolicy>(policy);
        std::vector<ssh::HostKeyQuestion> questions;
        o.askHostKey = [&](const ssh::HostKeyQuestion& question) {
            questions.push_back(question);
            return true;
        };
        const QString got = QString::fromStdString(tryOut(o));
        QVERIFY2(got.contains(says), qPrintable(got));
        const QString after = QString::fromStdString(m_folder->read("known_hosts"));
        QCOMPARE(after != known, learned);
        if (learned) {
            // ssh itself finds the new line, plain or hashed.
            int status = -1;
            test::shell("ssh-keygen -F '[127.0.0.1]:" + std::to_string(m_sshd->port()) + "' -f " +
                            (*m_folder / "known_hosts"),
                        &status);
            QCOMPARE(status, 0);
            QCOMPARE(after.contains("|1|"), config.contains("HashKnownHosts"));
            o.hostKeyPolicy = ssh::HostKeyPolicy::Strict;
            m_folder->write("config", "");
            QCOMPARE(tryOut(o), std::string("ok"));
        }
        if (policy == static_cast<int>(ssh::HostKeyPolicy::Ask) && learned) {
            QCOMPARE(questions.size(), std::size_t(1));
            QCOMPARE(questions[0].fingerprint, m_sshd->fingerprint("ed25519"));
            QCOMPARE(questions[0].host, "[127.0.0.1]:" + std::to_string(m_sshd->port()));
        } else {
            QVERIFY(questions.empty());
        }
    }
    void aKnownKindIsAskedFor_data() {
        QTest::addColumn<QString>("kind");
        for (const char* kind : {"ed25519", "ecdsa", "rsa"})
            QTest::newRow(kind) << kind;
    }
    void aKnownKindIsAskedFor() {
        QFETCH(QString, kind);
        m_folder->write("known_hosts", m_sshd->knownHostsLine(kind.toStdString()));
        QCOMPARE(tryOut(options()), std::string("ok"));
    }
    void anotherKindOfKeyIsRefused() {
        m_folder->write("known_hosts", m_sshd->knownHostsLine("rsa"));
        RealSshd other(m_folder->read("ed25519.pub"), "HostKeyAlgorithms ssh-ed25519");
        QVERIFY(other.up());
        std::string line = m_sshd->knownHostsLine("rsa");
        line.replace(line.find(std::to_string(m_sshd->port())), std::to_string(m_sshd->port()).size(),
                     std::to_string(other.port()));
        m_folder->write("known_hosts", line);
        ssh::Options o = options();
        o.hostKeyPolicy = ssh::HostKeyPolicy::AcceptNew;
        auto connector = ssh::makeConnector(o);
        auto session = (*connector)->connect({"n", "127.0.0.1", other.port()}, {}, {});
        QVERIFY(!session);
        QVERIFY2(session.error().text().find("what is known of it is the ssh-rsa key at ") != std::string::npos,
                 session.error().text().c_str());
    }
    void askedAndRefused() {
        m_folder->write("known_hosts", "");
        ssh::Options o = options();
        o.hostKeyPolicy = ssh::HostKeyPolicy::Ask;
        o.askHostKey = [](const ssh::HostKeyQuestion&) { return false; };
        QVERIFY(tryOut(o).find("was not accepted") != std::string::npos);
        QCOMPARE(m_folder->read("known_hosts"), std::string());
    }
    void manyLearnAHostOnce() {
        m_folder->write("known_hosts", "");
        ssh::Options o = options();
        o.hostKeyPolicy = ssh::HostKeyPolicy::Ask;
        std::atomic<int> asked = 0;
        o.askHostKey = [&](const ssh::HostKeyQuestion&) { return ++asked > 0; };
        auto connector = ssh::makeConnector(o);
        std::atomic<int> good = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 6; ++i)
                threads.emplace_back([&] { good += (*connector)->connect(target(), {}, {}) ? 1 : 0; });
        }
        QCOMPARE(good.load(), 6);
        QCOMPARE(asked.load(), 1);
        QCOMPARE(text::lines(m_folder->read("known_hosts")).size(), std::size_t(1));
    }
    void anExplicitPolicyBeatsTheConfig() {
        m_folder->write("known_hosts", "");
        m_folder->write("config", "StrictHostKeyChecking no\n");
        ssh::Options o = options();
        o.hostKeyPolicyIsExplicit = true;
        QVERIFY(tryOut(o).find("is not known") != std::string::npos);
    }
    void aGivenHostBeatsTheNodesOwnBlock() {
        m_folder->write("config", "Host node1\nHostName 127.0.0.2\nPort 1\n");
        auto connector = ssh::makeConnector(options());
        QVERIFY(connector);
        run::Target node = target();
        node.port = 0;
        const auto byName = (*connector)->connect(node, {}, {});
        QVERIFY(!byName);
        QVERIFY(byName.error().text().find("127.0.0.2:1") != std::string::npos);
        node.port = m_sshd->port();
        node.given = true;
        QVERIFY((*connector)->connect(node, {}, {}));
    }
    void filesThatAreMissing() {
        ssh::Options o = options();
        o.knownHosts = *m_folder / "no/such";
        QVERIFY(tryOut(o).find("no/such: no such file") != std::string::npos);
        o.hostKeyPolicy = ssh::HostKeyPolicy::AcceptNew; // makes it, folder and all
        QCOMPARE(tryOut(o), std::string("ok"));
        QCOMPARE(std::filesystem::status(o.knownHosts).permissions(), std::filesystem::perms(0600));
        QCOMPARE(std::filesystem::status(o.knownHosts.parent_path()).permissions(), std::filesystem::perms(0700));
        o = options();
        o.configFile = *m_folder / "absent";
        QVERIFY(tryOut(o).find("absent: can't be read") != std::string::npos);
    }

    void nothingIsLeftOpen() {
        {
            auto warm = connect(options());
            QVERIFY(warm);
        }
        const std::size_t before = test::openFds();
        for (int i = 0; i < 5; ++i) {
            QVERIFY(connect(options()));
            ssh::Options wrong = options();
            wrong.identities = {*m_folder / "stranger"};
            QVERIFY(!connect(wrong));
        }
        QCOMPARE(test::openFds(), before);
    }

private:
    /// A socket that takes connections and never says a word.
    struct DeafAgent {
        explicit DeafAgent(const std::string& path);
        local::Fd fd;
        bool ok = false;
    };
};

Connector::DeafAgent::DeafAgent(const std::string& path) : fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ok = bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && listen(fd.get(), 8) == 0;
}

} // namespace

QTEST_GUILESS_MAIN(Connector)
#include "tst_connector.moc"
