// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Brings the probe onto this machine through every shell and account that is to be had, and looks for traces.
#include "collectors/probe/program.h"
#include "probe_run.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

#include <csignal>

using namespace netopsy;
using test::leftovers;
using test::runProbe;

namespace {

probe::ProbePlan shortPlan() {
    probe::ProbePlan plan;
    plan.durationS = 0.3;
    plan.rttIntervalMs = 20;
    plan.cpuPpm = 1'000'000;
    plan.peers.push_back({"this machine", "127.0.0.1", model::Plane::Underlay});
    return plan;
}

bool noted(const model::Node& node, const char* part) {
    return std::any_of(node.notes.begin(), node.notes.end(),
                       [&](const std::string& n) { return n.find(part) != std::string::npos; });
}

} // namespace

class TestProbeLaunch : public QObject {
    Q_OBJECT

    /// A directory to stand first in PATH, with our own of some tools and not others.
    QTemporaryDir m_tools;

    /// PATH reduced to `names`, with `uname` saying `machine` when that is not empty.
    QStringList withTools(const QStringList& names, const QString& machine = {}) {
        const QString place = m_tools.filePath(QString::number(qHash(names.join(u' ') + machine)));
        QDir().mkpath(place);
        for (const QString& name : names)
            QFile::link(QStandardPaths::findExecutable(name), place + u'/' + name);
        if (!machine.isEmpty()) {
            QFile uname(place + QStringLiteral("/uname"));
            uname.open(QIODevice::WriteOnly);
            uname.write("#!/bin/sh\necho " + machine.toUtf8() + "\n");
            uname.close();
            uname.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        }
        return {QStringLiteral("env"), QStringLiteral("PATH=") + place, QStringLiteral("/bin/sh")};
    }
    const QStringList m_basics{QStringLiteral("sh"),    QStringLiteral("mkdir"), QStringLiteral("id"),
                               QStringLiteral("chmod"), QStringLiteral("rm"),    QStringLiteral("cat"),
                               QStringLiteral("wc"),    QStringLiteral("date"),  QStringLiteral("head"),
                               QStringLiteral("sed"),   QStringLiteral("sleep")};

private slots:
    void cleanup() { QCOMPARE(leftovers(), QStringList{}); }

    void everyShellAndAccount_data() {
        QTest::addColumn<QStringList>("through");
        QTest::newRow("sh") << QStringList{"sh"};
        QTest::newRow("dash") << QStringList{"dash"};
        QTest::newRow("bash") << QStringList{"bash"};
        QTest::newRow("busybox") << QStringList{"busybox", "sh"};
        QTest::newRow("nobody") << QStringList{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                               "sh"};
    }
    void everyShellAndAccount() {
        QFETCH(QStringList, through);
        if (QStandardPaths::findExecutable(through.first()).isEmpty())
            QSKIP(qPrintable(through.first() + " is not installed"));
        if (through.first() == "setpriv" && geteuid() != 0)
            QSKIP("becoming nobody needs root");
        const auto run = runProbe(shortPlan(), through);
        QVERIFY2(run.exitCode == 0, run.errors + run.output);
        QVERIFY2(run.errors.isEmpty(), run.errors);
        QVERIFY2(run.output.startsWith("netopsy-probe 2 "), run.output);
        QCOMPARE(run.node.rtt.size(), std::size_t{1});
        QCOMPARE(run.node.rtt[0].peer, std::string("this machine")); // the blank went and came back
        if (through.first() != "setpriv")
            QVERIFY(run.node.rtt[0].samples.size() > 5);
        QVERIFY(run.node.cost.nodeCpuMs.has());
    }

