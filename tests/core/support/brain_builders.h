// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Cases for the tests of analysis, tuning and path, built up from a healthy one: three nodes on one network,
// Flannel with VXLAN, kube-proxy with iptables, two DNS pods. The shape is the lab's.
#pragma once

#include "core/model/case.h"

#include <string>

namespace netopsy::test {

inline model::Link link(int index, std::string name, std::string kind, int mtu, std::string master = {}) {
    model::Link l;
    l.index = index;
    l.name = std::move(name);
    l.kind = std::move(kind);
    l.state = "UP";
    l.mtu = mtu;
    l.master = std::move(master);
    return l;
}

inline model::Route route(std::string dst, std::string via, std::string dev) {
    model::Route r;
    r.dst = std::move(dst);
    r.via = std::move(via);
    r.dev = std::move(dev);
    r.table = "main";
    return r;
}

/// `count` answers, every `lateEvery`-th of them after `lateNs` (0: none), spread evenly over 30 s.
inline model::DnsSeries dns(const std::string& resolver, const std::string& role, std::size_t count,
                            std::int64_t usualNs = 300'000, std::size_t lateEvery = 0, std::int64_t lateNs = 0) {
    model::DnsSeries s;
    s.resolver = resolver;
    s.role = role;
    s.name = "kubernetes.default.svc.cluster.local.";
    s.internal = true;
    s.timeoutNs = 5'000'000'000;
    for (std::size_t i = 0; i < count; ++i) {
        const bool late = lateEvery != 0 && i % lateEvery == 0;
        const auto jitter = static_cast<std::int64_t>(i % 17) * 1000;
        s.samples.push_back({static_cast<std::int64_t>(i) * (30'000'000'000 / static_cast<std::int64_t>(count)),
                             late ? lateNs : usualNs + jitter, model::DnsOutcome::Answered, 0, 0});
    }
    return s;
}

/// `count` look-ups of a name, walked through kubelet's default list; without a list for a name with a trailing dot.
inline model::LookupSeries lookups(const std::string& name, std::size_t count, std::int64_t totalNs) {
    const bool absolute = name.ends_with('.');
    model::LookupSeries s{"10.96.0.10", "service", name, 5, {}, {}};
    if (!absolute)
        s.search = {"default.svc.cluster.local", "svc.cluster.local", "cluster.local"};
    for (std::size_t i = 0; i < count; ++i)
        s.samples.push_back({static_cast<std::int64_t>(i) * 3'000'000'000, totalNs, absolute ? 2 : 8,
                             absolute ? 1 : 4, 0, model::DnsOutcome::Answered, 0, 0});
    return s;
}

/// Turns every `every`-th query into one that nothing answered.
inline void lose(model::DnsSeries& s, std::size_t every) {
    for (std::size_t i = 0; i < s.samples.size(); i += every)
        s.samples[i] = {s.samples[i].offsetNs, -1, model::DnsOutcome::Timeout, -1, 0};
}

inline model::RttSeries rtt(const std::string& peer, const std::string& address, model::Plane plane,
                            std::int64_t medianNs, std::size_t count = 200) {
    model::RttSeries s{peer, address, plane, "icmp-dgram", {}};
    for (std::size_t i = 0; i < count; ++i)
        s.samples.push_back({static_cast<std::int64_t>(i) * 100'000'000,
                             medianNs + (static_cast<std::int64_t>(i % 21) - 10) * 500});
    return s;
}

inline model::NodeSample sample(std::uint32_t seq) {
    model::NodeSample s;
    s.seq = seq;
    s.at = static_cast<std::int64_t>(seq) * 1'000'000'000;
    s.uptimeS = 1000.0 + seq;
    s.cpu = model::CpuTimes{100 + 20u * seq, 0, 100 + 10u * seq, 5000 + 165u * seq, 10, 0, 5 + seq, 10};
    s.conntrack = model::Conntrack{900 + seq,
                                   262144,
                                   std::uint64_t{65536},
                                   {{"insert_failed", 7}, {"drop", 3}, {"early_drop", 1}, {"clash_resolve", 2}}};
    s.netCounters = {{"TcpExt.ListenOverflows", 11}, {"TcpExt.ListenDrops", 12}};
    return s;
}

inline std::string pod(int node, int number = 2) {
    return "10.244." + std::to_string(node) + "." + std::to_string(number);
}

/// The pod web-N of node N, entered.
inline model::PodPlace place(int number) {
    model::PodPlace out;
    out.ns = "default";
    out.name = "web-" + std::to_string(number);
    out.address = pod(number);
    out.netns = 4026533000u + static_cast<unsigned>(number);
    out.device = "eth0";
    out.mtu = 1450;
    out.peerIndex = 5;
    out.sysctl = {{"net.core.somaxconn", "128"}, {"net.ipv4.tcp_max_syn_backlog", "2048"}};
    out.countersFirst = {{"TcpExt.ListenOverflows", 3}, {"TcpExt.ListenDrops", 3}, {"Tcp.PassiveOpens", 900}};
    out.countersLast = out.countersFirst;
    return out;
}

inline model::Node node(int number, int nodes = 3) {
    const std::string n = std::to_string(number);
    model::Node out;
    out.name = "node" + n;
    out.address = "172.30.0.1" + n;
    out.state = model::NodeState::Complete;
    model::NodeFacts& f = out.facts;
    f.kernel = std::string("6.18.44");
    f.cpus = 2;
    f.memTotalKiB = std::uint64_t{24} << 20;
    f.root = true;
    f.sysctl = {{"net.core.somaxconn", "4096"},
                {"net.netfilter.nf_conntrack_max", "262144"},
                {"net.netfilter.nf_conntrack_tcp_timeout_established", "432000"},
                {"net.ipv4.ip_local_port_range", "32768 60999"},
                {"net.ipv4.tcp_tw_reuse", "2"},
                {"fs.inotify.max_user_watches", "192536"},
                {"fs.inotify.max_user_instances", "128"}};
    f.links = {link(1, "lo", "loopback", 65536), link(2, "eth0", "veth", 1500),
               link(3, "flannel.1", "vxlan", 1450), link(4, "cni0", "bridge", 1450),
               link(5, "veth" + n, "veth", 1450, "cni0")};
    f.links[1].addresses = {{"172.30.0.1" + n, 24, "global"}};
    f.links[1].peerNetnsId = 0;
    f.links[2].vxlan = model::VxlanInfo{1, 8472, "172.30.0.1" + n, "eth0", false};
    f.links[2].addresses = {{pod(number, 0), 32, "global"}};
    f.links[2].state = "UNKNOWN";
    f.links[3].addresses = {{pod(number, 1), 24, "global"}};
    f.links[4].peerNetnsId = 1;
    f.links[4].mac = "aa:00:00:00:00:0" + n;
    f.routes = {route("default", "172.30.0.1", "eth0"), route("172.30.0.0/24", "", "eth0"),
                route("10.244." + n + ".0/24", "", "cni0")};
    f.neighbours = {{pod(number), "cni0", "0a:58:0a:f4:0" + n + ":02", "REACHABLE"}};
    f.fdb = {{"0a:58:0a:f4:0" + n + ":02", "veth" + n, "", "cni0", "reachable"}};
    for (int peer = 1; peer <= nodes; ++peer) {
        if (peer == number)
            continue;
        const std::string p = std::to_string(peer);
        model::Route r = route("10.244." + p + ".0/24", pod(peer, 0), "flannel.1");
        r.onlink = true;
        f.routes.push_back(r);
        f.neighbours.push_back({pod(peer, 0), "flannel.1", "02:00:00:00:00:0" + p, "PERMANENT"});
        f.fdb.push_back({"02:00:00:00:00:0" + p, "flannel.1", "172.30.0.1" + p, "", "permanent"});
        out.rtt.push_back(rtt("node" + p, "172.30.0.1" + p, model::Plane::Underlay, 60'000));
        out.rtt.push_back(rtt("node" + p, pod(peer), model::Plane::Overlay, 66'000));
        out.pmtu.push_back({"node" + p, "172.30.0.1" + p, model::Plane::Underlay, 1500, 1500, false});
        out.pmtu.push_back({"node" + p, pod(peer), model::Plane::Overlay, 1450, 1450, false});
    }
    for (std::uint32_t seq = 0; seq <= 30; ++seq)
        out.samples.push_back(sample(seq));
    out.dns = {dns("10.96.0.10", "service", 400), dns(pod(1, 10), "pod", 400), dns(pod(3, 10), "pod", 400)};
    out.lookups = {lookups("example.com.", 10, 400'000)}; // a list, kubelet's default, is worth a remark
    return out;
}

inline model::Case healthy(int nodes = 3) {
    model::Case out;
    out.meta.durationS = 30;
    out.meta.tool = "netopsy 0.1.0";
    out.cluster.emplace();
    model::Inventory& c = *out.cluster;
    c.context = "lab";
    c.version = "v1.20.5";
    c.cni = {"flannel", "vxlan", "0.20", {"DaemonSet kube-flannel-ds", "net-conf.json: Backend.Type vxlan"}};
    c.proxy = {"iptables", {"ConfigMap kube-proxy: mode is empty"}};
    c.dns = {"10.96.0.10", {pod(1, 10), pod(3, 10)}, false, "", "cluster.local", {}};
    c.services = {{"kube-system", "kube-dns", "ClusterIP", {"10.96.0.10"}, {{"dns", "UDP", 53, "53", 0}}},
                  {"default", "web", "ClusterIP", {"10.96.7.7"}, {{"http", "TCP", 80, "8080", 0}}}};
    c.endpoints = {{"kube-system", "kube-dns", pod(1, 10), "node1", "coredns-a", true},
                   {"kube-system", "kube-dns", pod(3, 10), "node3", "coredns-b", true},
                   {"default", "web", pod(2), "node2", "web-2", true}};
    c.workloads = {{"DaemonSet", "kube-system", "kube-proxy", {"k8s.gcr.io/kube-proxy:v1.20.5"}, {}, {}, {}}};
    c.pods = {{"kube-system", "coredns-a", "node1", "Running", {pod(1, 10)}, false, {}},
              {"kube-system", "coredns-b", "node3", "Running", {pod(3, 10)}, false, {}}};
    for (int i = 1; i <= nodes; ++i) {
        const std::string name = "node" + std::to_string(i);
        out.nodes.push_back(node(i, nodes));
        model::ClusterNode known;
        known.name = name;
        known.addresses = {{"InternalIP", "172.30.0.1" + std::to_string(i)}};
        known.podCidrs = {"10.244." + std::to_string(i) + ".0/24"};
        known.ready = "True";
        c.nodes.push_back(known);
        c.pods.push_back({"default", "web-" + std::to_string(i), name, "Running", {pod(i)}, false, {}});
    }
    return out;
}

} // namespace netopsy::test
