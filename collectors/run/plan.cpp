// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/run/plan.h"

#include "collectors/run/places.h"
#include "collectors/run/selector.h"
#include "collectors/run/targets.h"
#include "core/base/text.h"

#include <algorithm>
#include <set>

namespace netopsy::run {

namespace {

Result<void> setHostPort(Target& target, std::string_view value) {
    const std::string where = "--node-address " + target.name + "=" + std::string(value);
    std::string_view host = value, port;
    if (value.starts_with('[')) {
        const auto close = value.find(']');
        if (close == std::string_view::npos)
            return fail("the bracket of the IPv6 address is not closed", where);
        host = value.substr(1, close - 1);
        const std::string_view rest = value.substr(close + 1);
        if (!rest.empty() && !rest.starts_with(':'))
            return fail("only :PORT may follow the bracket", where);
        port = rest.empty() ? rest : rest.substr(1);
        if (!rest.empty() && port.empty())
            return fail("the port is missing", where);
    } else if (std::count(value.begin(), value.end(), ':') == 1) { // more colons: a bare IPv6 address
        const auto colon = value.find(':');
        host = value.substr(0, colon);
        port = value.substr(colon + 1);
        if (port.empty())
            return fail("the port is missing", where);
    }
    if (host.empty())
        return fail("the host is missing", where, "write NODE=HOST[:PORT]");
    target.host = host;
    if (!port.empty()) {
        const auto number = text::toUint(port);
        if (!number || *number == 0 || *number > 65535)
            return fail("'" + std::string(port) + "' is not a port", where);
        target.port = static_cast<int>(*number);
    }
    return {};
}

std::string addressOf(const model::ClusterNode& node, std::string_view type) {
    for (const model::NodeAddress& a : node.addresses)
        if (a.type == type)
            return a.address;
    return {};
}

} // namespace

Result<RunPlan> planCluster(const model::Inventory& inventory, const PlanOptions& options) {
    const auto selector = Selector::parse(options.selector);
    if (!selector)
        return tl::unexpected(selector.error());

    std::vector<const model::ClusterNode*> chosen;
    std::set<std::string> known;
    for (const model::ClusterNode& node : inventory.nodes) {
        known.insert(node.name);
        const bool named = options.nodes.empty() ||
                           std::find(options.nodes.begin(), options.nodes.end(), node.name) != options.nodes.end();
        if (named && selector->matches(node.labels))
            chosen.push_back(&node);
    }
    for (const std::string& name : options.nodes)
        if (!known.contains(name))
            return fail("the cluster has no node of this name", "--nodes " + name,
                        "kubectl get nodes lists the names");
    for (const auto& [name, address] : options.nodeAddress)
        if (!known.contains(name))
            return fail("the cluster has no node of this name", "--node-address " + name + "=" + address,
                        "kubectl get nodes lists the names");
    if (chosen.empty())
        return fail(inventory.nodes.empty() ? "the cluster has no nodes" : "no node matches",
                    options.selector.empty() ? inventory.server : "--selector " + options.selector);

    if (auto pods = checkNamedPods(inventory, options.pods, chosen); !pods)
        return tl::unexpected(pods.error());

    RunPlan plan{{}, options.durationS, options.intervalS, options.sudo, options.jobs};
    for (const model::ClusterNode* node : chosen) {
        NodePlan one;
        one.target.name = node->name;
        if (const auto given = options.nodeAddress.find(node->name); given != options.nodeAddress.end()) {
            if (auto set = setHostPort(one.target, given->second); !set)
                return tl::unexpected(set.error());
            one.target.given = true;
        } else {
            one.target.host = addressOf(*node, options.addressType);
            if (one.target.host.empty())
                one.problem = "the API names no " + options.addressType +
                              " for it (choose another --address-type, or give --node-address " + node->name +
                              "=HOST)";
        }
        plan.nodes.push_back(std::move(one));
    }
    if (!options.activeProbes)
        return plan;

    const std::size_t count = chosen.size();
    for (std::size_t i = 0; i < count; ++i) {
        probe::ProbePlan measure;
        measure.durationS = options.durationS;
        measure.seed = i + 1;
        measure.architecture = chosen[i]->architecture;
        measure.dns = dnsTargets(inventory, options.dnsNames, i);
        measure.lookups = lookupTargets(inventory, options.dnsNames);
        const std::size_t peers = count <= allPairsUpTo ? count - 1 : ringPeers;
        std::vector<const model::ClusterNode*> ring;
        for (std::size_t step = 1; step <= peers; ++step) {
            ring.push_back(chosen[(i + step) % count]);
            addPeer(inventory, *ring.back(), measure.peers);
        }
        addPlaces(inventory, *chosen[i], ring, options.dnsNames,
                  static_cast<std::size_t>(std::clamp(options.podsPerNode, 0, mostPodsPerNode)), options.pods,
                  measure);
        plan.nodes[i].probe = std::move(measure);
    }
    return plan;
}

RunPlan planLocal(const std::string& hostName, const PlanOptions& options) {
    RunPlan plan{{}, options.durationS, options.intervalS, options.sudo, 1};
    NodePlan one;
    one.target.name = hostName;
    one.target.host = "localhost";
    if (options.activeProbes) {
        probe::ProbePlan measure;
        measure.durationS = options.durationS;
        // "localhost." is answered by the resolver itself (RFC 6761): its own time, and nothing leaves for
        // upstream.
        if (options.dnsNames.empty())
            measure.dns.push_back({"", "node", "localhost.", false});
        for (const std::string& name : options.dnsNames)
            measure.dns.push_back({"", "node", absolute(name), false});
        one.probe = std::move(measure);
    }
    plan.nodes.push_back(std::move(one));
    return plan;
}

} // namespace netopsy::run
