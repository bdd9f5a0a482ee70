// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Round trips by ICMP echo. A tick sends one echo to each peer and plane, to eight at most, in an order drawn anew each
// round, so that no peer always pays for the wake-up. Nothing wakes us for an answer: the kernel stamps its arrival, and
// the next tick reads all that came.
//
// Ticks follow each other at the plan's interval where that is cheap, as it is on most metal. On a small virtual machine
// a wake-up alone may take 0.1 ms of CPU; so each second the time between ticks is fitted to the plan's share of a CPU
// for the whole process. 400 echoes a second are never passed.
//
// Where no echo socket is to be had, and for peers that answer no echo, closed.c has other ways.
#define _GNU_SOURCE // recvmmsg
#include "probe.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BURST = 8,   ///< echoes of a tick, at most
    RING = 1024, ///< remembers seconds of them, in which an answer or its double may come
    BATCH = 32,
    ECHO_SIZE = 84 ///< bytes: what ping sends by default
};
static const int64_t lost_after = SECOND, drain_interval = 20 * MILLISECOND,
                     first_interval = 200 * SECOND, // for a millionth of a CPU
    most_interval = 500 * MILLISECOND;

enum state { UNUSED, WAITING, ANSWERED, OVER }; // OVER: lost, or answered at a time that can't be told
struct flight {
    int64_t sent;
    int64_t unstamped_until; ///< when the call that sent it came back; 0 once the kernel's stamp is in `sent`
    uint32_t peer;
    enum state state;
};

static struct loop* loop;
static const struct plan* plan;
static struct echo_socket v4, v6;
static int64_t interval, least_interval, due;
static int64_t paced_at, paced_cpu; // when pace last looked, and our CPU time then
static uint64_t cookie;
static struct flight ring[RING]; // by sequence number
static uint16_t head, tail;      // next to send; oldest that may be waiting
static uint16_t stamped;         // all before have had their chance of a stamp
static uint32_t burst, turn, echoes;
static uint32_t echo_peers[PEERS_MAX];
static int64_t newest_answered[PEERS_MAX]; // of each peer: when the latest request that was answered had been sent

/// An unreachable peer's ICMP error would come up as an error of the next send to another; its echo is lost, which
/// its time tells.
static void ignore_errors(const struct echo_socket* s) {
    const int off = 0, room = 1 << 19; // bytes; a node that starves us for a second loses nothing
    if (s->fd < 0)
        return;
    if (s->family == AF_INET)
        setsockopt(s->fd, IPPROTO_IP, IP_RECVERR, &off, sizeof off);
    else
        setsockopt(s->fd, IPPROTO_IPV6, IPV6_RECVERR, &off, sizeof off);
    setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    net_stamp_sends(s->fd);
}

void rtt_open(void) {
    v4 = echo_open(AF_INET);
    v6 = echo_open(AF_INET6);
    ignore_errors(&v4);
    ignore_errors(&v6);
}

static const struct echo_socket* socket_for(const struct peer* p) {
    return p->at.address.ss_family == AF_INET ? &v4 : &v6;
}

void rtt_declare(uint32_t i, const char* method) {
    const struct peer* p = &plan->peers[i];
    out_line("S %u rtt %s %s %s %s", i, p->name, p->at.text, p->plane, method);
}

/// Until the kernel stamps, an answer wakes us and counts as come when it is read.
static bool watched;

static void watch(bool on) {
    for (uint32_t k = 0; k < 2; ++k) {
        const int fd = k == 0 ? v4.fd : v6.fd;
        if (fd >= 0 && on && !loop_watch(loop, fd, EPOLLIN, FROM_RTT, k))
            out_line("N round trips can't be waited for: %s", strerror(errno));
        if (fd >= 0 && !on)
            epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
    }
    watched = on;
}

void rtt_start(struct loop* l, const struct plan* p) {
    loop = l;
    plan = p;
    interval = p->rtt_interval_ns;
    if (getrandom(&cookie, sizeof cookie, 0) != sizeof cookie)
        cookie = (uint64_t)now_ns();
    closed_start(l, p);
    for (uint32_t i = 0; i < p->peer_count; ++i) {
        const struct echo_socket* s = socket_for(&p->peers[i]);
        if (s->fd >= 0) {
            rtt_declare(i, s->raw ? "icmp-raw" : "icmp-dgram");
            echo_peers[echoes++] = i;
        } else if (!closed_serve(i)) {
            rtt_declare(i, "none");
            out_line("N no round trips to %s: %s", p->peers[i].name, strerror(errno));
        }
    }
    burst = echoes < BURST ? echoes : BURST;
    least_interval = interval > 20 * MILLISECOND ? interval : 20 * MILLISECOND;
    interval = first_interval / p->cpu_ppm > least_interval ? first_interval / p->cpu_ppm : least_interval;
    paced_at = l->start;
    paced_cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    watch(echoes > 0);
    turn = echoes; // the first round is shuffled, too
    due = echoes > 0 ? l->start + interval / 2 : INT64_MAX;
}

