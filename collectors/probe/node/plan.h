// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What to measure, as it comes on standard input: one item a line, fields parted by one blank. It is read
// strictly, and its bounds hold whoever wrote it.
//
//     netopsy-probe-plan 1
//     duration 30000            ms, at most an hour
//     dns-interval 250          ms between two pairs of queries, all targets together; at least 5
//     dns-timeout 5000          ms, 100 … 10000
//     rtt-interval 20           ms between two echoes to a peer by one plane, where that is cheap (rtt.c); at least 5
//     cpu-share 2500            millionths of a CPU for the whole probe, to which rtt-interval gives way; 100 … 1000000
//     seed 1
//     dns ADDRESS ROLE INTERNAL NAME       ADDRESS: "-" = the node's own resolv.conf; else ADDR, ADDR#PORT, V4:PORT
//     lookup-interval 3000      ms between two lookups, all together; at least 5
//     lookup ADDRESS ROLE NAME NDOTS SEARCH…      each as given, or of the node's own resolv.conf: ADDRESS "-" (its
//                               first), NDOTS "-", SEARCH "+"
//     peer NAME ADDRESS PLANE              PLANE: underlay, overlay
//     pod K NAMESPACE/NAME ADDRESS         a pod to measure from as well; K counts 0, 1, 2 …
//     @K LINE                   one of the above for the place K, read there: "-" and "+" are the pod's resolv.conf
//     end
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

enum {
    DNS_TARGETS_MAX = 256,
    PEERS_MAX = 128,
    LOOKUPS_MAX = 16,
    FIELD_MAX = 264,
    SEARCH_MAX = 16,
    SEARCH_TEXT_MAX = 600, ///< a blank before each included
    PLACES_MAX = 16,
    PLACE_LINES_MAX = 96
};

struct endpoint {
    struct sockaddr_storage address;
    socklen_t length;
    char text[FIELD_MAX]; ///< as the plan wrote it
};
struct dns_target {
    struct endpoint resolver;
    char role[FIELD_MAX];
    bool internal;
    char name[FIELD_MAX];
};
struct lookup_target {
    struct endpoint resolver;
    char role[FIELD_MAX], name[FIELD_MAX];
    int ndots, search_count;
    char search[SEARCH_MAX][FIELD_MAX];
};
struct peer {
    char name[FIELD_MAX];
    struct endpoint at;
    char plane[16];
};
/// A pod whose network namespace is to be entered.
struct pod_place {
    char ns[FIELD_MAX], name[FIELD_MAX];
    struct endpoint at;
    char* lines[PLACE_LINES_MAX]; ///< of its plan, for they are read where its resolv.conf is known
    size_t line_count;
};
struct plan {
    int64_t duration_ns, dns_interval_ns, dns_timeout_ns, rtt_interval_ns;
    int64_t lookup_interval_ns, cpu_ppm;
    uint64_t seed;
    struct dns_target dns[DNS_TARGETS_MAX];
    size_t dns_count;
    struct lookup_target lookups[LOOKUPS_MAX];
    size_t lookup_count;
    struct peer peers[PEERS_MAX];
    size_t peer_count;
    struct pod_place places[PLACES_MAX];
    size_t place_count;
    char trouble[512]; ///< what was left out, and why; empty when nothing was
};

/// False: `plan->trouble` says which line is wrong.
bool plan_read(struct plan* plan, FILE* in, const char* resolv_conf);
/// One of the plan's lines, of those that a place may have; false: it is not understood.
bool plan_add(struct plan* plan, const char* line, const char* resolv_conf);
bool endpoint_parse(struct endpoint* out, const char* text, uint16_t default_port);
/// Appends to the search list what still fits; the rest is left out, as libc leaves out what is too long.
void lookup_add_search(struct lookup_target* target, const char* domain);
/// The search list of a resolv.conf: its last "search" or "domain" line.
void lookup_add_own_search(struct lookup_target* target, const char* resolv_conf);
/// Same family and address; ports are not looked at.
bool endpoint_is(const struct endpoint* e, const struct sockaddr_storage* other);
