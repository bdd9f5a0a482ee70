// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/show/node_json.h"

#include "core/path/address.h"
#include "core/path/tunnel.h"
#include "core/show/absences.h"
#include "core/show/pods_json.h"
#include "core/show/probe_json.h"
#include "core/stats/node_summary.h"
#include "core/stats/place.h"
#include "core/store/state_name.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace netopsy::show {

namespace {

using nlohmann::json;

template<class T>
json orNull(const Reading<T>& reading) {
    return reading ? json(*reading) : json(nullptr);
}

json finite(double value) {
    return std::isfinite(value) ? json(value) : json(nullptr);
}

json persistedJson(const model::NodeFacts& facts) {
    json out = json::object();
    for (const auto& [key, set] : facts.sysctlPersisted)
        out[key] = {{"file", set.file}, {"value", set.value}};
    return out;
}

json conntrackJson(const model::Node& node, const stats::NodeSummary& summary) {
    for (auto sample = node.samples.rbegin(); sample != node.samples.rend(); ++sample) {
        if (!sample->conntrack)
            continue;
        json out = {{"count", sample->conntrack->count},
                    {"max", sample->conntrack->max},
                    {"buckets", orNull(sample->conntrack->buckets)}};
        for (const char* name : {"insert_failed", "drop", "early_drop", "invalid"}) {
            const auto total = sample->conntrack->stats.find(name);
            out[name] = total != sample->conntrack->stats.end() ? json(total->second) : json(nullptr);
        }
        for (const auto& [name, total] : sample->conntrack->stats)
            out[name] = total;
        for (const auto& [name, delta] : summary.conntrackDelta)
            out[name + "_delta"] = delta;
        return out;
    }
    return nullptr;
}

json interfacesJson(const model::Node& node, const stats::NodeSummary& summary) {
    const model::NodeSample* last = node.samples.empty() ? nullptr : &node.samples.back();
    json out = json::array();
    for (const model::Link& link : node.facts.links) {
        json one = {{"name", link.name},
                    {"kind", link.kind},
                    {"mtu", link.mtu},
                    {"driver", link.driver.empty() ? json(nullptr) : json(link.driver)},
                    {"speed_mbps", orNull(link.speedMbps)},
                    {"state", link.state},
                    {"rx_queues", link.rxQueues > 0 ? json(link.rxQueues) : json(nullptr)},
                    {"tx_queues", link.txQueues > 0 ? json(link.txQueues) : json(nullptr)}};
        const model::LinkCounters* total = nullptr;
        if (last != nullptr)
            if (const auto found = last->links.find(link.name); found != last->links.end())
                total = &found->second;
        const auto delta = summary.linkDelta.find(link.name);
        const auto add = [&](const char* name, std::uint64_t model::LinkCounters::*field) {
            one[name] = total != nullptr ? json(total->*field) : json(nullptr);
            one[std::string(name) + "_delta"] =
                delta != summary.linkDelta.end() ? json(delta->second.*field) : json(nullptr);
        };
        add("rx_dropped", &model::LinkCounters::rxDropped);
        add("tx_dropped", &model::LinkCounters::txDropped);
        add("rx_errors", &model::LinkCounters::rxErrors);
        add("tx_errors", &model::LinkCounters::txErrors);
        add("rx_bytes", &model::LinkCounters::rxBytes);
        add("tx_bytes", &model::LinkCounters::txBytes);
        out.push_back(std::move(one));
    }
    return out;
}

json cpuJson(const stats::NodeSummary& summary) {
    if (!summary.cpu)
        return {{"user_pct", nullptr},
                {"system_pct", nullptr},
                {"softirq_pct", nullptr},
                {"steal_pct", nullptr},
                {"iowait_pct", nullptr}};
    return {{"user_pct", finite(summary.cpu->user)},
            {"system_pct", finite(summary.cpu->system)},
            {"softirq_pct", finite(summary.cpu->softirq)},
            {"steal_pct", finite(summary.cpu->steal)},
            {"iowait_pct", finite(summary.cpu->iowait)}};
}

json softnetJson(const stats::NodeSummary& summary) {
    const bool has = summary.softnet.has();
    return {{"processed_delta", has ? json(summary.softnet->processed) : json(nullptr)},
            {"dropped_delta", has ? json(summary.softnet->dropped) : json(nullptr)},
            {"squeezed_delta", has ? json(summary.softnet->timeSqueeze) : json(nullptr)}};
}

json tcpJson(const model::Node& node, const stats::NodeSummary& summary) {
    const auto delta = [&](const char* name) {
        const auto found = summary.netDelta.find(name);
        return found != summary.netDelta.end() ? json(found->second) : json(nullptr);
    };
    const auto socket = [&](const char* name) {
        if (node.samples.empty())
            return json(nullptr);
        const auto found = node.samples.back().sockstat.find(name);
        return found != node.samples.back().sockstat.end() ? json(found->second) : json(nullptr);
    };
    json ports = nullptr; // every socket of the namespace holds one at most; TIME_WAIT holds one, too
    if (const json inUse = socket("TCP.inuse"), waiting = socket("TCP.tw"); !inUse.is_null() && !waiting.is_null())
        ports = inUse.get<std::uint64_t>() + waiting.get<std::uint64_t>();
    return {{"retrans_pct", summary.tcpRetransPct ? finite(*summary.tcpRetransPct) : json(nullptr)},
            {"listen_overflows_delta", delta("TcpExt.ListenOverflows")},
            {"listen_drops_delta", delta("TcpExt.ListenDrops")},
            {"timeouts_delta", delta("TcpExt.TCPTimeouts")},
            {"syn_retrans_delta", delta("TcpExt.TCPSynRetrans")},
            {"time_wait", socket("TCP.tw")},
            {"ports_in_use", ports}};
}

json disksJson(const stats::NodeSummary& summary) {
    json out = json::array();
    for (const stats::DiskSummary& disk : summary.disks)
        out.push_back(
            {{"name", disk.name}, {"rotational", orNull(disk.rotational)}, {"await_ms", orNull(disk.awaitMs)}});
    return out;
}

json taintJson(const model::Node& node) {
    const stats::TaintShare share = stats::taintShare(node);
    return {{"samples", share.samples},
            {"tainted", share.tainted},
            {"late", share.late},
            {"starved", share.starved},
            {"stolen", share.stolen},
            {"throttled", share.throttled},
            {"tainted_pct", share.samples > 0 ? json(share.pct()) : json(nullptr)}};
}

/// What should fit: where the route to the peer goes through a tunnel, what its headers leave of the link below it; else
/// what the route's own interface claims. nullopt when neither is known.
std::optional<int> expectedPmtu(const model::Node& node, const std::vector<path::Tunnel>& tunnels,
                                const model::PmtuResult& result) {
    if (const model::Route* route = path::lookUp(node.facts.routes, result.address))
        for (const path::Tunnel& tunnel : tunnels)
            if (tunnel.link->name == route->dev && tunnel.under != nullptr && tunnel.overhead > 0)
                return tunnel.under->mtu - tunnel.overhead;
    return result.linkMtu > 0 ? std::optional(result.linkMtu) : std::nullopt;
}

json pmtuJson(const model::Node& node) {
    json out = json::array();
    const std::vector<path::Tunnel> tunnels = path::tunnels(node.facts, node.address);
    for (const model::PmtuResult& result : node.pmtu) {
        const auto expected = expectedPmtu(node, tunnels, result);
        out.push_back({{"peer", result.peer},
                       {"address", result.address},
                       {"plane", result.plane == model::Plane::Underlay ? "underlay" : "overlay"},
                       {"mtu", result.mtu > 0 ? json(result.mtu) : json(nullptr)},
                       {"expected", expected ? json(*expected) : json(nullptr)},
                       {"blackhole", result.blackhole}});
    }
    return out;
}

} // namespace

