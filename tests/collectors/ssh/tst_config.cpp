// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// ssh_config: `ssh -G` is the yardstick wherever it can tell; what it can't has expectations of its own.
#include "collectors/ssh/config.h"
#include "core/base/text.h"
#include "tests/collectors/ssh/real_sshd.h"

#include <QTest>

#include <sys/socket.h>

using namespace netopsy;

namespace {

class Config : public QObject {
    Q_OBJECT

    test::Folder m_folder;
    std::vector<std::string> m_warnings;

    Result<ssh::Config> read(const std::string& text) {
        m_folder.write("config", text);
        m_warnings.clear();
        return ssh::Config::read(m_folder / "config", ssh::Account::current(),
                                 [this](const std::string& w) { m_warnings.push_back(w); });
    }
    /// As `ssh -G` prints it, in part; lists by lines.
    static std::map<std::string, std::string> spoken(const ssh::HostConfig& c) {
        std::map<std::string, std::string> out{
            {"hostname", c.hostName}, {"port", std::to_string(c.port)}, {"user", c.user}};
        out["userknownhostsfile"] = text::join(c.userKnownHosts, " ");
        out["globalknownhostsfile"] = text::join(c.globalKnownHosts, " ");
        out["identitiesonly"] = c.identitiesOnly ? "yes" : "no";
        out["hashknownhosts"] = c.hashKnownHosts ? "yes" : "no";
        out["addressfamily"] = c.addressFamily == AF_INET ? "inet" : c.addressFamily == AF_INET6 ? "inet6" : "any";
        out["connecttimeout"] = c.connectTimeout ? std::to_string(c.connectTimeout->count() / 1000) : "none";
        out["hostkeyalias"] = c.hostKeyAlias;
        out["proxyjump"] = c.proxyJump;
        out["proxycommand"] = c.proxyCommand;
        out["identityfile"] = text::join(c.identityFiles, "\n");
        return out;
    }
    static std::map<std::string, std::string> oracle(const std::string& file, const std::string& host,
                                                     std::string& problem) {
        std::map<std::string, std::string> out{
            {"hostkeyalias", ""}, {"proxyjump", ""}, {"proxycommand", ""}, {"identityfile", ""}};
        int status = -1;
        const std::string said = test::shell("ssh -G -F '" + file + "' '" + host + "' 2>&1 </dev/null", &status);
        if (status != 0)
            problem = said;
        for (const std::string_view line : text::lines(said)) {
            const auto blank = line.find(' ');
            if (blank == std::string_view::npos)
                continue;
            const std::string key(line.substr(0, blank)), value(line.substr(blank + 1));
            if (key == "identityfile") // printed as written
                out[key] += (out[key].empty() ? "" : "\n") + value;
            else
                out[key] = value;
        }
        return out;
    }

private slots:
    void agreesWithSsh_data() {
        QTest::addColumn<QString>("config");
        QTest::addColumn<QString>("host");
        const auto row = [](const char* name, const char* config, const char* host = "a") {
            QTest::newRow(name) << config << host;
        };
        row("empty", "");
        row("comments and blanks", "\n  # nothing\n\t\n#\nUser x\n");
        row("first value wins", "User one\nUser two\nPort 1\nPort 2\n");
        row("host block", "Host a\n User x\nHost *\n User y\n");
        row("host block, other", "Host a\n User x\nHost *\n User y\n", "b");
        row("several patterns", "Host x y a*\n User u\n", "abc");
        row("question mark", "Host a?c\n User u\n", "abc");
        row("question mark needs one", "Host a?\n User u\n", "a");
        row("many stars", "Host *a*b*a*\n User u\n", "xaybza");
        row("negation", "Host * !a\n User u\n");
        row("negation first", "Host !a *\n User u\nHost *\n User v\n");
        row("negation of another", "Host * !a\n User u\n", "b");
        row("negation alone", "Host !a\n User u\n", "b");
        row("case of a pattern matters", "Host A\n User u\n");
        row("keyword case", "uSeR u\nPORT 33\n");
        row("equals", "User=u\nPort = 33\nHostName= h\n");
        row("quoted value", "User \"a b\"\n");
        row("single quotes", "User 'a b'\n");
        row("quoted keyword", "\"User\" u\n");
        row("escapes", "UserKnownHostsFile /a\\ b \"/c\\\"d\" '/e\\'f' /g\\\\h\n");
        row("trailing comment", "User u # who\nPort 33 #x\n");
        row("a hash within a word", "UserKnownHostsFile /a#b\n");
        row("trailing blanks and carriage return", "User u  \t\r\nPort 33\r\n");
        row("no newline at the end", "User u\nPort 33");
        row("hostname token", "HostName %h.example.org\n");
        row("hostname percent", "HostName a%%b\n");
        row("known hosts files", "UserKnownHostsFile /a /b\nUserKnownHostsFile /c\nGlobalKnownHostsFile /d\n");
        row("known hosts tokens",
            "User u\nPort 7\nHostName h%h\nUserKnownHostsFile ~/x /%h/%p/%r/%n/%u/%i/%d/%% /%k /%l/%L\n");
        row("known hosts environment", "UserKnownHostsFile ${HOME}/x\n");
        row("identities", "IdentityFile /k1\nHost a\nIdentityFile \"/k 2\"\nHost b\nIdentityFile /k3\n");
        row("identities only", "IdentitiesOnly yes\nIdentityFile /k\n");
        row("time", "ConnectTimeout 1m30s\nIdentityFile /k\n");
        row("time in seconds", "ConnectTimeout 7\nIdentityFile /k\n");
        row("time none", "ConnectTimeout none\nIdentityFile /k\n");
        row("family", "AddressFamily inet6\nIdentityFile /k\n");
        row("alias", "HostKeyAlias Al-Ias\nHashKnownHosts yes\nIdentityFile /k\n");
        row("jump", "ProxyJump u@j1:2222,j2\nIdentityFile /k\n");
        row("jump none", "ProxyJump none\nProxyCommand nc %h %p\nIdentityFile /k\n");
        row("jump none stays", "ProxyJump none\nProxyJump j\nIdentityFile /k\n");
        row("command none bars a jump", "ProxyCommand none\nProxyJump j\nIdentityFile /k\n");
        row("jump goes before command", "ProxyJump j\nProxyCommand nc\nIdentityFile /k\n");
        row("command", "ProxyCommand nc -x \"a b\" 'c' # kept %h %p\nIdentityFile /k\n");
        row("command with equals", "ProxyCommand=nc --x=y\nIdentityFile /k\n");
        row("command goes before jump", "ProxyCommand nc\nProxyJump j\nIdentityFile /k\n");
        row("match all", "Match all\n User u\n");
        row("match host", "Match host a,b\n User u\n");
        row("match host pattern", "Match host *.example.org\n User u\n", "x.example.org");
        row("match host negated", "Match host *,!a\n User u\nMatch all\n User v\n");
        row("match not host", "Match !host a\n User u\n", "b");
        row("match host after hostname", "Host a\n HostName real\nMatch host real\n User u\n");
        row("match originalhost", "Host a\n HostName real\nMatch originalhost a\n User u\n");
        row("match user", "User z\nMatch user z\n Port 9\n");
        row("match default user", "Match user root\n Port 9\nMatch user nobody\n Port 8\n");
        row("match localuser", "Match localuser root\n Port 9\n");
        row("match two", "Match host a user root\n Port 9\nMatch host a user nobody\n Port 8\n");
        row("match final is a second pass", "Match all\n Port 7\nMatch final\n User u\n", "b");
        row("unknown keywords", "IgnoreUnknown Frob*\nFrobnicate yes\nUser u\n");
        row("keywords that don't concern us",
            "ForwardAgent yes\nCiphers aes256-ctr\nServerAliveInterval 5\nUser u\n");
    }
    void agreesWithSsh() {
        QFETCH(QString, config);
        QFETCH(QString, host);
        if (access("/usr/bin/ssh", X_OK) != 0)
            QSKIP("SKIPPED: no ssh to compare with (apt install openssh-client)");
        std::string text = config.toStdString();
        // ssh always has identities to print; without any configured they are its defaults.
        const bool defaults = text.find("IdentityFile") == std::string::npos;
        auto ours = read(text);
        QVERIFY2(ours, ours ? "" : ours.error().text().c_str());
        auto one = ours->forHost(host.toStdString());
        QVERIFY2(one, one ? "" : one.error().text().c_str());
        std::string problem;
        auto theirs = oracle(m_folder / "config", host.toStdString(), problem);
        QVERIFY2(problem.empty(), problem.c_str());
        if (defaults)
            theirs["identityfile"].clear();
        if (theirs["proxyjump"] == "none")
            theirs["proxyjump"].clear();
        if (theirs["proxycommand"] == "none")
            theirs["proxycommand"].clear();
        // ssh prints the command unexpanded.
        auto mine = spoken(*one);
        for (const char* token : {"%h", "%p"})
            if (const auto at = theirs["proxycommand"].find(token); at != std::string::npos)
                theirs["proxycommand"].replace(at, 2, token[1] == 'h' ? one->hostName : std::to_string(one->port));
        for (const auto& [key, value] : mine)
            QVERIFY2(theirs[key] == value,
                     (key + ": ours \"" + value + "\", ssh's \"" + theirs[key] + "\"").c_str());
    }

