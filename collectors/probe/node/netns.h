// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which network namespace of this node is a pod's: the one that has its address. There may be several, since a machine
// can hold the nodes of more than one cluster (kind, a lab); then it is the one whose interface leads into the node's
// own namespace, which the kernel tells by its numbering of namespaces.
#pragma once

#include "plan.h"

#include <sys/types.h>

enum { NETNS_PIDS = 4 };

struct netns {
    char problem[160];      ///< why there is none; empty when there is
    pid_t pids[NETNS_PIDS]; ///< of processes in it, 0 at the end
    uint64_t inode;
    char device[16]; ///< that has the address
    int mtu, peer;   ///< peer: ifindex of its other end (or of its parent), 0 when unknown
};
/// One of `found` for each of `places`. Needs root; takes a moment, 8 s at most.
void netns_find(const struct pod_place* places, size_t count, struct netns* found);
/// A descriptor of a found one; -1 when its processes have gone.
int netns_open(const struct netns* netns);
