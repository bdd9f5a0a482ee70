// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Packets that nothing answered, between which nodes and on which plane. Who loses them is told by who doesn't: a
// node that has a part in every lossy pair, one pair alone, or all. What the overlay loses while the underlay below
// it does not is the tunnel's.
#include "core/analysis/evidence.h"
#include "core/analysis/families.h"
#include "core/base/ip_text.h"
#include "core/base/text.h"
#include "core/path/address.h"
#include "core/path/path.h"
#include "core/path/tunnel.h"
#include "core/stats/mesh.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace netopsy::analysis {

namespace {

/// Both directions of a pair taken together: an echo crosses the way there and the way back.
struct Pair {
    std::string a, b;
    std::array<std::size_t, 2> sent{}, lost{}; ///< by plane; without what was disturbed on the probing node
    [[nodiscard]] double pct(std::size_t plane) const {
        return sent[plane] == 0 ? 0 : 100.0 * static_cast<double>(lost[plane]) / static_cast<double>(sent[plane]);
    }
    [[nodiscard]] bool silent(std::size_t plane) const { return sent[plane] > 0 && lost[plane] == sent[plane]; }
    [[nodiscard]] std::string text() const { return a + " and " + b; }
};

constexpr std::size_t underlay = 0, overlay = 1;

/// The least share, percent, of which chance gives `lost` of `sent` or more one time in forty: the lower end of Wilson's
/// 95 % interval. Three of 200 may be 0.5 %, three of 600 no more than 0.17 %.
double atLeastPct(std::size_t lost, std::size_t sent) {
    if (sent == 0)
        return 0;
    constexpr double z = 1.96;
    const double n = static_cast<double>(sent), p = static_cast<double>(lost) / n;
    const double centre = p + z * z / (2 * n), spread = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return std::max(0.0, 100 * (centre - spread) / (1 + z * z / n));
}

class Judge {
public:
    Judge(const Subject& subject, const RuleEntry& entry) : m_subject(subject), m_result(entry) {}

    RuleResult judge() {
        const std::vector<Pair> four = gather(false), six = gather(true);
        if (four.empty() && six.empty())
            m_result.cannotTell({},
                                "no round trip was measured: run with the active probes on at least two nodes");
        m_dual = !four.empty() && !six.empty();
        // Each family has routes, tunnels and filters of its own; one that is well must not hide the other's loss.
        for (const auto& [pairs, family] : {std::pair(&four, "ipv4"), std::pair(&six, "ipv6")}) {
            m_pairs = *pairs;
            m_family = family;
            reportDeadTunnels();
            reportLoss();
        }
        return std::move(m_result);
    }

private:
    [[nodiscard]] std::vector<Pair> gather(bool ipv6) const {
        std::map<std::pair<std::string, std::string>, Pair> pairs;
        for (const model::Node& node : m_subject.the.nodes)
            for (const model::RttSeries& series : node.rtt) {
                const model::Node* peer = m_subject.the.findNode(series.peer);
                if (text::isIpv6(series.address) != ipv6)
                    continue;
                if (peer != nullptr && peer->state == model::NodeState::Unreachable)
                    continue; // node-unreachable says so
                const auto key = std::minmax(node.name, series.peer);
                Pair& pair = pairs[{key.first, key.second}];
                pair.a = key.first;
                pair.b = key.second;
                const std::size_t plane = series.plane == model::Plane::Underlay ? underlay : overlay;
                for (const model::RttSample& sample : series.samples)
                    if (sample.taint == 0) {
                        ++pair.sent[plane];
                        pair.lost[plane] += sample.rttNs < 0 ? 1 : 0;
                    }
            }
        std::vector<Pair> out;
        for (auto& [key, pair] : pairs)
            out.push_back(std::move(pair));
        return out;
    }

    /// "underlay"; "IPv6 underlay" where both families were measured.
    [[nodiscard]] std::string planeName(std::size_t plane) const {
        return std::string(!m_dual              ? ""
                           : m_family == "ipv6" ? "IPv6 "
                                                : "IPv4 ") +
               (plane == underlay ? "underlay" : "overlay");
    }

    [[nodiscard]] bool tooMuch(std::size_t lost, std::size_t sent) const {
        return static_cast<double>(lost) >= m_result.limit("min_lost") &&
               atLeastPct(lost, sent) >= m_result.limit("share_pct");
    }

