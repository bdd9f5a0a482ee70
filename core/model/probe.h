// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Results of netopsy-probe (or of its stated fall-back). Every sample is kept; a sample's time is that of its
// sending, measured on the node by a monotonic clock, so that no SSH, fork or shell time is in a figure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace netopsy::model {

/// Why a sample's time may hold more than the network's: a set of bits. The probe tells spans of time that were
/// disturbed; a sample that was under way in one carries its causes.
namespace taint {
inline constexpr std::uint8_t late = 1;      ///< sent over 1 ms after its time
inline constexpr std::uint8_t starved = 2;   ///< the probe waited in a run queue for over 1 ms
inline constexpr std::uint8_t stolen = 4;    ///< the hypervisor took CPU time
inline constexpr std::uint8_t throttled = 8; ///< the probe's own cgroup was throttled
} // namespace taint

struct TaintedSpan {
    std::int64_t fromNs = 0, toNs = 0; ///< since the node's run began
    std::uint8_t causes = 0;
    bool operator==(const TaintedSpan&) const = default;
};

enum class DnsType { A, AAAA };
enum class DnsTransport { Udp, Tcp };

/// Answered: a well-formed answer with NOERROR or NXDOMAIN. Failed: SERVFAIL, REFUSED, a malformed answer, or
/// an error of the socket (e.g. ICMP port unreachable). Timeout: nothing came within the time-out.
enum class DnsOutcome { Answered, Timeout, Failed };

struct DnsSample {
    std::int64_t offsetNs = 0; ///< sent this long after the node's run began
    std::int64_t rttNs = -1;   ///< query to answer, ns; -1 when nothing came
    DnsOutcome outcome = DnsOutcome::Timeout;
    int rcode = -1;         ///< RFC 1035 code; -1 when none
    int errnum = 0;         ///< errno for a socket error, else 0
    bool truncated = false; ///< a UDP answer with TC set: the rest is to be had over TCP
    std::int32_t pair = -1; ///< A and AAAA sent at once from one socket, as glibc does, share a number; -1: alone
    std::uint8_t taint = 0;
    bool operator==(const DnsSample&) const = default;
};

struct DnsSeries {
    std::string resolver; ///< address
    std::string role;     ///< "service", "pod", "node" (the node's own resolv.conf), "nodelocal", "upstream"
    std::string name;     ///< as asked, with its trailing dot if there was one
    DnsType type = DnsType::A;
    DnsTransport transport = DnsTransport::Udp;
    bool internal = false; ///< a name of the cluster's domain, answered by the cluster itself
    std::int64_t timeoutNs = 0;
    std::vector<DnsSample> samples;
    bool operator==(const DnsSeries&) const = default;
};

/// One name resolved as a stub resolver does it: the search list walked in resolv.conf's order, A and AAAA at once,
/// asked again after 5 s without an answer, over TCP when cut off.
struct LookupSample {
    std::int64_t offsetNs = 0;
    std::int64_t totalNs = -1; ///< from the first query to the last answer; -1 when it ended without one
    int queries = 0;           ///< sent in all, A and AAAA counted each, repeats included
    int candidates = 0;        ///< names of the search list that were tried
    int retries = 0;           ///< queries that were asked again for want of an answer
    DnsOutcome outcome = DnsOutcome::Timeout;
    int rcode = -1; ///< of the last candidate
    std::uint8_t taint = 0;
    bool operator==(const LookupSample&) const = default;
};

struct LookupSeries {
    std::string resolver, role;
    std::string name; ///< as a program would give it, without a trailing dot
    int ndots = 1;
    std::vector<std::string> search;
    std::vector<LookupSample> samples;
    bool operator==(const LookupSeries&) const = default;
};

enum class Plane { Underlay, Overlay };

struct RttSample {
    std::int64_t offsetNs = 0;
    std::int64_t rttNs = -1; ///< -1: lost
    int duplicates = 0;      ///< further answers to the same request
    bool reordered = false;  ///< answered after a later request to the same peer was
    std::uint8_t taint = 0;
    bool operator==(const RttSample&) const = default;
};

struct RttSeries {
    std::string peer;    ///< node name
    std::string address; ///< what was probed
    Plane plane = Plane::Underlay;
    std::string method; ///< "icmp-dgram", "icmp-raw", "udp-closed-port", "tcp-closed-port", "ping", "none"
    std::vector<RttSample> samples;
    bool operator==(const RttSeries&) const = default;
};

struct PmtuResult {
    std::string peer;
    std::string address;
    Plane plane = Plane::Underlay;
    int mtu = 0;            ///< largest IP packet that got through with DF set, bytes; 0 = none
    int linkMtu = 0;        ///< what the route's own interface claims, bytes
    bool blackhole = false; ///< larger ones vanish without ICMP and without a local EMSGSIZE
    bool operator==(const PmtuResult&) const = default;
};

/// A pod whose network namespace was entered: the same measurements from its place, and what is its own there.
struct PodPlace {
    std::string ns, name, address;
    std::string problem;     ///< why its namespace was not entered; empty when it was
    std::uint64_t netns = 0; ///< inode of its network namespace
    std::string device;      ///< its interface: "eth0"
    int mtu = 0;             ///< of that interface, bytes; 0 unknown
    int peerIndex = 0;       ///< ifindex of the interface's other end (its veth on the node); 0 unknown
    std::vector<std::string> nameservers, search;
    int ndots = 1;                             ///< of its /etc/resolv.conf
    std::map<std::string, std::string> sysctl; ///< the namespace's own: "net.core.somaxconn"
    /// "TcpExt.ListenOverflows" … of its namespace, at the start and at the end of the run.
    std::map<std::string, std::uint64_t> countersFirst, countersLast;
    std::vector<DnsSeries> dns;
    std::vector<LookupSeries> lookups;
    std::vector<RttSeries> rtt;
    std::vector<PmtuResult> pmtu;
    std::vector<TaintedSpan> tainted; ///< of its own probing, by end
    bool operator==(const PodPlace&) const = default;
};

} // namespace netopsy::model
