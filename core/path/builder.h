// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/path/endpoints.h"
#include "core/path/path.h"
#include "core/path/tunnel.h"
#include "core/stats/node_summary.h"

#include <string>
#include <vector>

namespace netopsy::path {

/// Lays the hops of one node, from its facts; what they don't show is laid as the CNI's design has it, and marked.
class NodeSide {
public:
    NodeSide(const model::Case& subject, const model::Node& node);

    /// The pod's interface and its way to the host, from the pod outwards.
    [[nodiscard]] std::vector<Hop> podSide(const model::Pod& pod) const;
    /// The hop of a route look-up; `route` is set to what was found (nullptr: none).
    [[nodiscard]] Hop routing(const std::string& to, const model::Route*& route) const;
    [[nodiscard]] Hop nic(const model::Link* link) const;
    [[nodiscard]] std::optional<Hop> conntrack() const;
    [[nodiscard]] Hop device(HopKind kind, const model::Link& link, const std::string& label) const;
    /// The tunnel that a route leaves by; nullptr when it leaves by none.
    [[nodiscard]] const Tunnel* tunnelOf(const model::Route* route) const;
    /// The tunnel that takes packets from the overlay in; the only one, or the one of this name.
    [[nodiscard]] const Tunnel* incoming(const std::string& likeName) const;

    [[nodiscard]] const model::Node& node() const { return m_node; }
    [[nodiscard]] const std::string& address() const { return m_address; }

private:
    [[nodiscard]] Reading<std::uint64_t> dropsOf(const std::string& device) const;
    [[nodiscard]] const model::Link* vethOf(const model::Pod& pod, std::string& how) const;

    const model::Node& m_node;
    std::string m_address;
    std::vector<Tunnel> m_tunnels;
    stats::NodeSummary m_summary;
};

} // namespace netopsy::path
