// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a node's own rules send a Service's traffic, in the three forms that kube-proxy writes: chains of iptables'
// nat table, the IPVS table of /proc/net/ip_vs, the nftables table kube-proxy. Only those are read: what else a nat
// table holds is nobody's business here.
#include "core/base/ip_text.h"
#include "core/base/text.h"
#include "core/parse/sections.h"

#include <array>
#include <map>
#include <optional>

namespace netopsy::parse {

namespace {

constexpr std::size_t maxBackends = 50'000;

struct Target {
    std::string address, protocol;
    int port = 0;
};

std::optional<int> portOf(std::string_view s, int base = 10) {
    const auto port = text::toUint(s, base);
    return port && *port > 0 && *port <= 65535 ? std::optional(static_cast<int>(*port)) : std::nullopt;
}

/// "10.244.1.5:53" or "[fd00::5]:53".
std::optional<Target> addressAndPort(std::string_view s) {
    const auto colon = s.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    std::string_view address = s.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    const auto port = portOf(s.substr(colon + 1));
    if (!port || address.empty())
        return std::nullopt;
    return Target{text::printable(address), {}, *port};
}

void add(model::Node& node, const Target& service, const Target& backend, std::string source) {
    if (node.facts.natBackends.size() < maxBackends)
        node.facts.natBackends.push_back(
            {service.address, service.protocol, service.port, backend.address, backend.port, std::move(source)});
}

class Iptables {
public:
    void line(std::string_view text) {
        const auto words = text::words(text);
        if (words.size() < 4 || words[0] != "-A")
            return;
        const std::string_view chain = words[1];
        std::string_view destination, protocol, port, jump, to;
        bool inverted = false;
        for (std::size_t i = 2; i + 1 < words.size(); ++i) {
            const std::string_view next = words[i + 1];
            if (words[i] == "!")
                inverted = true; // "! -s PODS": the rule that marks for masquerade
            else if (words[i] == "-d")
                destination = next;
            else if (words[i] == "-p")
                protocol = next;
            else if (words[i] == "--dport")
                port = next;
            else if (words[i] == "-j")
                jump = next;
            else if (words[i] == "--to-destination")
                to = next;
        }
        if (chain == "KUBE-SERVICES" && jump.starts_with("KUBE-SVC-") && !inverted) {
            const auto slash = destination.find('/');
            const auto number = portOf(port);
            if (number && !destination.empty())
                m_services.emplace(std::string(jump), Target{text::printable(destination.substr(0, slash)),
                                                             text::printable(protocol), *number});
        } else if (chain.starts_with("KUBE-SVC-") && jump.starts_with("KUBE-SEP-")) {
            m_endpoints.emplace(std::string(chain), std::string(jump));
        } else if (chain.starts_with("KUBE-SEP-") && jump == "DNAT") {
            if (const auto target = addressAndPort(to))
                m_targets.emplace(std::string(chain), *target);
        }
    }
    void finish(model::Node& node) const {
        for (const auto& [chain, service] : m_services) {
            const auto [first, last] = m_endpoints.equal_range(chain);
            // kube-proxy calls the chains of both families' tables alike.
            const bool v6 = text::isIpv6(service.address);
            for (auto it = first; it != last; ++it)
                if (const auto target = m_targets.find(it->second);
                    target != m_targets.end() && text::isIpv6(target->second.address) == v6)
                    add(node, service, target->second, "iptables nat " + text::printable(it->second));
        }
    }

private:
    std::multimap<std::string, Target> m_services; ///< by KUBE-SVC chain
    std::multimap<std::string, std::string> m_endpoints;
    std::map<std::string, Target> m_targets; ///< by KUBE-SEP chain
};

class Ipvs {
public:
    void line(model::Node& node, std::string_view text) {
        const auto words = text::words(text);
        if (words.size() < 2)
            return;
        if (words[0] == "->") {
            if (const auto backend = hexTarget(words[1]); backend && m_service)
                add(node, *m_service, *backend, "ipvs");
            return;
        }
        m_service.reset();
        if (words[0] != "TCP" && words[0] != "UDP" && words[0] != "SCTP")
            return; // headings, firewall marks
        m_service = hexTarget(words[1]);
        if (m_service)
            m_service->protocol = words[0] == "TCP" ? "tcp" : words[0] == "UDP" ? "udp" : "sctp";
    }

private:
    /// "0A60000A:0035", or "[fd00:0000:…]:0035".
    static std::optional<Target> hexTarget(std::string_view s) {
        const auto colon = s.rfind(':');
        if (colon == std::string_view::npos)
            return std::nullopt;
        const auto port = portOf(s.substr(colon + 1), 16);
        const std::string_view address = s.substr(0, colon);
        if (!port)
            return std::nullopt;
        if (address.starts_with('[') && address.ends_with(']'))
            return Target{text::printable(address.substr(1, address.size() - 2)), {}, *port};
        const auto bits = text::toUint(address, 16);
        if (!bits || address.size() != 8)
            return std::nullopt;
        std::string dotted;
        for (int shift = 24; shift >= 0; shift -= 8)
            dotted += (dotted.empty() ? "" : ".") + std::to_string((*bits >> shift) & 0xFF);
        return Target{dotted, {}, *port};
    }
    std::optional<Target> m_service;
};

/// kube-proxy's chains are called after what they serve: service-HASH-NS/NAME/PROTOCOL/PORT, and
/// endpoint-HASH-NS/NAME/PROTOCOL/PORT__ADDRESS/PORT.
class Nftables {
public:
    void line(std::string_view text) {
        const auto words = text::words(text);
        // 10.96.0.10 . udp . 53 : goto service-…
        for (std::size_t i = 0; i + 7 < words.size(); ++i)
            if (words[i + 1] == "." && words[i + 3] == "." && words[i + 5] == ":" && words[i + 6] == "goto") {
                const auto port = portOf(words[i + 4]);
                const std::string served = afterHash(words[i + 7], "service-");
                if (port && !served.empty())
                    m_services.emplace(served,
                                       Target{text::printable(words[i]), text::printable(words[i + 2]), *port});
            }
        if (words.size() >= 2 && words[0] == "chain") {
            const std::string name = afterHash(words[1], "endpoint-");
            const auto cut = name.rfind("__");
            const auto slash = name.rfind('/');
            if (cut == std::string::npos || slash == std::string::npos || slash < cut)
                return;
            if (const auto port = portOf(std::string_view(name).substr(slash + 1)))
                m_endpoints.emplace(name.substr(0, cut), Target{name.substr(cut + 2, slash - cut - 2), {}, *port});
        }
    }
    void finish(model::Node& node) const {
        for (const auto& [served, service] : m_services) {
            const auto [first, last] = m_endpoints.equal_range(served);
            const bool v6 = text::isIpv6(service.address);
            for (auto it = first; it != last; ++it)
                if (text::isIpv6(it->second.address) == v6)
                    add(node, service, it->second, "nftables");
        }
    }

private:
    static std::string afterHash(std::string_view name, std::string_view kind) {
        while (name.ends_with(',') || name.ends_with('}'))
            name.remove_suffix(1);
        if (!name.starts_with(kind))
            return {};
        const auto dash = name.find('-', kind.size());
        return dash == std::string_view::npos ? std::string() : text::printable(name.substr(dash + 1));
    }
    std::multimap<std::string, Target> m_services, m_endpoints;
};

} // namespace

void sectionServiceNat(model::Node& node, const model::RawSection& section) {
    node.facts.natBackends.clear();
    Iptables iptables;
    Ipvs ipvs;
    Nftables nftables;
    std::string_view table;
    for (const std::string_view line : text::lines(section.body)) {
        if (line == "denied") {
            note(node,
                 "service_nat: the node's own Service rules were not read, for the script did not run as root");
            return;
        }
        if (line.starts_with("table ") && text::words(line).size() == 2) {
            table = text::words(line)[1];
            continue;
        }
        if (table == "iptables")
            iptables.line(line);
        else if (table == "ipvs")
            ipvs.line(node, line);
        else if (table == "nftables")
            nftables.line(line);
    }
    iptables.finish(node);
    nftables.finish(node);
}

} // namespace netopsy::parse