    void anotherMachineIsNamed() {
        const auto run = runProbe(shortPlan(), withTools(m_basics, QStringLiteral("mips64")));
        QCOMPARE(run.exitCode, 0);
        QVERIFY2(noted(run.node, "netopsy-probe can not run on mips64"), run.output);
        for (const probe::Program& program :
             probe::programs()) // the remedy is one of these, or a node's own tools
            QVERIFY2(noted(run.node, std::string(program.arch).c_str()), run.output);
        QVERIFY2(noted(run.node, "neither dig nor ping"), run.output);
        QVERIFY(run.node.rtt.empty());
    }
    /// One that there is a program for, but the cluster did not say so.
    void aMachineThatWasNotNamed() {
        if (probe::programFor("arm64").arch != "aarch64" || probe::programs().front().arch != "x86_64")
            QSKIP("this build has netopsy-probe for one architecture only");
        auto plan = shortPlan();
        plan.architecture = "amd64";
        const auto run = runProbe(plan, withTools(m_basics, QStringLiteral("aarch64")));
        QCOMPARE(run.exitCode, 0);
        QVERIFY2(noted(run.node, "netopsy-probe for x86_64 was sent") && noted(run.node, "but it is aarch64"),
                 run.output);
        QVERIFY(run.node.rtt.empty());
    }
    void fallsBackToPing() {
        if (QStandardPaths::findExecutable("ping").isEmpty())
            QSKIP("ping is not installed");
        auto plan = shortPlan();
        plan.durationS = 2;
        const auto run = runProbe(plan, withTools(m_basics + QStringList{"ping"}, QStringLiteral("riscv64")));
        QCOMPARE(run.exitCode, 0);
        QCOMPARE(run.node.rtt.size(), std::size_t{1});
        QCOMPARE(run.node.rtt[0].method, std::string("ping"));
        QVERIFY(run.node.rtt[0].samples.size() >= 1);
        QVERIFY(run.node.rtt[0].samples[0].rttNs > 0);
        QVERIFY(noted(run.node, "by the node's own dig and ping"));
    }
    void weakerCheckIsSaid_data() {
        QTest::addColumn<QString>("tool");
        QTest::addColumn<QString>("said");
        QTest::newRow("openssl") << "openssl"
                                 << "";
        QTest::newRow("cksum") << "cksum"
                               << "checked by its size and cksum only";
        QTest::newRow("nothing") << ""
                                 << "checked by its size only";
    }
    void weakerCheckIsSaid() {
        QFETCH(QString, tool);
        QFETCH(QString, said);
        if (!tool.isEmpty() && QStandardPaths::findExecutable(tool).isEmpty())
            QSKIP(qPrintable(tool + " is not installed"));
        QStringList tools = m_basics + QStringList{"uname"};
        if (!tool.isEmpty())
            tools << tool;
        const auto run = runProbe(shortPlan(), withTools(tools));
        QVERIFY2(run.exitCode == 0 && !run.node.rtt.empty(), run.errors + run.output);
        if (said.isEmpty())
            QVERIFY2(run.node.notes.empty(), run.output);
        else
            QVERIFY2(noted(run.node, qPrintable(said)), run.output);
    }

