// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Round trips and path MTUs between network namespaces: client (1500) - router - server (1400).
#include "core/stats/summary.h"
#include "probe_run.h"

#include <QCoreApplication>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <unistd.h>

using namespace netopsy;

class TestProbePath : public QObject, private test::SetUp {
    Q_OBJECT

    const QString m_client = QStringLiteral("npt%1c").arg(getpid());
    const QString m_router = QStringLiteral("npt%1r").arg(getpid());
    const QString m_server = QStringLiteral("npt%1s").arg(getpid());

    /// One command line, words parted by blanks; remembers the first that failed.
    QString in(const QString& ns) { return QStringLiteral("ip netns exec ") + ns + u' '; }

    test::ProbeRun fromClient(double seconds, QStringList shell = {"sh"}) {
        probe::ProbePlan plan;
        plan.durationS = seconds;
        plan.rttIntervalMs = 10;
        plan.cpuPpm = 1'000'000;
        plan.peers.push_back({"server", "10.78.0.2", model::Plane::Underlay});
        plan.peers.push_back({"server", "fd78::2", model::Plane::Overlay});
        return test::runProbe(plan, QStringList{"ip", "netns", "exec", m_client} + shell);
    }
    void learnNothing() { sh(in(m_client) + "ip route flush cache"); }

private slots:
    void initTestCase() {
        if (geteuid() != 0)
            QSKIP("network namespaces need root");
        for (const QString& ns : {m_client, m_router, m_server})
            sh("ip netns add " + ns);
        sh(QString("ip link add c0 mtu 1500 netns %1 type veth peer name r0 mtu 1500 netns %2")
               .arg(m_client, m_router));
        sh(QString("ip link add s0 mtu 1400 netns %1 type veth peer name r1 mtu 1400 netns %2")
               .arg(m_server, m_router));
        for (const QString& where :
             {m_client + " c0 10.77.0.2/24 fd77::2/64", m_router + " r0 10.77.0.1/24 fd77::1/64",
              m_router + " r1 10.78.0.1/24 fd78::1/64", m_server + " s0 10.78.0.2/24 fd78::2/64"}) {
            const QStringList w = where.split(' ');
            sh(QString("ip -n %1 addr add %2 dev %3").arg(w[0], w[2], w[1]));
            sh(QString("ip -n %1 addr add %2 dev %3 nodad").arg(w[0], w[3], w[1]));
            sh(QString("ip -n %1 link set %2 up").arg(w[0], w[1]));
        }
        sh("ip -n " + m_client + " route add default via 10.77.0.1");
        sh("ip -n " + m_client + " route add default via fd77::1");
        sh("ip -n " + m_server + " route add default via 10.78.0.1");
        sh("ip -n " + m_server + " route add default via fd78::1");
        sh(in(m_router) + "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        if (!m_failed.isEmpty())
            QSKIP(qPrintable("no namespaces to be had here: " + m_failed));
        QTest::qWait(2500); // until IPv6's link-local addresses have been found to be no one else's
    }
    void cleanupTestCase() {
        if (geteuid() != 0)
            return;
        for (const QString& ns : {m_client, m_router, m_server})
            sh("ip netns del " + ns);
    }
    void init() { m_failed.clear(); }

    void routersThatSaySo() {
        for (int round = 0; round < 2;
             ++round) { // the second time the kernel has learned 1400, which must not show
            const auto run = fromClient(3);
            QVERIFY2(run.exitCode == 0, run.errors);
            QCOMPARE(run.node.pmtu.size(), std::size_t{2});
            for (const auto& p : run.node.pmtu) {
                QVERIFY2(p.mtu == 1400 && p.linkMtu == 1500 && !p.blackhole, run.output.right(400));
            }
            QCOMPARE(run.node.rtt.size(), std::size_t{2});
            for (const auto& s : run.node.rtt) {
                const auto figures = stats::rttStats(s);
                QVERIFY(figures.sent > 50);
                QCOMPARE(figures.lost, std::size_t{0});
                QVERIFY(figures.rtt->p50 < 5'000'000);
            }
        }
    }
    void blackHole() {
        if (QStandardPaths::findExecutable("iptables", {"/usr/sbin", "/sbin"}).isEmpty())
            QSKIP("iptables is not installed");
        sh(in(m_router) + "iptables -A OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP");
        sh(in(m_router) + "ip6tables -A OUTPUT -p icmpv6 --icmpv6-type packet-too-big -j DROP");
        QVERIFY2(m_failed.isEmpty(), qPrintable(m_failed));
        learnNothing();
        const auto run = fromClient(10);
        sh(in(m_router) + "iptables -F OUTPUT");
        sh(in(m_router) + "ip6tables -F OUTPUT");
        QCOMPARE(run.node.pmtu.size(), std::size_t{2});
        for (const auto& p : run.node.pmtu)
            QVERIFY2(p.mtu == 1400 && p.linkMtu == 1500 && p.blackhole, run.output.right(400));
    }
    void theLinkItself() {
        learnNothing();
        sh("ip -n " + m_client + " link set c0 mtu 1380");
        const auto run = fromClient(1);
        sh("ip -n " + m_client + " link set c0 mtu 1500");
        QCOMPARE(run.node.pmtu.size(), std::size_t{2});
        for (const auto& p : run.node.pmtu)
            QVERIFY2(p.mtu == 1380 && p.linkMtu == 1380 && !p.blackhole, run.output.right(400));
    }
    void anMtuOnTheRoute() {
        learnNothing();
        sh("ip -n " + m_client + " route add 10.78.0.0/24 via 10.77.0.1 mtu 1320");
        const auto run = fromClient(2);
        sh("ip -n " + m_client + " route del 10.78.0.0/24");
        QVERIFY2(m_failed.isEmpty(), qPrintable(m_failed));
        const auto& p = run.node.pmtu.at(0).address == "10.78.0.2" ? run.node.pmtu[0] : run.node.pmtu.at(1);
        QVERIFY2(p.mtu == 1320 && p.linkMtu == 1320 && !p.blackhole, run.output.right(400));
    }
    void lossIsNoBlackHole() {
        if (QStandardPaths::findExecutable("iptables", {"/usr/sbin", "/sbin"}).isEmpty())
            QSKIP("iptables is not installed");
        learnNothing();
        sh(in(m_router) + "iptables -A FORWARD -m statistic --mode random --probability 0.1 -j DROP");
        QVERIFY2(m_failed.isEmpty(), qPrintable(m_failed));
        const auto run = fromClient(8);
        sh(in(m_router) + "iptables -F FORWARD");
        for (const auto& p : run.node.pmtu)
            QVERIFY2(p.mtu == 1400 && !p.blackhole,
                     qPrintable(QString("%1 %2 %3").arg(p.mtu).arg(p.linkMtu).arg(p.blackhole)));
        const auto figures = stats::rttStats(run.node.rtt.at(0));
        QVERIFY2(figures.lost * 100 > figures.sent * 8 && figures.lost * 100 < figures.sent * 35,
                 qPrintable(QString("%1 of %2").arg(figures.lost).arg(figures.sent))); // 1 - 0.9²: both ways
    }
    void nobodyThere() {
        sh("ip -n " + m_server + " link set s0 down");
        const auto run = fromClient(4);
        sh("ip -n " + m_server + " link set s0 up");
        for (const auto& s : run.node.rtt) {
            const auto figures = stats::rttStats(s);
            QVERIFY(figures.sent > 50);
            QCOMPARE(figures.lost, figures.sent);
        }
        for (const auto& p : run.node.pmtu)
            QVERIFY2(p.mtu == 0 && !p.blackhole, run.output.right(400)); // not reached is no black hole
    }
    void withoutPermissionToEcho() {
        sh("ip -n " + m_client + " link set lo up");
        probe::ProbePlan plan;
        plan.durationS = 3.5;
        plan.peers.push_back({"self", "127.0.0.1", model::Plane::Underlay});
        const auto run = test::runProbe(plan, {"ip", "netns", "exec", m_client, "setpriv", "--reuid=65534",
                                               "--regid=65534", "--clear-groups", "sh"});
        QCOMPARE(run.node.rtt.at(0).method, std::string("udp-closed-port"));
        const auto figures = stats::rttStats(run.node.rtt[0]);
        QVERIFY(figures.sent >= 2 && figures.sent <= 4);
        QCOMPARE(figures.lost, std::size_t{0});
        QCOMPARE(run.node.pmtu.at(0).mtu, 65535);
    }
    /// It may need root to open its sockets; it must not keep it.
    void rootIsGivenUp() {
        probe::ProbePlan plan;
        plan.durationS = 5;
        plan.peers.push_back({"self", "127.0.0.1", model::Plane::Underlay});
        const auto launch = probe::launch(plan, "test");
        QProcess process;
        process.start("sh", {"-c", QString::fromStdString(launch.command)});
        process.write(launch.input.data(), static_cast<qint64>(launch.input.size()));
        process.closeWriteChannel();
        QVERIFY(process.waitForReadyRead(10'000));
        QProcess look;
        look.start("sh",
                   {"-c", QString("for p in /proc/[0-9]*; do if [ \"$(tr '\\0' ' ' < $p/cmdline 2>/dev/null | cut "
                                  "-d' ' -f1)\" != '' ] && grep -q \"^PPid:[[:space:]]*%1$\" $p/status; then grep "
                                  "-E '^(Uid|Gid|NoNewPrivs|Groups):' $p/status; fi; done")
                              .arg(process.processId())});
        QVERIFY(look.waitForFinished(10'000));
        const QString status = QString::fromUtf8(look.readAllStandardOutput()).simplified();
        process.terminate();
        process.waitForFinished(10'000);
        QVERIFY2(
            status.contains("Uid: 65534 65534 65534 65534 Gid: 65534 65534 65534 65534 Groups: NoNewPrivs: 1"),
            qPrintable(status));
    }
};

QTEST_GUILESS_MAIN(TestProbePath)
#include "tst_probe_path.moc"
