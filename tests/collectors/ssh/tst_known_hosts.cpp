// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The index of known_hosts: `ssh-keygen -F` is the yardstick.
#include "collectors/ssh/known_hosts.h"
#include "core/base/text.h"
#include "tests/collectors/ssh/real_sshd.h"

#include <QTest>

#include <algorithm>
#include <chrono>

using namespace netopsy;

namespace {

class KnownHosts : public QObject {
    Q_OBJECT

    test::Folder m_folder;
    std::vector<std::string> m_keys; ///< "type base64"

    std::vector<std::string> lines(const ssh::KnownHosts& known, const std::string& name) {
        std::vector<std::string> out;
        for (const auto& key : known.find({m_folder / "kh"}, name))
            out.push_back(key.where.substr(key.where.rfind(':') + 1));
        return out;
    }
    std::vector<std::string> oracle(const std::string& name) {
        const std::string found =
            test::shell("ssh-keygen -F '" + name + "' -f " + (m_folder / "kh") +
                        " 2>/dev/null | grep 'found: line' | sed 's/.*line \\([0-9]*\\).*/\\1/'");
        const auto numbers = text::lines(found);
        return {numbers.begin(), numbers.end()};
    }

private slots:
    void initTestCase() {
        if (access("/usr/bin/ssh-keygen", X_OK) != 0)
            QSKIP("SKIPPED: no ssh-keygen (apt install openssh-client)");
        for (const char* kind : {"ed25519", "ecdsa", "rsa", "ed25519"}) {
            const std::string file = m_folder / ("k" + std::to_string(m_keys.size()));
            test::shell(std::string("ssh-keygen -q -N '' -t ") + kind + " -f " + file);
            m_keys.push_back(test::shell("cut -d' ' -f1,2 " + file + ".pub"));
        }
    }

    void agreesWithSshKeygen_data() {
        QTest::addColumn<bool>("hashed");
        QTest::newRow("plain") << false;
        QTest::newRow("hashed") << true;
    }
    void agreesWithSshKeygen() {
        QFETCH(bool, hashed);
        const std::vector<std::string> names{"alpha",         "Beta.example.org,10.0.0.2",       "[gamma]:2222",
                                             "fd00::1,delta", "[10.0.0.3]:2222,[10.0.0.4]:2222", "alpha"};
        std::string text = "# a comment\n\n";
        for (std::size_t i = 0; i < names.size(); ++i)
            text += names[i] + " " + m_keys[i % m_keys.size()] + " some comment here\n";
        if (!hashed) // patterns can't be hashed
            text += "*.cluster.local,!bad.cluster.local " + m_keys[0] + "\n10.1.?.* " + m_keys[1] + "\n";
        m_folder.write("kh", text);
        if (hashed)
            test::shell("ssh-keygen -q -H -f " + (m_folder / "kh") + " 2>/dev/null; rm -f " +
                        (m_folder / "kh.old"));
        ssh::KnownHosts known(nullptr);
        QVERIFY(known.load(m_folder / "kh"));
        for (const char* name : {"alpha", "beta.example.org", "10.0.0.2", "gamma", "[gamma]:2222", "fd00::1",
                                 "delta", "[10.0.0.3]:2222", "10.0.0.3", "[10.0.0.4]:2222", "x.cluster.local",
                                 "bad.cluster.local", "10.1.2.3", "10.1.22.3", "nobody"}) {
            const auto ours = lines(known, name), theirs = oracle(name);
            QVERIFY2(ours == theirs, (std::string(name) + ": ours " + text::join(ours, ",") + ", ssh-keygen's " +
                                      text::join(theirs, ","))
                                         .c_str());
        }
    }

