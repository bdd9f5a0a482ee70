// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/place.h"

#include <QTest>

using namespace netopsy;

namespace {

model::LookupSample lookup(std::int64_t totalNs, int queries, int candidates, int retries = 0) {
    model::LookupSample out;
    out.totalNs = totalNs;
    out.queries = queries;
    out.candidates = candidates;
    out.retries = retries;
    out.outcome = totalNs < 0 ? model::DnsOutcome::Timeout : model::DnsOutcome::Answered;
    return out;
}

model::RttSeries trips(model::Plane plane, const std::vector<std::int64_t>& ns, std::uint8_t taint = 0) {
    model::RttSeries out;
    out.plane = plane;
    for (const std::int64_t one : ns) {
        model::RttSample sample;
        sample.rttNs = one;
        sample.taint = taint;
        out.samples.push_back(sample);
    }
    return out;
}

} // namespace

class TestPlace : public QObject {
    Q_OBJECT
private slots:
    void lookups() {
        model::LookupSeries series;
        QCOMPARE(stats::lookupStats(series).sent, std::size_t{0});
        QVERIFY(!stats::lookupStats(series).total && !stats::lookupStats(series).queries);
        series.samples = {lookup(4'000'000, 8, 4), lookup(5'000'000, 8, 4), lookup(5'004'000'000, 9, 4, 1),
                          lookup(-1, 6, 1, 3)};
        series.samples.push_back(lookup(2'000'000, 2, 1));
        series.samples.back().outcome = model::DnsOutcome::Failed;
        const auto s = stats::lookupStats(series);
        QCOMPARE(s.sent, std::size_t{5});
        QCOMPARE(s.answered, std::size_t{3});
        QCOMPARE(s.timeouts, std::size_t{1});
        QCOMPARE(s.failed, std::size_t{1});
        QCOMPARE(s.retried, std::size_t{2});
        QCOMPARE(s.total->count, std::size_t{3});
        QCOMPARE(s.total->p50, 5'000'000);
        QCOMPARE(s.total->max, 5'004'000'000);
        QCOMPARE(*s.queries, 8);
        QCOMPARE(*s.candidates, 4);
    }

    void taintCountsEveryPlace() {
        model::Node node;
        QCOMPARE(stats::taintShare(node).pct(), 0.0);
        node.rtt = {trips(model::Plane::Underlay, {1, 2, 3, 4, 5, 6}),
                    trips(model::Plane::Overlay, {1, -1}, model::taint::late | model::taint::stolen)};
        model::PodPlace pod;
        pod.lookups.push_back({});
        pod.lookups.back().samples = {lookup(1, 1, 1)};
        pod.lookups.back().samples[0].taint = model::taint::throttled;
        pod.dns.push_back({});
        pod.dns.back().samples.resize(1);
        node.pods.push_back(pod);
        const auto s = stats::taintShare(node);
        QCOMPARE(s.samples, std::size_t{10});
        QCOMPARE(s.tainted, std::size_t{3});
        QCOMPARE(s.late, std::size_t{2});
        QCOMPARE(s.stolen, std::size_t{2});
        QCOMPARE(s.throttled, std::size_t{1});
        QCOMPARE(s.starved, std::size_t{0});
        QCOMPARE(s.pct(), 30.0);
    }

    void aPlace() {
        model::PodPlace pod;
        pod.rtt = {trips(model::Plane::Overlay, {100, 300, -1}), trips(model::Plane::Overlay, {200}),
                   trips(model::Plane::Underlay, {50})};
        pod.sysctl = {{"net.core.somaxconn", "128"},
                      {"net.ipv4.ip_local_port_range", "32768\t60999"},
                      {"net.ipv4.tcp_fin_timeout", "60"}};
        pod.countersFirst = {{"TcpExt.ListenOverflows", 5}, {"Tcp.OutSegs", 100}, {"Udp.InErrors", 3}};
        pod.countersLast = {{"TcpExt.ListenOverflows", 17}, {"Tcp.OutSegs", 90}, {"Tcp.InSegs", 4}};
        model::DnsSeries internal, other;
        internal.internal = true;
        internal.samples.resize(3);
        other.samples.resize(2);
        pod.dns = {internal, other};
        model::NodeFacts node;
        node.sysctl = {{"net.core.somaxconn", "4096"}, {"net.ipv4.ip_local_port_range", "32768 60999"}};
        const auto s = stats::summarise(pod, node);
        QCOMPARE(s.overlay.sent, std::size_t{4});
        QCOMPARE(s.overlay.lost, std::size_t{1});
        QCOMPARE(s.overlay.rtt->p50, 200);
        QCOMPARE(s.underlay.rtt->max, 50);
        QCOMPARE(s.dns.sent, std::size_t{3});
        QCOMPARE(s.dns.timeouts, std::size_t{3});
        // A counter that is there at one end only has no change; one that fell is named.
        QCOMPARE(s.counterDelta, (std::map<std::string, std::uint64_t>{{"TcpExt.ListenOverflows", 12}}));
        QCOMPARE(s.backwards, std::vector<std::string>{"Tcp.OutSegs"});
        QCOMPARE(s.unlikeNode, std::vector<std::string>{"net.core.somaxconn"});
    }
};

QTEST_APPLESS_MAIN(TestPlace)
#include "tst_place.moc"
