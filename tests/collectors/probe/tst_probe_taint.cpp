// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What disturbs the measuring is marked: a cgroup that is really throttled, a CPU that is really taken by others. A
// hypervisor can't be made to steal from here: its figure is fed through a /proc/stat of our own, mounted for the probe
// alone. No timing is judged, only that what was disturbed is marked, and so this holds on a busy machine.
#include "core/stats/node_summary.h"
#include "core/stats/place.h"
#include "probe_run.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>

using namespace netopsy;

namespace {

probe::ProbePlan plan(double seconds) {
    probe::ProbePlan out;
    out.durationS = seconds;
    out.rttIntervalMs = 20;
    out.cpuPpm = 1'000'000;
    for (const char* address : {"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"})
        out.peers.push_back({"this machine", address, model::Plane::Underlay});
    return out;
}

/// Takes CPU until it is destroyed.
class Busy {
public:
    explicit Busy(const QStringList& through) {
        m_process.start(through.first(), through.mid(1) << "-c"
                                                        << "while :; do :; done");
        m_process.waitForStarted();
    }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    ~Busy() {
        m_process.kill();
        m_process.waitForFinished(10'000);
    }

private:
    QProcess m_process;
};

/// A cgroup that may use a fifth of a CPU, of whichever version has the controller.
class Throttled {
public:
    Throttled() {
        const QString name = QString("/netopsy-test-%1").arg(getpid());
        QFile subtree("/sys/fs/cgroup/cgroup.subtree_control");
        if (subtree.open(QIODevice::ReadOnly)) {
            if (!subtree.readAll().simplified().split(' ').contains("cpu")) {
                m_why = "cgroup v2 is without its cpu controller";
                return;
            }
            m_path = "/sys/fs/cgroup" + name;
            make("cpu.max", "20000 100000");
            return;
        }
        for (const char* root : {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"})
            if (QFile::exists(QString(root) + "/cpu.cfs_quota_us")) {
                m_path = root + name;
                make("cpu.cfs_quota_us", "20000");
                return;
            }
        m_why = "no cgroup with a cpu controller is mounted";
    }
    Throttled(const Throttled&) = delete;
    Throttled& operator=(const Throttled&) = delete;
    ~Throttled() {
        for (int i = 0; i < 50 && !m_path.isEmpty() && QDir(m_path).exists() && !QDir().rmdir(m_path); ++i)
            QTest::qWait(100); // until its last process is gone
    }
    [[nodiscard]] QString why() const { return m_why; }
    [[nodiscard]] QStringList shell() const {
        return {"sh", "-c", "echo $$ > '" + m_path + "/cgroup.procs' && exec sh \"$@\"", "sh"};
    }

private:
    QString m_path, m_why;

    void make(const QString& file, const QByteArray& limit) {
        QFile out(m_path + u'/' + file);
        if (!QDir().mkdir(m_path) || !out.open(QIODevice::WriteOnly | QIODevice::Unbuffered) ||
            out.write(limit) < 0)
            m_why = "no cgroup with a limit can be made: " + out.errorString();
    }
};

bool saidIn(const model::Node& node, const char* part) {
    const auto notes = stats::summarise(node).notes;
    return std::ranges::any_of(notes, [&](const std::string& n) { return n.find(part) != std::string::npos; });
}

void say(const stats::TaintShare& share) {
    qInfo("%zu of %zu samples tainted: %zu late, %zu starved, %zu stolen, %zu throttled", share.tainted,
          share.samples, share.late, share.starved, share.stolen, share.throttled);
}

} // namespace

class TestProbeTaint : public QObject {
    Q_OBJECT
private slots:
    void aThrottledCgroup() {
        if (geteuid() != 0)
            QSKIP("a cgroup needs root");
        Throttled group;
        if (!group.why().isEmpty())
            QSKIP(qPrintable(group.why()));
        const auto busy = std::make_unique<Busy>(group.shell());
        const auto run = test::runProbe(plan(5), group.shell());
        QVERIFY2(run.exitCode == 0, run.errors + run.output.right(400));
        const auto share = stats::taintShare(run.node);
        say(share);
        QVERIFY2(share.throttled > 0, run.output.right(2000));
        QVERIFY2(share.pct() > stats::TaintShare::tooMuchPct, run.output.right(2000));
        QVERIFY2(share.tainted < 20 || saidIn(run.node, "its cgroup was throttled"), run.output.right(2000));
    }
    /// The probe and two that outweigh it, all of them on one CPU.
    void aCpuThatOthersTake() {
        if (geteuid() != 0)
            QSKIP("a higher priority needs root");
        if (QStandardPaths::findExecutable("taskset").isEmpty())
            QSKIP("taskset is not installed");
        cpu_set_t allowed;
        QCOMPARE(sched_getaffinity(0, sizeof allowed, &allowed), 0);
        int cpu = 0;
        while (!CPU_ISSET(cpu, &allowed))
            ++cpu;
        const QStringList pinned{"taskset", "-c", QString::number(cpu)};
        const QStringList urgent = pinned + QStringList{"nice", "-n", "-10", "sh"};
        const Busy one(urgent), two(urgent);
        const auto run = test::runProbe(plan(5), pinned + QStringList{"sh"});
        QVERIFY2(run.exitCode == 0, run.errors + run.output.right(400));
        const auto share = stats::taintShare(run.node);
        say(share);
        QVERIFY2(share.starved > 0, run.output.right(2000));
        QVERIFY2(share.late > 0, run.output.right(2000));
        const bool much = share.pct() > stats::TaintShare::tooMuchPct && share.tainted >= 20;
        QVERIFY2(!much || saidIn(run.node, "it waited for a CPU"), run.output.right(2000));
    }

