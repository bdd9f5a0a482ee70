// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/path/design.h"
#include "core/path/endpoints.h"
#include "core/path/lookup.h"
#include "core/path/path.h"
#include "core/path/tunnel.h"
#include "core/stats/node_summary.h"

#include <string>
#include <vector>

namespace netopsy::path {

/// Lays the hops of one node, from its facts; what they don't show is laid as the CNI's design has it, and marked.
class NodeSide {
public:
    /// `design` outlives this.
    NodeSide(const model::Case& subject, const model::Node& node, const Design& design);

    /// The pod's interface and its way to the host, from the pod outwards.
    [[nodiscard]] std::vector<Hop> podSide(const model::Pod& pod) const;
    /// The hop of a route look-up, with what was found.
    [[nodiscard]] Hop routing(const Flow& flow, Choice& choice) const;
    /// The NIC that `link` is, or that a switch bridge of this name stands before (OVN's br-ex holds the node's address).
    [[nodiscard]] std::vector<Hop> nic(const model::Link* link) const;
    [[nodiscard]] std::optional<Hop> conntrack() const;
    [[nodiscard]] Hop device(HopKind kind, const model::Link& link, const std::string& label) const;
    /// A hop of this kind without a device, by what the CNI's design says: assumed.
    [[nodiscard]] Hop designed(HopKind kind, const std::string& label) const;
    /// The device of this name, or, where the node doesn't have it, a hop that the design has there.
    [[nodiscard]] Hop named(HopKind kind, const std::string& device, const std::string& label) const;
    /// A tunnel that must be there and that the node doesn't show: of user space, or not read. Its headers aren't known.
    [[nodiscard]] Hop unseenTunnel(const std::string& mode) const;
    /// An eBPF program at the hop before it.
    [[nodiscard]] Hop program(const Hop& at, const std::string& does) const;
    /// The tunnel that a route leaves by; nullptr when it leaves by none.
    [[nodiscard]] const Tunnel* tunnelOf(const model::Route* route) const;
    /// The tunnel that takes packets from the overlay in; the only one, or the one of this name.
    [[nodiscard]] const Tunnel* incoming(const std::string& likeName) const;
    /// Headers that a tunnel of this node puts on.
    [[nodiscard]] std::vector<Header> headers(const Tunnel& tunnel) const;

    [[nodiscard]] const model::Node& node() const { return m_node; }
    [[nodiscard]] const std::string& address() const { return m_address; } ///< its first
    /// Its first of this family, else its first.
    [[nodiscard]] const std::string& addressOf(bool ipv6) const;
    [[nodiscard]] const Design& design() const { return m_design; }

private:
    using LinkCounter = std::uint64_t model::LinkCounters::*;
    /// Both directions of a device together, over the run.
    [[nodiscard]] Reading<std::uint64_t> changeOf(const std::string& device, LinkCounter received,
                                                  LinkCounter sent) const;
    [[nodiscard]] const model::PodPlace* placeOf(const model::Pod& pod) const;
    [[nodiscard]] const model::Link* vethOf(const model::Pod& pod, std::string& how) const;

    const model::Node& m_node;
    const Design& m_design;
    std::string m_address;
    std::vector<std::string> m_addresses;
    std::vector<Tunnel> m_tunnels;
    stats::NodeSummary m_counters;
};

} // namespace netopsy::path
