// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Round trips by a port where nobody listens: over UDP, timing the port-unreachable, or over TCP, timing the reset (or
// the SYN-ACK, should someone listen there after all; the connection is reset at once then). They serve where this
// account may not send echoes, and where echoes are not answered.
//
// That an echo is lost says nothing of whether echoes are answered: the path may be down. A way is given up for the
// next (echo, UDP, TCP) only when it had no answer at all so far, when the next was answered twice, and when what was
// sent by the first way beside those answers was lost nevertheless. One answer at any time keeps the way that gave it.
// What was sent before the change was never a sample of the new way, and it is no loss of the old one: the series is
// declared anew. A peer that answers to nothing stays with the way that it had, all of it unanswered.
//
// Linux hosts send port-unreachables at one a second with a burst of six, so UDP goes slowly: half of that rate, the
// other half being the PMTU search's. A reset costs some system calls and a wake-up more than an echo; TCP goes at the
// pace that the plan's share of a CPU allows, all peers together at 100 a second. Its time is from before the call to
// our waking up, for no stamp tells of a reset: 30 to 100 µs of this node are in it, and a note says so.
// A firewall that answers in the peer's name (REJECT with tcp-reset) can't be told from the peer.
#include "probe.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLOSED_PORT = 33434, ANSWERS = 2 };
enum way { ECHO, UDP, TCP, WAYS };
static const char* const names[WAYS] = {"echo", "udp-closed-port", "tcp-closed-port"};
/// Unanswered requests after which the next way is tried; and those lost beside its answers that settle it.
static const uint32_t doubt[WAYS] = {5, 3, 3}, proof[WAYS] = {3, 2, 0};
/// TCP's: before the kernel repeats its SYN, whose answer would be taken for the first one's.
static const int64_t patience[WAYS] = {SECOND, SECOND, 900 * MILLISECOND};
static const int64_t udp_interval = 2 * SECOND, udp_trial = SECOND / 2, trial_pause = 10 * SECOND,
                     tcp_least = 100 * MILLISECOND, tcp_cost = 100000;

struct request {
    int fd;            ///< UDP's stays open while the way is in use
    int64_t sent, due; ///< sent 0: none is under way
    bool elsewhere;    ///< TCP: refused by ICMP, but not by the peer; kernels before 5.8 don't say by whom
};
struct closed {
    enum way serving, trying; ///< trying ECHO: none
    bool answered;            ///< what serves had an answer
    bool changed;             ///< it is not what was to serve
    uint32_t unanswered;      ///< by what serves
    int64_t first, again;     ///< when the first of these was sent; no trial before `again`
    int64_t since;            ///< sending of the first request that the tried way had answered; 0: none was
    uint32_t hits, misses;    ///< of the tried way
    uint32_t beside;          ///< lost ones of what serves, sent after `since`
    struct request requests[WAYS];
};

static struct loop* loop;
static const struct plan* plan;
static struct closed peers[PEERS_MAX];
static uint32_t by_tcp; // peers that TCP serves or is tried for

static struct endpoint port_of(uint32_t i) {
    struct endpoint to = plan->peers[i].at;
    if (to.address.ss_family == AF_INET)
        ((struct sockaddr_in*)&to.address)->sin_port = htons(CLOSED_PORT);
    else
        ((struct sockaddr_in6*)&to.address)->sin6_port = htons(CLOSED_PORT);
    return to;
}

static void shut(struct request* r) {
    if (r->fd >= 0)
        close(r->fd); // which takes it out of epoll's set, too
    r->fd = -1;
    r->sent = 0;
}

static bool open_udp(uint32_t i) {
    const struct endpoint to = port_of(i);
    struct request* r = &peers[i].requests[UDP];
    r->fd = net_socket(to.address.ss_family, SOCK_DGRAM, 0);
    if (r->fd >= 0 && connect(r->fd, (const struct sockaddr*)&to.address, to.length) == 0 &&
        loop_watch(loop, r->fd, EPOLLIN, FROM_CLOSED_UDP, i))
        return true;
    const int error = errno;
    shut(r);
    errno = error;
    return false;
}

void closed_start(struct loop* l, const struct plan* p) {
    loop = l;
    plan = p;
    for (uint32_t i = 0; i < p->peer_count; ++i)
        for (int way = 0; way < WAYS; ++way)
            peers[i].requests[way].fd = -1;
}

bool closed_serve(uint32_t i) {
    if (!open_udp(i))
        return false;
    peers[i].serving = UDP;
    peers[i].requests[UDP].due = loop->start + i * 10 * MILLISECOND;
    rtt_declare(i, names[UDP]);
    return true;
}

bool closed_serves(uint32_t i) {
    return peers[i].serving != ECHO;
}

