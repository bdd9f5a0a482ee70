// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is read again at every tick of a run. All counters are the kernel's running totals, so that any two
// samples give a delta; nothing here is a rate. Units are the kernel's own and are named in each comment.
#pragma once

#include "core/base/reading.h"
#include "core/model/section.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace netopsy::model {

/// /proc/stat, in USER_HZ ticks. `user` includes guest time, which is not counted again.
struct CpuTimes {
    std::uint64_t user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
    [[nodiscard]] std::uint64_t total() const {
        return user + nice + system + idle + iowait + irq + softirq + steal;
    }
    bool operator==(const CpuTimes&) const = default;
};

/// One CPU's row of /proc/net/softnet_stat (host-wide, not per network namespace).
struct SoftnetCpu {
    int cpu = 0;
    std::uint64_t processed = 0, dropped = 0, timeSqueeze = 0, receivedRps = 0, flowLimit = 0;
    bool operator==(const SoftnetCpu&) const = default;
};

/// Conntrack of the node's own network namespace.
struct Conntrack {
    std::uint64_t count = 0;
    std::uint64_t max = 0;
    Reading<std::uint64_t> buckets;
    /// Sums over CPUs by the header's names: insert_failed, drop, early_drop, invalid, clash_resolve, …
    /// Empty when the kernel has no /proc/net/stat/nf_conntrack.
    std::map<std::string, std::uint64_t> stats;
    bool operator==(const Conntrack&) const = default;
};

/// /sys/class/net/X/statistics or the same numbers out of /proc/net/dev.
struct LinkCounters {
    std::uint64_t rxBytes = 0, txBytes = 0, rxPackets = 0, txPackets = 0;
    std::uint64_t rxErrors = 0, txErrors = 0, rxDropped = 0, txDropped = 0;
    std::uint64_t rxFifoErrors = 0, txFifoErrors = 0, rxFrameErrors = 0, txCarrierErrors = 0, collisions = 0;
    bool operator==(const LinkCounters&) const = default;
};

/// One device's row of /proc/diskstats.
struct DiskCounters {
    std::uint64_t reads = 0, writes = 0;   ///< completed
    std::uint64_t readMs = 0, writeMs = 0; ///< time spent, ms
    std::uint64_t ioMs = 0;                ///< time with at least one request, ms
    bool operator==(const DiskCounters&) const = default;
};

/// One line of /proc/pressure/{cpu,io,memory}.
struct Pressure {
    double avg10 = 0, avg60 = 0;
    std::uint64_t totalUs = 0;
    bool operator==(const Pressure&) const = default;
};

/// All that one tick told. A map entry or Reading that could not be had is absent, never zero.
struct NodeSample {
    std::uint32_t seq = 0;
    TimeNs at = 0;           ///< arrival here; for drawing and for lining nodes up
    Reading<double> uptimeS; ///< the node's own clock (/proc/uptime), for rates; 10 ms resolution
    Reading<CpuTimes> cpu;   ///< all CPUs together
    std::map<int, CpuTimes> perCpu;
    Reading<std::vector<SoftnetCpu>> softnet;
    std::map<std::string, std::map<int, std::uint64_t>> softirqs; ///< "NET_RX" -> CPU -> count
    Reading<Conntrack> conntrack;
    std::map<std::string, LinkCounters> links;
    /// /proc/net/snmp and netstat as "Tcp.RetransSegs", "TcpExt.ListenOverflows", "Ip.FragFails" …
    std::map<std::string, std::uint64_t> netCounters;
    /// /proc/net/sockstat as "TCP.tw", "TCP.inuse", "UDP.inuse", "TCP.mem" …
    std::map<std::string, std::uint64_t> sockstat;
    std::map<std::string, DiskCounters> disks;
    std::map<std::string, Pressure> pressure; ///< "cpu.some", "io.full" …
    bool operator==(const NodeSample&) const = default;
};

} // namespace netopsy::model