    void architectures_data() {
        QTest::addColumn<QByteArray>("asked");
        QTest::addColumn<QByteArray>("arch");
        QTest::addColumn<int>("machine"); // e_machine in the ELF header
        QTest::newRow("amd64") << QByteArray("amd64") << QByteArray("x86_64") << 62;
        QTest::newRow("arm64") << QByteArray("arm64") << QByteArray("aarch64") << 183;
        QTest::newRow("as uname has it") << QByteArray("aarch64") << QByteArray("aarch64") << 183;
    }
    void architectures() {
        QFETCH(QByteArray, asked);
        QFETCH(QByteArray, arch);
        QFETCH(int, machine);
        const probe::Program& program = probe::programFor(asked.toStdString());
        if (program.arch != arch.toStdString())
            QSKIP(qPrintable("built without a compiler for " + arch));
        QCOMPARE(program.bytes.substr(0, 4), std::string_view("\x7f"
                                                              "ELF"));
        QCOMPARE(int(program.bytes[18]) & 0xff, machine);
        auto plan = shortPlan();
        plan.architecture = asked.toStdString();
        const auto launch = probe::launch(plan, "test");
        QVERIFY(launch.input.ends_with(program.bytes));
        QVERIFY(launch.command.find(program.sha256) != std::string::npos);
    }
    void unknownArchitectureAsksTheNode() {
        QCOMPARE(probe::programFor("s390x").arch, probe::programs().front().arch);
        QCOMPARE(probe::programFor("").arch, probe::programs().front().arch);
    }
    void arm64Measures() {
        const probe::Program& program = probe::programFor("arm64");
        if (program.arch != "aarch64")
            QSKIP("built without aarch64-linux-gnu-gcc: the probe for arm64 is NOT tried");
        const QString qemu = QStandardPaths::findExecutable("qemu-aarch64");
        if (qemu.isEmpty())
            QSKIP("qemu-user is not installed: the probe for arm64 is NOT tried");
        QFile file(m_tools.filePath("probe-arm64"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(program.bytes.data(), static_cast<qint64>(program.bytes.size()));
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
        auto plan = shortPlan();
        plan.architecture = "arm64";
        const auto launch = probe::launch(plan, "test");
        QProcess process;
        process.start(qemu, {file.fileName()});
        process.write(launch.input.data(), static_cast<qint64>(launch.input.size() - program.bytes.size()));
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(20'000));
        const QByteArray output = process.readAllStandardOutput();
        QVERIFY2(process.exitCode() == 0 && output.startsWith("netopsy-probe 2 aarch64"),
                 output + process.readAllStandardError());
        if (geteuid() == 0)
            QVERIFY2(output.count("\nR ") > 5, output);
    }

    /// The command as it is, but bytes of the program changed, missing, or too many.
    void damageIsNoticed_data() {
        QTest::addColumn<QByteArray>("program");
        QTest::addColumn<QString>("said");
        QByteArray bytes(probe::programs().front().bytes.data(),
                         static_cast<qsizetype>(probe::programs().front().bytes.size()));
        QByteArray changed = bytes;
        changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
        QTest::newRow("one bit") << changed << "arrived damaged";
        QTest::newRow("cut off") << bytes.left(bytes.size() / 2) << "did not arrive whole";
        QTest::newRow("nothing") << QByteArray() << "did not arrive whole";
        QTest::newRow("more") << bytes + "x"
                              << "did not arrive whole";
    }
    void damageIsNoticed() {
        QFETCH(QByteArray, program);
        QFETCH(QString, said);
        const auto launch = probe::launch(shortPlan(), "test");
        const auto planLength = launch.input.size() - probe::programs().front().bytes.size();
        QProcess process;
        process.start("sh", {"-c", QString::fromStdString(launch.command)});
        process.write(launch.input.data(), static_cast<qint64>(planLength));
        process.write(program);
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(20'000));
        const QByteArray output = process.readAllStandardOutput();
        QVERIFY2(output.contains(said.toUtf8()), output);
        QVERIFY(!output.contains("netopsy-probe 2 " + QByteArray(probe::programs().front().arch.data(), 6)));
    }

    /// By a sudo that lets us, and by one that does not: then as ourselves.
    void bySudo_data() {
        QTest::addColumn<QByteArray>("sudo");
        QTest::addColumn<int>("calls");
        QTest::newRow("allowed") << QByteArray("[ \"$1\" = -n ] || exit 9; shift; exec \"$@\"\n") << 2;
        QTest::newRow("refused") << QByteArray("echo a password is required >&2; exit 1\n") << 1;
    }
    void bySudo() {
        QFETCH(QByteArray, sudo);
        QFETCH(int, calls);
        QTemporaryDir folder;
        QFile program(folder.filePath("sudo"));
        QVERIFY(program.open(QIODevice::WriteOnly));
        program.write("#!/bin/sh\necho called >> " + folder.filePath("log").toUtf8() + "\n" + sudo);
        program.close();
        QVERIFY(program.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        const auto launch = probe::launch(shortPlan(), "test", true);
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("PATH", folder.path() + ":" + environment.value("PATH"));
        process.setProcessEnvironment(environment);
        process.start("sh", {"-c", QString::fromStdString(launch.command)});
        process.write(launch.input.data(), static_cast<qint64>(launch.input.size()));
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(20'000));
        const QByteArray output = process.readAllStandardOutput();
        QVERIFY2(output.contains("netopsy-probe 2 ") && output.contains("\nE "), output);
        QCOMPARE(process.readAllStandardError(), QByteArray());
        QFile log(folder.filePath("log"));
        QVERIFY(log.open(QIODevice::ReadOnly));
        QCOMPARE(log.readAll().count('\n'), calls);
    }

    void interruptionLeavesNothing_data() {
        QTest::addColumn<int>("signal");
        QTest::addColumn<bool>("whileRunning");
        QTest::newRow("hung up while receiving") << SIGHUP << false;
        QTest::newRow("terminated while receiving") << SIGTERM << false;
        QTest::newRow("killed while running") << SIGKILL << true;
        QTest::newRow("terminated while running") << SIGTERM << true;
    }
    void interruptionLeavesNothing() {
        QFETCH(int, signal);
        QFETCH(bool, whileRunning);
        auto plan = shortPlan();
        plan.durationS = 20;
        const auto launch = probe::launch(plan, "test");
        QProcess process;
        process.start("sh", {"-c", QString::fromStdString(launch.command)});
        QVERIFY(process.waitForStarted());
        const auto part = whileRunning ? launch.input.size() : launch.input.size() / 2;
        process.write(launch.input.data(), static_cast<qint64>(part));
        if (whileRunning) {
            process.closeWriteChannel();
            QVERIFY(process.waitForReadyRead(10'000));
            QTRY_COMPARE(leftovers(), QStringList{}); // gone from the disk while it runs
        } else {
            QTRY_VERIFY(!leftovers().isEmpty() || process.bytesToWrite() > 0);
            QTest::qWait(200);
            QVERIFY(!leftovers().isEmpty());
        }
        ::kill(static_cast<pid_t>(process.processId()), signal);
        if (!whileRunning)
            process.closeWriteChannel(); // a shell acts on a signal when its foreground child is done: cat, at the
                                         // end
        QVERIFY(process.waitForFinished(10'000));
        QTRY_COMPARE(leftovers(), QStringList{});
    }
    /// Nobody reads any more: the probe must end by itself, well before its run would.
    void aDeadReaderEndsIt() {
        auto plan = shortPlan();
        plan.durationS = 60;
        const auto launch = probe::launch(plan, "test");
        QProcess process;
        process.start("sh", {"-c", "sh -c \"$0\" | head -n 3", QString::fromStdString(launch.command)});
        process.write(launch.input.data(), static_cast<qint64>(launch.input.size()));
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(5'000));
    }
};

QTEST_GUILESS_MAIN(TestProbeLaunch)
#include "tst_probe_launch.moc"