    [[nodiscard]] bool lossy(const Pair& pair, std::size_t plane) const {
        return !pair.silent(plane) && tooMuch(pair.lost[plane], pair.sent[plane]);
    }

    /// Where no pair alone lost enough to tell: all pairs of one node together, when those without it lose nothing of
    /// note. Of several such nodes the one of the largest share.
    [[nodiscard]] std::vector<const Pair*> lossyTogether(std::size_t plane) const {
        std::map<std::string, std::vector<const Pair*>> byNode;
        std::size_t sent = 0, lost = 0;
        for (const Pair& pair : m_pairs) {
            if (pair.sent[plane] == 0 || pair.silent(plane))
                continue;
            byNode[pair.a].push_back(&pair);
            byNode[pair.b].push_back(&pair);
            sent += pair.sent[plane];
            lost += pair.lost[plane];
        }
        std::vector<const Pair*> worst;
        double most = 0;
        for (const auto& [name, pairs] : byNode) {
            std::size_t ownSent = 0, ownLost = 0;
            for (const Pair* pair : pairs) {
                ownSent += pair->sent[plane];
                ownLost += pair->lost[plane];
            }
            const double share = atLeastPct(ownLost, ownSent);
            const std::size_t otherSent = sent - ownSent, otherLost = lost - ownLost;
            const double others =
                otherSent == 0 ? 0 : 100.0 * static_cast<double>(otherLost) / static_cast<double>(otherSent);
            if (pairs.size() > 1 && otherSent > 0 && others < m_result.limit("share_pct") &&
                tooMuch(ownLost, ownSent) && share > most) {
                most = share;
                worst = pairs;
            }
        }
        return worst;
    }

    /// A plane that never answers may be filtered; a tunnel that is dead between two nodes whose other tunnels and
    /// whose underlay answer is not.
    void reportDeadTunnels() {
        std::set<std::string> answering;
        for (const Pair& pair : m_pairs)
            if (pair.sent[overlay] > 0 && !pair.silent(overlay)) {
                answering.insert(pair.a);
                answering.insert(pair.b);
            }
        for (const Pair& pair : m_pairs) {
            if (static_cast<double>(pair.sent[overlay]) < m_result.limit("min_samples") || !pair.silent(overlay))
                continue;
            const bool below = pair.sent[underlay] > 0 && !pair.silent(underlay);
            if (!below || !answering.contains(pair.a) || !answering.contains(pair.b)) {
                m_result.cannotTell({}, "no answer came on the " + planeName(overlay) + " between " + pair.text() +
                                            ": dead, or echo requests are filtered there");
                continue;
            }
            Finding& f = m_result.fire(Severity::Critical, {pair.a, pair.b},
                                       {{"a", pair.a},
                                        {"b", pair.b},
                                        {"plane", planeName(overlay)},
                                        {"sent", text::integer(pair.sent[overlay])}},
                                       "dead");
            f.certainty = Certainty::Proven;
            f.weight = 97;
            f.where = {{.node = pair.a,
                        .peer = pair.b,
                        .part = path::kindName(path::HopKind::Tunnel),
                        .family = m_family}};
            addPair(pair, overlay, f.evidence);
            addPair(pair, underlay, f.counterEvidence);
        }
        for (const Pair& pair : m_pairs)
            if (pair.silent(underlay))
                m_result.cannotTell({}, "no answer came on the " + planeName(underlay) + " between " +
                                            pair.text() + ": echo requests may be filtered there");
    }

    void addPair(const Pair& pair, std::size_t plane, std::vector<Evidence>& into) const {
        if (pair.sent[plane] == 0 || into.size() >= 16)
            return;
        into.push_back(evidence(planeName(plane) + ", between " + pair.text(),
                                text::integer(pair.lost[plane]) + " of " + text::integer(pair.sent[plane]) +
                                    " echoes without an answer (" + text::percent(pair.pct(plane)) + ")",
                                "probe, both directions", text::percent(m_result.limit("share_pct"))));
    }

    void reportLoss() {
        std::vector<const Pair*> below, above;
        for (const Pair& pair : m_pairs) {
            if (lossy(pair, underlay))
                below.push_back(&pair);
            else if (lossy(pair, overlay))
                above.push_back(&pair);
        }
        if (below.empty())
            below = lossyTogether(underlay);
        std::erase_if(above,
                      [&](const Pair* p) { return std::find(below.begin(), below.end(), p) != below.end(); });
        if (below.empty() && above.empty())
            above = lossyTogether(overlay);
        report(below, underlay);
        report(above, overlay);
    }

