// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// As much of the DNS wire format (RFC 1035) as asking one question and judging its answer takes. A resolver
// library would retry, cache and search behind our back, and time all that.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DNS_A = 1, DNS_AAAA = 28, DNS_QUERY_MAX = 12 + 255 + 4 };

/// A query for `name` (absolute, with or without its trailing dot), recursion desired. Returns its length, or
/// 0 when the name is not a DNS name.
size_t dns_encode(uint8_t out[DNS_QUERY_MAX], uint16_t id, const char* name, uint16_t type);

enum dns_verdict {
    DNS_STRAY,     ///< not an answer to this query: another id or question, or no answer at all
    DNS_MALFORMED, ///< answers this query, but is not well-formed
    DNS_ANSWER
};
struct dns_answer {
    int rcode;
    bool truncated;   ///< TC: the rest is to be had over TCP
    unsigned records; ///< of all sections
    unsigned answers; ///< of the answer section, as its header says
};
enum dns_verdict dns_decode(const uint8_t* message, size_t length, const uint8_t* query, size_t query_length,
                            struct dns_answer* answer);
