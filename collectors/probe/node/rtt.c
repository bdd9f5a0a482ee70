// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Round trips by ICMP echo; where no echo socket is to be had, by UDP to a port where nobody listens, timing
// the port-unreachable. Linux hosts send those at one a second with a burst of six, so that way goes slowly:
// half of that rate, the other half being the PMTU search's.
#include "probe.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { RING = 1024, CLOSED_PORT = 33434, ECHO_SIZE = 84 }; // 84 bytes: what ping sends by default
static const int64_t lost_after = SECOND, udp_interval = 2 * SECOND;

struct flight {
    int64_t sent; ///< 0: done
    uint32_t peer;
};
struct udp_peer {
    int fd; ///< -1: echoes serve
    int64_t sent, due;
};

static struct loop* loop;
static const struct plan* plan;
static struct echo_socket v4, v6;
static int64_t interval, due;
static uint64_t cookie;
static struct flight ring[RING]; // by sequence number
static uint16_t head, tail;      // next to send; oldest that may be in flight
static uint32_t turn, echoes;
static uint32_t echo_peers[PEERS_MAX];
static struct udp_peer udp[PEERS_MAX];

void rtt_open(void) {
    v4 = echo_open(AF_INET);
    v6 = echo_open(AF_INET6);
}

static const struct echo_socket* socket_for(const struct peer* p) {
    return p->at.address.ss_family == AF_INET ? &v4 : &v6;
}

static void declare(uint32_t i, const char* method) {
    const struct peer* p = &plan->peers[i];
    out_line("S %u rtt %s %s %s %s", i, p->name, p->at.text, p->plane, method);
}

static bool open_udp(uint32_t i) {
    struct endpoint to = plan->peers[i].at;
    if (to.address.ss_family == AF_INET)
        ((struct sockaddr_in*)&to.address)->sin_port = htons(CLOSED_PORT);
    else
        ((struct sockaddr_in6*)&to.address)->sin6_port = htons(CLOSED_PORT);
    const int fd = net_socket(to.address.ss_family, SOCK_DGRAM, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr*)&to.address, to.length) == 0 &&
        loop_watch(loop, fd, EPOLLIN, FROM_RTT_UDP, i)) {
        udp[i].fd = fd;
        return true;
    }
    if (fd >= 0)
        close(fd);
    return false;
}

void rtt_start(struct loop* l, const struct plan* p) {
    loop = l;
    plan = p;
    interval = p->rtt_interval_ns;
    if (getrandom(&cookie, sizeof cookie, 0) != sizeof cookie)
        cookie = (uint64_t)now_ns();
    bool watched = true;
    if (v4.fd >= 0)
        watched = loop_watch(l, v4.fd, EPOLLIN, FROM_RTT, 0);
    if (v6.fd >= 0)
        watched = loop_watch(l, v6.fd, EPOLLIN, FROM_RTT, 1) && watched;
    if (!watched)
        out_line("N round trips can't be waited for: %s", strerror(errno));
    for (uint32_t i = 0; i < p->peer_count; ++i) {
        const struct echo_socket* s = socket_for(&p->peers[i]);
        udp[i].fd = -1;
        if (s->fd >= 0) {
            declare(i, s->raw ? "icmp-raw" : "icmp-dgram");
            echo_peers[echoes++] = i;
        } else if (open_udp(i)) {
            declare(i, "udp-closed-port");
            udp[i].due = l->start + i * 10 * MILLISECOND;
        } else {
            declare(i, "none");
            out_line("N no round trips to %s: %s", p->peers[i].name, strerror(errno));
        }
    }
    due = echoes > 0 ? l->start + interval / 2 : INT64_MAX;
}

static void report(uint32_t peer, int64_t sent, int64_t at) {
    out_line("R %u %lld %lld", peer, (long long)(sent - loop->start), (long long)(at < 0 ? -1 : at - sent));
}

static void send_echo(void) {
    const uint32_t peer = echo_peers[turn++ % echoes];
    struct flight* f = &ring[head % RING];
    f->peer = peer;
    f->sent = now_ns();
    // One that can't be sent (no route, a full buffer) is lost to whoever sends it; it is reported in its
    // time.
    echo_send(socket_for(&plan->peers[peer]), &plan->peers[peer].at, head, cookie ^ head, ECHO_SIZE);
    ++head;
}

