// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the probe keeps to by itself, whoever asked for more and whether or not somebody is still there: no privileges, no
// file, its end, and the packets of a second, as the kernel counts them.
#include "collectors/probe/program.h"
#include "probe_run.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>

using namespace netopsy;

namespace {

QByteArray planText(const probe::ProbePlan& plan) {
    const auto launch = probe::launch(plan, "test");
    return QByteArray::fromStdString(launch.input)
        .chopped(static_cast<qsizetype>(probe::programFor(plan.architecture).bytes.size()));
}

probe::ProbePlan plan(double seconds) {
    probe::ProbePlan out;
    out.durationS = seconds;
    out.dnsTimeoutMs = 500;
    out.peers.push_back({"self", "127.0.0.1", model::Plane::Underlay});
    return out;
}

/// "CapEff" … of /proc/PID/status.
std::map<QByteArray, QByteArray> statusOf(qint64 pid) {
    QFile file(QString("/proc/%1/status").arg(pid));
    std::map<QByteArray, QByteArray> out;
    if (file.open(QIODevice::ReadOnly))
        for (const QByteArray& line : file.readAll().split('\n'))
            out[line.left(line.indexOf(':'))] = line.mid(line.indexOf(':') + 1).simplified();
    return out;
}

} // namespace

class TestProbeBounds : public QObject {
    Q_OBJECT

    /// The program as it was delivered: a file in a folder of its own. Nobody may come there, too.
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_program;