    void report(const std::vector<const Pair*>& pairs, std::size_t plane) {
        if (pairs.empty())
            return;
        std::size_t sent = 0, lost = 0;
        std::set<std::string> ends;
        std::vector<NodePair> between;
        for (const Pair* pair : pairs) {
            sent += pair->sent[plane];
            lost += pair->lost[plane];
            ends.insert({pair->a, pair->b});
            between.emplace_back(pair->a, pair->b);
        }
        const std::vector<std::string> guilty = commonNode(between);
        const double pct = 100.0 * static_cast<double>(lost) / static_cast<double>(sent);
        const std::vector<std::string> names =
            guilty.empty() ? std::vector<std::string>(ends.begin(), ends.end()) : guilty;
        const std::string variant = pairs.size() > 1 && guilty.empty() ? "many" : "";
        Finding& f = m_result.fire(
            pct >= m_result.limit("critical_pct") ? Severity::Critical : m_result.severity(), names,
            {{"where", guilty.empty() ? "between " + nameList(names) : "to and from " + nameList(guilty)},
             {"plane", planeName(plane)},
             {"lost", text::integer(lost)},
             {"sent", counted(sent, "echo", "echoes")},
             {"pairs", text::integer(pairs.size())},
             {"measured", counted(m_pairs.size(), "pair of nodes", "pairs of nodes")},
             {"share", text::percent(pct)},
             {"cause", m_result.phrase(plane == overlay     ? "tunnel"
                                       : guilty.size() == 1 ? "node"
                                       : pairs.size() == 1  ? "pair"
                                                            : "network")}},
            variant);
        f.certainty = guilty.size() == 1 || pairs.size() == 1 ? Certainty::Proven : Certainty::Likely;
        f.weight = std::min(96.0, 30 + 4 * pct);
        for (const Pair* pair : pairs) {
            addPair(*pair, plane, f.evidence);
            addPair(*pair, plane == underlay ? overlay : underlay,
                    plane == underlay ? f.evidence : f.counterEvidence);
        }
        for (const Pair& pair : m_pairs)
            if (std::find(pairs.begin(), pairs.end(), &pair) == pairs.end())
                addPair(pair, plane, f.counterEvidence);
        locate(f, pairs, guilty, plane);
    }

    /// On the node's own interface when its counters saw as much, else past it.
    void locate(Finding& f, const std::vector<const Pair*>& pairs, const std::vector<std::string>& guilty,
                std::size_t plane) const {
        const char* part = path::kindName(plane == underlay ? path::HopKind::Wire : path::HopKind::Tunnel);
        for (const std::string& name : guilty) {
            const std::string device = plane == underlay ? droppingNic(f, name) : std::string();
            f.where.push_back(device.empty() ? Location{.node = name, .part = part, .family = m_family}
                                             : Location{.node = name, .device = device, .family = m_family});
        }
        if (guilty.empty())
            for (const Pair* pair : pairs)
                f.where.push_back({.node = pair->a, .peer = pair->b, .part = part, .family = m_family});
    }

    /// The node's underlay interface, when it dropped packets during the run; adds what its counters say.
    [[nodiscard]] std::string droppingNic(Finding& f, const std::string& name) const {
        for (std::size_t i = 0; i < m_subject.the.nodes.size(); ++i) {
            const model::Node& node = m_subject.the.nodes[i];
            if (node.name != name)
                continue;
            const model::Link* link = path::underlay(node.facts, path::nodeAddress(m_subject.the, node));
            const auto& deltas = m_subject.of(i).linkDelta;
            const auto delta = link == nullptr ? deltas.end() : deltas.find(link->name);
            if (delta == deltas.end())
                return {};
            const std::uint64_t drops = delta->second.rxDropped + delta->second.txDropped;
            (drops > 0 ? f.evidence : f.counterEvidence)
                .push_back(evidence(link->name + " on " + name + ", dropped over the run", text::integer(drops),
                                    name + ": " + section::sample));
            return drops > 0 ? link->name : std::string();
        }
        return {};
    }

    const Subject& m_subject;
    RuleResult m_result;
    std::vector<Pair> m_pairs; ///< of m_family
    std::string m_family;
    bool m_dual = false;
};

} // namespace

RuleResult packetLoss(const Subject& subject, const RuleEntry& entry) {
    return Judge(subject, entry).judge();
}

} // namespace netopsy::analysis
