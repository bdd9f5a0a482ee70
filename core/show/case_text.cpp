// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/show/show.h"
#include "core/stats/node_summary.h"
#include "core/stats/place.h"
#include "core/store/state_name.h"

#include <algorithm>

namespace netopsy::show {

namespace {

/// Columns as wide as their widest cell, two blanks apart.
class Columns {
public:
    explicit Columns(std::vector<std::string> header) { add(std::move(header)); }
    void add(std::vector<std::string> row) { m_rows.push_back(std::move(row)); }
    [[nodiscard]] bool empty() const { return m_rows.size() < 2; }
    [[nodiscard]] std::string text(std::string_view indent) const {
        std::vector<std::size_t> widths(m_rows.front().size(), 0);
        for (const auto& row : m_rows)
            for (std::size_t c = 0; c < row.size(); ++c)
                widths[c] = std::max(widths[c], width(row[c]));
        std::string out;
        for (const auto& row : m_rows) {
            out += indent;
            for (std::size_t c = 0; c < row.size(); ++c) {
                out += row[c];
                if (c + 1 < row.size())
                    out += std::string(widths[c] - width(row[c]) + 2, ' ');
            }
            out += '\n';
        }
        return out;
    }

private:
    /// Code points, which is close enough to cells for what stands in these tables.
    static std::size_t width(const std::string& s) {
        return std::size_t(std::count_if(s.begin(), s.end(), [](char c) { return (c & 0xC0) != 0x80; }));
    }
    std::vector<std::vector<std::string>> m_rows;
};

std::string time(const std::optional<stats::Percentiles>& rtt, std::int64_t stats::Percentiles::*which) {
    return rtt ? text::duration(static_cast<double>((*rtt).*which)) : "–";
}

std::string clusterText(const model::Inventory& cluster) {
    std::string out =
        "cluster   " + cluster.context + " at " + cluster.server + ", Kubernetes " + cluster.version + "\n";
    out += "CNI       " + cluster.cni.name + ", " + cluster.cni.mode +
           (cluster.cni.version.empty() ? "" : ", " + cluster.cni.version) + "\n";
    out += "proxy     " + cluster.proxy.mode + "\n";
    out += "DNS       " + (cluster.dns.serviceIp.empty() ? "unknown" : cluster.dns.serviceIp) + ", backends " +
           (cluster.dns.pods.empty() ? "unknown" : text::join(cluster.dns.pods, ", ")) +
           (cluster.dns.nodeLocal ? ", NodeLocal DNSCache" : "") + "\n";
    for (const model::Gap& gap : cluster.gaps)
        out += "gap       may not " + gap.verb + " " + gap.resource + ": " + gap.reason + "\n";
    return out;
}

std::string factsLine(const model::Node& node) {
    std::string out = "  " + (node.facts.kernel ? "Linux " + *node.facts.kernel : "kernel unknown");
    if (node.facts.os)
        out += ", " + *node.facts.os;
    if (node.facts.cpus)
        out += ", " + std::to_string(*node.facts.cpus) + " CPUs";
    if (node.facts.clocksource)
        out += ", clock source " + *node.facts.clocksource;
    return out + "\n";
}

std::string figuresText(const model::Node& node, const stats::NodeSummary& summary) {
    std::string out;
    if (summary.cpu)
        out += "  CPU        user " + text::percent(summary.cpu->user) + ", system " +
               text::percent(summary.cpu->system) + ", softirq " + text::percent(summary.cpu->softirq) +
               ", steal " + text::percent(summary.cpu->steal) + ", iowait " + text::percent(summary.cpu->iowait) +
               " over " + text::number(summary.spanS) + " s\n";
    if (!node.samples.empty() && node.samples.back().conntrack) {
        const model::Conntrack& table = *node.samples.back().conntrack;
        out += "  conntrack  " + text::integer(table.count) + " of " + text::integer(table.max);
        for (const char* name : {"insert_failed", "drop", "early_drop"})
            if (const auto delta = summary.conntrackDelta.find(name); delta != summary.conntrackDelta.end())
                out += std::string(", ") + name + " +" + text::integer(delta->second);
        out += "\n";
    }
    if (summary.softnet)
        out += "  softnet    processed +" + text::integer(summary.softnet->processed) + ", dropped +" +
               text::integer(summary.softnet->dropped) + ", squeezed +" +
               text::integer(summary.softnet->timeSqueeze) + "\n";
    if (summary.tcpRetransPct)
        out += "  TCP        retransmitted " + text::percent(*summary.tcpRetransPct) + "\n";
    return out;
}

/// Of a node or of a pod's place; `where` says which.
template<class Place>
std::string latencyText(const Place& place, const std::string& where) {
    std::string out;
    Columns dns(
        {"resolver", "role", "name", "type", "over", "sent", "lost", "failed", "p50", "p90", "p99", "max"});
    for (const model::DnsSeries& series : place.dns) {
        const stats::DnsStats s = stats::dnsStats(series);
        dns.add({series.resolver, series.role, series.name, series.type == model::DnsType::A ? "A" : "AAAA",
                 series.transport == model::DnsTransport::Udp ? "udp" : "tcp", text::integer(s.sent),
                 text::integer(s.timeouts), text::integer(s.failed), time(s.rtt, &stats::Percentiles::p50),
                 time(s.rtt, &stats::Percentiles::p90), time(s.rtt, &stats::Percentiles::p99),
                 time(s.rtt, &stats::Percentiles::max)});
    }
    if (!dns.empty())
        out += "  DNS, from query to answer, measured " + where + ":\n" + dns.text("    ");
    Columns lookups(
        {"name looked up", "by", "sent", "lost", "failed", "names tried", "queries", "p50", "p99", "max"});
    for (const model::LookupSeries& series : place.lookups) {
        const stats::LookupStats s = stats::lookupStats(series);
        lookups.add({series.name, series.resolver, text::integer(s.sent), text::integer(s.timeouts),
                     text::integer(s.failed), s.candidates ? std::to_string(*s.candidates) : "",
                     s.queries ? std::to_string(*s.queries) : "", time(s.total, &stats::Percentiles::p50),
                     time(s.total, &stats::Percentiles::p99), time(s.total, &stats::Percentiles::max)});
    }
    if (!lookups.empty())
        out += "  Names through the search list, looked up " + where + ":\n" + lookups.text("    ");
    Columns rtt({"peer", "plane", "address", "method", "sent", "lost", "min", "p50", "p99", "max"});
    for (const model::RttSeries& series : place.rtt) {
        const stats::RttStats s = stats::rttStats(series);
        rtt.add({series.peer, series.plane == model::Plane::Underlay ? "underlay" : "overlay", series.address,
                 series.method, text::integer(s.sent), text::integer(s.lost),
                 time(s.rtt, &stats::Percentiles::min), time(s.rtt, &stats::Percentiles::p50),
                 time(s.rtt, &stats::Percentiles::p99), time(s.rtt, &stats::Percentiles::max)});
    }
    if (!rtt.empty())
        out += "  Round trips, measured " + where + ":\n" + rtt.text("    ");
    Columns pmtu({"peer", "plane", "largest that fits", "link's MTU", ""});
    for (const model::PmtuResult& result : place.pmtu)
        pmtu.add({result.peer, result.plane == model::Plane::Underlay ? "underlay" : "overlay",
                  result.mtu > 0 ? std::to_string(result.mtu) : "none", std::to_string(result.linkMtu),
                  result.blackhole ? "black hole: larger ones vanish" : ""});
    if (!pmtu.empty())
        out += "  Path MTU, with DF set, measured " + where + ":\n" + pmtu.text("    ");
    return out;
}

std::string podText(const model::PodPlace& pod, const model::NodeFacts& node) {
    const std::string name = pod.ns + "/" + pod.name;
    std::string out = "  Pod " + name + "  " + pod.address;
    if (!pod.problem.empty())
        return out + "  not entered: " + pod.problem + "\n";
    out += "  " + pod.device + ", MTU " + std::to_string(pod.mtu) + "\n";
    const stats::PlaceSummary summary = stats::summarise(pod, node);
    Columns unlike({"its own network namespace has", "there", "on the node"});
    for (const std::string& key : summary.unlikeNode)
        unlike.add({key, pod.sysctl.at(key), node.sysctl.at(key)});
    if (!unlike.empty())
        out += unlike.text("    ");
    Columns counters({"counter of it that rose", "by"});
    for (const char* key : {"TcpExt.ListenOverflows", "TcpExt.ListenDrops", "TcpExt.TCPTimeouts",
                            "Tcp.RetransSegs", "Udp.RcvbufErrors", "Udp.InErrors"})
        if (const auto delta = summary.counterDelta.find(key);
            delta != summary.counterDelta.end() && delta->second > 0)
            counters.add({key, text::integer(delta->second)});
    if (!counters.empty())
        out += counters.text("    ");
    return out + latencyText(pod, "from inside " + name);
}

std::string nodeText(const model::Node& node) {
    const stats::NodeSummary summary = stats::summarise(node);
    std::string out = "\n" + node.name + "  " + node.address + "  " + store::stateName(node.state) +
                      (node.error.empty() ? "" : ": " + node.error) + "\n";
    if (node.samples.empty() && node.facts.links.empty() && node.dns.empty())
        return out;
    out += factsLine(node) + figuresText(node, summary);
    Columns links({"interface", "kind", "MTU", "driver", "state", "dropped rx", "tx"});
    for (const model::Link& link : node.facts.links) {
        const auto delta = summary.linkDelta.find(link.name);
        const bool known = delta != summary.linkDelta.end();
        links.add({link.name, link.kind, std::to_string(link.mtu), link.driver.empty() ? "–" : link.driver,
                   link.state, known ? "+" + text::integer(delta->second.rxDropped) : "–",
                   known ? "+" + text::integer(delta->second.txDropped) : "–"});
    }
    if (!links.empty())
        out += "  Interfaces:\n" + links.text("    ");
    out += latencyText(node, "on the node");
    for (const model::PodPlace& pod : node.pods)
        out += podText(pod, node.facts);
    out +=
        "  Cost: " +
        (node.cost.nodeCpuMs ? text::number(*node.cost.nodeCpuMs) + " ms of CPU on the node, " : std::string()) +
        text::integer(node.cost.bytesReceived) + " B received\n";
    for (const std::string& note : node.notes)
        out += "  note: " + note + "\n";
    for (const std::string& note : summary.notes)
        out += "  note: " + note + "\n";
    return out;
}

} // namespace

std::string caseText(const model::Case& subject, const std::optional<std::string>& onlyNode) {
    std::string out = "begun     " + text::rfc3339(subject.meta.started) + ", " +
                      text::number(subject.meta.durationS) + " s, by " + subject.meta.tool +
                      (subject.meta.finished ? "" : "; cut off before its end") + "\n";
    if (subject.cluster && !onlyNode)
        out += clusterText(*subject.cluster);
    for (const model::Node& node : subject.nodes)
        if (!onlyNode || node.name == *onlyNode)
            out += nodeText(node);
    return text::printable(out);
}

} // namespace netopsy::show
