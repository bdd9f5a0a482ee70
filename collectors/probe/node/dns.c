// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One question's time, resolver by resolver. A turn asks one target for A and AAAA at once over UDP, as glibc does; one
// turn in six asks for one of them over TCP, connection and all, and so does an answer that was cut off.
#include "codec.h"
#include "probe.h"

enum { SERIES_MAX = DNS_TARGETS_MAX * 4, TCP_SHARE = 6, OVER_TCP = 2 };

/// Four series a target: A and AAAA over UDP, A and AAAA over TCP.
struct series {
    const struct dns_target* target;
    uint16_t type;
};
/// Even counts without a fixed pattern: all cards once, in an order drawn anew each round.
struct deck {
    uint32_t cards[DNS_TARGETS_MAX * 2];
    uint32_t count, next;
};

static struct loop* loop;
static int64_t interval, patience, slack, due;
static struct series series[SERIES_MAX];
static struct deck pairs, tcp; // of a target's first series; of a series over TCP
static uint64_t turn;
static uint32_t pair, outstanding;

static void deal(struct deck* deck) {
    for (uint32_t i = deck->count; i > 1; --i) {
        const uint32_t j = (uint32_t)(loop_random(loop) * i);
        const uint32_t card = deck->cards[i - 1];
        deck->cards[i - 1] = deck->cards[j];
        deck->cards[j] = card;
    }
    deck->next = 0;
}

static uint32_t draw(struct deck* deck) {
    if (deck->next == deck->count)
        deal(deck);
    return deck->cards[deck->next++];
}

void dns_start(struct loop* l, const struct plan* plan) {
    loop = l;
    interval = plan->dns_interval_ns;
    patience = plan->dns_timeout_ns;
    slack = interval / 2 < 30 * MILLISECOND ? interval / 2 : 30 * MILLISECOND;
    due = l->start;
    uint32_t id = 0;
    for (size_t i = 0; i < plan->dns_count; ++i) {
        const struct dns_target* t = &plan->dns[i];
        uint8_t trial[DNS_QUERY_MAX];
        if (dns_encode(trial, 0, t->name, DNS_A) == 0) {
            out_line("N %s is not a DNS name; it was not asked for", t->name);
            continue;
        }
        pairs.cards[pairs.count++] = id;
        for (uint32_t k = 0; k < 4; ++k, ++id) {
            series[id] = (struct series){t, k % 2 == 0 ? DNS_A : DNS_AAAA};
            if (k >= OVER_TCP)
                tcp.cards[tcp.count++] = id;
            out_line("S %u dns %s %s %d %s %s %s %lld", id, t->resolver.text, t->role, t->internal ? 1 : 0,
                     t->name, k % 2 == 0 ? "A" : "AAAA", k < OVER_TCP ? "udp" : "tcp", (long long)patience);
        }
    }
    deal(&pairs);
    deal(&tcp);
    if (pairs.count == 0)
        due = INT64_MAX;
}

/// `tail`: a blank and the pair's number, or nothing.
static void report(uint32_t which, const struct reply* r, const char* tail) {
    out_line("D %u %lld %c %lld %d %d%s", which, (long long)(r->sent - loop->start), r->outcome,
             (long long)(r->at < 0 ? -1 : r->at - r->sent), r->rcode, r->error, tail);
}

static void settled_tcp(uint64_t owner, int question, const struct reply* r) {
    (void)question;
    --outstanding;
    report((uint32_t)owner, r, "");
}

static void ask_tcp(uint32_t which) {
    const struct asking asking = {.to = &series[which].target->resolver,
                                  .name = series[which].target->name,
                                  .types = {series[which].type},
                                  .count = 1,
                                  .tcp = true,
                                  .patience = patience,
                                  .settled = settled_tcp,
                                  .owner = which};
    ++outstanding; // before, since it may be settled at once
    if (!exchange_start(&asking))
        --outstanding;
}

/// `owner`: the pair's number, and in the low half its first series.
static void settled_pair(uint64_t owner, int question, const struct reply* r) {
    const uint32_t which = (uint32_t)owner + (uint32_t)question;
    --outstanding;
    char number[16];
    snprintf(number, sizeof number, " %u", (uint32_t)(owner >> 32));
    report(which, r, number);
    if (r->outcome == 'c' && now_ns() < loop->end)
        ask_tcp(which + OVER_TCP);
}

static void ask_pair(uint32_t first) {
    const struct asking asking = {.to = &series[first].target->resolver,
                                  .name = series[first].target->name,
                                  .types = {DNS_A, DNS_AAAA},
                                  .count = 2,
                                  .patience = patience,
                                  .settled = settled_pair,
                                  .owner = (uint64_t)pair << 32 | first};
    outstanding += 2;
    if (!exchange_start(&asking))
        outstanding -= 2;
    pair = (pair + 1) & INT32_MAX;
}

int64_t dns_run(int64_t now) {
    if (now >= loop->end)
        due = INT64_MAX;
    if (due != INT64_MAX && now + slack >= due) { // a little early, since we are awake anyway
        if (++turn % TCP_SHARE == 0)
            ask_tcp(draw(&tcp));
        else
            ask_pair(draw(&pairs));
        due = loop_next(loop, due, now, interval, 1);
    }
    return due;
}

bool dns_done(void) {
    return due == INT64_MAX && outstanding == 0;
}
