// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each query has its own socket, thus its own source port (as a stub resolver's has), its own conntrack
// entry, and its own ICMP errors. One in ten goes over TCP, connection and all.
#include "codec.h"
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUERIES_MAX = 512, SERIES_MAX = DNS_TARGETS_MAX * 4, TCP_SHARE = 10, TCP_ANSWER_MAX = 65535 };

/// One target, type and transport.
struct series {
    const struct dns_target* target;
    uint16_t type;
};
/// Even counts without a fixed pattern: all series once, in an order drawn anew each round.
struct deck {
    uint32_t cards[DNS_TARGETS_MAX * 2];
    uint32_t count, next;
};
struct query {
    int fd; ///< -1: free
    uint32_t series;
    int64_t sent;
    bool tcp, connected;
    uint16_t length;
    uint8_t bytes[DNS_QUERY_MAX];
    uint8_t* answer; ///< TCP: length and message so far
    size_t got;
};

static struct loop* loop;
static int64_t interval, patience, due, earliest_timeout = INT64_MAX;
static struct series series[SERIES_MAX];
static struct deck udp, tcp;
static struct query queries[QUERIES_MAX];
static uint32_t limit = QUERIES_MAX, outstanding;
static uint64_t turn, skipped, strays;

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
    due = l->start;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < QUERIES_MAX + PEERS_MAX * 2 + 32)
        limit = files.rlim_cur > PEERS_MAX * 2 + 64 ? (uint32_t)files.rlim_cur - PEERS_MAX * 2 - 32 : 16;
    for (uint32_t i = 0; i < QUERIES_MAX; ++i)
        queries[i].fd = -1;
    uint32_t id = 0;
    for (size_t i = 0; i < plan->dns_count; ++i) {
        const struct dns_target* t = &plan->dns[i];
        uint8_t trial[DNS_QUERY_MAX];
        if (dns_encode(trial, 0, t->name, DNS_A) == 0) {
            out_line("N %s is not a DNS name; it was not asked for", t->name);
            continue;
        }
        for (int k = 0; k < 4; ++k, ++id) {
            struct deck* deck = k < 2 ? &udp : &tcp;
            series[id] = (struct series){t, k % 2 == 0 ? DNS_A : DNS_AAAA};
            deck->cards[deck->count++] = id;
            out_line("S %u dns %s %s %d %s %s %s %lld", id, t->resolver.text, t->role, t->internal ? 1 : 0,
                     t->name, k % 2 == 0 ? "A" : "AAAA", k < 2 ? "udp" : "tcp", (long long)patience);
        }
    }
    deal(&udp);
    deal(&tcp);
    if (udp.count == 0)
        due = INT64_MAX;
}

static void report(const struct query* q, char outcome, int64_t at, int rcode, int error) {
    out_line("D %u %lld %c %lld %d %d", q->series, (long long)(q->sent - loop->start), outcome,
             (long long)(at < 0 ? -1 : at - q->sent), rcode, error);
}

static void finish(struct query* q, char outcome, int64_t at, int rcode, int error) {
    report(q, outcome, at, rcode, error);
    close(q->fd);
    q->fd = -1;
    free(q->answer);
    q->answer = NULL;
    --outstanding;
}

static void judge(struct query* q, const uint8_t* message, size_t length, int64_t at) {
    struct dns_answer answer;
    switch (dns_decode(message, length, q->bytes, q->length, &answer)) {
    case DNS_STRAY:
        ++strays; // the true answer may still come
        if (q->tcp)
            finish(q, 'f', at, -1, EBADMSG);
        return;
    case DNS_MALFORMED:
        finish(q, 'f', at, -1, EBADMSG);
        return;
    case DNS_ANSWER:
        if (answer.rcode != 0 && answer.rcode != 3) // NXDOMAIN is an answer
            finish(q, 'f', at, answer.rcode, 0);
        else
            finish(q, answer.truncated ? 'c' : 'a', at, answer.rcode, 0);
        return;
    }
}