    void includes() {
        m_folder.write("one.conf", "User from-one\nPort 11\n");
        m_folder.write("two.conf", "Host a\n User from-two\nHost b\n Port 22\n");
        m_folder.write("deep.conf", "Include " + (m_folder / "one.conf") + "\n");
        const std::vector<std::pair<std::string, std::string>> cases{
            {"Include " + (m_folder / "*.conf") + "\nUser z\n", "a"},
            {"Include " + (m_folder / "two.conf") + " " + (m_folder / "one.conf") + "\n", "b"},
            {"Host b\n Include " + (m_folder / "one.conf") + "\n User after\nHost *\n User z\n", "a"},
            {"Host a\n Include " + (m_folder / "two.conf") + "\n Port 33\n",
             "a"}, // Host inside ends with the file
            {"Host b\n Include " + (m_folder / "two.conf") + "\nHost *\n User z\n", "a"},
            {"Include " + (m_folder / "none*") + "\nUser z\n", "a"},
            {"Include " + (m_folder / "deep.conf") + "\n", "a"}};
        for (const auto& [text, host] : cases) {
            auto ours = read(text);
            QVERIFY(ours);
            std::string problem;
            auto theirs = oracle(m_folder / "config", host, problem);
            QVERIFY2(problem.empty(), problem.c_str());
            const auto one = ours->forHost(host);
            QVERIFY(one);
            QVERIFY2(one->user == theirs["user"] && std::to_string(one->port) == theirs["port"],
                     (text + "-> " + one->user + " " + std::to_string(one->port) + ", ssh: " + theirs["user"] +
                      " " + theirs["port"])
                         .c_str());
        }
    }
    void includeCircle() {
        m_folder.write("loop.conf", "Include " + (m_folder / "loop.conf") + "\n");
        const auto config = read("Include " + (m_folder / "loop.conf") + "\n");
        QVERIFY(!config);
        QVERIFY(config.error().text().find("too many Include levels") != std::string::npos);
    }
    void errorInAnIncludedFileNamesIt() {
        m_folder.write("bad.conf", "\nPort x\n");
        const auto config = read("Include " + (m_folder / "bad.conf") + "\n");
        QVERIFY(!config);
        QCOMPARE(config.error().where, (m_folder / "bad.conf") + ":2");
    }

