// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The real script under each shell a node may have, against what other programs read at the same time.
#include "collectors/node/collector.h"
#include "collectors/node/script.h"
#include "core/parse/absorb.h"
#include "core/parse/frames.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

using namespace netopsy;

namespace {

const std::string nonce = "00112233445566778899aabbccddeeff";

std::string scriptText(bool sudo = false) {
    return node::script({.nonce = nonce, .intervalS = 0.2, .samples = 3, .sudo = sudo});
}

QByteArray read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray output(const QString& program, const QStringList& arguments) {
    QProcess process;
    process.start(program, arguments);
    return process.waitForFinished(20'000) && process.exitCode() == 0 ? process.readAllStandardOutput()
                                                                      : QByteArray();
}

struct Ran {
    int status = -1;
    QByteArray out, err;
    QStringList written; ///< files below its home and its working folder afterwards
    std::vector<model::RawSection> sections;
    model::Node node;
    bool ended = false;
    std::size_t noise = 0;
};

Ran run(const QStringList& shell, const std::string& text) {
    Ran ran;
    QTemporaryDir home;
    QProcess process;
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"})
        environment.insert(name, home.path());
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(home.path());
    process.start(shell[0], shell.mid(1) + QStringList{"-s"});
    process.write(QByteArray::fromStdString(text));
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000))
        return ran;
    ran.status = process.exitCode();
    ran.out = process.readAllStandardOutput();
    ran.err = process.readAllStandardError();
    ran.written = QDir(home.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    parse::FrameDecoder decoder("here", nonce);
    ran.sections = decoder.feed({ran.out.constData(), std::size_t(ran.out.size())}, 1);
    ran.ended = decoder.ended();
    ran.noise = decoder.noiseBytes();
    ran.node.name = "here";
    for (const auto& section : ran.sections)
        parse::absorb(ran.node, section);
    return ran;
}

} // namespace

class TestScript : public QObject {
    Q_OBJECT
private slots:
    void everyShell_data() {
        QTest::addColumn<QStringList>("shell");
        QTest::newRow("dash") << QStringList{"dash"};
        QTest::newRow("bash") << QStringList{"bash"};
        QTest::newRow("bash as sh") << QStringList{"bash", "--posix"};
        QTest::newRow("busybox") << QStringList{"busybox", "sh"};
    }
    void everyShell() {
        QFETCH(QStringList, shell);
        if (QStandardPaths::findExecutable(shell[0]).isEmpty())
            QSKIP("this shell is not installed: the script is NOT tried under it");
        QElapsedTimer clock;
        clock.start();
        const Ran ran = run(shell, scriptText());
        const qint64 took = clock.elapsed();
        QCOMPARE(ran.status, 0);
        QVERIFY2(ran.err.isEmpty(), ran.err.constData());
        QVERIFY2(ran.written.isEmpty(), qPrintable(ran.written.join(' ')));
        QVERIFY(ran.ended);
        QVERIFY2(took >= 400, "three ticks of 0.2 s can't be over sooner");

        // The frames are all of the output: put together again they are the same bytes.
        QByteArray again;
        for (const auto& s : ran.sections) {
            const QByteArray id = QByteArray::fromStdString(s.collector) + ' ' + QByteArray::number(s.seq);
            again += "\n@@" + QByteArray::fromStdString(nonce) + " begin " + id + '\n';
            again += QByteArray::fromStdString(s.body);
            again += "\n@@" + QByteArray::fromStdString(nonce) + " end " + id + ' ' +
                     QByteArray::number(s.exitCode) + '\n';
        }
        again += "\n@@" + QByteArray::fromStdString(nonce) + " bye\n";
        QCOMPARE(ran.out, again);
        QCOMPARE(ran.noise, std::size_t(0));
        QStringList expected, got;
        for (const auto& collector : node::onceCollectors())
            expected << QString::fromLatin1(collector.id) + " 0";
        expected << "sample 0"
                 << "sample 1"
                 << "sample 2"
                 << "cost 0";
        for (const auto& s : ran.sections)
            got << QString::fromStdString(s.collector) + ' ' + QString::number(s.seq);
        QCOMPARE(got, expected);
        figuresAreThisMachines(ran.node);
    }

