// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/families.h"

namespace netopsy::analysis {

const std::vector<Rule>& registry() {
    static const std::vector<Rule> rules{
        {"node-unreachable", nodeUnreachable, {}},
        {"conntrack-near-full", conntrackNearFull, {"warning_share", "critical_share"}},
        {"conntrack-dropping", conntrackDropping, {}},
        {"conntrack-insert-failed", conntrackInsertFailed, {"warning_count", "warning_rate"}},
        {"mtu-exceeds-underlay", mtuExceedsUnderlay, {}},
        {"mtu-inconsistent", mtuInconsistent, {}},
        {"pmtu-reduced", pmtuReduced, {}},
        {"pmtu-blackhole", pmtuBlackhole, {"loss_doubt_pct"}},
        {"dns-slow-internal",
         dnsSlowInternal,
         {"late_ms", "late_pct", "min_samples", "min_late", "warning_p99_ms", "warning_late_pct",
          "critical_p99_ms", "critical_late_pct", "outlier_ratio", "outlier_late_points", "burst_slices"}},
        {"dns-timeouts", dnsTimeouts, {"min_samples", "min_timeouts", "share_pct", "critical_pct"}},
        {"dns-search-amplification",
         dnsSearchAmplification,
         {"min_samples", "warning_ms", "warning_ratio", "min_spoilt"}},
        {"vtep-stale", vtepStale, {}},
        {"pod-route-missing", podRouteMissing, {}},
        {"neighbour-failed", neighbourFailed, {}},
        {"packet-loss", packetLoss, {"min_samples", "min_lost", "share_pct", "critical_pct"}},
        {"overlay-tax", overlayTax, {"min_samples", "min_us", "min_pct", "warning_us", "warning_pct"}},
        {"cpu-steal", cpuSteal, {"warning_pct", "critical_pct", "min_span_s"}},
        {"cpu-iowait", cpuIowait, {"warning_pct", "min_span_s", "pressure_pct", "await_ms"}},
        {"tcp-listen-overflow", tcpListenOverflow, {"warning_count"}},
        {"sysctl-drift", sysctlDrift, {}},
        {"sysctl-inconsistent", sysctlInconsistent, {}},
    };
    return rules;
}

} // namespace netopsy::analysis
