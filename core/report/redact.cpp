// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/redact.h"

#include <algorithm>
#include <functional>
#include <map>
#include <regex>

namespace netopsy::report {

namespace {

class Redactor {
public:
    explicit Redactor(const model::Case& subject) {
        for (const model::Node& node : subject.nodes)
            add(node.name, "node-");
        for (const model::Node& node : subject.nodes) {
            addHost(node.address, "host-");
            if (node.facts.hostname)
                addHost(*node.facts.hostname, "host-");
        }
        if (!subject.cluster)
            return;
        const model::Inventory& cluster = *subject.cluster;
        for (const model::ClusterNode& node : cluster.nodes)
            add(node.name, "node-");
        for (const model::Pod& pod : cluster.pods)
            add(pod.name, "pod-");
        add(cluster.context, "cluster-");
        const std::size_t scheme = cluster.server.find("//");
        const std::string host = cluster.server.substr(scheme == std::string::npos ? 0 : scheme + 2);
        addHost(host.substr(0, host.find_first_of(":/")), "server-");
    }

    void operator()(std::string& text) {
        replaceNames(text);
        replaceAddresses(text);
    }

private:
    void add(const std::string& name, const std::string& prefix) {
        // A name of one or two letters would be found in every other word.
        if (name.size() >= 3 && m_names.try_emplace(name, prefix + std::to_string(m_made[prefix] + 1)).second)
            ++m_made[prefix];
    }

    /// An address in figures is left to replaceAddresses(), so that it has one token everywhere.
    void addHost(const std::string& host, const std::string& prefix) {
        if (std::any_of(host.begin(), host.end(),
                        [](char c) { return inName(c) && c != '.' && (c < '0' || c > '9'); }))
            add(host, prefix);
    }

    static bool inName(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
               c == '_' || c == '.';
    }

    /// Names are whole words; in a dotted word the longest known run of its parts counts, so that "node1" is found in
    /// "node1.cpu" and not in "node12". One pass, however many names there are.
    void replaceNames(std::string& text) const {
        std::string out;
        const std::string_view all = text;
        for (std::size_t at = 0; at < all.size();) {
            std::size_t end = at;
            while (end < all.size() && inName(all[end]))
                ++end;
            if (end == at) {
                out += all[at++];
                continue;
            }
            for (std::string_view word = all.substr(at, end - at); !word.empty();) {
                std::string_view part = word;
                auto known = m_names.find(part);
                while (known == m_names.end() && part.find('.') != std::string_view::npos) {
                    part = part.substr(0, part.rfind('.'));
                    known = m_names.find(part);
                }
                out += known == m_names.end() ? part : std::string_view(known->second);
                word.remove_prefix(part.size());
                if (!word.empty()) { // the dot
                    out += word.front();
                    word.remove_prefix(1);
                }
            }
            at = end;
        }
        text = std::move(out);
    }

    void replaceAddresses(std::string& text) {
        // Dotted quads; MACs; IPv6 with "::" or all eight groups. A time of day has two colons only.
        static const std::regex pattern(
            R"(\b\d{1,3}(?:\.\d{1,3}){3}\b)"
            R"(|\b[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}\b)"
            R"(|\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){7}\b)"
            R"(|(?:\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})*)?::(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4})*)?)");
        std::string out;
        auto from = text.cbegin();
        for (std::sregex_iterator match(text.begin(), text.end(), pattern), none; match != none; ++match) {
            out.append(from, (*match)[0].first);
            const auto [token, isNew] = m_addresses.try_emplace(match->str(), m_addresses.size() + 1);
            out += "address-" + std::to_string(token->second);
            from = (*match)[0].second;
        }
        out.append(from, text.cend());
        text = std::move(out);
    }

    std::map<std::string, std::string, std::less<>> m_names; ///< name -> token
    std::map<std::string, std::size_t> m_made;
    std::map<std::string, std::size_t> m_addresses;
};

void each(Redactor& r, std::vector<std::string>& texts) {
    for (std::string& text : texts)
        r(text);
}

void each(Redactor& r, std::vector<analysis::Evidence>& evidence) {
    for (analysis::Evidence& item : evidence) {
        r(item.what);
        r(item.value);
        r(item.source);
    }
}

void inBlock(Redactor& r, Heading& block) {
    r(block.text);
}
void inBlock(Redactor& r, Paragraph& block) {
    r(block.text);
}
void inBlock(Redactor& r, Code& block) {
    r(block.text);
}
void inBlock(Redactor&, PageBreak&) {}
void inBlock(Redactor& r, KeyValues& block) {
    for (auto& [key, value] : block.rows)
        r(value);
}
void inBlock(Redactor& r, Table& block) {
    for (auto& row : block.rows)
        each(r, row);
}
void inBlock(Redactor& r, FindingBlock& block) {
    r(block.finding.title);
    r(block.finding.explanation);
    r(block.finding.remedy);
    each(r, block.finding.nodes);
    each(r, block.finding.evidence);
    each(r, block.finding.counterEvidence);
}
void inBlock(Redactor& r, LatencyChart& block) {
    r(block.title);
    for (LatencyChart::Bar& bar : block.bars)
        r(bar.node);
}
void inBlock(Redactor& r, TimeChart& block) {
    r(block.title);
    for (TimeChart::Series& series : block.series)
        r(series.name);
}
void each(Redactor& r, std::vector<path::Hop>& hops) {
    for (path::Hop& hop : hops) {
        r(hop.node);
        r(hop.netns);
        r(hop.label);
        r(hop.source);
        r(hop.latencySource);
        each(r, hop.problems);
    }
}
void inBlock(Redactor& r, MeshMaps& block) {
    each(r, block.mesh.nodes);
}
void inBlock(Redactor& r, PathBlock& block) {
    r(block.path.from);
    r(block.path.to);
    each(r, block.path.problems);
    each(r, block.path.notes);
    each(r, block.path.hops);
    each(r, block.path.back);
    for (analysis::Finding& finding : block.findings) {
        r(finding.title);
        for (analysis::Location& where : finding.where) { // as the hops' own, or they would not meet any more
            r(where.node);
            r(where.peer);
            r(where.from);
            r(where.to);
        }
    }
}

} // namespace

void redact(Document& document, const model::Case& subject) {
    Redactor r(subject);
    r(document.title);
    r(document.subtitle);
    for (Block& block : document.blocks)
        std::visit([&r](auto& kind) { inBlock(r, kind); }, block);
}

} // namespace netopsy::report
