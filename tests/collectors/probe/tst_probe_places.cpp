// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Measuring from pods' places, in real network namespaces: a node, two pods of it, and a pod of another node that has
// the same address. The pods share this machine's mounts but for their resolv.conf.
#include "core/stats/place.h"
#include "core/stats/summary.h"
#include "probe_run.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <unistd.h>

#include <csignal>
#include <memory>
#include <vector>

using namespace netopsy;

namespace {

/// Overfills the queue of a listening socket that never accepts: `clients` connections, `backlog` asked for.
const char* const crowd = R"(
import socket, sys, time
server = socket.socket(); server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 7777)); server.listen(int(sys.argv[1]))
clients = []
for _ in range(int(sys.argv[2])):
    c = socket.socket(); c.setblocking(False); c.connect_ex(("127.0.0.1", 7777)); clients.append(c)
time.sleep(30)
)";

} // namespace

class TestProbePlaces : public QObject, private test::SetUp {
    Q_OBJECT

    const QString m_prefix = QStringLiteral("npl%1").arg(getpid());
    const QString m_node = m_prefix + "n", m_pod = m_prefix + "p", m_other = m_prefix + "o",
                  m_foreign = m_prefix + "f", m_empty = m_prefix + "e";
    std::vector<std::unique_ptr<QProcess>> m_lives;
    QTemporaryDir m_folder;

    /// A process in the namespace, as a pod has one. Its own mount namespace holds its resolv.conf.
    QProcess* live(const QString& ns, const QString& line = "exec sleep 120") {
        auto process = std::make_unique<QProcess>();
        process->start("nsenter", {"--net=/run/netns/" + ns, "unshare", "--mount", "sh", "-c", line});
        if (!process->waitForStarted(5000) && m_failed.isEmpty())
            m_failed = line + QStringLiteral(": not started");
        m_lives.push_back(std::move(process));
        return m_lives.back().get();
    }
    void endLives() {
        for (const auto& process : m_lives) {
            process->kill();
            process->waitForFinished(5000);
        }
        m_lives.clear();
    }

