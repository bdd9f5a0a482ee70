// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The largest IP packet that reaches a peer with DF set, found by halving. IP_PMTUDISC_PROBE sets DF and
// ignores what the kernel has learned, so that it is the path which answers. Three ways to fail are told
// apart: the link itself refuses (EMSGSIZE), a router says "fragmentation needed", or the packet vanishes;
// only the last is a black hole. Each size gets three tries; the two that a verdict rests
// on ("it vanishes", "nothing gets there") get more, for loss must not pass for a black hole.
#include "probe.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TRIES = 3,
    LEAST_TRIES = 8,
    CONFIRM_TRIES = 6,
    CLOSED_PORT = 33435,
    LEAST_V4 = 576,
    LEAST_V6 = 1280,
    RESTARTS = 2
};
#ifndef IP_PMTUDISC_PROBE
#define IP_PMTUDISC_PROBE 3
#endif

enum phase { LINK, LEAST, SEARCH, CONFIRM, DONE };
struct search {
    enum phase phase;
    int fd;                          ///< of UDP; -1: echoes serve
    int low, high, size, link, hint; ///< low passes, high fails; hint: what a router told
    int tries, restarts;
    bool silent, link_silent; ///< `high`, or the link's size, vanished without a word
    bool waiting;
    int64_t sent, due, patience;
    uint16_t attempt;
};

static struct loop* loop;
static const struct plan* plan;
static struct echo_socket v4, v6;
static struct search searches[PEERS_MAX];
static uint64_t cookie;
static const int64_t udp_pace = 2 * SECOND; // rtt.c says why

static void probe_mode(int fd, int family) {
    const int mode = IP_PMTUDISC_PROBE;
    if (family == AF_INET)
        setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &mode, sizeof mode);
    else
        setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &mode, sizeof mode);
}

void pmtu_open(void) {
    v4 = echo_open(AF_INET);
    v6 = echo_open(AF_INET6);
}

static bool is_v4(uint32_t i) {
    return plan->peers[i].at.address.ss_family == AF_INET;
}
static const struct echo_socket* socket_for(uint32_t i) {
    return is_v4(i) ? &v4 : &v6;
}

static bool open_udp(uint32_t i) {
    struct endpoint to = plan->peers[i].at;
    if (is_v4(i))
        ((struct sockaddr_in*)&to.address)->sin_port = htons(CLOSED_PORT);
    else
        ((struct sockaddr_in6*)&to.address)->sin6_port = htons(CLOSED_PORT);
    const int fd = net_socket(to.address.ss_family, SOCK_DGRAM, 0);
    if (fd < 0)
        return false;
    probe_mode(fd, to.address.ss_family);
    if (connect(fd, (const struct sockaddr*)&to.address, to.length) != 0 ||
        !loop_watch(loop, fd, EPOLLIN, FROM_PMTU_UDP, i)) {
        close(fd);
        return false;
    }
    searches[i].fd = fd;
    return true;
}

void pmtu_start(struct loop* l, const struct plan* p) {
    loop = l;
    plan = p;
    if (getrandom(&cookie, sizeof cookie, 0) != sizeof cookie)
        cookie = (uint64_t)now_ns();
    for (int k = 0; k < 2; ++k) {
        struct echo_socket* s = k == 0 ? &v4 : &v6;
        if (s->fd < 0)
            continue;
        probe_mode(s->fd, s->family);
        if (!loop_watch(l, s->fd, EPOLLIN, FROM_PMTU, (uint32_t)k))
            s->fd = -1;
    }
    bool one_way = false;
    for (uint32_t i = 0; i < p->peer_count; ++i) {
        struct search* s = &searches[i];
        s->fd = -1;
        s->link = net_link_mtu(&p->peers[i].at);
        s->size = s->link > 65535 ? 65535 : s->link; // loopback claims one more than IP can say
        s->link = s->size;
        s->patience = 400 * MILLISECOND;
        s->due = l->start + i * 50 * MILLISECOND;
        const int least = is_v4(i) ? LEAST_V4 : LEAST_V6;
        if (s->link < least || (socket_for(i)->fd < 0 && !open_udp(i))) {
            s->phase = DONE;
            out_line("N no path MTU to %s (%s): %s", p->peers[i].name, p->peers[i].at.text,
                     s->link < least ? "no route, or its interface has no usable MTU" : strerror(errno));
        }
        one_way = one_way || s->fd >= 0;
    }
    if (one_way) // an echo's reply is as large as the echo; a port-unreachable is small
        out_line("N path MTUs are of the way there only: this account may not send ICMP echoes");
}

static void conclude(uint32_t i, int mtu, bool blackhole) {
    struct search* s = &searches[i];
    const struct peer* p = &plan->peers[i];
    s->phase = DONE;
    out_line("P %s %s %s %d %d %d", p->name, p->at.text, p->plane, mtu, s->link, blackhole ? 1 : 0);
}

static void next_size(uint32_t i) {
    struct search* s = &searches[i];
    s->tries = 0;
    if (s->high - s->low <= 1) {
        // Routers say "too big" seldom (Linux: once a second); having said it once is enough.
        if (!s->silent || s->hint == s->low) {
            conclude(i, s->low, false);
            return;
        }
        s->phase = CONFIRM;
        s->size = s->high;
        return;
    }
    s->phase = SEARCH;
    s->size = (s->low + s->high) / 2;
    if (s->hint > s->low && s->hint < s->high)
        s->size = s->hint;
    else if (s->hint == s->low)
        s->size = s->low + 1;
}

