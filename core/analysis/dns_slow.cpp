// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Late answers of the cluster's own DNS. A figure just above the limit on every node of a busy machine is
// noise of scheduling, so what counts is: how large a share is late, whether it is spread over the run, and
// whether the node stands apart from its peers (median and MAD) or all see the same. Percentile thresholds
// alone were rejected: on a loaded two-core machine p99 of a healthy resolver passes 2 ms now and then.
#include "core/analysis/dns_figures.h"
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>

namespace netopsy::analysis {

namespace {

constexpr double msToNs = 1e6;
using model::DnsTransport;

struct OneNode {
    std::size_t index;
    const model::Node* node;
    SeriesList udp;
    Answers answers;
    bool slow = false, outlier = false, reported = false;
};

class Judge {
public:
    Judge(const Subject& subject, const RuleEntry& entry)
        : m_subject(subject), m_result(entry), m_lateNs(m_result.limit("late_ms") * msToNs) {}

    RuleResult judge() {
        gather();
        for (OneNode& one : m_nodes)
            if (one.slow && one.outlier)
                reportNode(one, "");
        reportPods();
        reportRest();
        return std::move(m_result);
    }

private:
    [[nodiscard]] Answers of(const SeriesList& series) const { return answers(series, m_lateNs, m_excused); }

    void gather() {
        for (std::size_t i = 0; i < m_subject.the.nodes.size(); ++i) {
            const model::Node& node = m_subject.the.nodes[i];
            if (!Subject::reached(node))
                continue;
            OneNode one{i, &node, internalSeries(node, DnsTransport::Udp), {}};
            m_excused.merge(
                excused(node, one.udp, m_lateNs, static_cast<std::size_t>(m_result.limit("min_samples"))));
            one.answers = of(one.udp);
            if (one.udp.empty()) {
                m_result.cannotTell(node.name,
                                    "no cluster name was asked of the cluster's DNS from here (it needs a "
                                    "cluster, and the active probes)");
                continue;
            }
            if (static_cast<double>(one.answers.all.answered) < m_result.limit("min_samples")) {
                m_result.cannotTell(node.name, "only " + counted(one.answers.all.answered, "answer", "answers") +
                                                   " came: too few for a percentile; run longer");
                continue;
            }
            one.slow = isSlow(one.answers);
            m_nodes.push_back(std::move(one));
        }
        for (OneNode& one : m_nodes)
            one.outlier = standsApart(one);
    }

    [[nodiscard]] bool isSlow(const Answers& a) const {
        return a.p99Ns() > m_lateNs && a.latePct() >= m_result.limit("late_pct") &&
               static_cast<double>(a.late) >= m_result.limit("min_late");
    }

    [[nodiscard]] std::vector<double> ofPeers(const OneNode& one, double (*figure)(const Answers&)) const {
        std::vector<double> out;
        for (const OneNode& other : m_nodes)
            if (other.index != one.index)
                out.push_back(figure(other.answers));
        return out;
    }

    [[nodiscard]] bool standsApart(const OneNode& one) const {
        const auto p99 = ofPeers(one, [](const Answers& a) { return a.p99Ns(); });
        if (p99.empty())
            return false;
        const auto late = ofPeers(one, [](const Answers& a) { return a.latePct(); });
        const double middle = median(late);
        std::vector<double> deviations;
        deviations.reserve(late.size());
        for (const double share : late)
            deviations.push_back(std::fabs(share - middle));
        constexpr double madToSigma = 1.4826, sigmas = 3;
        const double margin =
            std::max(m_result.limit("outlier_late_points"), sigmas * madToSigma * median(deviations));
        return one.answers.p99Ns() >= m_result.limit("outlier_ratio") * median(p99) &&
               one.answers.latePct() - middle >= margin;
    }

    /// The node had no CPU to spare, or its plain round trips are as late: then lateness says little of DNS.
    [[nodiscard]] bool starved(const OneNode& one) const {
        const stats::NodeSummary& summary = m_subject.of(one.index);
        const bool busy = summary.cpu && summary.cpu->idle < 10;
        const bool slowPath = summary.underlayP99Ns && static_cast<double>(*summary.underlayP99Ns) >=
                                                           std::max(m_lateNs, one.answers.p99Ns() / 2);
        return busy || slowPath;
    }

    [[nodiscard]] Severity severityOfLate(const Answers& a, bool apart) const {
        const bool spread = a.lateSlices >= static_cast<int>(m_result.limit("burst_slices"));
        const bool often = apart || a.latePct() >= m_result.limit("warning_late_pct");
        if (!spread || !often || a.p99Ns() < m_result.limit("warning_p99_ms") * msToNs)
            return Severity::Info;
        const bool veryLate = a.p99Ns() >= m_result.limit("critical_p99_ms") * msToNs &&
                              a.latePct() >= m_result.limit("warning_late_pct");
        return veryLate || a.latePct() >= m_result.limit("critical_late_pct") ? Severity::Critical
                                                                              : Severity::Warning;
    }

