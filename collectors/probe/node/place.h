// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "netns.h"

/// The life of a process that measures from a pod's place, of its forking to its end: enters the network namespace, gives
/// up root, tells what is its own there, and runs the place's plan. Its standard output is the pipe to `parent`, without
/// which it ends. `node`: the plan that the place's own lines amend.
_Noreturn void place_live(const struct pod_place* place, const struct netns* netns, const struct plan* node,
                          int64_t start, pid_t parent);
