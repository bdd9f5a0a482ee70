// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Everything known of one node: what stands still during a run (facts), what is read at every tick (samples),
// what was measured actively (probes), and why something is missing (notes).
#pragma once

#include "core/base/reading.h"
#include "core/model/probe.h"
#include "core/model/samples.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace netopsy::model {

/// A value that a file of the sysctl.d family sets at boot.
struct PersistedSysctl {
    std::string file;
    int line = 0;
    std::string value;
    bool operator==(const PersistedSysctl&) const = default;
};

struct VxlanInfo {
    int id = 0;
    int dstPort = 0;
    std::string local;  ///< outer source address
    std::string device; ///< underlying link's name; may be empty
    bool learning = true;
    bool operator==(const VxlanInfo&) const = default;
};

struct LinkAddress {
    std::string address; ///< without prefix
    int prefix = 0;
    std::string scope; ///< global, link, host
    bool operator==(const LinkAddress&) const = default;
};

struct Link {
    int index = 0;
    std::string name;
    std::string kind;   ///< physical, veth, bridge, vxlan, geneve, ipip, wireguard, dummy, loopback, tun, …
    std::string driver; ///< from /sys/class/net/X/device/driver; empty for a virtual link
    std::string state;  ///< operstate: UP, DOWN, UNKNOWN, LOWERLAYERDOWN
    std::string mac;
    std::string master; ///< bridge or bond it belongs to
    int mtu = 0;
    int peerIndex = 0;        ///< veth: ifindex of the peer; 0 unknown
    Reading<int> peerNetnsId; ///< veth whose peer is in another network namespace
    Reading<int> speedMbps;
    int rxQueues = 0, txQueues = 0;         ///< 0 unknown
    std::map<std::string, bool> offloads;   ///< ethtool -k: "tx-checksumming" -> on; empty: not readable
    std::map<std::string, std::string> rps; ///< "rx-0" -> mask
    std::optional<VxlanInfo> vxlan;
    std::vector<LinkAddress> addresses;
    bool operator==(const Link&) const = default;
};

struct Route {
    std::string dst; ///< "default" or CIDR
    std::string via, dev, src, table, proto, scope;
    int metric = 0;
    int mtu = 0; ///< 0 = none on the route
    bool onlink = false;
    bool ipv6 = false; ///< "default" alone doesn't say
    bool operator==(const Route&) const = default;
};

struct Neighbour {
    std::string address, dev, mac, state;
    bool operator==(const Neighbour&) const = default;
};

/// One row of a bridge's or VXLAN device's forwarding table.
struct FdbEntry {
    std::string mac, dev, dst, master, state;
    bool operator==(const FdbEntry&) const = default;
};

/// One `ip rule`, as far as a look-up for plain traffic needs it.
struct RouteRule {
    int priority = 0;
    std::string from, to; ///< CIDR or "all"
    std::string table;
    std::string fwmark, iif, oif; ///< empty: any; a mark with its mask as `ip` writes it: "0x80/0x80"
    bool ipv6 = false;
    bool invert = false; ///< "not": for what the above does not match (Calico's WireGuard)
    bool operator==(const RouteRule&) const = default;
};

/// One backend of a Service as the node's own NAT rules, IPVS table or nftables map have it.
struct NatBackend {
    std::string service; ///< cluster IP
    std::string protocol;
    int port = 0;
    std::string backend; ///< address
    int backendPort = 0;
    std::string source; ///< "iptables nat KUBE-SEP-X", "ipvs", "nftables"
    bool operator==(const NatBackend&) const = default;
};

struct ResolvConf {
    std::vector<std::string> nameservers, search, options;
    int ndots = 1;
    bool operator==(const ResolvConf&) const = default;
};

struct Disk {
    std::string name;
    Reading<bool> rotational;
    bool operator==(const Disk&) const = default;
};

/// What stands still during a run.
struct NodeFacts {
    Reading<std::string> hostname, kernel, os, arch;
    Reading<int> cpus;
    Reading<std::uint64_t> memTotalKiB;
    Reading<bool> root;          ///< the script ran as root
    Reading<int> ticksPerSecond; ///< USER_HZ (getconf CLK_TCK); 100 where it can't be told
    Reading<std::string> clocksource;
    std::vector<std::string> clocksourcesAvailable;
    std::map<std::string, std::string> sysctl;  ///< dotted key -> running value, white space folded to one blank
    std::map<std::string, bool> sysctlWritable; ///< only where it could be told
    /// Dotted key -> what wins at boot, by sysctl.d(5)'s order of files.
    std::map<std::string, PersistedSysctl> sysctlPersisted;
    std::vector<Link> links;
    std::vector<Route> routes;
    std::vector<Neighbour> neighbours;
    std::vector<FdbEntry> fdb;
    std::vector<RouteRule> rules;        ///< by priority
    std::vector<NatBackend> natBackends; ///< empty when not readable; a note says why
    Reading<ResolvConf> resolvConf;
    std::vector<Disk> disks;
    bool operator==(const NodeFacts&) const = default;
};

enum class NodeState { Pending, Running, Complete, Partial, Unreachable };

/// What the collecting itself cost.
struct CollectCost {
    Reading<double> nodeCpuMs;   ///< CPU time of the script, its children and the probe, on the node
    Reading<double> scriptCpuMs; ///< of it, the script and its children; the rest is the probe
    std::uint64_t bytesSent = 0, bytesReceived = 0;
    bool operator==(const CollectCost&) const = default;
};

/// How far the probe's output, one stream cut into sections, has been absorbed.
struct ProbeProgress {
    std::uint32_t nextSeq = 0; ///< sections below it are known already
    bool begun = false;        ///< its header was seen
    std::int64_t beganNs = 0;  ///< its clock's zero, since the run began
    std::size_t samples = 0, badLines = 0, notes = 0;
    bool operator==(const ProbeProgress&) const = default;
};

struct Node {
    std::string name;
    std::string address; ///< host[:port] that was reached (or was to be)
    NodeState state = NodeState::Pending;
    std::string error;  ///< why it is partial or unreachable; empty when complete
    TimeNs started = 0; ///< when its script began; probes' offsets count from here
    NodeFacts facts;
    std::vector<NodeSample> samples; ///< by seq
    std::vector<DnsSeries> dns;
    std::vector<RttSeries> rtt;
    std::vector<PmtuResult> pmtu;
    std::vector<LookupSeries> lookups;
    std::vector<PodPlace> pods;       ///< of this node, whose own place was measured from; the above is the node's
    std::vector<TaintedSpan> tainted; ///< by end
    CollectCost cost;
    std::vector<std::string> notes; ///< gaps, each with its reason
    ProbeProgress probe;
    bool operator==(const Node&) const = default;
};

} // namespace netopsy::model