static int64_t interval_of(const struct closed* c, enum way way) {
    const int64_t spread = (int64_t)plan->peer_count * 10 * MILLISECOND; // 100 a second, all peers together
    int64_t interval = c->serving == UDP && way == UDP ? udp_interval : udp_trial;
    if (way == UDP)
        return interval < spread ? spread : interval;
    interval = by_tcp * (tcp_cost * 1000000 / plan->cpu_ppm);
    if (interval < spread)
        interval = spread;
    if (interval < plan->rtt_interval_ns)
        interval = plan->rtt_interval_ns;
    return interval < tcp_least ? tcp_least : interval;
}

/// ECHO: nothing, any more.
static void try_by(uint32_t i, enum way way) {
    struct closed* c = &peers[i];
    if (c->trying != ECHO)
        shut(&c->requests[c->trying]);
    by_tcp = by_tcp + (way == TCP ? 1u : 0u) - (c->trying == TCP ? 1u : 0u);
    c->trying = way;
    c->since = 0;
    c->hits = c->misses = c->beside = 0;
    if (way != ECHO) // peers that fell silent at once are not all to be asked at once
        c->requests[way].due = now_ns() + (int64_t)(loop_random(loop) * (double)interval_of(c, way));
    if (way == UDP && !open_udp(i))
        try_by(i, TCP);
}

static void change_when_sure(uint32_t i) {
    struct closed* c = &peers[i];
    if (c->hits < ANSWERS || c->beside < proof[c->serving])
        return;
    shut(&c->requests[c->serving]);
    c->serving = c->trying;
    c->trying = ECHO;
    c->answered = c->changed = true;
    c->since = 0;
    rtt_declare(i, names[c->serving]);
}

/// What serves had one request answered, or lost.
static void served(uint32_t i, int64_t sent, bool answered) {
    struct closed* c = &peers[i];
    if (c->answered)
        return;
    if (answered) {
        c->answered = true;
        try_by(i, ECHO);
        return;
    }
    if (c->unanswered++ == 0)
        c->first = sent;
    if (c->since != 0 && sent > c->since) {
        ++c->beside;
        change_when_sure(i);
    } else if (c->trying == ECHO && c->serving != TCP) {
        const int64_t now = now_ns();
        if (now < loop->end && now >= c->again && now >= c->first + SECOND && c->unanswered >= doubt[c->serving])
            try_by(i, c->serving + 1);
    }
}

static void tried(uint32_t i, int64_t sent, bool answered) {
    struct closed* c = &peers[i];
    if (answered) {
        ++c->hits;
        if (c->since == 0)
            c->since = sent;
        change_when_sure(i);
    } else if (++c->misses >= doubt[c->trying] && c->hits < ANSWERS) {
        if (c->trying == TCP)
            c->again = now_ns() + trial_pause;
        try_by(i, c->trying == TCP ? ECHO : TCP);
    }
}

void closed_echo(uint32_t i, int64_t sent, bool answered) {
    if (peers[i].serving == ECHO)
        served(i, sent, answered);
}

/// `at` -1: lost.
static void settle(uint32_t i, enum way way, int64_t at) {
    struct closed* c = &peers[i];
    struct request* r = &c->requests[way];
    const int64_t sent = r->sent;
    r->sent = 0;
    if (way == TCP)
        shut(r);
    if (way == c->serving) {
        rtt_report(i, sent, at < 0 ? -1 : at < sent ? sent : at, false);
        served(i, sent, at >= 0);
    } else {
        tried(i, sent, at >= 0);
    }
}

static void send_udp(struct request* r) {
    const char byte = 0;
    r->sent = now_ns();
    if (send(r->fd, &byte, 1, 0) < 0 && errno == ECONNREFUSED) // an older error; it is taken by this call
        send(r->fd, &byte, 1, 0);
}

/// Port unreachable, of IPv4 or of IPv6, from the peer itself and not from a firewall on the way.
static bool from_peer(uint32_t i, const struct datagram* d) {
    const bool unreachable = (d->origin == SO_EE_ORIGIN_ICMP && d->icmp_type == 3 && d->icmp_code == 3) ||
                             (d->origin == SO_EE_ORIGIN_ICMP6 && d->icmp_type == 1 && d->icmp_code == 4);
    return unreachable && endpoint_is(&plan->peers[i].at, &d->offender);
}