void rtt_report(uint32_t peer, int64_t sent, int64_t at, bool reordered) {
    out_line("R %u %lld %lld%s", peer, (long long)(sent - loop->start), (long long)(at < 0 ? -1 : at - sent),
             reordered ? " o" : "");
}

/// In a new order, and without those that no longer have their round trips from here.
static void shuffle(void) {
    uint32_t left = 0;
    for (uint32_t i = 0; i < echoes; ++i)
        if (!closed_serves(echo_peers[i]))
            echo_peers[left++] = echo_peers[i];
    echoes = left;
    burst = echoes < BURST ? echoes : BURST;
    for (uint32_t i = echoes; i > 1; --i) {
        const uint32_t j = (uint32_t)(loop_random(loop) * i), peer = echo_peers[i - 1];
        echo_peers[i - 1] = echo_peers[j];
        echo_peers[j] = peer;
    }
}

static void send_echo(void) {
    if (turn == echoes) {
        shuffle();
        turn = 0;
        if (echoes == 0)
            return;
    }
    const uint32_t peer = echo_peers[turn++];
    struct flight* f = &ring[head % RING];
    f->peer = peer;
    f->state = WAITING;
    f->sent = now_ns();
    // One that can't be sent (no route, a full buffer) is lost to whoever sends it; it is reported in its
    // time.
    echo_send(socket_for(&plan->peers[peer]), &plan->peers[peer].at, head, cookie ^ head, ECHO_SIZE);
    f->unstamped_until = now_ns();
    ++head;
}

static void expire(int64_t now) {
    for (; tail != head; ++tail) {
        struct flight* f = &ring[tail % RING];
        if (f->state == WAITING && now < f->sent + lost_after)
            return;
        if (f->state == WAITING) {
            if (!closed_serves(f->peer))
                rtt_report(f->peer, f->sent, -1, false);
            f->state = OVER;
            closed_echo(f->peer, f->sent, false);
        }
    }
}

static void answered(const struct echo_socket* s, const struct datagram* d, bool trusted) {
    uint16_t sequence;
    uint64_t got;
    if (!echo_parse(s, d, &sequence, &got) || got != (cookie ^ sequence))
        return;
    struct flight* f = &ring[sequence % RING];
    const uint16_t age = (uint16_t)(head - sequence);
    if (age == 0 || age > RING || !endpoint_is(&plan->peers[f->peer].at, &d->from))
        return;
    if (f->state == ANSWERED) {
        if (!closed_serves(f->peer))
            out_line("U %u %lld", f->peer, (long long)(f->sent - loop->start));
    } else if (f->state == WAITING) {
        const int64_t at = d->at < f->sent ? f->sent : d->at;
        const bool in_time = at - f->sent < lost_after;
        f->state = trusted && in_time ? ANSWERED : OVER;
        if (trusted && !closed_serves(f->peer))
            rtt_report(f->peer, f->sent, in_time ? at : -1, in_time && f->sent < newest_answered[f->peer]);
        if (f->state == ANSWERED && f->sent > newest_answered[f->peer])
            newest_answered[f->peer] = f->sent;
        closed_echo(f->peer, f->sent, true); // however late
    }
}

/// How far the wall clock, which stamps are of, is ahead of ours. Nothing may come between the readings.
static int64_t wall_ahead(void) {
    int64_t ahead = 0, least = INT64_MAX;
    for (int i = 0; i < 4 && least > 500; ++i) {
        const int64_t before = now_ns(), wall = clock_ns(CLOCK_REALTIME), after = now_ns();
        if (after - before < least) {
            least = after - before;
            ahead = wall - before - (after - before) / 2;
        }
    }
    return ahead;
}

static bool stamp_of(struct msghdr* m, int64_t* at) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion" // within musl's macro
#pragma GCC diagnostic ignored "-Wsign-compare"
    for (struct cmsghdr* c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
#pragma GCC diagnostic pop
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
            continue;
        struct timespec stamp;
        memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
        *at = (int64_t)stamp.tv_sec * SECOND + stamp.tv_nsec;
        return true;
    }
    return false;
}

