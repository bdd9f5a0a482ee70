// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "codec.h"

#include <string.h>

enum { HEADER = 12, LABEL_MAX = 63, NAME_MAX_BYTES = 255 };

static uint16_t get16(const uint8_t* p) {
    return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t* p, uint16_t value) {
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

size_t dns_encode(uint8_t out[DNS_QUERY_MAX], uint16_t id, const char* name, uint16_t type) {
    memset(out, 0, HEADER);
    put16(out, id);
    out[2] = 0x01; // RD
    put16(out + 4, 1);
    size_t at = HEADER;
    while (*name != '\0' && strcmp(name, ".") != 0) {
        const size_t label = strcspn(name, ".");
        if (label == 0 || label > LABEL_MAX || at + 1 + label + 1 > HEADER + NAME_MAX_BYTES)
            return 0;
        for (size_t i = 0; i < label; ++i)
            if (name[i] <= ' ' || name[i] > '~')
                return 0;
        out[at++] = (uint8_t)label;
        memcpy(out + at, name, label);
        at += label;
        name += label;
        if (*name == '.')
            ++name;
    }
    out[at++] = 0;
    put16(out + at, type);
    put16(out + at + 2, 1); // IN
    return at + 4;
}

/// Past the name at `at`, or 0 when there is none. A pointer must lead backwards, each further than the last,
/// so that no chain of them is endless.
static size_t skip_name(const uint8_t* m, size_t length, size_t at) {
    size_t end = 0, lowest = at, bytes = 0;
    for (;;) {
        if (at >= length)
            return 0;
        const uint8_t head = m[at];
        if (head == 0)
            return end != 0 ? end : at + 1;
        if ((head & 0xC0) == 0xC0) {
            if (at + 2 > length)
                return 0;
            const size_t target = get16(m + at) & 0x3FFFu;
            if (target < HEADER || target >= lowest)
                return 0;
            if (end == 0)
                end = at + 2;
            lowest = at = target;
            continue;
        }
        bytes += head + 1u;
        if (head > LABEL_MAX || bytes >= NAME_MAX_BYTES)
            return 0;
        at += head + 1u;
    }
}

static uint8_t lower(uint8_t c) {
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool same_question(const uint8_t* a, const uint8_t* b, size_t length) {
    const size_t fixed = length - 4; // type and class have no case
    for (size_t i = 0; i < fixed; ++i)
        if (lower(a[i]) != lower(b[i])) // lengths of labels are below 'A'
            return false;
    return memcmp(a + fixed, b + fixed, 4) == 0;
}

enum dns_verdict dns_decode(const uint8_t* m, size_t length, const uint8_t* query, size_t query_length,
                            struct dns_answer* answer) {
    if (length < HEADER || get16(m) != get16(query) || (m[2] & 0x80) == 0 || (m[2] & 0x78) != 0)
        return DNS_STRAY;
    answer->rcode = m[3] & 0x0F;
    answer->truncated = (m[2] & 0x02) != 0;
    answer->records = 0;
    answer->answers = get16(m + 6);
    const unsigned questions = get16(m + 4);
    size_t at = HEADER;
    if (questions == 1) {
        if (length < query_length || !same_question(m + HEADER, query + HEADER, query_length - HEADER))
            return DNS_STRAY;
        at = query_length;
    } else if (questions != 0 || answer->rcode == 0) {
        return DNS_MALFORMED; // only an error may leave the question out
    }
    const unsigned records = (unsigned)get16(m + 6) + get16(m + 8) + get16(m + 10);
    for (unsigned i = 0; i < records; ++i) {
        const size_t fixed = skip_name(m, length, at);
        const bool whole = fixed != 0 && fixed + 10 <= length && fixed + 10 + get16(m + fixed + 8) <= length;
        if (!whole)
            return answer->truncated && at == length ? DNS_ANSWER : DNS_MALFORMED;
        at = fixed + 10 + get16(m + fixed + 8);
        ++answer->records;
    }
    return at == length ? DNS_ANSWER : DNS_MALFORMED;
}
