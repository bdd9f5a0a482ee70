// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_session.h"

#include "fake_network.h"

#include <QPointer>
#include <QTimer>

namespace netopsy::ui::fake {

namespace {

constexpr std::int64_t second = 1'000'000'000;

void addSamples(model::Node& node, int ticks) {
    for (int i = 0; i < ticks; ++i) {
        const auto t = std::uint64_t(i);
        model::NodeSample sample;
        sample.seq = std::uint32_t(i);
        sample.at = node.started + i * second;
        sample.uptimeS = 1000.0 + i;
        sample.cpu = model::CpuTimes{1000 + 20 * t, 0, 500 + 10 * t, 90'000 + 165 * t, 10 + t, 0, 20 + 3 * t, t};
        model::Conntrack table;
        table.count = 40'000 + 200 * t;
        table.max = 131'072;
        sample.conntrack = table;
        sample.links["eth0"].rxPackets = 1000 * t;
        sample.links["eth0"].rxDropped = i > ticks / 2 ? 7 : 0;
        node.samples.push_back(std::move(sample));
    }
}

void addDns(model::Node& node, int ticks, bool slow) {
    model::DnsSeries series;
    series.resolver = "10.96.0.10";
    series.role = "service";
    series.name = "kubernetes.default.svc.cluster.local.";
    series.internal = true;
    series.timeoutNs = 5 * second;
    for (int i = 0; i < ticks * 20; ++i) {
        const bool late = slow && i % 10 == 3;
        const bool lost = slow && i % 97 == 0;
        model::DnsSample sample;
        sample.offsetNs = i * second / 20;
        sample.outcome = lost ? model::DnsOutcome::Timeout : model::DnsOutcome::Answered;
        sample.rttNs = lost ? -1 : (late ? 24'000'000 : 280'000) + (i * 7919 % 90'000);
        sample.rcode = lost ? -1 : 0;
        series.samples.push_back(sample);
    }
    node.dns.push_back(std::move(series));
}

std::int64_t noise(std::int64_t i) { // 0..9999, long-tailed: one in forty is late
    const std::int64_t even = i * 7919 % 9973;
    return i % 40 == 7 ? 60'000 + 9 * even : even;
}

model::RttSeries roundTrips(int from, int to, model::Plane plane, int ticks, bool dead) {
    model::RttSeries series;
    series.peer = "node" + std::to_string(to);
    series.address = plane == model::Plane::Underlay ? "192.0.2." + std::to_string(to % 250 + 1)
                                                     : "10.244." + std::to_string(to % 250) + ".1";
    series.plane = plane;
    series.method = "icmp-raw";
    std::int64_t base = 180'000 + 700 * ((from * 31 + to * 17) % 97);
    if (plane == model::Plane::Overlay)
        base += from == 2 || to == 2 ? 900'000 : 38'000; // node 2's overlay is slow
    for (int i = 0; i < ticks * 10; ++i) {
        model::RttSample sample;
        sample.offsetNs = i * second / 10;
        const bool lost = dead || (plane == model::Plane::Overlay && from == 1 && to == 2 && i % 25 == 4);
        sample.rttNs = lost ? -1 : base + noise(i + from * 13 + to * 7);
        if (from == 2 && i % 12 == 5) { // node 2's probe is robbed of its CPU
            sample.taint = model::taint::stolen;
            if (!lost)
                sample.rttNs += 2'400'000;
        }
        series.samples.push_back(sample);
    }
    return series;
}

/// Ten peers on a ring, or all of them in a small cluster; nobody reaches the last node.
void addMesh(model::Node& node, int self, int nodes, int ticks) {
    const int peers = nodes <= 32 ? nodes - 1 : 10;
    for (int k = 1; k <= peers; ++k) {
        const int to = (self - 1 + k) % nodes + 1;
        for (const auto plane : {model::Plane::Underlay, model::Plane::Overlay}) {
            node.rtt.push_back(roundTrips(self, to, plane, nodes > 100 ? 3 : ticks, to == nodes));
            const bool under = plane == model::Plane::Underlay;
            const bool hole = self == 1 && to == 2 && !under;
            if (to != nodes)
                node.pmtu.push_back({node.rtt.back().peer, node.rtt.back().address, plane,
                                     under  ? 1500
                                     : hole ? 1398
                                            : 1450,
                                     under ? 1500 : 1450, hole});
        }
    }
}

/// A pod that was entered, and one that was not.
void addPods(model::Node& node, int self) {
    model::PodPlace pod;
    pod.ns = "default";
    pod.name = "web-" + std::to_string(self) + "-5b6f7c9d8-x2x4q";
    pod.address = "10.244." + std::to_string(self % 250) + ".7";
    pod.netns = 4'026'532'300u + unsigned(self);
    pod.device = "eth0";
    pod.mtu = 1450;
    pod.peerIndex = 9;
    pod.nameservers = {"10.96.0.10"};
    pod.search = {"default.svc.cluster.local", "svc.cluster.local", "cluster.local"};
    pod.ndots = 5;
    pod.sysctl = {{"net.core.somaxconn", "128"},
                  {"net.ipv4.ip_local_port_range", "32768 60999"},
                  {"net.ipv4.tcp_tw_reuse", "2"}};
    pod.countersFirst = {{"TcpExt.ListenOverflows", 100}, {"Tcp.RetransSegs", 10}};
    pod.countersLast = {{"TcpExt.ListenOverflows", self == 2 ? 417u : 100u}, {"Tcp.RetransSegs", 31}};
    pod.dns = node.dns;
    // Asked in pairs, of which AAAA is always answered.
    for (std::size_t i = 0; i < pod.dns[0].samples.size(); ++i)
        pod.dns[0].samples[i].pair = std::int32_t(i);
    pod.dns.push_back(pod.dns[0]);
    pod.dns[1].type = model::DnsType::AAAA;
    for (model::DnsSample& sample : pod.dns[1].samples) {
        sample.outcome = model::DnsOutcome::Answered;
        sample.rttNs = 280'000;
        sample.rcode = 0;
    }
    for (model::RttSeries series : node.rtt)
        if (series.plane == model::Plane::Overlay && pod.rtt.size() < 2)
            pod.rtt.push_back(std::move(series));
    model::LookupSeries lookups;
    lookups.resolver = "10.96.0.10";
    lookups.role = "service";
    lookups.name = "example.org";
    lookups.ndots = 5;
    lookups.search = pod.search;
    for (int i = 0; i < 30; ++i) {
        model::LookupSample sample;
        sample.offsetNs = i * second;
        sample.totalNs = self == 2 && i == 7 ? 5'004'000'000 : 2'100'000 + noise(i);
        sample.queries = self == 2 && i == 7 ? 9 : 8;
        sample.candidates = 4;
        sample.retries = self == 2 && i == 7 ? 1 : 0;
        sample.outcome = model::DnsOutcome::Answered;
        lookups.samples.push_back(sample);
    }
    pod.lookups = {lookups};
    node.lookups = {lookups};
    node.lookups[0].ndots = 1;
    node.lookups[0].search.clear();
    for (model::LookupSample& sample : node.lookups[0].samples) {
        sample.queries = 2;
        sample.candidates = 1;
        sample.retries = 0;
        sample.totalNs = 480'000;
    }
    model::PodPlace closed;
    closed.ns = "kube-system";
    closed.name = "gone-" + std::to_string(self);
    closed.problem = "no process of it was found: its address is in no network namespace of this node";
    node.pods = {pod, closed};
    node.facts.sysctl["net.ipv4.ip_local_port_range"] = "32768 60999";
    model::Link veth;
    veth.index = 9;
    veth.name = "veth1a2b3c4d";
    veth.kind = "veth";
    veth.mtu = 1450;
    node.facts.links.push_back(veth);
}

} // namespace

std::shared_ptr<const model::Case> makeCase(int nodes, int ticks) {
    auto out = std::make_shared<model::Case>();
    out->meta.started = 1'795'400'000 * second;
    out->meta.durationS = ticks;
    out->meta.finished = true;
    model::Inventory cluster;
    cluster.context = "lab";
    cluster.server = "https://192.0.2.1:6443";
    cluster.version = "v1.30.2";
    cluster.cni.name = "flannel";
    cluster.cni.mode = "vxlan";
    cluster.proxy.mode = "iptables";
    cluster.dns.serviceIp = "10.96.0.10";
    out->cluster = cluster;
    for (int i = 1; i <= nodes; ++i) {
        model::Node node;
        node.name = "node" + std::to_string(i);
        node.address = "192.0.2." + std::to_string(i % 250 + 1);
        node.started = out->meta.started;
        if (i == nodes) {
            node.state = model::NodeState::Unreachable;
            node.error = "connecting: timed out after 5 s (is port 22 open from here?)";
        } else {
            node.state = model::NodeState::Complete;
            node.facts.kernel = std::string("6.1.0-18-amd64");
            node.facts.cpus = 4;
            node.facts.sysctl["net.core.somaxconn"] = "4096";
            node.facts.sysctl["net.netfilter.nf_conntrack_max"] = "131072";
            model::Link nic;
            nic.index = 2;
            nic.name = "eth0";
            nic.kind = "physical";
            nic.driver = "virtio_net";
            nic.mtu = 1500;
            nic.addresses.push_back({node.address, 24, "global"});
            node.facts.links.push_back(nic);
            addSamples(node, ticks);
            addDns(node, ticks, i == 2);
            addMesh(node, i, nodes, ticks);
            addPods(node, i);
        }
        out->nodes.push_back(std::move(node));
    }
    addNetwork(*out);
    return out;
}

std::shared_ptr<const analysis::Analysis> makeAnalysis() {
    auto out = std::make_shared<analysis::Analysis>();
    analysis::Finding slow;
    slow.rule = "dns-slow-internal";
    slow.severity = analysis::Severity::Critical;
    slow.nodes = {"node2"};
    slow.title = "node2 answers cluster DNS late";
    slow.explanation = "p99 24 ms over 600 queries, others 0.3 ms.";
    slow.evidence = {{"p99 of internal names", "24.1 ms", "2.00 ms", "node2: probe",
                      model::SectionRef{"node2", "probe", 0, 3}}};
    slow.counterEvidence = {{"CPU steal", "0.5 %", {}, "node2: stat", {}}};
    slow.where = {{"node2", "flannel.1", "", ""}};
    slow.remedy = "Look at the resolver's own load.";
    analysis::Finding drift;
    drift.rule = "sysctl-inconsistent";
    drift.severity = analysis::Severity::Warning;
    drift.nodes = {"node1"};
    drift.title = "net.core.somaxconn differs between nodes";
    out->findings = {slow, drift};
    return out;
}

Session::Session(int nodes, bool running, QObject* parent)
    : CaseSession(parent), subject(makeCase(nodes)), judged(makeAnalysis()), live(running) {
    steps.phase = running ? QStringLiteral("Collecting") : QStringLiteral("Done");
    steps.fraction = running ? 0.4 : 1;
    for (const model::Node& node : subject->nodes)
        steps.nodes.push_back(
            {QString::fromStdString(node.name), QStringLiteral("collecting (12 of 30 s)"), 0.4, false, !running});
}

void Session::cancel() {
    cancelled = true;
    live = false;
    steps.phase = QStringLiteral("Cancelled");
    emit progressChanged();
    emit finished({});
}

void Session::requestSection(const model::SectionRef& ref, QObject* context,
                             std::function<void(Result<model::RawSection>)> done) {
    QTimer::singleShot(0, context, [ref, done = std::move(done)] {
        model::RawSection section;
        section.node = ref.node;
        section.collector = ref.collector;
        section.seq = ref.seq;
        section.body = "first line\nsecond line\nthe third line is the evidence\nfourth line\n";
        done(section);
    });
}

void Session::requestSections(const QString& node, QObject* context,
                              std::function<void(Result<std::vector<model::RawSection>>)> done) {
    QTimer::singleShot(0, context, [node = node.toStdString(), done = std::move(done)] {
        std::vector<model::RawSection> all;
        for (const char* collector : {"sysctl", "probe"}) {
            model::RawSection section;
            section.node = node;
            section.collector = collector;
            all.push_back(std::move(section));
        }
        done(all);
    });
}

AutopsyRequest Services::rememberedRequest(const QString& context) const {
    AutopsyRequest request;
    request.context = context;
    return request;
}

CaseSession* Services::start(const AutopsyRequest& request) {
    started.append(request);
    return new Session(3, true, this);
}

} // namespace netopsy::ui::fake
