// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Results of netopsy-probe (or of its stated fall-back). Every sample is kept; a sample's time is that of its
// sending, measured on the node by a monotonic clock, so that no SSH, fork or shell time is in a figure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace netopsy::model {

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
    bool operator==(const DnsSample&) const = default;
};

struct DnsSeries {
    std::string resolver; ///< address
    std::string role;     ///< "service", "pod", "node" (the node's own resolv.conf), "nodelocal"
    std::string name;     ///< as asked, with its trailing dot if there was one
    DnsType type = DnsType::A;
    DnsTransport transport = DnsTransport::Udp;
    bool internal = false; ///< a name of the cluster's domain, answered by the cluster itself
    std::int64_t timeoutNs = 0;
    std::vector<DnsSample> samples;
    bool operator==(const DnsSeries&) const = default;
};

enum class Plane { Underlay, Overlay };

struct RttSample {
    std::int64_t offsetNs = 0;
    std::int64_t rttNs = -1; ///< -1: lost
    bool operator==(const RttSample&) const = default;
};

struct RttSeries {
    std::string peer;    ///< node name
    std::string address; ///< what was probed
    Plane plane = Plane::Underlay;
    std::string method; ///< "icmp-dgram", "icmp-raw", "udp-closed-port", …
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

} // namespace netopsy::model
