// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/run/targets.h"

#include "core/base/ip_text.h"
#include "core/base/text.h"
#include "core/path/address.h"

#include <algorithm>
#include <optional>

namespace netopsy::run {

namespace {

constexpr std::size_t lookupNames = 3, upstreamsMost = 4;

/// "8.8.8.8", "8.8.8.8:53", "2001:db8::1", "[2001:db8::1]:53", each with "dns://" before it or not.
std::optional<std::string> literal(std::string_view to) {
    if (to.starts_with("dns://"))
        to.remove_prefix(6);
    const std::string_view host = path::hostPart(to);
    if (!path::parseAddress(host))
        return std::nullopt;
    std::string_view port;
    if (to.starts_with('['))
        port = to.substr(std::min(to.size(), host.size() + 2));
    else if (!text::isIpv6(host))
        port = to.substr(host.size());
    if (port.empty())
        return std::string(host);
    const auto number = port.starts_with(':') ? text::toUint(port.substr(1)) : std::nullopt;
    if (!number || *number == 0 || *number > 65535)
        return std::nullopt;
    return *number == 53 ? std::string(host) : std::string(host) + "#" + std::to_string(*number);
}

/// Where CNIs with a bridge are known to put it: at the first address of the node's podCIDR.
std::string bridgeAddress(const std::string& podCidr) {
    if (podCidr.ends_with(".0/24"))
        return podCidr.substr(0, podCidr.size() - 4) + "1";
    if (podCidr.ends_with("::/64"))
        return podCidr.substr(0, podCidr.size() - 3) + "1";
    return {};
}

/// Inside the peer's pod network: a pod of it that has a network namespace of its own, else the bridge.
std::string overlayAddress(const model::Inventory& inventory, const model::ClusterNode& node, bool v6) {
    for (const model::Pod& pod : inventory.pods)
        if (pod.node == node.name && !pod.hostNetwork && pod.phase == "Running")
            for (const std::string& ip : pod.ips)
                if (text::isIpv6(ip) == v6)
                    return ip;
    for (const std::string& cidr : node.podCidrs)
        if (inventory.cni.name == "flannel" && text::isIpv6(cidr) == v6)
            return bridgeAddress(cidr);
    return {};
}

std::string internalAddress(const model::ClusterNode& node, bool v6) {
    for (const model::NodeAddress& a : node.addresses)
        if (a.type == "InternalIP" && text::isIpv6(a.address) == v6)
            return a.address;
    return {};
}

/// Of the DNS Service: one of each family where it has both.
std::vector<std::string> serviceAddresses(const model::Inventory& inventory) {
    const std::string& first = inventory.dns.serviceIp;
    for (const model::Service& service : inventory.services)
        if (std::find(service.clusterIps.begin(), service.clusterIps.end(), first) != service.clusterIps.end())
            return service.clusterIps;
    return first.empty() ? std::vector<std::string>() : std::vector<std::string>{first};
}

} // namespace

std::string absolute(std::string name) {
    if (!name.ends_with('.'))
        name += '.';
    return name;
}

std::vector<std::string> upstreams(const model::Inventory& inventory) {
    std::vector<std::string> out;
    for (const model::ConfigMap& map : inventory.configMaps) {
        const auto corefile = map.data.find("Corefile");
        if (corefile == map.data.end() ||
            (map.name != "coredns" && map.name != "rke2-coredns-rke2-coredns" && map.name != "dns-default"))
            continue;
        for (const std::string_view line : text::lines(corefile->second)) {
            const auto words = text::words(line);
            if (words.size() < 3 || words[0] != "forward" || words[1] != ".")
                continue;
            for (std::size_t i = 2; i < words.size() && words[i] != "{" && !words[i].starts_with('#'); ++i)
                if (const auto to = literal(words[i]);
                    to && out.size() < upstreamsMost && std::find(out.begin(), out.end(), *to) == out.end())
                    out.push_back(*to);
        }
    }
    return out;
}

std::vector<probe::DnsTarget> dnsTargets(const model::Inventory& inventory, const std::vector<std::string>& names,
                                         std::size_t node) {
    const std::string own = absolute("kubernetes.default.svc." + inventory.dns.clusterDomain);
    std::vector<probe::DnsTarget> targets;
    const auto ask = [&](const std::string& resolver, const std::string& role) {
        targets.push_back({resolver, role, own, true});
        for (const std::string& name : names)
            targets.push_back({resolver, role, absolute(name), false});
    };
    for (const std::string& service : serviceAddresses(inventory))
        ask(service, "service");
    const std::vector<std::string>& pods = inventory.dns.pods;
    for (std::size_t i = 0; i < std::min(pods.size(), dnsPodsPerNode); ++i)
        ask(pods[(node * dnsPodsPerNode + i) % pods.size()], "pod");
    if (inventory.dns.nodeLocal && !inventory.dns.nodeLocalAddress.empty())
        ask(inventory.dns.nodeLocalAddress, "nodelocal");
    // Resolvers outside know no cluster name; without a name to ask for, that answer (NXDOMAIN) is timed.
    const auto askOutside = [&](const std::string& resolver, const std::string& role) {
        if (names.empty())
            targets.push_back({resolver, role, own, false});
        for (const std::string& name : names)
            targets.push_back({resolver, role, absolute(name), false});
    };
    for (const std::string& upstream : upstreams(inventory))
        askOutside(upstream, "upstream");
    askOutside("", "node");
    return targets;
}

std::vector<probe::LookupTarget> lookupTargets(const model::Inventory& inventory,
                                               const std::vector<std::string>& names) {
    const bool local = inventory.dns.nodeLocal && !inventory.dns.nodeLocalAddress.empty();
    const std::string resolver = local ? inventory.dns.nodeLocalAddress : inventory.dns.serviceIp;
    if (resolver.empty())
        return {};
    std::vector<std::string> asked;
    for (const std::string& name : names)
        if (asked.size() < lookupNames)
            asked.push_back(name.ends_with('.') ? name.substr(0, name.size() - 1) : name);
    if (asked.empty())
        asked.emplace_back(externalName);
    const std::string& domain = inventory.dns.clusterDomain;
    std::vector<probe::LookupTarget> targets;
    const std::string role = local ? "nodelocal" : "service";
    for (const std::string& name : asked) {
        targets.push_back({resolver, role, name, 5, {"default.svc." + domain, "svc." + domain, domain, "+"}});
        targets.push_back({resolver, role, absolute(name), 5, {}}); // what the list costs is the difference
    }
    return targets;
}

void addPeer(const model::Inventory& inventory, const model::ClusterNode& peer,
             std::vector<probe::PeerTarget>& out) {
    for (const bool v6 : {false, true}) {
        if (const std::string under = internalAddress(peer, v6); !under.empty())
            out.push_back({peer.name, under, model::Plane::Underlay});
        if (const std::string over = overlayAddress(inventory, peer, v6); !over.empty())
            out.push_back({peer.name, over, model::Plane::Overlay});
    }
}

} // namespace netopsy::run