static void passed(uint32_t i, int64_t round_trip) {
    struct search* s = &searches[i];
    s->waiting = false;
    const int64_t enough = 4 * round_trip;
    s->patience = enough < 100 * MILLISECOND ? 100 * MILLISECOND : enough > SECOND ? SECOND : enough;
    switch (s->phase) {
    case LINK:
        conclude(i, s->size, false);
        return;
    case LEAST:
        s->low = s->size;
        s->high = s->link;
        s->silent = s->link_silent;
        next_size(i);
        return;
    case CONFIRM: // it was loss, then
        s->low = s->size;
        s->high = s->link + 1;
        if (++s->restarts > RESTARTS || s->low == s->link) {
            conclude(i, s->low, false);
            return;
        }
        next_size(i);
        return;
    case SEARCH:
        s->low = s->size;
        next_size(i);
        return;
    case DONE:
        return;
    }
}

/// `silent`: the packet vanished; nobody refused it.
static void failed(uint32_t i, bool silent) {
    struct search* s = &searches[i];
    s->waiting = false;
    s->tries = 0;
    s->silent = silent;
    switch (s->phase) {
    case LINK:
        s->phase = LEAST;
        s->size = is_v4(i) ? LEAST_V4 : LEAST_V6;
        s->link_silent = silent;
        return;
    case LEAST: // nothing gets there at all: that is loss, and the round trips' to say
        conclude(i, 0, false);
        return;
    case CONFIRM:
        conclude(i, s->low, silent);
        return;
    case SEARCH:
        s->high = s->size;
        next_size(i);
        return;
    case DONE:
        return;
    }
}

static void try_once(uint32_t i) {
    struct search* s = &searches[i];
    static char zeros[65536];
    const int64_t now = now_ns();
    s->waiting = true;
    s->sent = now;
    ++s->attempt;
    ++s->tries;
    bool sent;
    if (s->fd < 0) {
        const uint16_t sequence = (uint16_t)(i << 8 | (s->attempt & 0xFF));
        sent = echo_send(socket_for(i), &plan->peers[i].at, sequence, cookie ^ sequence, (size_t)s->size);
    } else {
        s->due = now + udp_pace;
        sent = send(s->fd, zeros, (size_t)s->size - (is_v4(i) ? 28 : 48), 0) >= 0;
    }
    if (!sent && errno == EMSGSIZE)
        failed(i, false);
}

int64_t pmtu_run(int64_t now) {
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < plan->peer_count; ++i) {
        struct search* s = &searches[i];
        if (s->phase == DONE)
            continue;
        if (s->waiting && now >= s->sent + s->patience) {
            s->waiting = false;
            const int tries = s->phase == LEAST ? LEAST_TRIES : s->phase == CONFIRM ? CONFIRM_TRIES : TRIES;
            if (s->tries >= tries)
                failed(i, true);
        }
        if (s->phase != DONE && !s->waiting && now >= s->due)
            try_once(i);
        if (s->phase == DONE)
            continue;
        const int64_t mine = s->waiting ? s->sent + s->patience : s->due;
        if (mine < next)
            next = mine;
    }
    return next;
}

/// A router's "fragmentation needed" for what is in flight to peer i.
static void too_big(uint32_t i, uint32_t mtu) {
    struct search* s = &searches[i];
    if (s->phase == DONE || !s->waiting)
        return;
    if (mtu < (uint32_t)s->size)
        s->hint = (int)mtu;
    failed(i, false);
}

static void read_errors(int fd, int peer) {
    static uint8_t bytes[65536];
    struct datagram d = {.bytes = bytes, .size = sizeof bytes};
    for (; d.size = sizeof bytes, net_receive(fd, MSG_ERRQUEUE, &d);) {
        const bool of_icmp = d.origin == SO_EE_ORIGIN_ICMP || d.origin == SO_EE_ORIGIN_ICMP6;
        for (uint32_t i = 0; i < plan->peer_count; ++i) {
            struct search* s = &searches[i];
            if (peer >= 0 ? i != (uint32_t)peer : !endpoint_is(&plan->peers[i].at, &d.from))
                continue;
            if (of_icmp && d.error == EMSGSIZE)
                too_big(i, d.error_info);
            else if (peer >= 0 && of_icmp && d.error == ECONNREFUSED && s->waiting)
                passed(i, d.at - s->sent);
        }
    }
}

void pmtu_ready(uint32_t index, bool from_udp, bool error) {
    static uint8_t bytes[65536];
    struct datagram d = {.bytes = bytes, .size = sizeof bytes};
    if (from_udp) {
        read_errors(searches[index].fd, (int)index);
        net_receive(searches[index].fd, 0, &d); // takes the pending error off the socket
        return;
    }
    const struct echo_socket* e = index == 0 ? &v4 : &v6;
    if (error)
        read_errors(e->fd, -1);
    for (; d.size = sizeof bytes, net_receive(e->fd, 0, &d);) {
        uint16_t sequence;
        uint64_t got;
        if (!echo_parse(e, &d, &sequence, &got) || got != (cookie ^ sequence))
            continue;
        const uint32_t i = sequence >> 8;
        if (i >= plan->peer_count || !endpoint_is(&plan->peers[i].at, &d.from))
            continue;
        struct search* s = &searches[i];
        if (s->phase != DONE && s->waiting && (s->attempt & 0xFF) == (sequence & 0xFF))
            passed(i, d.at - s->sent);
    }
}

void pmtu_finish(void) {
    for (uint32_t i = 0; i < plan->peer_count; ++i)
        if (searches[i].phase != DONE) {
            searches[i].phase = DONE;
            out_line("N no path MTU to %s (%s): the run ended first", plan->peers[i].name, plan->peers[i].at.text);
        }
}

bool pmtu_done(void) {
    for (uint32_t i = 0; i < plan->peer_count; ++i)
        if (searches[i].phase != DONE)
            return false;
    return true;
}