struct batch {
    uint8_t bytes[BATCH][128];
    _Alignas(struct cmsghdr) char control[BATCH][192];
    struct sockaddr_storage from[BATCH];
    struct iovec pieces[BATCH];
    struct mmsghdr messages[BATCH];
};

static int receive(int fd, bool errors, struct batch* b) {
    for (int i = 0; i < BATCH; ++i) {
        b->pieces[i] = (struct iovec){b->bytes[i], sizeof b->bytes[i]};
        b->messages[i].msg_hdr = (struct msghdr){.msg_name = &b->from[i],
                                                 .msg_namelen = sizeof b->from[i],
                                                 .msg_iov = &b->pieces[i],
                                                 .msg_iovlen = 1,
                                                 .msg_control = b->control[i],
                                                 .msg_controllen = sizeof b->control[i]};
    }
    return recvmmsg(fd, b->messages, BATCH, errors ? MSG_DONTWAIT | MSG_ERRQUEUE : MSG_DONTWAIT, NULL);
}

/// The echo that was being sent at `at`; the first stamp is the one that counts.
static void sent_at(int64_t at) {
    for (uint16_t sequence = stamped; sequence != head; ++sequence) {
        struct flight* f = &ring[sequence % RING];
        if (f->unstamped_until == 0 || at < f->sent || at > f->unstamped_until)
            continue;
        f->sent = at;
        f->unstamped_until = 0;
        return;
    }
}

/// Stamps of sending; what else an error queue holds was counted out by ignore_errors().
static void drain_stamps(const struct echo_socket* s, struct batch* b, int64_t ahead) {
    int count = BATCH;
    while (s->fd >= 0 && count == BATCH) {
        count = receive(s->fd, true, b);
        int64_t at;
        for (int i = 0; i < count; ++i)
            if (stamp_of(&b->messages[i].msg_hdr, &at))
                sent_at(at - ahead);
    }
}

/// Reads all answers that came. When the wall clock was set since the last look, the kernel's stamps say nothing, and
/// the answers are left out: neither samples nor lost.
static void drain_answers(const struct echo_socket* s, struct batch* b, bool stepped) {
    int count = BATCH;
    while (s->fd >= 0 && count == BATCH) {
        const int64_t ahead = wall_ahead(), now = now_ns();
        count = receive(s->fd, false, b);
        for (int i = 0; i < count; ++i) {
            struct datagram d = {.bytes = b->bytes[i], .size = b->messages[i].msg_len};
            d.from = b->from[i];
            const bool has_stamp = stamp_of(&b->messages[i].msg_hdr, &d.at);
            d.at -= ahead;
            net_stamps = net_stamps || (has_stamp && !stepped && d.at < now);
            if (!net_stamps)
                d.at = now;
            answered(s, &d, !net_stamps || (has_stamp && !stepped));
        }
    }
}

static void drain(void) {
    static struct batch batch;
    static int64_t last_ahead;
    const int64_t step = 100000, ahead = wall_ahead();
    const bool stepped = last_ahead != 0 && (ahead - last_ahead > step || last_ahead - ahead > step);
    last_ahead = ahead;
    drain_stamps(&v4, &batch, ahead);
    drain_stamps(&v6, &batch, ahead);
    stamped = head;
    drain_answers(&v4, &batch, stepped);
    drain_answers(&v6, &batch, stepped);
}

/// A step at a time, for a second's figure is noisy.
static void pace(int64_t now) {
    if (now - paced_at < SECOND)
        return;
    const int64_t cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID), used = cpu - paced_cpu;
    const int64_t allowed = (now - paced_at) * plan->cpu_ppm / 1000000;
    if (used > allowed)
        interval += interval / 4;
    else if (used < allowed * 4 / 5)
        interval -= interval / 4;
    if (interval > most_interval)
        interval = most_interval;
    if (interval < least_interval)
        interval = least_interval;
    paced_at = now;
    paced_cpu = cpu;
}

int64_t rtt_run(int64_t now) {
    if (now >= due) {
        drain();
        if (watched && net_stamps)
            watch(false);
        expire(now);
        if (now < loop->end) {
            pace(now);
            uint32_t sent = 0;
            for (; sent < burst && (uint16_t)(head - tail) < RING; ++sent)
                send_echo();
            due = echoes > 0     ? loop_next(loop, due, now, interval, sent)
                  : head != tail ? now + drain_interval
                                 : INT64_MAX;
        } else {
            due = head != tail ? now + drain_interval : INT64_MAX;
        }
    }
    const int64_t closed = closed_run(now);
    return closed < due ? closed : due;
}

void rtt_ready(void) {
    drain();
}

bool rtt_done(void) {
    return due == INT64_MAX && tail == head && closed_done();
}
