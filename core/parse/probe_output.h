// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What netopsy-probe says on standard output, one stream that the runner cuts at line ends into sections of the
// collector "probe" with seq 0, 1, 2 … A line is a letter and fields parted by one blank; bytes of a text field
// outside '!'…'~', and '%', stand as %XX. Times are nanoseconds of the node's monotonic clock.
//
//     netopsy-launch TEXT          the shell line that brings the probe: a note, before the header
//     netopsy-probe 2 ARCH         the header; ARCH "shell": the fall-back with dig and ping. Format 1 lacked PAIR,
//                                  FLAGS, L, U, T and places; what it has means the same.
//     @K LINE                      a line of the pod's place K, K counting 0, 1, 2 …: one of those below to T, or
//         W NAMESPACE POD ADDRESS  its first
//         X TEXT                   a problem: its network namespace was not entered
//         I INODE DEVICE MTU PEER  its network namespace and interface; PEER: ifindex of the other end, 0 unknown
//         V NDOTS COUNT NAMESERVER… SEARCH…
//                                  its resolv.conf, with COUNT nameservers
//         Y KEY VALUE              a sysctl of its namespace
//         C 0|1 KEY VALUE          a counter of its namespace, at the start (0) and at the end (1)
//     S ID dns RESOLVER ROLE INTERNAL NAME A|AAAA udp|tcp TIMEOUT
//     S ID lookup RESOLVER ROLE NAME NDOTS SEARCH…
//     S ID rtt PEER ADDRESS underlay|overlay METHOD
//                                  a series, before its samples; the IDs of each kind count 0, 1, 2 … An rtt once more,
//                                  with another METHOD: what was sent so far had no answer at all and is no sample,
//                                  for the address does not answer that method; what follows is by this one
//     D ID OFFSET a|c|t|f RTT RCODE ERRNO [PAIR]
//                                  a DNS sample: answered, answered and cut off (TC), timeout, failed; the two of a
//                                  pair (A and AAAA at once from one socket) have the same number
//     L ID OFFSET a|t|f TOTAL QUERIES CANDIDATES RETRIES RCODE
//                                  a name resolved by the search list (LookupSample)
//     R ID OFFSET RTT [FLAGS]      a round trip; RTT -1: lost; FLAGS o: a later request was answered before
//     U ID OFFSET                  the request sent then was answered once more
//     P PEER ADDRESS underlay|overlay MTU LINK BLACKHOLE
//                                  a path MTU
//     d ID OFFSET_MS STATUS TIME usec|msec
//                                  a DNS sample by dig; TIMEOUT 0 msec when none came
//     r ID OFFSET_MS TIME_MS       a round trip by ping; TIME_MS -: lost
//     T FROM TO CAUSES             what was under way then is tainted (model::taint); by TO
//     N TEXT                       a note
//     F OFFSET                     all lines so far were sent at this time
//     E ELAPSED SENDS LATE_MEAN LATE_MAX LATE_1MS CPU_US
//                                  the end: sends' lateness, the CPU of the probe and its launching
//
// Offsets count from the probe's start. absorb makes them count from the node's start: the probe began when the
// section with its header arrived, less that section's last F. The error is the way from the node (one-way delay
// and the runner's reading), a few milliseconds; differences within the probe are exact.
#pragma once

#include "core/model/node.h"
#include "core/model/section.h"

namespace netopsy::parse {

/// Never throws. Sections come in the order of their seq; one that is known already changes nothing. At most a
/// million samples a node; what is beyond, and lines that can't be read, become one note.
void absorbProbe(model::Node& node, const model::RawSection& section);

} // namespace netopsy::parse