    [[nodiscard]] static double weightOf(const Answers& a) {
        return std::min(99.0, a.latePct() + std::min(100.0, a.p99Ns() / msToNs) / 10);
    }

    [[nodiscard]] static Values valuesOf(const Answers& a) {
        return {{"p50", text::duration(a.rtt ? static_cast<double>(a.rtt->p50) : 0)},
                {"p99", text::duration(a.p99Ns())},
                {"answers", text::integer(a.all.answered)},
                {"queries", counted(a.all.sent, "query", "queries")},
                {"late_share", text::percent(a.latePct())},
                {"late_median", text::duration(a.ofTheLate ? static_cast<double>(a.ofTheLate->p50) : 0)}};
    }

    void addFigures(Finding& f, const std::string& label, const Answers& a, const std::string& source) const {
        const std::string limit = text::duration(m_lateNs);
        const auto add = [&](const std::string& what, std::string value, std::optional<std::string> threshold) {
            f.evidence.push_back(evidence(label + what, std::move(value), source, std::move(threshold)));
        };
        if (!a.rtt)
            return;
        add("p99", text::duration(a.p99Ns()), limit);
        add("answers later than " + limit,
            text::percent(a.latePct()) + " (" + text::integer(a.late) + " of " + text::integer(a.judged()) + ")",
            text::percent(m_result.limit("late_pct")));
        add("median", text::duration(static_cast<double>(a.rtt->p50)), std::nullopt);
        if (a.leftOut > 0)
            add("not judged",
                counted(a.leftOut, "sample", "samples") + " left out because the probing node was disturbed",
                std::nullopt);
    }

    /// Which of the ways from this node is late: the Service's address, the pods asked directly, or both.
    [[nodiscard]] std::string ways(const OneNode& one) {
        const Answers service = of(withRole(one.udp, "service"));
        const Answers pods = of(withRole(one.udp, "pod"));
        if (service.all.answered == 0 || pods.all.answered == 0)
            return {};
        if (isSlow(service) && !isSlow(pods))
            return m_result.phrase("service_only");
        if (isSlow(service) && isSlow(pods))
            return m_result.phrase("both_ways");
        return m_result.phrase("pods_only");
    }

    [[nodiscard]] bool onlyTheServiceIsSlow(const OneNode& one) const {
        const Answers pods = of(withRole(one.udp, "pod"));
        return pods.all.answered > 0 && !isSlow(pods) && isSlow(of(withRole(one.udp, "service")));
    }

    void reportNode(OneNode& one, std::string_view variant) {
        one.reported = true;
        const Answers& a = one.answers;
        const std::string& name = one.node->name;
        Values values = valuesOf(a);
        values["node"] = name;
        values["ways"] = ways(one);
        values["others"] = text::duration(median(ofPeers(one, [](const Answers& o) { return o.p99Ns(); })));
        Severity severity = severityOfLate(a, one.outlier);
        const bool doubtful = starved(one);
        if (!one.outlier && doubtful)
            severity = Severity::Info;
        Finding& f = m_result.fire(severity, {name}, std::move(values), variant);
        f.certainty = one.outlier && !doubtful ? Certainty::Proven
                      : doubtful               ? Certainty::Possible
                                               : Certainty::Likely;
        f.weight = weightOf(a);
        f.where = onTheWayToDns(m_subject.the, {name}, onlyTheServiceIsSlow(one));
        addFigures(f, "", a, probeSource(name, a.all.sent));
        if (a.ofTheLate)
            f.evidence.push_back(evidence("median of the late answers",
                                          text::duration(static_cast<double>(a.ofTheLate->p50)),
                                          probeSource(name, a.all.sent)));
        for (const Resolver& resolver : resolversOf(one.udp)) {
            const Answers toward = of(towards(one.udp, resolver.address));
            f.evidence.push_back(evidence(resolver.role + " " + resolver.address,
                                          "p99 " + text::duration(toward.p99Ns()) + ", " +
                                              text::percent(toward.latePct()) + " late",
                                          probeSource(name, toward.all.sent)));
        }
        addOthers(f, one);
        if (doubtful)
            f.counterEvidence.push_back(evidence("CPU and plain round trips", m_result.phrase("starved"),
                                                 name + ": " + section::sample + ", " + section::probe));
        addNodeCounterEvidence(f, *one.node, m_subject.of(one.index));
    }

    void addOthers(Finding& f, const OneNode& one) const {
        for (const OneNode& other : m_nodes) {
            if (other.index == one.index || f.evidence.size() > 16)
                continue;
            f.evidence.push_back(evidence("p99 on " + other.node->name, text::duration(other.answers.p99Ns()),
                                          probeSource(other.node->name, other.answers.all.sent)));
        }
        const Answers tcp = of(internalSeries(*one.node, DnsTransport::Tcp));
        if (tcp.all.rtt)
            f.counterEvidence.push_back(evidence("the same over TCP (with its connect), p99",
                                                 text::duration(tcp.p99Ns()),
                                                 probeSource(one.node->name, tcp.all.sent)));
    }

