// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Queries that nothing answered. Who loses them is told by who doesn't: one pod from everywhere, the Service
// but no pod asked directly, one node toward everything, or all. Node's own resolvers are judged apart, for
// no cluster name depends on them alone.
#include "core/analysis/dns_figures.h"
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/text.h"

#include <algorithm>
#include <set>

namespace netopsy::analysis {

namespace {

struct OneNode {
    std::size_t index;
    const model::Node* node;
    SeriesList udp;
    Answers all;
    bool lossy = false, reported = false;
};

class Judge {
public:
    Judge(const Subject& subject, const RuleEntry& entry) : m_subject(subject), m_result(entry) {}

    RuleResult judge() {
        gather();
        reportPods();
        reportService();
        reportNodes();
        reportOwnResolvers();
        return std::move(m_result);
    }

private:
    static Answers of(const SeriesList& series) { return answers(series, 5e9); }

    [[nodiscard]] bool lossy(const Answers& a) const {
        return static_cast<double>(a.all.timeouts) >= m_result.limit("min_timeouts") &&
               a.timeoutPct() >= m_result.limit("share_pct");
    }

    void gather() {
        for (std::size_t i = 0; i < m_subject.the.nodes.size(); ++i) {
            const model::Node& node = m_subject.the.nodes[i];
            if (!Subject::reached(node))
                continue;
            OneNode one{i, &node, internalSeries(node, model::DnsTransport::Udp), {}};
            one.all = of(one.udp);
            if (one.udp.empty() && !node.dns.empty())
                continue; // only its own resolvers were asked; they are judged below
            if (static_cast<double>(one.all.all.sent) < m_result.limit("min_samples")) {
                m_result.cannotTell(node.name, "only " + counted(one.all.all.sent, "query", "queries") +
                                                   " to the cluster's DNS: run longer, with the active probes");
                continue;
            }
            one.lossy = lossy(one.all);
            m_nodes.push_back(std::move(one));
        }
    }

    [[nodiscard]] Severity severityOf(const Answers& a) const {
        return a.timeoutPct() >= m_result.limit("critical_pct") ? Severity::Critical : Severity::Warning;
    }

    [[nodiscard]] AskingNode asking(const OneNode& one, SeriesList udp) const {
        return {one.node, &m_subject.of(one.index), std::move(udp)};
    }

    /// What the marks say, in sentences.
    [[nodiscard]] std::string told(const Answers& a, const LossMarks& marks) {
        std::vector<std::string> out;
        if (a.atFiveSeconds > 0)
            out.push_back(m_result.phrase("five_seconds", {{"count", text::integer(a.atFiveSeconds)}}));
        if (marks.askedAgain > 0)
            out.push_back(
                m_result.phrase("asked_again", {{"count", text::integer(marks.askedAgain)},
                                                {"lookups", counted(marks.lookups, "look-up", "look-ups")}}));
        if (marks.pairs.halfLost() > 0) {
            out.push_back(m_result.phrase("half_pairs", {{"half", text::integer(marks.pairs.halfLost())},
                                                         {"pairs", counted(marks.pairs.sent, "pair", "pairs")},
                                                         {"a", text::integer(marks.pairs.onlyALost)},
                                                         {"aaaa", text::integer(marks.pairs.onlyAaaaLost)}}));
            if (marks.insertFailed)
                out.push_back(m_result.phrase(*marks.insertFailed > 0 ? "insert_race" : "no_insert_race",
                                              {{"failed", text::integer(*marks.insertFailed)}}));
        }
        if (marks.synRetries > 0)
            out.push_back(m_result.phrase("syn_retries", {{"count", text::integer(marks.synRetries)}}));
        return text::join(out, " ");
    }

    Finding& fire(const Answers& a, std::vector<std::string> nodes, Values values, std::string_view variant,
                  const std::string& source, const std::vector<AskingNode>& from) {
        const LossMarks marks = lossMarks(from);
        values["timeouts"] = text::integer(a.all.timeouts);
        values["queries"] = counted(a.all.sent, "query", "queries");
        values["share"] = text::percent(a.timeoutPct());
        values["marks"] = told(a, marks);
        Finding& f = m_result.fire(severityOf(a), std::move(nodes), std::move(values), variant);
        f.weight = std::min(98.0, 10 + 2 * a.timeoutPct());
        f.evidence.push_back(evidence("unanswered queries",
                                      text::integer(a.all.timeouts) + " of " + text::integer(a.all.sent) + " (" +
                                          text::percent(a.timeoutPct()) + ")",
                                      source, text::percent(m_result.limit("share_pct"))));
        if (a.all.failed > 0)
            f.evidence.push_back(
                evidence("refused, failed or malformed answers", text::integer(a.all.failed), source));
        addLossMarks(f, marks, source);
        // Not left out: over a time-out of seconds any node is disturbed for a moment, which loses no query.
        if (a.all.tainted > 0)
            f.counterEvidence.push_back(evidence("queries under way while the probing node was disturbed",
                                                 text::integer(a.all.tainted) + " of " + text::integer(a.all.sent),
                                                 source));
        return f;
    }