    /// Against programs and files that the script does not go through.
    void figuresAreThisMachines(const model::Node& node) {
        const model::NodeFacts& facts = node.facts;
        QCOMPARE(QByteArray::fromStdString(*facts.kernel), output("uname", {"-r"}).trimmed());
        QCOMPARE(QByteArray::fromStdString(*facts.hostname), output("uname", {"-n"}).trimmed());
        QCOMPARE(QByteArray::fromStdString(*facts.arch), output("uname", {"-m"}).trimmed());
        QCOMPARE(*facts.cpus, QThread::idealThreadCount());
        QCOMPARE(*facts.root, output("id", {"-u"}).trimmed() == "0");
        QCOMPARE(*facts.ticksPerSecond, output("getconf", {"CLK_TCK"}).trimmed().toInt());
        for (const char* key :
             {"net.core.somaxconn", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_rmem", "net.ipv4.tcp_tw_reuse",
              "fs.inotify.max_user_watches", "kernel.pid_max", "net.core.netdev_max_backlog"}) {
            const QByteArray value = read("/proc/sys/" + QString(key).replace('.', '/')).simplified();
            QVERIFY2(!value.isEmpty(), key);
            QCOMPARE(QByteArray::fromStdString(facts.sysctl.at(key)), value);
            const QString sysctl = QStandardPaths::findExecutable("sysctl", {"/sbin", "/usr/sbin", "/usr/bin"});
            if (!sysctl.isEmpty())
                QCOMPARE(value, output(sysctl, {"-n", key}).simplified());
        }
        QCOMPARE(node.samples.size(), std::size_t(3));
        double last = 0;
        for (const auto& sample : node.samples) {
            QVERIFY(*sample.uptimeS > last);
            last = *sample.uptimeS;
            QCOMPARE(sample.perCpu.size(), std::size_t(QThread::idealThreadCount()));
            QVERIFY(sample.links.contains("lo"));
        }
        const double now = read("/proc/uptime").split(' ')[0].toDouble();
        QVERIFY(last <= now && now - last < 60);
        const QByteArray links = output("ip", {"-j", "-d", "link"});
        if (links.isEmpty())
            return; // no iproute2 here
        int compared = 0;
        for (const QJsonValue& value : QJsonDocument::fromJson(links).array()) {
            const QJsonObject object = value.toObject();
            const auto ours = std::find_if(facts.links.begin(), facts.links.end(), [&](const model::Link& l) {
                return l.index == object["ifindex"].toInt() && l.name == object["ifname"].toString().toStdString();
            });
            if (ours == facts.links.end())
                continue; // other tests make and remove links at the same time
            ++compared;
            QCOMPARE(ours->mtu, object["mtu"].toInt());
            QCOMPARE(ours->rxQueues > 0, true);
            const QString kind = object["linkinfo"].toObject()["info_kind"].toString();
            // Where the shell's own "ip" knows no JSON, the kernel's DEVTYPE tells the kind; some (ifb) have none.
            const bool untold =
                ours->kind == "virtual" &&
                !read("/sys/class/net/" + object["ifname"].toString() + "/uevent").contains("DEVTYPE");
            if (!kind.isEmpty() && !untold)
                QCOMPARE(QString::fromStdString(ours->kind), kind);
        }
        QVERIFY(compared > 0);
        QVERIFY(*node.cost.scriptCpuMs >= 0 && *node.cost.scriptCpuMs < 5000);
    }

