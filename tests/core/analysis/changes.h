// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is done to the healthy cluster for a rule to see, and what was found.
#pragma once

#include "core/analysis/analyse.h"
#include "tests/core/support/brain_builders.h"

#include <QMetaType>

#include <functional>
#include <string>
#include <vector>

namespace netopsy::test {

using Change = std::function<void(model::Case&)>;

inline std::vector<const analysis::Finding*> findingsOf(const analysis::Analysis& whole, const std::string& rule) {
    std::vector<const analysis::Finding*> out;
    for (const analysis::Finding& f : whole.findings)
        if (f.rule == rule)
            out.push_back(&f);
    return out;
}

inline std::string all(const analysis::Analysis& whole) {
    return analysis::findingsText(whole);
}

/// 20 % of node `i`'s answers come after 24 ms, by every way.
inline void slowDns(model::Case& c, std::size_t i, std::size_t every = 5, std::int64_t lateNs = 24'000'000) {
    c.nodes[i].dns = {dns("10.96.0.10", "service", 400, 300'000, every, lateNs),
                      dns(pod(1, 10), "pod", 400, 300'000, every, lateNs),
                      dns(pod(3, 10), "pod", 400, 300'000, every, lateNs)};
}

/// Turns every `every`-th echo between `a` and `b` into a lost one; an empty name is any node.
inline void loseRtt(model::Case& c, const std::string& a, const std::string& b, model::Plane plane,
                    std::size_t every) {
    const auto is = [](const std::string& asked, const std::string& name) {
        return asked.empty() || asked == name;
    };
    for (model::Node& n : c.nodes)
        for (model::RttSeries& s : n.rtt) {
            const bool between = (is(a, n.name) && is(b, s.peer)) || (is(b, n.name) && is(a, s.peer));
            if (s.plane != plane || !between)
                continue;
            for (std::size_t i = 0; i < s.samples.size(); i += every)
                s.samples[i].rttNs = -1;
        }
}

/// The same cluster with Calico's IPIP in place of Flannel's VXLAN, as its agents annotate the Nodes and BIRD routes.
inline void ipip(model::Case& c) {
    c.cluster->cni.name = "calico";
    c.cluster->cni.mode = "ipip";
    for (std::size_t i = 0; i < c.nodes.size(); ++i) {
        model::NodeFacts& facts = c.nodes[i].facts;
        model::Link& tunnel = facts.links[2];
        tunnel.name = "tunl0";
        tunnel.kind = "ipip";
        tunnel.mtu = 1480;
        tunnel.vxlan.reset();
        for (model::Route& r : facts.routes)
            if (r.dev == "flannel.1") {
                r.dev = "tunl0";
                r.via = "172.30.0.1" + r.dst.substr(std::string("10.244.").size(), 1);
            }
        c.cluster->nodes[i].annotations = {
            {"projectcalico.org/IPv4Address", c.nodes[i].address + "/24"},
            {"projectcalico.org/IPv4IPIPTunnelAddr", pod(static_cast<int>(i) + 1, 0)}};
    }
}

/// As flannel's agents write them.
inline void annotate(model::Case& c) {
    for (model::ClusterNode& n : c.cluster->nodes) {
        const std::string number = n.name.substr(4);
        n.annotations = {{"flannel.alpha.coreos.com/backend-type", "vxlan"},
                         {"flannel.alpha.coreos.com/public-ip", "172.30.0.1" + number},
                         {"flannel.alpha.coreos.com/backend-data",
                          R"({"VNI":1,"VtepMAC":"02:00:00:00:00:0)" + number + R"("})"}};
    }
}

/// Every late answer of the node was under way while the probing node was disturbed for `disturbedNs`.
inline void disturb(model::Node& n, std::int64_t disturbedNs) {
    for (model::DnsSeries& s : n.dns)
        for (model::DnsSample& sample : s.samples)
            if (sample.rttNs > 2'000'000) {
                sample.taint = model::taint::starved;
                n.tainted.push_back({sample.offsetNs, sample.offsetNs + disturbedNs, model::taint::starved});
            }
}

/// The Service's queries become pairs of which the AAAA half alone is lost where the plain series lost one.
inline void pairUp(model::Node& n) {
    model::DnsSeries& a = n.dns[0];
    model::DnsSeries aaaa = a;
    aaaa.type = model::DnsType::AAAA;
    a = dns(a.resolver, a.role, a.samples.size());
    for (std::size_t i = 0; i < a.samples.size(); ++i)
        a.samples[i].pair = aaaa.samples[i].pair = static_cast<std::int32_t>(i);
    n.dns.push_back(std::move(aaaa));
}

inline auto isRouteTo(std::string dst) {
    return [dst = std::move(dst)](const model::Route& route) { return route.dst == dst; };
}

inline void setFill(model::Case& c, std::uint64_t count) {
    for (model::NodeSample& s : c.nodes[1].samples)
        s.conntrack = model::Conntrack{count, 1000, std::uint64_t{250}, {{"drop", 0}}};
}

inline void count(model::Case& c, const std::string& counter, std::uint64_t perSecond) {
    for (model::NodeSample& s : c.nodes[1].samples) {
        model::Conntrack table = *s.conntrack;
        table.stats[counter] += perSecond * s.seq;
        s.conntrack = table;
    }
}

/// Sets CPU times so that `field` takes `pct` of 200 ticks a second.
inline void cpu(model::Node& n, std::uint64_t model::CpuTimes::*field, std::uint64_t pct) {
    for (model::NodeSample& s : n.samples) {
        model::CpuTimes t{};
        t.idle = 5000 + (200 - 2 * pct) * s.seq;
        t.*field += 2 * pct * s.seq;
        s.cpu = t;
    }
}

inline void ioPressure(model::Node& n, std::uint64_t pct) {
    for (model::NodeSample& s : n.samples)
        s.pressure["io.some"] = {0, 0, 10'000 * pct * s.seq};
}

} // namespace netopsy::test

Q_DECLARE_METATYPE(netopsy::test::Change)