    void names() {
        QCOMPARE(ssh::knownHostsName("Host.Example", 22), std::string("host.example"));
        QCOMPARE(ssh::knownHostsName("10.0.0.1", 2222), std::string("[10.0.0.1]:2222"));
        QCOMPARE(ssh::knownHostsName("fd00::1", 22), std::string("fd00::1"));
        QCOMPARE(ssh::knownHostsName("FD00::1", 2222), std::string("[fd00::1]:2222"));
    }
    void markers() {
        m_folder.write("kh", "@revoked * " + m_keys[0] + "\n@cert-authority *.x " + m_keys[1] + "\na " +
                                 m_keys[2] + "\n");
        ssh::KnownHosts known(nullptr);
        QVERIFY(known.load(m_folder / "kh"));
        const auto keys = known.find({m_folder / "kh"}, "a");
        QCOMPARE(keys.size(), std::size_t(2));
        QVERIFY(std::any_of(keys.begin(), keys.end(),
                            [](const auto& k) { return k.marker == ssh::KnownKey::Marker::Revoked; }));
        QVERIFY(known.find({m_folder / "kh"}, "b.x").at(1).marker == ssh::KnownKey::Marker::Authority ||
                known.find({m_folder / "kh"}, "b.x").at(0).marker == ssh::KnownKey::Marker::Authority);
    }
    void linesThatAreNone() {
        std::vector<std::string> warnings;
        std::string text = "good " + m_keys[0] + "\nhost\nhost ssh-ed25519\nhost ssh-ed25519 AAAA\nhost ssh-rsa " +
                           std::string(text::words(m_keys[0])[1]) + "\n|1|x|y " + m_keys[0] + "\n@who host " +
                           m_keys[0] + "\nalso-good " + m_keys[1];
        m_folder.write("kh", text);
        ssh::KnownHosts known([&](const std::string& w) { warnings.push_back(w); });
        QVERIFY(known.load(m_folder / "kh"));
        QCOMPARE(warnings.size(), std::size_t(5)); // and the last says that there are more
        QVERIFY(warnings[0].find("kh:2: not a known_hosts line") != std::string::npos);
        QVERIFY(warnings[4].find("later ones") != std::string::npos);
        QCOMPARE(known.find({m_folder / "kh"}, "good").size(), std::size_t(1));
        QCOMPARE(known.find({m_folder / "kh"}, "also-good").size(), std::size_t(1));
        QVERIFY(known.find({m_folder / "kh"}, "host").empty());
    }
    void severalFiles() {
        m_folder.write("kh", "a " + m_keys[0] + "\n");
        m_folder.write("other", "a " + m_keys[1] + "\n");
        ssh::KnownHosts known(nullptr);
        for (const char* file : {"kh", "other", "absent"})
            QVERIFY(known.load(m_folder / file));
        QCOMPARE(known.find({m_folder / "kh", m_folder / "other", m_folder / "absent"}, "a").size(),
                 std::size_t(2));
        QCOMPARE(known.find({m_folder / "other"}, "a").at(0).where, (m_folder / "other") + ":1");
        std::filesystem::create_directory(m_folder / "folder");
        QVERIFY(!known.load(m_folder / "folder"));
    }
    void adding_data() {
        QTest::addColumn<bool>("hashed");
        QTest::addColumn<QString>("before");
        QTest::newRow("plain") << false << "";
        QTest::newRow("hashed") << true << "";
        QTest::newRow("after a line without end") << false << "# no newline";
    }
    void adding() {
        QFETCH(bool, hashed);
        QFETCH(QString, before);
        m_folder.write("kh", before.toStdString());
        ssh::KnownHosts known(nullptr);
        QVERIFY(known.load(m_folder / "kh"));
        const auto words = text::words(m_keys[0]);
        QVERIFY(known.add(m_folder / "kh", "[new]:2222", std::string(words[0]), std::string(words[1]), hashed));
        QCOMPARE(known.find({m_folder / "kh"}, "[new]:2222").size(), std::size_t(1)); // at once
        ssh::KnownHosts again(nullptr);
        QVERIFY(again.load(m_folder / "kh"));
        QCOMPARE(again.find({m_folder / "kh"}, "[new]:2222").size(), std::size_t(1));
        QCOMPARE(oracle("[new]:2222").size(), std::size_t(1));
        QCOMPARE(m_folder.read("kh").find("|1|") != std::string::npos, hashed);
        const auto denied = known.add("/proc/version", "x", std::string(words[0]), std::string(words[1]), false);
        QVERIFY(!denied);
        QVERIFY(denied.error().text().find("/proc/version") != std::string::npos);
    }
    void tenThousandHashedLines() {
        std::string text;
        for (int i = 0; i < 10000; ++i)
            text += "host" + std::to_string(i) + " " + m_keys[0] + "\n";
        m_folder.write("kh", text);
        test::shell("ssh-keygen -q -H -f " + (m_folder / "kh") + " 2>/dev/null; rm -f " + (m_folder / "kh.old"));
        ssh::KnownHosts known(nullptr);
        const auto begin = std::chrono::steady_clock::now();
        QVERIFY(known.load(m_folder / "kh"));
        const auto read = std::chrono::steady_clock::now();
        for (int i = 0; i < 10; ++i)
            QCOMPARE(known.find({m_folder / "kh"}, "host" + std::to_string(i * 1000)).size(), std::size_t(1));
        const auto found = std::chrono::steady_clock::now();
        using Ms = std::chrono::duration<double, std::milli>;
        qInfo("10,000 hashed lines: read in %.1f ms, one look-up %.2f ms", Ms(read - begin).count(),
              Ms(found - read).count() / 10);
    }
    void fingerprints() {
        for (std::size_t i = 0; i < 3; ++i) {
            const std::string theirs = test::shell(
                "ssh-keygen -l -f " + (m_folder / ("k" + std::to_string(i) + ".pub")) + " | cut -d' ' -f2");
            QCOMPARE(ssh::fingerprint(*ssh::fromBase64(text::words(m_keys[i])[1])), theirs);
        }
    }
};

} // namespace

QTEST_GUILESS_MAIN(KnownHosts)
#include "tst_known_hosts.moc"