static void send_query(uint32_t which, bool over_tcp) {
    uint32_t slot = 0;
    while (slot < limit && queries[slot].fd >= 0)
        ++slot;
    uint16_t id;
    if (slot == limit || getrandom(&id, sizeof id, 0) != sizeof id) {
        ++skipped;
        return;
    }
    struct query* q = &queries[slot];
    memset(q, 0, sizeof *q);
    const struct dns_target* t = series[which].target;
    q->series = which;
    q->tcp = over_tcp;
    q->length = (uint16_t)dns_encode(q->bytes, id, t->name, series[which].type);
    q->fd = net_socket(t->resolver.address.ss_family, over_tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (q->fd < 0) {
        ++skipped;
        return;
    }
    ++outstanding;
    int error = 0;
    if (over_tcp) {
        q->sent = now_ns();
        if (connect(q->fd, (const struct sockaddr*)&t->resolver.address, t->resolver.length) != 0 &&
            errno != EINPROGRESS)
            error = errno;
    } else {
        // Connected: the kernel then takes datagrams from this address and port only.
        if (connect(q->fd, (const struct sockaddr*)&t->resolver.address, t->resolver.length) != 0)
            error = errno;
        q->sent = now_ns();
        if (error == 0 && send(q->fd, q->bytes, q->length, 0) != (ssize_t)q->length)
            error = errno;
    }
    if (error == 0 && !loop_watch(loop, q->fd, over_tcp ? EPOLLOUT : EPOLLIN, FROM_DNS, slot))
        error = errno;
    if (error != 0) {
        finish(q, 'f', -1, -1, error);
        return;
    }
    if (q->sent + patience < earliest_timeout)
        earliest_timeout = q->sent + patience;
}

static void expire(int64_t now) {
    earliest_timeout = INT64_MAX;
    for (uint32_t i = 0; i < limit; ++i) {
        struct query* q = &queries[i];
        if (q->fd < 0)
            continue;
        if (now >= q->sent + patience)
            finish(q, 't', -1, -1, 0);
        else if (q->sent + patience < earliest_timeout)
            earliest_timeout = q->sent + patience;
    }
}

int64_t dns_run(int64_t now) {
    if (now >= earliest_timeout)
        expire(now);
    if (now >= loop->end)
        due = INT64_MAX;
    if (now >= due) {
        const bool over_tcp = ++turn % TCP_SHARE == 0;
        send_query(draw(over_tcp ? &tcp : &udp), over_tcp);
        due = loop_next(loop, due, now, interval, 1);
    }
    return due < earliest_timeout ? due : earliest_timeout;
}

static void udp_ready(struct query* q) {
    uint8_t bytes[4096];
    struct datagram d = {.bytes = bytes, .size = sizeof bytes};
    while (q->fd >= 0 && net_receive(q->fd, 0, &d)) {
        if (d.at - q->sent <= patience) // read late, but was it late?
            judge(q, bytes, d.size, d.at < q->sent ? q->sent : d.at);
        d.size = sizeof bytes;
    }
    const int error = errno;
    if (q->fd < 0)
        return;
    if (net_receive(q->fd, MSG_ERRQUEUE, &d) && d.error != 0)
        finish(q, 'f', d.at < q->sent ? q->sent : d.at, -1, d.error);
    else if (error != EAGAIN)
        finish(q, 'f', now_ns(), -1, error);
}

static void tcp_ready(struct query* q, uint32_t index) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(q->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
        finish(q, 'f', now_ns(), -1, error != 0 ? error : errno);
        return;
    }
    if (!q->connected) {
        uint8_t framed[2 + DNS_QUERY_MAX] = {(uint8_t)(q->length >> 8), (uint8_t)q->length};
        memcpy(framed + 2, q->bytes, q->length);
        const ssize_t whole = q->length + 2;
        q->connected = true;
        q->answer = malloc(2 + TCP_ANSWER_MAX);
        struct epoll_event read = {.events = EPOLLIN, .data.u64 = (uint64_t)FROM_DNS << 32 | index};
        if (q->answer == NULL || send(q->fd, framed, (size_t)whole, MSG_NOSIGNAL) != whole ||
            epoll_ctl(loop->epoll, EPOLL_CTL_MOD, q->fd, &read) != 0)
            finish(q, 'f', now_ns(), -1, errno);
        return;
    }
    struct datagram d = {.bytes = q->answer + q->got, .size = 2 + TCP_ANSWER_MAX - q->got};
    if (!net_receive(q->fd, 0, &d)) {
        if (errno != EAGAIN)
            finish(q, 'f', now_ns(), -1, errno);
        return;
    }
    q->got += d.size;
    const size_t whole = q->got >= 2 ? 2u + (size_t)(q->answer[0] << 8 | q->answer[1]) : SIZE_MAX;
    if (q->got >= whole)
        judge(q, q->answer + 2, whole - 2, d.at < q->sent ? q->sent : d.at);
    else if (d.size == 0)
        finish(q, 'f', d.at, -1, ECONNRESET);
}

void dns_ready(uint32_t index) {
    struct query* q = &queries[index];
    if (q->fd < 0)
        return;
    if (q->tcp)
        tcp_ready(q, index);
    else
        udp_ready(q);
}

bool dns_done(void) {
    if (due != INT64_MAX || outstanding > 0)
        return false;
    if (skipped > 0)
        out_line("N %llu DNS queries were not sent: too many were unanswered at once",
                 (unsigned long long)skipped);
    if (strays > 0)
        out_line("N %llu datagrams came that answered no DNS query of ours", (unsigned long long)strays);
    skipped = strays = 0;
    return true;
}