    void perResolver(Finding& f, const SeriesList& series, const std::string& who) const {
        for (const Resolver& resolver : resolversOf(series)) {
            const Answers a = of(towards(series, resolver.address));
            f.evidence.push_back(
                evidence(resolver.role + " " + podAt(m_subject.the, resolver.address),
                         text::integer(a.all.timeouts) + " of " + text::integer(a.all.sent) + " unanswered", who));
        }
    }

    void reportPods() {
        std::map<std::string, SeriesList> byPod;
        std::map<std::string, std::vector<OneNode*>> lostFrom, asked;
        for (OneNode& one : m_nodes)
            for (const Resolver& resolver : resolversOf(withRole(one.udp, "pod"))) {
                const SeriesList series = towards(one.udp, resolver.address);
                byPod[resolver.address].insert(byPod[resolver.address].end(), series.begin(), series.end());
                asked[resolver.address].push_back(&one);
                if (lossy(of(series)))
                    lostFrom[resolver.address].push_back(&one);
            }
        std::set<std::string> guilty;
        for (const auto& [address, from] : lostFrom)
            if (from.size() * 2 > asked[address].size() && (from.size() > 1 || asked[address].size() == 1))
                guilty.insert(address);
        if (guilty.empty() || guilty.size() == byPod.size())
            return; // none, or all alike: then it is not the pod
        for (const std::string& address : guilty) {
            const Answers a = of(byPod.at(address));
            const std::string host = hostOf(m_subject.the, address);
            std::vector<AskingNode> askers;
            for (const OneNode* one : asked.at(address))
                askers.push_back(asking(*one, towards(one->udp, address)));
            Finding& f = fire(a, host.empty() ? std::vector<std::string>{} : std::vector{host},
                              {{"pod", podAt(m_subject.the, address)},
                               {"from", counted(lostFrom.at(address).size(), "node", "nodes")}},
                              "pod", "probe, " + counted(a.all.sent, "query", "queries"), askers);
            f.certainty = lostFrom.at(address).size() > 1 ? Certainty::Proven : Certainty::Likely;
            f.where = atDnsPod(m_subject.the, address);
            for (const auto& [other, series] : byPod)
                if (other != address)
                    perResolver(f, series, "probe, all nodes");
        }
        for (OneNode& one : m_nodes) {
            // What is left toward the pods that answer: a node that loses there has a fault of its own.
            SeriesList elsewhere;
            for (const model::DnsSeries* s : withRole(one.udp, "pod"))
                if (!guilty.contains(s->resolver))
                    elsewhere.push_back(s);
            one.reported = !lossy(of(elsewhere));
        }
    }

    void reportService() {
        SeriesList all;
        std::vector<std::string> names;
        std::vector<AskingNode> askers;
        std::size_t judged = 0;
        for (const OneNode& one : m_nodes) {
            const SeriesList service = withRole(one.udp, "service"), pods = withRole(one.udp, "pod");
            if (one.reported || service.empty() || pods.empty())
                continue;
            ++judged;
            if (!lossy(of(service)) || lossy(of(pods)))
                continue;
            names.push_back(one.node->name);
            all.insert(all.end(), service.begin(), service.end());
            askers.push_back(asking(one, service));
        }
        if (names.empty() || names.size() * 2 <= judged || names.size() < 2)
            return;
        const Answers a = of(all);
        Finding& f = fire(a, names, {{"from", counted(names.size(), "node", "nodes")}}, "service",
                          "probe, " + counted(a.all.sent, "query", "queries"), askers);
        f.certainty = Certainty::Likely;
        f.where = onTheWayToDns(m_subject.the, names, true);
        for (OneNode& one : m_nodes)
            if (std::find(names.begin(), names.end(), one.node->name) != names.end()) {
                one.reported = true;
                if (f.evidence.size() < 16)
                    perResolver(f, one.udp, one.node->name + ": probe");
            }
    }

