// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The packet's way, device by device, derived from what the nodes themselves told. A hop that is only assumed
// from the CNI's design is marked so and never shown as fact.
#pragma once

#include "core/base/reading.h"
#include "core/base/result.h"
#include "core/model/case.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::path {

enum class HopKind { PodInterface, Veth, Bridge, Routing, Conntrack, ServiceNat, Tunnel, Nic, Wire };

/// One header added by an encapsulation, outermost first: {"VXLAN", 8}.
struct Header {
    std::string name;
    int bytes = 0;
};

struct Hop {
    HopKind kind = HopKind::Nic;
    std::string node;   ///< empty for the wire
    std::string netns;  ///< "host" or "ns/pod"
    std::string device; ///< interface name; "" where there is none
    std::string label;  ///< what a person reads: "cni0 (bridge)"
    Reading<int> mtu;
    std::vector<Header> encapsulates; ///< headers added here
    std::vector<Header> decapsulates; ///< headers taken off here
    int headerBytes = 0;              ///< outer bytes that the packet carries after this hop
    Reading<std::uint64_t> drops;     ///< rx+tx dropped over the run
    bool assumed = false;             ///< from the CNI's design, not seen on the node
    std::string source;               ///< evidence: "node1: links, line 12", or the assumption's ground
};

struct Path {
    std::string from, to;
    std::vector<Hop> hops;
    Reading<int> innerMtu;             ///< the largest inner IP packet that fits every hop
    std::vector<std::string> problems; ///< "node2 eth0: 1,500 B packet + 50 B VXLAN does not fit 1,500 B"
    std::vector<std::string> notes;
};

/// `from`: NODE or NODE/POD. `to`: NODE, POD ("ns/name" or "name") or SERVICE ("ns/name").
[[nodiscard]] Result<Path> derive(const model::Case& subject, std::string_view from, std::string_view to);
/// The path that a node's page shows first: a pod of it to a pod of its next peer; nullopt when none can be
/// told.
[[nodiscard]] std::optional<Path> typical(const model::Case& subject, std::string_view node);

[[nodiscard]] nlohmann::json pathJson(const Path& path);
[[nodiscard]] std::string pathText(const Path& path);

} // namespace netopsy::path
