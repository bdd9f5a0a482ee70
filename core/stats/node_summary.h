// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A node's figures over the run, derived once and used alike by `show`, the rules, the views and the report.
// Deltas are last minus first sample; a counter that ran backwards (a reset, or steal on some hypervisors)
// gives no figure but a reason.
#pragma once

#include "core/model/node.h"
#include "core/stats/summary.h"

#include <map>
#include <string>
#include <vector>

namespace netopsy::stats {

/// Shares of all CPU time over the run, percent of all CPUs together. A share whose counter ran backwards is
/// NaN (every comparison with it is false; JSON and text::number show it as absent) and is named in
/// `cpuBackwards`.
struct CpuShare {
    double user = 0, system = 0, nice = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
};

struct SoftnetDelta {
    std::uint64_t processed = 0, dropped = 0, timeSqueeze = 0;
};

struct DiskSummary {
    std::string name;
    Reading<bool> rotational;
    Reading<double> awaitMs; ///< mean time of a completed request over the run; absent when there was none
};

struct NodeSummary {
    double spanS = 0; ///< between first and last sample, by the node's own clock where known
    Reading<CpuShare> cpu;
    std::map<int, CpuShare> perCpu;
    Reading<SoftnetDelta> softnet;
    std::map<int, SoftnetDelta> softnetPerCpu;
    Reading<double> conntrackFill; ///< highest count/max over the run, 0..1
    /// Over the run, by the kernel's names ("insert_failed", "drop", …).
    std::map<std::string, std::uint64_t> conntrackDelta;
    std::map<std::string, std::uint64_t> netDelta; ///< "Tcp.RetransSegs" …
    std::map<std::string, model::LinkCounters> linkDelta;
    Reading<double> tcpRetransPct; ///< RetransSegs/OutSegs over the run; absent when OutSegs did not move
    std::vector<DiskSummary> disks;
    DnsStats dnsInternal; ///< the cluster's own names, UDP, over the cluster's resolvers
    DnsStats dnsAll;
    Reading<std::int64_t> underlayP50Ns, overlayP50Ns, underlayP99Ns, overlayP99Ns; ///< all peers together
    std::vector<std::string> notes;                                                 ///< why a figure is missing
    std::vector<std::string>
        cpuBackwards; ///< CpuShare fields without a figure ("steal"): their counter ran backwards
};

[[nodiscard]] NodeSummary summarise(const model::Node& node);
/// Only what comes of the kernel's counters, without the probes' samples, whose percentiles are most of the work.
[[nodiscard]] NodeSummary summariseCounters(const model::Node& node);

} // namespace netopsy::stats