static void ready_tcp(uint32_t i) {
    struct request* r = &peers[i].requests[TCP];
    const int64_t at = now_ns();
    int error = 0;
    socklen_t size = sizeof error;
    if (r->fd < 0 || r->sent == 0 || getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return;
    uint8_t bytes[256];
    struct datagram d = {.bytes = bytes, .size = sizeof bytes};
    while (net_receive(r->fd, MSG_ERRQUEUE, &d)) {
        r->elsewhere = r->elsewhere || !from_peer(i, &d);
        d.size = sizeof bytes;
    }
    struct sockaddr_storage other;
    size = sizeof other;
    if (error == 0 && getpeername(r->fd, (struct sockaddr*)&other, &size) != 0)
        return; // an error that the kernel does not give up for
    settle(i, TCP, (error == 0 || error == ECONNREFUSED) && !r->elsewhere ? at : -1);
}

static void send_tcp(uint32_t i) {
    struct request* r = &peers[i].requests[TCP];
    const struct endpoint to = port_of(i);
    const struct linger reset = {1, 0}; // on closing, whatever state it is in
    r->fd = net_socket(to.address.ss_family, SOCK_STREAM, 0);
    r->sent = now_ns();
    r->elsewhere = false;
    if (r->fd < 0)
        return; // lost, in its time
    setsockopt(r->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    r->sent = now_ns();
    if (connect(r->fd, (const struct sockaddr*)&to.address, to.length) == 0 || errno == ECONNREFUSED)
        settle(i, TCP, now_ns());
    else if (errno != EINPROGRESS)
        settle(i, TCP, -1);
    else
        ready_tcp(i); // what came during the call needs no waking up
    if (r->sent != 0 && !loop_watch(loop, r->fd, EPOLLIN | EPOLLOUT, FROM_CLOSED_TCP, i))
        settle(i, TCP, -1);
}

static int64_t run_way(uint32_t i, enum way way, int64_t now) {
    struct closed* c = &peers[i];
    struct request* r = &c->requests[way];
    if (r->sent != 0 && now >= r->sent + patience[way]) {
        if (r->due < now)
            r->due = now; // it waited for an answer; it is not late
        settle(i, way, -1);
    }
    if (way != c->serving && way != c->trying)
        return INT64_MAX;
    if (now >= loop->end && way == c->trying) {
        try_by(i, ECHO);
        return INT64_MAX;
    }
    if (r->sent == 0 && now >= r->due && now < loop->end) {
        r->due = loop_next(loop, r->due, now, interval_of(c, way), 1);
        if (way == UDP)
            send_udp(r);
        else
            send_tcp(i);
    }
    return r->sent != 0 ? r->sent + patience[way] : now < loop->end ? r->due : INT64_MAX;
}

int64_t closed_run(int64_t now) {
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < plan->peer_count; ++i)
        for (enum way way = UDP; way < WAYS; ++way) {
            if (way != peers[i].serving && way != peers[i].trying)
                continue;
            const int64_t mine = run_way(i, way, now);
            if (mine < next)
                next = mine;
        }
    return next;
}

static void ready_udp(uint32_t i) {
    struct request* r = &peers[i].requests[UDP];
    uint8_t bytes[256];
    struct datagram d = {.bytes = bytes, .size = sizeof bytes};
    while (r->fd >= 0 && net_receive(r->fd, MSG_ERRQUEUE, &d)) {
        if (r->sent != 0 && from_peer(i, &d))
            settle(i, UDP, d.at);
        d.size = sizeof bytes;
    }
    if (r->fd >= 0)
        net_receive(r->fd, 0, &d); // takes the pending error off the socket
}

void closed_ready(uint32_t i, bool tcp) {
    if (tcp)
        ready_tcp(i);
    else
        ready_udp(i);
}

bool closed_done(void) {
    for (uint32_t i = 0; i < plan->peer_count; ++i) {
        const struct closed* c = &peers[i];
        if (c->serving != ECHO && (c->requests[c->serving].sent != 0 || now_ns() < loop->end))
            return false;
    }
    return true;
}

void closed_finish(void) {
    char text[700] = "";
    size_t used = 0, count = 0; // those that fit are named
    for (uint32_t i = 0; i < plan->peer_count; ++i) {
        const struct closed* c = &peers[i];
        if (!c->changed)
            continue;
        ++count;
        const int wrote = snprintf(text + used, sizeof text - used, "%s%s (%s, %s)", used > 0 ? ", " : "",
                                   plan->peers[i].name, plan->peers[i].at.text, names[c->serving]);
        used += wrote > 0 && (size_t)wrote < sizeof text - used ? (size_t)wrote : 0;
        text[used] = '\0';
    }
    if (count > 0)
        out_line(
            "N %zu of %zu addresses answer no echo or, where none may be sent, no UDP; their round trips are "
            "by what they do answer (by TCP, the probe's own work is in the time, as much as 0.1 ms on a small "
            "machine): %s",
            count, plan->peer_count, text);
}
