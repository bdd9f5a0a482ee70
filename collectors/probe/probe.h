// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The client's half of netopsy-probe: what to measure, the shell line that receives the program, checks it by
// SHA-256, runs and removes it, and the bytes to send. Its output is kept as raw "probe" sections and parsed by
// core (parse::absorb), like everything else.
#pragma once

#include "core/model/probe.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::probe {

struct DnsTarget {
    std::string resolver; ///< address
    std::string
        role; ///< service, pod, node, nodelocal; "node" with an empty resolver = the node's own resolv.conf
    std::string name; ///< fully qualified, with trailing dot
    bool internal = true;
};
struct PeerTarget {
    std::string peer, address;
    model::Plane plane = model::Plane::Underlay;
};

/// A name resolved as a pod resolves it, by a search list.
struct LookupTarget {
    std::string resolver, role;
    std::string name; ///< as a program gives it
    int ndots = 5;    ///< -1: of the asking place's own resolv.conf, as with a resolver of "-" (its first)
    std::vector<std::string> search; ///< "+": here follows the node's own list, as kubelet appends it
};

/// A pod of the node whose network namespace is to be entered, and what is measured there.
struct PodPlan {
    std::string ns, name, address;
    int dnsIntervalMs = 1000, rttIntervalMs = 100, lookupIntervalMs = 10'000;
    int cpuPpm = 600; ///< beside the node's own
    std::vector<DnsTarget> dns;
    std::vector<LookupTarget> lookups;
    std::vector<PeerTarget> peers;
};

struct ProbePlan {
    double durationS = 30;
    int dnsIntervalMs = 250; ///< between two pairs of queries, over all targets together
    int dnsTimeoutMs = 5000;
    int rttIntervalMs = 20;      ///< between two echoes to a peer by one plane, where `cpuPpm` allows it
    int cpuPpm = 2500;           ///< of a CPU, in millionths, for the probe alone, places in pods beside it
    int lookupIntervalMs = 2000; ///< between two lookups, over all targets together
    std::vector<DnsTarget> dns;
    std::vector<LookupTarget> lookups;
    std::vector<PeerTarget> peers;
    std::vector<PodPlan> pods; ///< 16 at most
    std::uint64_t seed = 1;    ///< for jitter
    std::string architecture;  ///< the node's, as Kubernetes or uname spell it; empty: this machine's
};

/// A process' command and its standard input.
struct Launch {
    std::string command;
    std::string input;
};
/// `sudo`: as root, where sudo asks for no password; else as the account that logs in, without a word: the script has
/// said so by then.
[[nodiscard]] Launch launch(const ProbePlan& plan, const std::string& nonce, bool sudo = false);

} // namespace netopsy::probe
