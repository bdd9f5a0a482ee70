// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A resolv.conf, as far as libc would follow it. It may be a pod's, thus anyone's.
#pragma once

#include "plan.h"

enum { NAMESERVERS_MAX = 3 }; // more are ignored by libc, too

struct resolv {
    char nameservers[NAMESERVERS_MAX][FIELD_MAX], search[SEARCH_MAX][FIELD_MAX];
    int nameserver_count, search_count, ndots;
};
/// False: it can't be opened; errno tells why.
bool resolv_read(struct resolv* r, const char* path);
