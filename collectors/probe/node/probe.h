// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The three measurements share one thread, one epoll set, one clock and one output. Nothing in the loop
// blocks: a late answer, a dead peer or a reader that stalls never delays the next send.
//
// Clock: CLOCK_MONOTONIC. It is vDSO-fast on every kernel (CLOCK_MONOTONIC_RAW only since 5.3), timerfd runs
// on it, and NTP slews it by at most 500 ppm, half a microsecond on a millisecond.
//
// Times: the kernel stamps an echo or a DNS query over UDP when it hands it to the first device
// (SOF_TIMESTAMPING_TX_SCHED), and an answer when it comes (SO_TIMESTAMPNS), so that neither our own wake-up on a busy
// node nor a cold way through the socket's code is in the figure. The stamp of a send counts only when it lies between
// the clock's readings before and after the system call: a packet that had to wait for its neighbour to be resolved is
// timed from before the call, as everything is that has no stamp. A receipt that has none is timed when it is read.
#pragma once

#include "plan.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <time.h>

#define SECOND INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)

static inline int64_t clock_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}
static inline int64_t now_ns(void) {
    return clock_ns(CLOCK_MONOTONIC);
}

/// Whose descriptor became ready: the high half of epoll's u64, the index in the low one.
enum source { FROM_TIMER, FROM_EXCHANGE, FROM_RTT, FROM_CLOSED_UDP, FROM_CLOSED_TCP, FROM_PMTU, FROM_PMTU_UDP };

/// Why times may hold more than the network's, as model::taint has it.
enum taint { TAINT_LATE = 1, TAINT_STARVED = 2, TAINT_STOLEN = 4, TAINT_THROTTLED = 8 };

struct loop {
    int epoll, timer;
    int64_t start, end; ///< of sending
    uint64_t random;
    int64_t late_sum, late_max;
    uint64_t sends, late_1ms;
};
bool loop_watch(struct loop* loop, int fd, uint32_t events, enum source source, uint32_t index);
/// Uniform in [0, 1): schedule's jitter, from the plan's seed.
double loop_random(struct loop* loop);
/// When to send next after `count` packets that were due at `due` and sent from `now` on: a half to one and a half of
/// `interval` later, never in the past, so that a stall is not followed by a burst. Counts the lateness, and tells it.
int64_t loop_next(struct loop* loop, int64_t due, int64_t now, int64_t interval, uint32_t count);

// ---- output (out.c): whole lines, buffered; nothing here blocks but out_finish
void out_line(const char* format, ...) __attribute__((format(printf, 1, 2)));
/// Writes what the reader takes; call at least each half second.
void out_flush(const struct loop* loop);
void out_finish(void);
/// `value` as one field of a line, within `size` bytes at `to`: what is no printable byte, and '%', as %XX.
const char* out_field(char* to, size_t size, const char* value);
void out_forget(void);       ///< what is buffered: it is another process' to write
extern uint64_t out_dropped; ///< lines, because the reader stalled for long

// ---- the whole of it (main.c), of the node and of each pod's place, in this order
bool measure_open(struct loop* loop, const struct plan* plan); ///< sockets and files; needs privileges
/// Root was needed for raw sockets and namespaces at most; what parses answers from the network has no need of it.
void measure_drop_root(void);
/// Until all that `loop` runs out at is settled; 11 s after its end at the latest.
void measure(struct loop* loop, const struct plan* plan, int64_t start);

// ---- pods' places (places.c): each a process of its own that measures inside the pod's network namespace
/// Finds and enters them, with root; each begins at once. Says who they are. Returns when they began.
int64_t places_open(const struct plan* plan);
/// Takes over the lines that they have written; never waits.
void places_read(void);
bool places_done(void);
/// Takes the rest, and ends those that do not end. Returns their CPU time, microseconds.
long long places_finish(void);

// ---- sockets (net.c)
struct datagram {
    uint8_t* bytes; ///< caller's buffer
    size_t size;    ///< of the buffer, then of what came
    struct sockaddr_storage from;
    int64_t at;          ///< receipt, monotonic
    int error;           ///< of the error queue: errno, 0 when none
    uint8_t origin;      ///< SO_EE_ORIGIN_*
    uint32_t error_info; ///< of EMSGSIZE: the MTU it told
    uint8_t icmp_type, icmp_code;
    struct sockaddr_storage offender; ///< who sent the ICMP
};
/// The kernel's stamps are of arrival. It begins to stamp only a moment after a first socket asked for it, and stamps on
/// reading until then; where it never does, answers must wake us.
extern bool net_stamps;
/// Reads one datagram, or with MSG_ERRQUEUE one error. False: nothing (more) there.
bool net_receive(int fd, int flags, struct datagram* d);
/// Non-blocking, close-on-exec, stamps receipts, queues errors. -1 and errno when refused.
int net_socket(int family, int type, int protocol);
/// The kernel's stamps of sending come to the error queue: errors of `origin` SO_EE_ORIGIN_TIMESTAMPING, `at` the time.
/// A packet that crosses a tunnel has one for each device.
void net_stamp_sends(int fd);
/// MTU of the interface (or of the route, where one is set) that packets to `to` leave by; 0 when it can't be
/// told.
int net_link_mtu(const struct endpoint* to);

