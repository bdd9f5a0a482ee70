// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Accept queues. The counters and the limit are each network namespace's own, so a pod is judged by what was read
// inside it, never by its node.
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/text.h"
#include "core/stats/place.h"

namespace netopsy::analysis {

namespace {

/// One network namespace: the node's own, or a pod's.
struct Room {
    const std::map<std::string, std::uint64_t>& deltas;
    const std::map<std::string, std::string>& sysctl;
    model::SectionRef counters, limits;
};

std::string valueOf(const std::map<std::string, std::string>& sysctl, const std::string& key) {
    const auto found = sysctl.find(key);
    return found == sysctl.end() ? "unknown" : found->second;
}

/// Fires when the queue overflowed in `room`; nullptr when it did not.
Finding* judge(RuleResult& result, const Room& room, std::string_view variant, Values values) {
    const auto overflows = room.deltas.find("TcpExt.ListenOverflows");
    if (overflows == room.deltas.end() || overflows->second == 0)
        return nullptr;
    const bool many = static_cast<double>(overflows->second) >= result.limit("warning_count");
    const std::string somaxconn = valueOf(room.sysctl, "net.core.somaxconn");
    values["times"] = counted(static_cast<std::size_t>(overflows->second), "time", "times");
    values["somaxconn"] = somaxconn;
    const std::string node = values["node"];
    Finding& f = result.fire(many ? result.severity() : Severity::Info, {node}, std::move(values), variant);
    f.certainty = Certainty::Proven;
    f.weight = many ? 50 : 5;
    f.evidence.push_back(
        evidence("ListenOverflows, over the run", text::integer(overflows->second), room.counters, "0"));
    f.evidence.push_back(evidence("net.core.somaxconn there", somaxconn, room.limits));
    for (const auto& [key, name] : {std::pair("TcpExt.ListenDrops", "ListenDrops, over the run"),
                                    std::pair("TcpExt.TCPReqQFullDrop", "TCPReqQFullDrop, over the run"),
                                    std::pair("Tcp.PassiveOpens", "connections accepted, over the run")})
        if (const auto found = room.deltas.find(key); found != room.deltas.end())
            f.counterEvidence.push_back(evidence(name, text::integer(found->second), room.counters));
    f.counterEvidence.push_back(evidence("net.ipv4.tcp_max_syn_backlog there",
                                         valueOf(room.sysctl, "net.ipv4.tcp_max_syn_backlog"), room.limits));
    return &f;
}

void judgePod(RuleResult& result, const model::Node& node, const model::PodPlace& pod, const std::string& span) {
    const std::string name = pod.ns + "/" + pod.name;
    if (!pod.problem.empty()) {
        result.cannotTell(node.name, name + ": " + pod.problem);
        return;
    }
    const stats::PlaceSummary summary = stats::summarise(pod, node.facts);
    if (!summary.counterDelta.contains("TcpExt.ListenOverflows")) {
        result.cannotTell(node.name, name + ": its counters were not read at the start and at the end of the run");
        return;
    }
    const model::SectionRef probe{node.name, section::probe, 0, 0};
    Finding* f = judge(result, {summary.counterDelta, pod.sysctl, probe, probe}, "",
                       {{"node", node.name}, {"pod", name}, {"span", span}});
    if (f != nullptr)
        f->where = {{.node = node.name, .to = name, .netns = name}};
    const auto own = text::toUint(valueOf(pod.sysctl, "net.core.somaxconn"));
    const auto nodes = text::toUint(valueOf(node.facts.sysctl, "net.core.somaxconn"));
    if (f != nullptr && own && nodes && *own < *nodes)
        f->evidence.push_back(evidence("which is",
                                       result.phrase("below_node", {{"node_somaxconn", text::integer(*nodes)}}),
                                       model::SectionRef{node.name, section::sysctl, 0, 0}));
}

} // namespace

RuleResult tcpListenOverflow(const Subject& subject, const RuleEntry& entry) {
    RuleResult result(entry);
    for (std::size_t i = 0; i < subject.the.nodes.size(); ++i) {
        const model::Node& node = subject.the.nodes[i];
        if (!Subject::reached(node))
            continue;
        const stats::NodeSummary& summary = subject.of(i);
        const std::string span = text::duration(summary.spanS * 1e9);
        const model::SectionRef last{node.name, section::sample,
                                     node.samples.empty() ? 0 : node.samples.back().seq, 0};
        if (!summary.netDelta.contains("TcpExt.ListenOverflows"))
            result.cannotTell(node.name,
                              whyNoSamples(node, "no change of ListenOverflows over the run is known: it "
                                                 "needs two samples of /proc/net/netstat"));
        else if (Finding* f = judge(result,
                                    {summary.netDelta, node.facts.sysctl, last,
                                     model::SectionRef{node.name, section::sysctl, 0, 0}},
                                    "node", {{"node", node.name}, {"span", span}}))
            f->tuningKeys = {"net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog"};
        for (const model::PodPlace& pod : node.pods)
            judgePod(result, node, pod, span);
    }
    return result;
}

} // namespace netopsy::analysis