    void malformed_data() {
        QTest::addColumn<QString>("config");
        QTest::addColumn<QString>("says");
        QTest::newRow("no value") << "User z\nPort\n"
                                  << "config:2: \"Port\" has no value";
        QTest::newRow("port") << "Port 70000\n"
                              << "config:1: \"70000\" is no port number";
        QTest::newRow("port 0") << "Port 0\n"
                                << "no port number";
        QTest::newRow("quote") << "User \"a\n"
                               << "config:1: a quote is not closed";
        QTest::newRow("yes or no") << "IdentitiesOnly maybe\n"
                                   << "config:1: \"maybe\" is neither yes nor no";
        QTest::newRow("policy") << "Host q\nStrictHostKeyChecking perhaps\n"
                                << "config:2: \"perhaps\" is none of yes, ask, accept-new, no";
        QTest::newRow("time") << "ConnectTimeout 1y\n"
                              << "config:1: \"1y\" is no time";
        QTest::newRow("family") << "AddressFamily ipx\n"
                                << "is none of any, inet, inet6";
        QTest::newRow("jump") << "ProxyJump a b@:22\n"
                              << "";
        QTest::newRow("jump port") << "ProxyJump a:x\n"
                                   << "config:1: \"x\" is no port number";
        QTest::newRow("jump dash") << "ProxyJump -oX\n"
                                   << "is no [user@]host[:port]";
    }
    void malformed() {
        QFETCH(QString, config);
        QFETCH(QString, says);
        const auto got = read(config.toStdString());
        if (says.isEmpty())
            return;
        QVERIFY(!got);
        QVERIFY2(QString::fromStdString(got.error().text()).contains(says), got.error().text().c_str());
    }
    void unknownTokensAreErrorsForTheirHost() {
        const auto config =
            read("Host a\nIdentityFile /x/%q\nHost b\nHostName %n\nHost c\nIdentityFile ${NO_SUCH_VARIABLE}/x\n");
        QVERIFY(config);
        QVERIFY(config->forHost("z"));
        QVERIFY(config->forHost("a").error().text().find("config:2: the token %q is not known") !=
                std::string::npos);
        QVERIFY(!config->forHost("b"));
        QVERIFY(config->forHost("c").error().text().find("NO_SUCH_VARIABLE") != std::string::npos);
    }
    void matchExecIsNotRun() {
        const std::string file = m_folder / "ran";
        const auto config = read("Match exec \"touch " + file +
                                 "\"\n User u\nMatch !exec true host a\n User v\nMatch all\n User w\n");
        QVERIFY(config);
        QCOMPARE(config->forHost("a")->user, std::string("w"));
        QVERIFY(!std::filesystem::exists(file));
        QCOMPARE(m_warnings.size(), std::size_t(2));
        QVERIFY(m_warnings[0].find("config:1: Match exec is not run") != std::string::npos);
    }
    void checkingNoIsAcceptNew() {
        const auto config = read("StrictHostKeyChecking no\n");
        QVERIFY(config);
        QVERIFY(config->forHost("a")->strict == ssh::StrictHostKeys::AcceptNew);
        QVERIFY(m_warnings.at(0).find("config:1: StrictHostKeyChecking no is taken as accept-new") !=
                std::string::npos);
    }
    void commandLineBeatsTheFile() {
        const auto config = read("User u\nPort 2\nMatch user me\n HostName mine\n");
        const auto one = config->forHost("a", "me", 99);
        QCOMPARE(one->user, std::string("me"));
        QCOMPARE(one->port, 99);
        QCOMPARE(one->hostName, std::string("mine"));
    }
    void namesAndAddresses() {
        const auto config = read("Host node* !nodeX\n User n\nHost ?? *\n Port 5\nHost 10.*\n User ten\n");
        QVERIFY(config->names("node1"));
        QVERIFY(!config->names("nodeX"));
        QVERIFY(!config->names("other")); // "*" names nobody
        QVERIFY(config->names("xy"));
        const auto one = config->forHost("node1", {}, 0, "10.0.0.1");
        QCOMPARE(one->hostName, std::string("10.0.0.1"));
        QCOMPARE(one->user, std::string("n"));
    }
    void othersMayWriteIt() {
        const ssh::Account account{m_folder.path(), "u", "h", 1};
        std::filesystem::create_directory(m_folder / ".ssh");
        m_folder.write(".ssh/config", "User x\n", 0666);
        const auto config = ssh::Config::read({}, account, [](const std::string&) {});
        QVERIFY(!config);
        QVERIFY(config.error().text().find("others may write this file") != std::string::npos);
        m_folder.write(".ssh/config", "User x\n", 0600);
        QVERIFY(ssh::Config::read({}, account, [](const std::string&) {}));
    }
    void jumps() {
        const auto parse = [](const char* s) {
            return ssh::parseJumps(s, "x").value_or(std::vector<ssh::JumpHost>{});
        };
        QVERIFY((parse("a") == std::vector<ssh::JumpHost>{{"", "a", 0}}));
        QVERIFY((parse("u@a:1, v@[fd00::1]:2,fd00::2") ==
                 std::vector<ssh::JumpHost>{{"u", "a", 1}, {"v", "fd00::1", 2}, {"", "fd00::2", 0}}));
        QVERIFY((parse("ssh://u@a:22") == std::vector<ssh::JumpHost>{{"u", "a", 22}}));
        QVERIFY(!ssh::parseJumps("a,,b", "x"));
        QVERIFY(!ssh::parseJumps("a/b", "x"));
    }
    void hostileInput() {
        QVERIFY(!read(std::string(2u << 20, 'x')));
        QVERIFY(!read(std::string("User a\0b\n", 9)));
        // A pattern that would take ages if stars were tried recursively.
        std::string stars;
        for (int i = 0; i < 200; ++i)
            stars += "a*";
        const auto config = read("Host " + stars + "b\n User u\n");
        QVERIFY(config->forHost(std::string(250, 'a')));
    }
};

} // namespace

QTEST_GUILESS_MAIN(Config)
#include "tst_config.moc"