    QStringList command() const { return {m_program, "--unlink", m_program, m_folder->path()}; }
    void start(QProcess& process, const QStringList& line, const QByteArray& input) {
        process.start(line.first(), line.mid(1));
        process.write(input);
        process.closeWriteChannel();
    }

private slots:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_program = m_folder->filePath("netopsy-probe");
        QFile file(m_program);
        QVERIFY(file.open(QIODevice::WriteOnly));
        const auto bytes = probe::programs().front().bytes;
        file.write(bytes.data(), static_cast<qint64>(bytes.size()));
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::ExeOwner | QFile::ExeOther);
        QFile::setPermissions(m_folder->path(),
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ExeOther);
    }

    void noPrivilegesAreKept_data() {
        QTest::addColumn<QStringList>("as");
        QTest::addColumn<QByteArray>("uid");
        QTest::newRow("root") << QStringList{} << QByteArray("65534");
        QTest::newRow("root that hands capabilities on")
            << QStringList{"setpriv", "--inh-caps=+net_raw,+sys_admin"} << QByteArray("65534");
        QTest::newRow("an account with a capability")
            << QStringList{"setpriv",        "--reuid=65533",       "--regid=65533",
                           "--clear-groups", "--inh-caps=+net_raw", "--ambient-caps=+net_raw"}
            << QByteArray("65533");
        QTest::newRow("root that may not become another")
            << QStringList{"setpriv", "--bounding-set=-setuid,-setgid", "--inh-caps=-setuid,-setgid"}
            << QByteArray("0");
    }
    void noPrivilegesAreKept() {
        QFETCH(QStringList, as);
        QFETCH(QByteArray, uid);
        if (geteuid() != 0)
            QSKIP("there is nothing to give up without root");
        if (!as.isEmpty() && QStandardPaths::findExecutable("setpriv").isEmpty())
            QSKIP("setpriv is not installed");
        QProcess process;
        start(process, as + command(), planText(plan(20)));
        QVERIFY2(process.waitForReadyRead(10'000), process.readAllStandardError());
        const QByteArray output = process.readAllStandardOutput();
        const auto status = statusOf(process.processId());
        // Files of a disk, or of memory as a file, that it opened: what this test got from its own parent is not its.
        const auto openFiles = [](qint64 pid) {
            QSet<QString> files;
            const QDir fds(QString("/proc/%1/fd").arg(pid));
            for (const QFileInfo& fd : fds.entryInfoList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot))
                if (const QString to = fd.symLinkTarget(); to.startsWith('/') || to.contains("memfd"))
                    if (to != "/dev/null" && !to.startsWith("/proc/") && !to.startsWith("/sys/") &&
                        !to.startsWith(fds.path()))
                        files << to;
            return files;
        };
        const QStringList files = (openFiles(process.processId()) - openFiles(getpid())).values();
        const bool folderGone = !QFileInfo::exists(m_folder->path());
        process.kill();
        QVERIFY(process.waitForFinished(10'000));
        QVERIFY2(output.contains(" icmp-"), output); // it was allowed to, when it opened its sockets
        QCOMPARE(status.at("Uid").split(' ').first(), uid);
        for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
            QVERIFY2(status.at(set) == "0000000000000000", set + (" " + status.at(set)));
        QCOMPARE(status.at("NoNewPrivs"), QByteArray("1"));
        QVERIFY2(files.isEmpty(), qPrintable(files.join(u' ')));
        QVERIFY(folderGone || uid == "65533"); // an account that does not own it can't take it away
    }

    /// Nobody reads, and nobody hung up: a connection that is dead without a word.
    void aReaderThatStallsDoesNotKeepIt() {
        int ends[2];
        QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
        ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
        const QByteArray filler(1 << 16, 'x');
        ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
        while (::write(ends[1], filler.constData(), static_cast<std::size_t>(filler.size())) > 0)
            continue;
        ::fcntl(ends[1], F_SETFL, 0);
        QTemporaryDir folder;
        QFile input(folder.filePath("plan"));
        QVERIFY(input.open(QIODevice::ReadWrite));
        input.write(planText(plan(1)));
        input.seek(0);
        const QByteArray program = QFile::encodeName(m_program);
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::dup2(input.handle(), 0);
            ::dup2(ends[1], 1);
            ::execl(program.constData(), program.constData(), static_cast<char*>(nullptr));
            ::_exit(99);
        }
        QVERIFY(pid > 0);
        int status = 0;
        pid_t ended = 0;
        for (int i = 0; i < 600 && ended == 0; ++i) {
            QTest::qWait(100);
            ended = ::waitpid(pid, &status, WNOHANG);
        }
        if (ended == 0)
            ::kill(pid, SIGKILL);
        QCOMPARE(ended, pid);
        ::close(ends[0]);
        ::close(ends[1]);
        QVERIFY2(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM, qPrintable(QString::number(status)));
    }
    /// The plan stops half-way, since the connection did.
    void noPlanNoRun() {
        const QByteArray whole = planText(plan(20));
        QProcess process;
        start(process, command(), whole.chopped(4)); // "end\n"
        QVERIFY(process.waitForFinished(10'000));
        QCOMPARE(process.exitCode(), 2);
        QVERIFY(process.readAllStandardOutput().isEmpty());
        QVERIFY(!QFileInfo::exists(m_folder->path()));
    }
    /// Nothing that it asks is answered: it waits no longer than its time-outs.
    void silenceDoesNotKeepIt() {
        auto dead = plan(1);
        dead.peers = {{"nobody", "192.0.2.1", model::Plane::Underlay}};
        dead.dns.push_back({"192.0.2.1", "service", "a.example.", true});
        dead.lookups.push_back({"192.0.2.1", "service", "a.example", 1, {}});
        QProcess process;
        start(process, command(), planText(dead));
        QVERIFY(process.waitForFinished(12'000 + 20'000)); // 11 s past its end, and a busy machine's delay
        QCOMPARE(process.exitCode(), 0);
        QVERIFY(process.readAllStandardOutput().contains("\nE "));
    }

    /// As much as a plan may ask for, to peers that answer and to peers that do not, counted by the namespace itself.
    void packetsOfASecond_data() {
        QTest::addColumn<bool>("answered");
        QTest::newRow("peers that answer") << true;
        QTest::newRow("peers that answer nothing") << false;
    }
    void packetsOfASecond() {
        QFETCH(bool, answered);
        if (geteuid() != 0)
            QSKIP("network namespaces need root");
        const QString ns = QString("npb%1").arg(getpid());
        const auto sh = [](const QString& line) {
            QProcess process;
            process.start("sh", {"-c", line});
            process.waitForFinished(10'000);
            return process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
        };
        if (sh("ip netns add " + ns + " && ip -n " + ns + " link set lo up && ip -n " + ns +
               " link add d0 type veth peer name d1 && ip -n " + ns +
               " addr add 198.51.100.1/24 dev d0 && ip -n " + ns + " link set d0 up && ip -n " + ns +
               " link set d1 up && echo made") != "made\n") {
            sh("ip netns del " + ns); // as far as it came
            QSKIP("no network namespace is to be had here");
        }
        // Nobody is there; neighbours are made up, so that packets do leave.
        auto most = plan(answered ? 4 : 8);
        most.peers.clear();
        most.cpuPpm = 1'000'000;
        most.rttIntervalMs = 5;
        QString neighbours;
        for (int i = 2; i < 130; ++i) {
            most.peers.push_back({"peer" + std::to_string(i),
                                  (answered ? "127.0.0." : "198.51.100.") + std::to_string(i),
                                  model::Plane::Underlay});
            neighbours +=
                QString("ip -n %1 neigh add 198.51.100.%2 lladdr 02:00:00:00:00:01 dev d0; ").arg(ns).arg(i);
        }
        sh(neighbours + ":");
        const auto run = test::runProbe(most, {"ip", "netns", "exec", ns, "sh"});
        const QList<QByteArray> lines = sh("ip netns exec " + ns + " cat /proc/net/snmp").split('\n');
        sh("ip netns del " + ns);
        QVERIFY2(run.exitCode == 0, run.errors);
        std::map<QByteArray, double> counters; // "Icmp OutEchos"
        for (qsizetype i = 0; i + 1 < lines.size(); i += 2) {
            const auto names = lines[i].split(' '), values = lines[i + 1].split(' ');
            for (qsizetype k = 1; k < names.size() && k < values.size(); ++k)
                counters[names[0].chopped(1) + ' ' + names[k]] = values[k].toDouble();
        }
        QVERIFY(counters.contains("Icmp OutEchos"));
        const double echoes = counters["Icmp OutEchos"], udp = counters["Udp OutDatagrams"],
                     syns = counters["Tcp ActiveOpens"];
        qInfo("%g echoes, %g UDP, %g SYN in %g s", echoes, udp, syns, most.durationS);
        // Of 128 path-MTU searches, each had some tens of echoes of its own; the lengths of a run are the plan's.
        QVERIFY(echoes > 100);
        QVERIFY2(echoes <= 440 * most.durationS + 128 * 40, qPrintable(QString::number(echoes)));
        QVERIFY2(udp <= 110 * most.durationS + 128, qPrintable(QString::number(udp)));
        QVERIFY2(syns <= 110 * most.durationS + 128, qPrintable(QString::number(syns)));
        QVERIFY2(answered == (udp + syns == 0), qPrintable(QString("%1 %2").arg(udp).arg(syns)));
    }
};

QTEST_GUILESS_MAIN(TestProbeBounds)
#include "tst_probe_bounds.moc"