static int64_t expire(int64_t now) {
    while (tail != head) {
        struct flight* f = &ring[tail % RING];
        if (f->sent != 0 && now < f->sent + lost_after)
            return f->sent + lost_after;
        if (f->sent != 0)
            report(f->peer, f->sent, -1);
        f->sent = 0;
        ++tail;
    }
    return INT64_MAX;
}

static int64_t run_udp(int64_t now, int64_t next) {
    for (uint32_t i = 0; i < plan->peer_count; ++i) {
        struct udp_peer* u = &udp[i];
        if (u->fd < 0)
            continue;
        if (u->sent != 0 && now >= u->sent + lost_after) {
            report(i, u->sent, -1);
            u->sent = 0;
        }
        if (u->sent == 0 && now >= u->due && now < loop->end) {
            u->sent = now_ns();
            const char byte = 0;
            if (send(u->fd, &byte, 1, 0) < 0 && errno == ECONNREFUSED) // an older error; it is taken by this call
                send(u->fd, &byte, 1, 0);
            u->due = loop_next(loop, u->due, now, udp_interval);
        }
        const int64_t mine = u->sent != 0 ? u->sent + lost_after : now < loop->end ? u->due : INT64_MAX;
        if (mine < next)
            next = mine;
    }
    return next;
}

int64_t rtt_run(int64_t now) {
    int64_t next = expire(now);
    if (now >= loop->end)
        due = INT64_MAX;
    if (now >= due) {
        if ((uint16_t)(head - tail) < RING) {
            send_echo();
            due = loop_next(loop, due, now, interval);
            if (next == INT64_MAX)
                next = now + lost_after;
        }
    }
    return run_udp(now, due < next ? due : next);
}

static void echo_ready(const struct echo_socket* s, bool error) {
    uint8_t bytes[2048];
    struct datagram d = {.bytes = bytes, .size = sizeof bytes};
    while (error && net_receive(s->fd, MSG_ERRQUEUE, &d)) // unreachables: the echo is lost, which its time tells
        d.size = sizeof bytes;
    for (; d.size = sizeof bytes, net_receive(s->fd, 0, &d);) {
        uint16_t sequence;
        uint64_t got;
        if (!echo_parse(s, &d, &sequence, &got) || got != (cookie ^ sequence))
            continue;
        struct flight* f = &ring[sequence % RING];
        const bool in_flight = (uint16_t)(sequence - tail) < (uint16_t)(head - tail);
        if (!in_flight || f->sent == 0 || !endpoint_is(&plan->peers[f->peer].at, &d.from))
            continue;
        const int64_t at = d.at < f->sent ? f->sent : d.at;
        report(f->peer, f->sent, at - f->sent < lost_after ? at : -1);
        f->sent = 0;
    }
}

void rtt_ready(uint32_t index, bool from_udp, bool error) {
    if (!from_udp) {
        echo_ready(index == 0 ? &v4 : &v6, error);
        return;
    }
    struct udp_peer* u = &udp[index];
    uint8_t bytes[256];
    struct datagram d = {.bytes = bytes, .size = sizeof bytes};
    while (net_receive(u->fd, MSG_ERRQUEUE, &d)) {
        // From the peer itself: port unreachable, of IPv4 or of IPv6.
        const bool there = (d.origin == SO_EE_ORIGIN_ICMP && d.icmp_type == 3 && d.icmp_code == 3) ||
                           (d.origin == SO_EE_ORIGIN_ICMP6 && d.icmp_type == 1 && d.icmp_code == 4);
        if (there && u->sent != 0) {
            report(index, u->sent, d.at < u->sent ? u->sent : d.at);
            u->sent = 0;
        }
        d.size = sizeof bytes;
    }
    net_receive(u->fd, 0, &d); // takes the pending error off the socket
}

bool rtt_done(void) {
    if (due != INT64_MAX || tail != head)
        return false;
    for (uint32_t i = 0; i < plan->peer_count; ++i)
        if (udp[i].fd >= 0 && (udp[i].sent != 0 || now_ns() < loop->end))
            return false;
    return true;
}
