// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/report/chapters.h"
#include "core/stats/node_summary.h"
#include "core/stats/place.h"

#include <algorithm>

namespace netopsy::report {

namespace {

constexpr std::size_t mostRows = 40, mostKeys = 4;

std::string time(const std::optional<stats::Percentiles>& rtt) {
    return rtt ? text::duration(static_cast<double>(rtt->p50)) + ", p99 " +
                     text::duration(static_cast<double>(rtt->p99))
               : "–";
}

std::string share(std::size_t part, std::size_t whole) {
    return whole == 0 ? "–" : text::integer(part) + " of " + text::integer(whole);
}

std::vector<std::string> halfLost(const stats::PairStats& pairs) {
    if (pairs.halfLost() == 0)
        return {};
    return {"one of A and AAAA alone lost: " + share(pairs.halfLost(), pairs.sent) + " pairs (A " +
            text::integer(pairs.onlyALost) + ", AAAA " + text::integer(pairs.onlyAaaaLost) + ")"};
}

/// "net.core.somaxconn 128 (node 4096)", and what its counters say.
std::string remarks(const model::PodPlace& pod, const stats::PlaceSummary& s, const model::NodeFacts& node) {
    if (!pod.problem.empty())
        return "not entered: " + text::printable(pod.problem);
    std::vector<std::string> out = halfLost(s.pairs);
    if (const auto overflows = s.counterDelta.find("TcpExt.ListenOverflows");
        overflows != s.counterDelta.end() && overflows->second > 0)
        out.push_back("ListenOverflows +" + text::integer(overflows->second));
    for (const std::string& key : s.unlikeNode) {
        if (out.size() >= mostKeys) {
            out.push_back(std::to_string(s.unlikeNode.size()) + " sysctls unlike the node's in all");
            break;
        }
        out.push_back(text::printable(key + " " + text::foldBlanks(pod.sysctl.at(key)) + " (node " +
                                      node.sysctl.at(key) + ")"));
    }
    return text::join(out, "; ");
}

/// What was left out of a table that would go on for pages.
void cut(Document& out, Table table, std::size_t all) {
    out.blocks.emplace_back(std::move(table));
    if (all > mostRows)
        out.blocks.emplace_back(
            Paragraph{text::integer(all - mostRows) + " more rows are in the case; netopsy show prints them."});
}

} // namespace

void addTaint(Document& out, const model::Case& subject) {
    std::vector<std::string> much;
    std::size_t some = 0;
    for (const model::Node& node : subject.nodes) {
        const stats::TaintShare taint = stats::taintShare(node);
        some += taint.tainted > 0 ? 1 : 0;
        if (taint.pct() > stats::TaintShare::tooMuchPct)
            much.push_back(text::printable(node.name) + " (" + text::percent(taint.pct()) + " of " +
                           text::integer(taint.samples) + ")");
    }
    if (some == 0)
        return;
    std::string words =
        "Samples are tainted on " + text::integer(some) + (some == 1 ? " node" : " nodes") +
        ": while they were under way, the probe itself was sent late, waited for a CPU, or was robbed "
        "of it, so that they may hold more than the network's time. ";
    if (much.empty()) {
        words += "On none is it more than 5 %.";
    } else {
        const std::size_t all = much.size();
        much.resize(std::min<std::size_t>(all, 12));
        words += "More than 5 %, so that figures are to be read with care: " + text::join(much, ", ");
        words += all > much.size() ? " and " + std::to_string(all - much.size()) + " more." : ".";
    }
    out.blocks.emplace_back(Paragraph{std::move(words)});
}

void addPlaces(Document& out, const model::Case& subject) {
    Table places{{"Place", "DNS, median", "DNS lost", "Round trip, median", "Lost", "Its own"}, {}, {}};
    Table lookups{{"From", "Name", "Names tried", "Queries", "Time, median", "Unanswered", "Asked again"}, {}, {}};
    std::size_t placeRows = 0, lookupRows = 0;
    const auto addLookups = [&](const std::string& from, const std::vector<model::LookupSeries>& all) {
        for (const model::LookupSeries& series : all) {
            if (++lookupRows > mostRows)
                continue;
            const stats::LookupStats s = stats::lookupStats(series);
            lookups.rows.push_back(
                {from, text::printable(series.name + " by " + series.role),
                 s.candidates ? std::to_string(*s.candidates) + " of " + std::to_string(series.search.size() + 1)
                              : "–",
                 s.queries ? std::to_string(*s.queries) : "–", time(s.total), share(s.timeouts + s.failed, s.sent),
                 text::integer(s.retried)});
        }
    };
    for (const model::Node& node : subject.nodes) {
        const std::string name = text::printable(node.name);
        addLookups(name, node.lookups);
        if (!node.pods.empty() && ++placeRows <= mostRows) { // the node itself, to compare with
            const stats::DnsStats dns = stats::internalDns(node.dns);
            std::vector<std::string> own = halfLost(stats::pairStats(node.dns));
            own.insert(own.begin(), "the node");
            const stats::RttStats trips = stats::rttStats(node.rtt, model::Plane::Overlay);
            places.rows.push_back({name, time(dns.rtt), share(dns.timeouts + dns.failed, dns.sent),
                                   time(trips.rtt), share(trips.lost, trips.sent), text::join(own, "; ")});
        }
        for (const model::PodPlace& pod : node.pods) {
            const std::string place = text::printable(pod.ns + "/" + pod.name);
            addLookups(place, pod.lookups);
            if (++placeRows > mostRows)
                continue;
            const stats::PlaceSummary s = stats::summarise(pod, node.facts);
            places.rows.push_back({place + " on " + name, time(s.dns.rtt),
                                   share(s.dns.timeouts + s.dns.failed, s.dns.sent), time(s.overlay.rtt),
                                   share(s.overlay.lost, s.overlay.sent), remarks(pod, s, node.facts)});
        }
    }
    if (!places.rows.empty()) {
        out.blocks.emplace_back(Heading{1, "From the pods' places"});
        out.blocks.emplace_back(Paragraph{
            "The same measurements from inside pods' network namespaces, beside their node's: the cluster's "
            "own names over UDP, and round trips to the other nodes' pods."});
        cut(out, std::move(places), placeRows);
    }
    if (!lookups.rows.empty()) {
        out.blocks.emplace_back(Heading{1, "What a name costs"});
        out.blocks.emplace_back(Paragraph{
            "Names looked up as a program does it: through the search list of the place's resolv.conf, A and "
            "AAAA at once, from the first query to the last answer."});
        cut(out, std::move(lookups), lookupRows);
    }
}

} // namespace netopsy::report