    /// Where the node hears next to nothing of some DNS pods, and all from others: what that tells; else empty.
    [[nodiscard]] std::string lostOnOneWay(const SeriesList& pods) {
        std::vector<std::string> deaf, others;
        for (const Resolver& resolver : resolversOf(pods)) {
            const Answers a = of(towards(pods, resolver.address));
            if (lossy(a) && a.timeoutPct() >= 90)
                deaf.push_back(podAt(m_subject.the, resolver.address));
            else if (a.all.timeouts == 0)
                others.push_back(podAt(m_subject.the, resolver.address));
            else
                return {};
        }
        if (deaf.size() != 1 || others.empty())
            return {};
        return m_result.phrase("one_way", {{"deaf", deaf.front()}, {"others", text::join(others, ", ")}});
    }

    void reportNodes() {
        std::vector<OneNode*> rest;
        for (OneNode& one : m_nodes)
            if (one.lossy && !one.reported)
                rest.push_back(&one);
        if (rest.size() > 1 && rest.size() * 2 > m_nodes.size()) {
            SeriesList all;
            std::vector<std::string> names;
            std::vector<AskingNode> askers;
            for (const OneNode* one : rest) {
                askers.push_back(asking(*one, one->udp));
                all.insert(all.end(), one->udp.begin(), one->udp.end());
                names.push_back(one->node->name);
            }
            const Answers a = of(all);
            Finding& f = fire(a, names, {{"from", counted(names.size(), "node", "nodes")}}, "all",
                              "probe, " + counted(a.all.sent, "query", "queries"), askers);
            perResolver(f, all, "probe, these nodes");
            for (const OneNode* one : rest)
                if (f.counterEvidence.size() < 8)
                    addNodeCounterEvidence(f, *one->node, m_subject.of(one->index));
            return;
        }
        for (OneNode* one : rest) {
            const SeriesList service = withRole(one->udp, "service"), pods = withRole(one->udp, "pod");
            std::string ways;
            const bool serviceOnly = !pods.empty() && lossy(of(service)) && !lossy(of(pods));
            if (std::string oneWay = lostOnOneWay(pods); !oneWay.empty())
                ways = std::move(oneWay);
            else if (!service.empty() && !pods.empty())
                ways = m_result.phrase(serviceOnly ? "service_only" : "both_ways");
            Finding& f = fire(one->all, {one->node->name}, {{"node", one->node->name}, {"ways", ways}}, "",
                              probeSource(one->node->name, one->all.all.sent), {asking(*one, one->udp)});
            f.certainty = m_nodes.size() > 1 ? Certainty::Proven : Certainty::Likely;
            f.where = onTheWayToDns(m_subject.the, {one->node->name}, serviceOnly);
            perResolver(f, one->udp, one->node->name + ": probe");
            addNodeCounterEvidence(f, *one->node, m_subject.of(one->index));
        }
    }

    /// The nodes' own resolvers: names outside the cluster, and all names of a machine without one.
    void reportOwnResolvers() {
        std::map<std::string, SeriesList> byResolver;
        std::map<std::string, std::vector<std::string>> nodes, asked;
        for (const model::Node& node : m_subject.the.nodes) {
            SeriesList own;
            for (const model::DnsSeries& s : node.dns)
                if (s.role == "node" && s.transport == model::DnsTransport::Udp)
                    own.push_back(&s);
            for (const Resolver& resolver : resolversOf(own)) {
                const SeriesList series = towards(own, resolver.address);
                asked[resolver.address].push_back(node.name);
                if (!lossy(of(series)))
                    continue;
                nodes[resolver.address].push_back(node.name);
                byResolver[resolver.address].insert(byResolver[resolver.address].end(), series.begin(),
                                                    series.end());
            }
        }
        for (const auto& [address, series] : byResolver) {
            const Answers a = of(series);
            // No node gets any answer: the site has no such resolver (an air-gapped cluster), which is no
            // fault of the path that pods use.
            const bool absent = a.all.answered == 0 && nodes[address].size() == asked[address].size();
            Finding& f = fire(a, nodes[address], {{"resolver", address}, {"names", nameList(nodes[address])}},
                              "node_resolver", "probe, " + counted(a.all.sent, "query", "queries"), {});
            f.severity = absent && !m_subject.the.meta.local ? Severity::Info : Severity::Warning;
            f.weight /= 10;
        }
    }

    const Subject& m_subject;
    RuleResult m_result;
    std::vector<OneNode> m_nodes;
};

} // namespace

RuleResult dnsTimeouts(const Subject& subject, const RuleEntry& entry) {
    return Judge(subject, entry).judge();
}

} // namespace netopsy::analysis