    void withoutFractionsOfASecond() {
        // A sleep that knows whole seconds only, as POSIX has it.
        QTemporaryDir bin;
        QFile sleep(bin.filePath("sleep"));
        QVERIFY(sleep.open(QIODevice::WriteOnly));
        sleep.write("#!/bin/sh\ncase $1 in *.*) exit 1;; esac\nexec /bin/sleep \"$1\"\n");
        sleep.close();
        QVERIFY(sleep.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        const Ran ran = run({"env", "PATH=" + bin.path() + ":/usr/bin:/bin", "sh"}, scriptText());
        QCOMPARE(ran.status, 0);
        QVERIFY(ran.ended);
        QCOMPARE(ran.node.samples.size(), std::size_t(3));
    }

    void withoutIproute2() {
        QTemporaryDir bin;
        for (const char* name :
             {"id", "uname", "getconf", "grep", "readlink", "cat", "ls", "sleep", "env", "sh"}) {
            const QString program = QStandardPaths::findExecutable(name);
            QVERIFY2(!program.isEmpty(), name);
            QVERIFY(QFile::link(program, bin.filePath(name)));
        }
        QString text = QString::fromStdString(scriptText());
        text.replace("PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin", "PATH=$PATH");
        const Ran ran = run({bin.filePath("env"), "PATH=" + bin.path(), "sh"}, text.toStdString());
        QCOMPARE(ran.status, 0);
        QVERIFY(ran.ended);
        QVERIFY(!ran.node.facts.links.empty()); // from sysfs
        QVERIFY(ran.node.facts.routes.empty());
        const auto& notes = ran.node.notes;
        QVERIFY(std::any_of(notes.begin(), notes.end(),
                            [](const std::string& note) { return note.find("iproute2") != std::string::npos; }));
    }

    void promisesToRead() {
        const QString text = QString::fromStdString(scriptText(true));
        // Redirections: to /dev/null or from a file, nothing else.
        QString bare = text;
        bare.remove(QRegularExpression("^ *#.*$", QRegularExpression::MultilineOption));
        bare.remove(QRegularExpression("2?>/dev/null"));
        bare.remove(QRegularExpression("<[A-Za-z/$]"));
        QVERIFY2(!bare.contains('>'), qPrintable(bare.mid(qMax(0, bare.indexOf('>') - 80), 160)));
        for (const char* verb :
             {"tee",     "rm",   "mv",    "cp",       "mkdir",  "touch", "chmod", "mktemp", "dd",   "ln",
              "install", "kill", "mount", "modprobe", "sysctl", "tc",    "eval",  "curl",   "wget", "nohup"})
            QVERIFY2(!bare.contains(QRegularExpression("(^|[;&|(`]|\\$\\(|\\b(then|do|else|exec|if|while) )\\s*" +
                                                           QString(verb) + "\\b",
                                                       QRegularExpression::MultilineOption)),
                     verb);
        // iproute2 is only asked to show.
        auto matches =
            QRegularExpression("^(ip|bridge) (.*)$", QRegularExpression::MultilineOption).globalMatch(bare);
        int asked = 0;
        for (; matches.hasNext(); ++asked)
            QVERIFY(matches.next().captured(2).contains("show"));
        QCOMPARE(asked, 7);
    }

    void sudoRefusedIsSaid() {
        if (output("id", {"-u"}).trimmed() != "0" || QStandardPaths::findExecutable("setpriv").isEmpty())
            QSKIP("needs root and setpriv to become somebody else");
        const Ran ran =
            run({"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "sh"}, scriptText(true));
        QCOMPARE(ran.status, 0);
        const auto& notes = ran.node.notes;
        QVERIFY(std::any_of(notes.begin(), notes.end(), [](const std::string& note) {
            return note.find("sudo was refused") != std::string::npos;
        }));
        QCOMPARE(*ran.node.facts.root, false);
        QVERIFY(node::command({.nonce = nonce, .sudo = true}).find("sudo -n") != std::string::npos);
        QCOMPARE(node::command({.nonce = nonce}), std::string("exec sh -s"));
    }
};

QTEST_GUILESS_MAIN(TestScript)
#include "tst_script.moc"