    void whatTheHypervisorTakes_data() {
        QTest::addColumn<int>("stolen"); // of 1000 ticks each
        QTest::addColumn<bool>("marked");
        QTest::newRow("nothing") << 0 << false;
        QTest::newRow("half a percent") << 5 << false;
        QTest::newRow("five percent") << 50 << true;
        QTest::newRow("a figure that runs backwards") << -50 << false;
    }
    void whatTheHypervisorTakes() {
        QFETCH(int, stolen);
        QFETCH(bool, marked);
        if (geteuid() != 0 || QStandardPaths::findExecutable("unshare").isEmpty())
            QSKIP("a /proc/stat of our own needs root and unshare");
        QTemporaryDir folder;
        const QString path = folder.filePath("stat");
        const int fd = ::open(QFile::encodeName(path), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        QVERIFY(fd >= 0);
        std::int64_t user = 1'000'000, steal = 500'000;
        const auto write = [&] { // in one piece and of one length, so that no half of it is read
            const QByteArray text = QString("cpu  %1 0 0 0 0 0 0 %2 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n")
                                        .arg(user, 12, 10, QChar('0'))
                                        .arg(steal, 12, 10, QChar('0'))
                                        .toLatin1();
            return ::pwrite(fd, text.constData(), static_cast<std::size_t>(text.size()), 0) == text.size();
        };
        QVERIFY(write());
        const QString mount = "mount --bind '" + path + "' /proc/stat && exec sh \"$@\"";
        QProcess attempt;
        attempt.start("unshare", {"-m", "sh", "-c", mount, "sh", "-c", ":"});
        QVERIFY(attempt.waitForFinished(10'000));
        if (attempt.exitCode() != 0) {
            ::close(fd);
            QSKIP("nothing may be mounted over /proc/stat here");
        }
        std::atomic<bool> running{true};
        std::thread writer([&] {
            while (running) {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                user += 1000 - stolen;
                steal += stolen;
                write();
            }
        });
        const auto run = test::runProbe(plan(2.5), {"unshare", "-m", "sh", "-c", mount, "sh"});
        running = false;
        writer.join();
        ::close(fd);
        QVERIFY2(run.exitCode == 0, run.errors + run.output.right(400));
        const auto share = stats::taintShare(run.node);
        QVERIFY(share.samples > 20);
        QVERIFY2((share.stolen > 0) == marked, run.output.right(2000));
        if (marked)
            QVERIFY(saidIn(run.node, "the hypervisor took CPU time"));
    }
};

QTEST_GUILESS_MAIN(TestProbeTaint)
#include "tst_probe_taint.moc"