    /// A DNS pod that is late for everyone while another is not.
    void reportPods() {
        std::map<std::string, SeriesList> byPod;
        std::map<std::string, std::vector<OneNode*>> lateFrom;
        for (OneNode& one : m_nodes) {
            if (one.reported)
                continue;
            for (const Resolver& resolver : resolversOf(withRole(one.udp, "pod"))) {
                const SeriesList series = towards(one.udp, resolver.address);
                byPod[resolver.address].insert(byPod[resolver.address].end(), series.begin(), series.end());
                if (isSlow(of(series)))
                    lateFrom[resolver.address].push_back(&one);
            }
        }
        if (byPod.size() < 2 || lateFrom.size() == byPod.size())
            return;
        std::size_t asking = 0;
        for (const OneNode& one : m_nodes)
            asking += one.reported ? 0 : 1;
        for (const auto& [address, from] : lateFrom)
            if (from.size() * 2 > asking)
                reportPod(address, byPod, from);
    }

    void reportPod(const std::string& address, const std::map<std::string, SeriesList>& byPod,
                   const std::vector<OneNode*>& from) {
        const Answers a = of(byPod.at(address));
        std::vector<double> others;
        for (const auto& [other, series] : byPod)
            if (other != address)
                others.push_back(of(series).p99Ns());
        const std::string host = hostOf(m_subject.the, address);
        Values values = valuesOf(a);
        values["pod"] = podAt(m_subject.the, address);
        values["from"] = counted(from.size(), "node", "nodes");
        values["others"] = text::duration(median(others));
        std::vector<std::string> where;
        if (!host.empty())
            where.push_back(host);
        Finding& f = m_result.fire(severityOfLate(a, true), std::move(where), std::move(values), "pod");
        f.certainty = from.size() > 1 ? Certainty::Proven : Certainty::Likely;
        f.where = atDnsPod(m_subject.the, address);
        f.weight = weightOf(a);
        addFigures(f, "", a, "probe, " + counted(a.all.sent, "query", "queries"));
        for (const auto& [other, series] : byPod) {
            const Answers each = of(series);
            f.evidence.push_back(
                evidence("DNS pod " + podAt(m_subject.the, other),
                         "p99 " + text::duration(each.p99Ns()) + ", " + text::percent(each.latePct()) + " late",
                         "probe, " + counted(each.all.sent, "query", "queries")));
        }
        for (OneNode* one : from)
            one->reported = true; // its Service answers are late because some of them are this pod's
    }

    void reportRest() {
        std::vector<OneNode*> rest;
        for (OneNode& one : m_nodes)
            if (one.slow && !one.reported)
                rest.push_back(&one);
        if (rest.size() < 2 || rest.size() * 2 <= m_nodes.size()) {
            for (OneNode* one : rest)
                reportNode(*one, m_nodes.size() == 1 ? "alone" : "unclear");
            return;
        }
        SeriesList all;
        std::vector<std::string> names;
        bool doubtful = false;
        for (const OneNode* one : rest) {
            all.insert(all.end(), one->udp.begin(), one->udp.end());
            names.push_back(one->node->name);
            doubtful = doubtful || starved(*one);
        }
        const Answers a = of(all);
        Values values = valuesOf(a);
        values["slow_nodes"] = std::to_string(rest.size()) + " of " + counted(m_nodes.size(), "node", "nodes");
        const Severity severity = doubtful ? Severity::Info : severityOfLate(a, false);
        Finding& f = m_result.fire(severity, names, std::move(values), "all");
        f.certainty = doubtful ? Certainty::Possible : Certainty::Likely;
        f.weight = weightOf(a);
        addFigures(f, "", a, "probe, " + counted(a.all.sent, "query", "queries"));
        for (const OneNode* one : rest)
            if (f.evidence.size() < 16)
                f.evidence.push_back(evidence("p99 on " + one->node->name, text::duration(one->answers.p99Ns()),
                                              probeSource(one->node->name, one->answers.all.sent)));
        if (doubtful)
            f.counterEvidence.push_back(
                evidence("CPU and plain round trips", m_result.phrase("starved"), "nodes' samples and probes"));
        for (const OneNode* one : rest)
            if (f.counterEvidence.size() < 8)
                addNodeCounterEvidence(f, *one->node, m_subject.of(one->index));
    }

    const Subject& m_subject;
    RuleResult m_result;
    double m_lateNs;
    Excused m_excused;
    std::vector<OneNode> m_nodes;
};

} // namespace

RuleResult dnsSlowInternal(const Subject& subject, const RuleEntry& entry) {
    return Judge(subject, entry).judge();
}

} // namespace netopsy::analysis