    static probe::PodPlan podPlan(const std::string& name, const std::string& address) {
        probe::PodPlan pod;
        pod.ns = "default";
        pod.name = name;
        pod.address = address;
        pod.rttIntervalMs = 20;
        pod.cpuPpm = 1'000'000;
        return pod;
    }
    test::ProbeRun fromNode(const std::vector<probe::PodPlan>& pods, double seconds = 1.5,
                            QStringList before = {}) {
        probe::ProbePlan plan;
        plan.durationS = seconds;
        plan.dnsTimeoutMs = 500;
        plan.pods = pods;
        return test::runProbe(plan, QStringList{"ip", "netns", "exec", m_node} + before + QStringList{"sh"});
    }

private slots:
    void initTestCase() {
        if (geteuid() != 0)
            QSKIP("network namespaces need root");
        for (const QString& ns : {m_node, m_pod, m_other, m_foreign, m_empty})
            sh(QString("ip netns add %1 && ip -n %1 link set lo up").arg(ns));
        // The pods' veths: two of the node, and one of a foreign one whose indexes are alike.
        const auto join = [&](const QString& node, const QString& pod, int n, const QString& address) {
            sh(QString("ip -n %1 link add v%2 mtu 1450 type veth peer name eth0 mtu 1400 netns %3")
                   .arg(node)
                   .arg(n)
                   .arg(pod));
            sh(QString("ip -n %1 addr add 10.81.%2.1/24 dev v%2 && ip -n %1 link set v%2 up").arg(node).arg(n));
            sh(QString("ip -n %1 addr add %2/24 dev eth0 && ip -n %1 link set eth0 up").arg(pod, address));
        };
        join(m_node, m_pod, 1, "10.81.1.2");
        join(m_node, m_other, 2, "10.81.2.2");
        sh("ip -n " + m_other + " addr add fd81::2/64 dev eth0 nodad");
        join(m_empty, m_foreign, 1, "10.81.1.2");
        sh("ip netns exec " + m_pod + " sysctl -qw net.core.somaxconn=77");
        const QString conf = m_folder.filePath("resolv.conf");
        QFile file(conf);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            "search a.test b.test\nnameserver 10.81.1.1\nnameserver 10.81.1.9\noptions ndots:5 timeout:1\n");
        file.close();
        live(m_pod, "mount --make-rprivate / && mount --bind " + conf + " /etc/resolv.conf && exec sleep 120");
        live(m_other);
        live(m_foreign);
        QTest::qWait(300);
        if (!m_failed.isEmpty())
            QSKIP(qPrintable("no namespaces to be had here: " + m_failed));
    }
    void cleanupTestCase() {
        if (geteuid() != 0)
            return;
        endLives();
        for (const QString& ns : {m_node, m_pod, m_other, m_foreign, m_empty})
            sh("ip netns del " + ns);
    }
    void init() { m_failed.clear(); }

    void fromTheirOwnNamespaces() {
        probe::PodPlan first = podPlan("web", "10.81.1.2"), second = podPlan("v6", "fd81::2");
        first.peers.push_back({"node2", "10.81.1.1", model::Plane::Overlay});
        first.dns.push_back({"10.81.1.1", "service", "kubernetes.default.", true});
        first.lookups.push_back({"-", "service", "example.com", -1, {"+"}});
        second.peers.push_back({"node2", "10.81.2.1", model::Plane::Overlay});
        const auto run = fromNode({first, second, podPlan("gone", "10.81.9.9")});
        QVERIFY2(run.exitCode == 0, run.errors);
        QCOMPARE(run.node.probe.badLines, std::size_t{0});
        QCOMPARE(run.node.pods.size(), std::size_t{3});
        const model::PodPlace& web = run.node.pods[0];
        QVERIFY2(web.problem.empty(), web.problem.c_str());
        QCOMPARE(web.device, std::string("eth0"));
        QCOMPARE(web.mtu, 1400);
        QVERIFY(web.netns != 0 && web.netns != run.node.pods[1].netns);
        QProcess index;
        index.start("ip", {"netns", "exec", m_node, "cat", "/sys/class/net/v1/ifindex"});
        index.waitForFinished(5000);
        QCOMPARE(web.peerIndex, index.readAllStandardOutput().trimmed().toInt());
        QCOMPARE(web.nameservers, (std::vector<std::string>{"10.81.1.1", "10.81.1.9"}));
        QCOMPARE(web.search, (std::vector<std::string>{"a.test", "b.test"}));
        QCOMPARE(web.ndots, 5);
        QCOMPARE(web.sysctl.at("net.core.somaxconn"), std::string("77"));
        QVERIFY(run.node.pods[1].sysctl.at("net.core.somaxconn") != "77");
        QCOMPARE(web.rtt.size(), std::size_t{1});
        const auto figures = stats::rttStats(web.rtt[0]);
        QVERIFY2(figures.sent >= 20 && figures.lost == 0, run.output.right(1000));
        QCOMPARE(web.pmtu.at(0).mtu, 1400);
        QCOMPARE(web.dns.size(), std::size_t{4});
        QVERIFY(!web.dns[0].samples.empty()); // nobody listens there, which is an answer, too
        QCOMPARE(web.dns[0].samples[0].errnum, ECONNREFUSED);
        QCOMPARE(web.lookups.at(0).resolver, std::string("10.81.1.1"));
        QCOMPARE(web.lookups[0].ndots, 5);
        QCOMPARE(web.lookups[0].search, web.search);
        QVERIFY(stats::rttStats(run.node.pods[1].rtt.at(0)).sent >= 20);
        QVERIFY2(run.node.pods[2].problem.starts_with("no process of this node runs in"),
                 run.node.pods[2].problem.c_str());
        QVERIFY(run.node.rtt.empty() && run.node.dns.empty());
        QVERIFY(test::leftovers().isEmpty());
    }

    void listenOverflowsAreThePodsOwn() {
        QProcess* served = live(m_pod, "exec python3 -c '" + QString(crowd) + "' 5 5");
        QTest::qWait(500);
        if (served->state() != QProcess::Running)
            QSKIP("python3 is not installed");
        served->kill();
        probe::ProbePlan plan;
        plan.durationS = 4;
        plan.pods = {podPlan("web", "10.81.1.2"), podPlan("other", "10.81.2.2")};
        QTimer::singleShot(1000, this, [this] { live(m_pod, "exec python3 -c '" + QString(crowd) + "' 2 60"); });
        test::ProbeRun run;
        std::unique_ptr<QThread> thread(QThread::create([&] {
            run = test::runProbe(plan, QStringList{"ip", "netns", "exec", m_node, "sh"});
        }));
        thread->start();
        QTRY_VERIFY_WITH_TIMEOUT(thread->isFinished(), 20'000);
        QCOMPARE(run.node.pods.size(), std::size_t{2});
        const auto overflows = [&](std::size_t k) {
            return stats::summarise(run.node.pods[k], run.node.facts).counterDelta.at("TcpExt.ListenOverflows");
        };
        QVERIFY2(overflows(0) >= 10, run.output.right(1500));
        QCOMPARE(overflows(1), std::uint64_t{0});
    }

    /// From the foreign node's view the same address is the other pod's; with neither, none is guessed.
    void theSameAddressTwice() {
        probe::ProbePlan plan;
        plan.durationS = 0.3;
        plan.pods = {podPlan("web", "10.81.1.2")};
        const auto here = test::runProbe(plan, {"ip", "netns", "exec", m_node, "sh"});
        const auto there = test::runProbe(plan, {"ip", "netns", "exec", m_empty, "sh"});
        QVERIFY(here.node.pods.at(0).problem.empty() && there.node.pods.at(0).problem.empty());
        QVERIFY(here.node.pods[0].netns != there.node.pods[0].netns);
        QCOMPARE(here.node.pods[0].sysctl.at("net.core.somaxconn"), std::string("77"));
        const auto third = test::runProbe(plan, {"ip", "netns", "exec", m_other, "sh"});
        QVERIFY2(third.node.pods.at(0).problem.find("joined to another than this node's") != std::string::npos,
                 third.node.pods[0].problem.c_str());
    }

    void withoutRoot() {
        const auto run = fromNode({podPlan("web", "10.81.1.2")}, 0.3,
                                  {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
        QVERIFY2(run.exitCode == 0, run.errors);
        QCOMPARE(run.node.pods.size(), std::size_t{1});
        QCOMPARE(run.node.pods[0].problem, std::string("its network namespace can't be entered without root"));
        QVERIFY(run.node.pods[0].sysctl.empty());
    }

    /// No measuring process outlives the one that is in the node's namespace.
    void theyDieWithTheirParent() {
        probe::ProbePlan plan;
        plan.durationS = 60;
        plan.pods = {podPlan("web", "10.81.1.2"), podPlan("other", "10.81.2.2")};
        const auto launch = probe::launch(plan, "death");
        QProcess process;
        process.start("ip", {"netns", "exec", m_node, "sh", "-c", QString::fromStdString(launch.command)});
        process.write(launch.input.data(), static_cast<qint64>(launch.input.size()));
        process.closeWriteChannel();
        // Children of the shell's child.
        const auto children = [](qint64 pid) {
            QFile file(QString("/proc/%1/task/%1/children").arg(pid));
            QList<qint64> out;
            if (file.open(QIODevice::ReadOnly))
                for (const QByteArray& one : file.readAll().split(' '))
                    if (one.toLongLong() > 0)
                        out << one.toLongLong();
            return out;
        };
        QList<qint64> probes, places;
        QTRY_VERIFY_WITH_TIMEOUT(!(probes = children(process.processId())).isEmpty() &&
                                     (places = children(probes.first())).size() == 2,
                                 10'000);
        QTest::qWait(300);
        QCOMPARE(::kill(static_cast<pid_t>(probes.first()), SIGKILL), 0);
        for (const qint64 place : places)
            QTRY_VERIFY_WITH_TIMEOUT(!QFile::exists(QString("/proc/%1").arg(place)), 5000);
        QTRY_COMPARE_WITH_TIMEOUT(process.state(), QProcess::NotRunning, 5000);
    }

    /// A pod's files are anyone's: a link that leads out of its root is followed within it, and what is no file is not opened.
    void aResolvConfThatIsNone() {
        sh("mkfifo " + m_folder.filePath("fifo"));
        endLives();
        live(m_pod, "mount --make-rprivate / && mount --bind " + m_folder.filePath("fifo") +
                        " /etc/resolv.conf && exec sleep 120");
        // Whoever writes to a FIFO waits until it is opened for reading: thus it tells whether that was done.
        const QString opened = m_folder.filePath("opened");
        QProcess writer;
        writer.start("sh", {"-c", "exec 3>" + m_folder.filePath("fifo") + "; : >" + opened});
        QTest::qWait(300);
        QVERIFY2(m_failed.isEmpty(), qPrintable(m_failed));
        QVERIFY(!QFile::exists(opened));
        probe::PodPlan pod = podPlan("web", "10.81.1.2");
        pod.lookups.push_back({"-", "service", "example.com", -1, {"+"}});
        const auto run = fromNode({pod}, 0.5);
        QVERIFY2(run.exitCode == 0, run.errors);
        QVERIFY(run.node.pods.at(0).problem.empty() && run.node.pods[0].nameservers.empty());
        QVERIFY2(run.output.contains("N pod default/web: its /etc/resolv.conf was not read"), run.output);
        QVERIFY(!run.node.pods[0].sysctl.empty());
        const bool waits = writer.state() == QProcess::Running && !QFile::exists(opened);
        writer.kill();
        writer.waitForFinished(5000);
        QVERIFY2(waits, "what is no file was opened");
    }
};

QTEST_GUILESS_MAIN(TestProbePlaces)
#include "tst_probe_places.moc"