json nodeJson(const model::Node& node) {
    const stats::NodeSummary summary = stats::summarise(node);
    std::vector<std::string> notes = node.notes;
    notes.insert(notes.end(), summary.notes.begin(), summary.notes.end());
    for (std::string& absence : absences(node, summary))
        if (std::find(notes.begin(), notes.end(), absence) == notes.end())
            notes.push_back(std::move(absence));
    const bool ended = node.state == model::NodeState::Complete || node.state == model::NodeState::Unreachable;
    return {{"name", node.name},
            {"address", node.address},
            {"state", ended ? store::stateName(node.state) : "partial"},
            {"error", node.error.empty() ? json(nullptr) : json(node.error)},
            {"kernel", orNull(node.facts.kernel)},
            {"os", orNull(node.facts.os)},
            {"cpus", orNull(node.facts.cpus)},
            {"sysctl", node.facts.sysctl},
            {"sysctl_persisted", persistedJson(node.facts)},
            {"conntrack", conntrackJson(node, summary)},
            {"interfaces", interfacesJson(node, summary)},
            {"cpu", cpuJson(summary)},
            {"softnet", softnetJson(summary)},
            {"tcp", tcpJson(node, summary)},
            {"disk", disksJson(summary)},
            {"dns", dnsJson(node.dns)},
            {"dns_pairs", pairsJson(node.dns)},
            {"lookups", lookupsJson(node.lookups)},
            {"rtt", rttJson(node.rtt)},
            {"taint", taintJson(node)},
            {"pmtu", pmtuJson(node)},
            {"pods", podsJson(node)},
            {"notes", std::move(notes)},
            {"cost",
             {{"node_cpu_ms", orNull(node.cost.nodeCpuMs)},
              {"bytes_sent", node.cost.bytesSent},
              {"bytes_received", node.cost.bytesReceived}}}};
}

} // namespace netopsy::show