// ---- echo sockets (echo.c)
struct echo_socket {
    int fd;
    int family;
    bool raw;
    uint16_t id; ///< of raw; the kernel chooses a datagram socket's
};
/// Datagram socket where ping_group_range lets us, else raw; fd -1 when neither.
struct echo_socket echo_open(int family);
/// Sends an echo whose IP packet is `size` bytes; false with errno. `cookie` comes back in the reply.
bool echo_send(const struct echo_socket* s, const struct endpoint* to, uint16_t sequence, uint64_t cookie,
               size_t size);
/// True when `d` is a reply to an echo of ours: its sequence and cookie.
bool echo_parse(const struct echo_socket* s, const struct datagram* d, uint16_t* sequence, uint64_t* cookie);

// ---- hygiene (hygiene.c): what on this machine disturbed the measuring, as T lines
void hygiene_open(void); ///< finds the cgroup's files; needs privileges
void hygiene_start(struct loop* loop);
void hygiene_run(int64_t now); ///< in every turn of the loop; it never asks for one of its own

// ---- DNS exchanges (exchange.c)
enum { QUESTIONS_MAX = 2 };
struct reply {
    char outcome;     ///< a answered, c answered but cut off (TC), t timeout, f failed
    int64_t sent, at; ///< at -1: nothing came
    int rcode;        ///< -1: none
    int error;        ///< errno, or 0
    unsigned answers; ///< records in the answer section
};
typedef void (*on_reply)(uint64_t owner, int question, const struct reply* reply);
struct asking {
    const struct endpoint* to;
    const char* name;
    uint16_t types[QUESTIONS_MAX];
    int count; ///< over TCP, one
    bool tcp;
    bool prompt; ///< what comes next waits for the answer
    int64_t patience;
    on_reply settled; ///< called once for each question; it may start another exchange
    uint64_t owner;
};
void exchange_init(struct loop* loop);
/// False: not sent, for too many are unanswered (or the name is none); `settled` is not called then.
bool exchange_start(const struct asking* asking);
void exchange_run(int64_t now);     ///< before those that start exchanges
int64_t exchange_next(int64_t now); ///< after them: when to come again
void exchange_ready(uint32_t index);
void exchange_finish(void); ///< notes

// ---- the measurements: each says when it next has something to do (INT64_MAX: never)
void dns_start(struct loop* loop, const struct plan* plan);
int64_t dns_run(int64_t now);
bool dns_done(void);

void lookup_start(struct loop* loop, const struct plan* plan);
int64_t lookup_run(int64_t now);
bool lookup_done(void);
void lookup_finish(void); ///< at the end, whether done or not

void rtt_open(void); ///< needs privileges
void rtt_start(struct loop* loop, const struct plan* plan);
int64_t rtt_run(int64_t now);
void rtt_ready(void);
bool rtt_done(void);
/// The series of `peer`, or from here on its series by another method: what was lost before is no sample then.
void rtt_declare(uint32_t peer, const char* method);
/// A round trip's line; `at` -1: lost.
void rtt_report(uint32_t peer, int64_t sent, int64_t at, bool reordered);

// ---- round trips by closed ports (closed.c), where echoes can't be sent or are not answered
void closed_start(struct loop* loop, const struct plan* plan);
/// Serves `peer` from the start; false with errno.
bool closed_serve(uint32_t peer);
/// Its samples come from here: no more echoes to it, and none of theirs is to be reported.
bool closed_serves(uint32_t peer);
/// An echo to it was answered, or is lost.
void closed_echo(uint32_t peer, int64_t sent, bool answered);
int64_t closed_run(int64_t now);
void closed_ready(uint32_t peer, bool tcp);
bool closed_done(void);
void closed_finish(void); ///< notes

void pmtu_open(void); ///< needs privileges
void pmtu_start(struct loop* loop, const struct plan* plan);
int64_t pmtu_run(int64_t now);
void pmtu_ready(uint32_t index, bool udp, bool error);
void pmtu_finish(void);
bool pmtu_done(void);
