// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rules' functions, one file per family of evidence. What each means stands in resources/rules/*.yaml.
#pragma once

#include "core/analysis/rule.h"

namespace netopsy::analysis {

RuleResult conntrackNearFull(const Subject& subject, const RuleEntry& entry);
RuleResult conntrackDropping(const Subject& subject, const RuleEntry& entry);
RuleResult conntrackInsertFailed(const Subject& subject, const RuleEntry& entry);

RuleResult mtuExceedsUnderlay(const Subject& subject, const RuleEntry& entry);
RuleResult mtuInconsistent(const Subject& subject, const RuleEntry& entry);
RuleResult pmtuReduced(const Subject& subject, const RuleEntry& entry);
RuleResult pmtuBlackhole(const Subject& subject, const RuleEntry& entry);

RuleResult dnsSlowInternal(const Subject& subject, const RuleEntry& entry);
RuleResult dnsTimeouts(const Subject& subject, const RuleEntry& entry);
RuleResult dnsSearchAmplification(const Subject& subject, const RuleEntry& entry);

RuleResult vtepStale(const Subject& subject, const RuleEntry& entry);
RuleResult podRouteMissing(const Subject& subject, const RuleEntry& entry);
RuleResult neighbourFailed(const Subject& subject, const RuleEntry& entry);

RuleResult packetLoss(const Subject& subject, const RuleEntry& entry);
RuleResult overlayTax(const Subject& subject, const RuleEntry& entry);

RuleResult cpuSteal(const Subject& subject, const RuleEntry& entry);
RuleResult cpuIowait(const Subject& subject, const RuleEntry& entry);

RuleResult tcpListenOverflow(const Subject& subject, const RuleEntry& entry);

RuleResult sysctlDrift(const Subject& subject, const RuleEntry& entry);
RuleResult sysctlInconsistent(const Subject& subject, const RuleEntry& entry);

RuleResult nodeUnreachable(const Subject& subject, const RuleEntry& entry);

} // namespace netopsy::analysis
