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

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::path {

/// Ebpf: a program takes the packet past the host's stack. Switch: Open vSwitch. Outside: what lies past the cluster.
enum class HopKind {
    PodInterface,
    Veth,
    Bridge,
    Routing,
    Conntrack,
    ServiceNat,
    Tunnel,
    Nic,
    Wire,
    Ebpf,
    Switch,
    Outside
};
[[nodiscard]] const char* kindName(HopKind kind); ///< "pod-interface", "service-nat", …; as in the JSON

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
    std::vector<Header> encapsulates;                    ///< headers added here
    std::vector<Header> decapsulates;                    ///< headers taken off here
    int headerBytes = 0;                                 ///< outer bytes that the packet carries after this hop
    Reading<std::uint64_t> drops;                        ///< rx+tx dropped over the run
    Reading<std::uint64_t> errors = Absent{"no device"}; ///< rx+tx errors over the run
    Reading<int> mtuLeft =
        Absent{"no device"};              ///< of its MTU, what encapsulation leaves to the inner packet, bytes
    std::map<std::string, bool> offloads; ///< ethtool's names; empty: not readable
    Reading<std::int64_t> latencyNs = Absent{"not measured apart"}; ///< its share of the median round trip
    std::string latencySource;         ///< "overlay minus underlay, median of 1,400 and 1,402 samples"
    std::vector<std::string> problems; ///< what is wrong at this very hop
    bool assumed = false;              ///< from the CNI's design, not seen on the node
    std::string source;                ///< evidence: "node1: links, line 12", or the assumption's ground
};

struct Path {
    std::string from, to;
    bool ipv6 = false;
    std::vector<Hop> hops;
    std::vector<Hop> back;             ///< the reply's, in its own order; empty when it runs `hops` backwards
    Reading<int> innerMtu;             ///< the largest inner IP packet that fits every hop
    std::vector<std::string> problems; ///< "node2 eth0: 1,500 B packet + 50 B VXLAN does not fit 1,500 B"
    std::vector<std::string> notes;
};

enum class Family { Any, V4, V6 };

/// `from`: NODE or NODE/POD. `to`: NODE, POD ("ns/name" or "name"), SERVICE ("ns/name"), or an address outside.
/// `family`: which of a dual-stack end's addresses; Any takes the first that both have.
[[nodiscard]] Result<Path> derive(const model::Case& subject, std::string_view from, std::string_view to,
                                  Family family = Family::Any);
/// The path that a node's page shows first: a pod of it to a pod of its next peer; nullopt when none can be
/// told.
[[nodiscard]] std::optional<Path> typical(const model::Case& subject, std::string_view node);

[[nodiscard]] nlohmann::json pathJson(const Path& path);
[[nodiscard]] std::string pathText(const Path& path);

} // namespace netopsy::path
