// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Peers that answer no echo, no UDP, or nothing: client - router - server, network namespaces with real filters.
#include "core/stats/summary.h"
#include "probe_run.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace netopsy;

class TestProbeFallback : public QObject, private test::SetUp {
    Q_OBJECT

    const QString m_client = QStringLiteral("npf%1c").arg(getpid());
    const QString m_router = QStringLiteral("npf%1r").arg(getpid());
    const QString m_server = QStringLiteral("npf%1s").arg(getpid());

    /// Of both families; a rule that names icmp means echo requests alone, for IPv6's neighbours are found by ICMP.
    void filter(const QString& ns, const QStringList& rules) {
        for (const QString& rule : rules)
            for (const bool v6 : {false, true}) {
                QString line = rule;
                line.replace("-p icmp",
                             v6 ? "-p icmpv6 --icmpv6-type echo-request" : "-p icmp --icmp-type echo-request");
                sh(QString("ip netns exec %1 %2 -w %3").arg(ns, v6 ? "ip6tables" : "iptables", line));
            }
    }
    test::ProbeRun fromClient(double seconds, const QStringList& as = {}) {
        probe::ProbePlan plan;
        plan.durationS = seconds;
        plan.rttIntervalMs = 50;
        plan.cpuPpm = 1'000'000;
        plan.peers.push_back({"server", "10.78.0.2", model::Plane::Underlay});
        plan.peers.push_back({"server", "fd78::2", model::Plane::Overlay});
        return test::runProbe(plan, QStringList{"ip", "netns", "exec", m_client} + as + QStringList{"sh"});
    }
    /// Listens on `port` of both families inside the server's namespace; -1 when it can't.
    int listenInServer(std::uint16_t port) {
        const int here = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
        const int there = ::open(QFile::encodeName("/run/netns/" + m_server), O_RDONLY | O_CLOEXEC);
        int fd = -1;
        if (here >= 0 && there >= 0 && ::setns(there, CLONE_NEWNET) == 0) {
            fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in6 any{};
            any.sin6_family = AF_INET6;
            any.sin6_port = htons(port);
            if (::bind(fd, reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0 || ::listen(fd, 128) != 0) {
                ::close(fd);
                fd = -1;
            }
            if (::setns(here, CLONE_NEWNET) != 0)
                qFatal("the way back into the namespace is lost");
        }
        ::close(here);
        ::close(there);
        return fd;
    }

private slots:
    void initTestCase() {
        if (geteuid() != 0)
            QSKIP("network namespaces need root");
        for (const char* tool : {"iptables", "ip6tables", "setpriv"})
            if (QStandardPaths::findExecutable(tool).isEmpty() &&
                QStandardPaths::findExecutable(tool, {"/usr/sbin", "/sbin"}).isEmpty())
                QSKIP(qPrintable(QString("%1 is not installed").arg(tool)));
        for (const QString& ns : {m_client, m_router, m_server})
            sh("ip netns add " + ns);
        sh(QString("ip link add c0 netns %1 type veth peer name r0 netns %2").arg(m_client, m_router));
        sh(QString("ip link add s0 netns %1 type veth peer name r1 netns %2").arg(m_server, m_router));
        for (const QString& where :
             {m_client + " c0 10.77.0.2/24 fd77::2/64", m_router + " r0 10.77.0.1/24 fd77::1/64",
              m_router + " r1 10.78.0.1/24 fd78::1/64", m_server + " s0 10.78.0.2/24 fd78::2/64"}) {
            const QStringList w = where.split(' ');
            sh(QString("ip -n %1 addr add %2 dev %3").arg(w[0], w[2], w[1]));
            sh(QString("ip -n %1 addr add %2 dev %3 nodad").arg(w[0], w[3], w[1]));
            sh(QString("ip -n %1 link set %2 up").arg(w[0], w[1]));
        }
        for (const auto& [ns, net] : {std::pair{m_client, "77"}, std::pair{m_server, "78"}}) {
            sh(QString("ip -n %1 route add default via 10.%2.0.1").arg(ns, net));
            sh(QString("ip -n %1 route add default via fd%2::1").arg(ns, net));
        }
        sh("ip netns exec " + m_router + " sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
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
    void cleanup() {
        filter(m_server, {"-F INPUT"});
        filter(m_router, {"-F FORWARD"});
    }

    void theNextWayThatIsAnswered_data() {
        QTest::addColumn<QStringList>("rules"); // of the server
        QTest::addColumn<bool>("mayEcho");
        QTest::addColumn<bool>("open"); // somebody listens on the port
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QByteArray>("method");
        const QString noEcho = "-A INPUT -p icmp -j DROP", noUdp = "-A INPUT -p udp -j DROP";
        QTest::newRow("no echo: UDP") << QStringList{noEcho} << true << false << 8.0
                                      << QByteArray("udp-closed-port");
        QTest::newRow("no echo, no UDP: TCP")
            << QStringList{noEcho, noUdp} << true << false << 9.0 << QByteArray("tcp-closed-port");
        QTest::newRow("the port is open")
            << QStringList{noEcho, noUdp} << true << true << 9.0 << QByteArray("tcp-closed-port");
        QTest::newRow("no right to echo, no UDP: TCP")
            << QStringList{noUdp} << false << false << 15.0 << QByteArray("tcp-closed-port");
    }
    void theNextWayThatIsAnswered() {
        QFETCH(QStringList, rules);
        QFETCH(bool, mayEcho);
        QFETCH(bool, open);
        QFETCH(double, seconds);
        QFETCH(QByteArray, method);
        filter(m_server, rules);
        QVERIFY2(m_failed.isEmpty(), qPrintable(m_failed));
        const int listener = open ? listenInServer(33434) : -1;
        QCOMPARE(listener >= 0, open);
        const auto run = fromClient(
            seconds,
            mayEcho ? QStringList{} : QStringList{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
        if (listener >= 0)
            ::close(listener);
        QVERIFY2(run.exitCode == 0, run.errors);
        QCOMPARE(run.node.rtt.size(), std::size_t{2});
        for (const auto& s : run.node.rtt) {
            QVERIFY2(s.method == method.toStdString(), run.output.right(2000));
            const auto figures = stats::rttStats(s);
            QVERIFY2(figures.sent >= 1, run.output.right(2000));
            QCOMPARE(figures.lost, std::size_t{0}); // what the way before had lost is not this one's
            QVERIFY(figures.rtt->p50 > 0);
        }
        QVERIFY2(std::ranges::any_of(run.node.notes,
                                     [&](const std::string& n) {
                                         return n.find("2 of 2 addresses") != std::string::npos &&
                                                n.find(method.toStdString()) != std::string::npos;
                                     }),
                 run.output.right(600));
        QVERIFY2(!run.output.contains("can't be read"), run.output.right(600));
    }
    /// Neither a dead peer nor a firewall on the way that answers in its own name is an answer of the peer.
    void nothingAnswers_data() {
        QTest::addColumn<QStringList>("ofServer");
        QTest::addColumn<QStringList>("ofRouter");
        QTest::newRow("dropped") << QStringList{"-A INPUT -p icmp -j DROP", "-A INPUT -p udp -j DROP",
                                                "-A INPUT -p tcp -j DROP"}
                                 << QStringList{};
        QTest::newRow("rejected on the way")
            << QStringList{"-A INPUT -p icmp -j DROP"}
            << QStringList{"-A FORWARD -p udp -j REJECT", "-A FORWARD -p tcp -j REJECT"};
    }
    void nothingAnswers() {
        QFETCH(QStringList, ofServer);
        QFETCH(QStringList, ofRouter);
        filter(m_server, ofServer);
        filter(m_router, ofRouter);
        QVERIFY2(m_failed.isEmpty(), qPrintable(m_failed));
        const auto run = fromClient(9);
        for (const auto& s : run.node.rtt) {
            QVERIFY2(s.method.starts_with("icmp-"), run.output.right(2000));
            const auto figures = stats::rttStats(s);
            QVERIFY(figures.sent > 20);
            QCOMPARE(figures.lost, figures.sent);
        }
        QVERIFY2(!run.output.contains("closed-port"), run.output.right(2000));
    }
    /// A path that was down while it began is loss of what was asked, and no reason to ask otherwise.
    void anOutageChangesNothing() {
        filter(m_router, {"-A FORWARD -j DROP"});
        QVERIFY2(m_failed.isEmpty(), qPrintable(m_failed));
        QProcess heal; // in a process of its own, for the run blocks
        heal.start(
            "sh", {"-c", QString("sleep 5; ip netns exec %1 iptables -w -F FORWARD; ip netns exec %1 ip6tables -w "
                                 "-F FORWARD")
                             .arg(m_router)});
        const auto run = fromClient(9);
        QVERIFY(heal.waitForFinished(10'000));
        for (const auto& s : run.node.rtt) {
            QVERIFY2(s.method.starts_with("icmp-"), run.output.right(2000));
            const auto figures = stats::rttStats(s);
            QVERIFY(figures.lost > 0 && figures.lost < figures.sent);
        }
        QVERIFY2(!run.output.contains("closed-port"), run.output.right(2000));
    }
};

QTEST_GUILESS_MAIN(TestProbeFallback)
#include "tst_probe_fallback.moc"
