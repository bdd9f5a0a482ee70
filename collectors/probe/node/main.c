// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// netopsy-probe: measures DNS, round trips and path MTUs from a node, then ends. It travels to the node for
// one run and leaves nothing behind: its first act is to unlink itself. Plan on standard input (plan.h),
// results on standard output (core/parse/probe_output.h has the format). Usage:
//
//     netopsy-probe --check            prints a word, to tell whether this file runs here
//     netopsy-probe [--unlink FILE DIRECTORY] [--resolv-conf FILE]
#include "probe.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <unistd.h>

bool loop_watch(struct loop* loop, int fd, uint32_t events, enum source source, uint32_t index) {
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)source << 32 | index};
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

double loop_random(struct loop* loop) { // SplitMix64
    uint64_t z = loop->random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return (double)(z >> 11) * 0x1.0p-53;
}

int64_t loop_next(struct loop* loop, int64_t due, int64_t now, int64_t interval, uint32_t count) {
    const int64_t late = now > due ? now - due : 0;
    loop->sends += count;
    loop->late_sum += late * count;
    if (late > loop->late_max)
        loop->late_max = late;
    if (late > MILLISECOND) {
        loop->late_1ms += count;
        out_line("T %lld %lld %d", (long long)(due - loop->start), (long long)(now_ns() - loop->start),
                 TAINT_LATE);
    }
    const int64_t next = due + (int64_t)((0.5 + loop_random(loop)) * (double)interval);
    return next > now ? next : now + interval / 2;
}

static void dispatch(const struct epoll_event* event) {
    const uint32_t index = (uint32_t)event->data.u64;
    const bool error = (event->events & EPOLLERR) != 0;
    switch ((enum source)(event->data.u64 >> 32)) {
    case FROM_TIMER: // edge-triggered: it need not be read
        break;
    case FROM_EXCHANGE:
        exchange_ready(index);
        break;
    case FROM_RTT:
        rtt_ready();
        break;
    case FROM_CLOSED_UDP:
    case FROM_CLOSED_TCP:
        closed_ready(index, event->data.u64 >> 32 == FROM_CLOSED_TCP);
        break;
    case FROM_PMTU:
    case FROM_PMTU_UDP:
        pmtu_ready(index, event->data.u64 >> 32 == FROM_PMTU_UDP, error);
        break;
    }
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static void run(struct loop* loop, int64_t hard_end) {
    int64_t flush_at = loop->start, armed = 0;
    for (;;) {
        const int64_t now = now_ns();
        if (now >= loop->end)
            pmtu_finish();
        exchange_run(now);
        int64_t next = dns_run(now);
        next = least(next, lookup_run(now));
        next = least(next, exchange_next(now));
        next = least(next, rtt_run(now));
        next = least(next, pmtu_run(now));
        hygiene_run(now);
        if (now >= flush_at) {
            places_read();
            out_flush(loop);
            flush_at = now + SECOND / 2;
        }
        const bool done = dns_done() && lookup_done() && rtt_done() && pmtu_done() && places_done();
        if (done || now >= hard_end)
            return;
        next = least(least(next, flush_at), hard_end);
        if (now < loop->end)
            next = least(next, loop->end);
        if (next != armed) {
            const struct itimerspec at = {.it_value = {next / SECOND, next % SECOND}};
            timerfd_settime(loop->timer, TFD_TIMER_ABSTIME, &at, NULL);
            armed = next;
        }
        struct epoll_event events[64];
        const int count = epoll_wait(loop->epoll, events, 64, -1);
        if (count < 0 && errno != EINTR)
            return;
        for (int i = 0; i < count; ++i)
            dispatch(&events[i]);
    }
}

void measure_drop_root(void) {
    enum { NOBODY = 65534 };
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
        out_line("N the probe could not give up root: %s", strerror(errno));
    // Becoming nobody leaves the inheritable ones; an account that is not root, or a root that may not become nobody,
    // keeps what it was given.
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}, {0, 0, 0}};
    if (syscall(SYS_capset, &head, none) != 0)
        out_line("N the probe could not give up its capabilities: %s", strerror(errno));
}

bool measure_open(struct loop* loop, const struct plan* plan) {
    rtt_open();
    pmtu_open();
    hygiene_open();
    *loop = (struct loop){.random = plan->seed};
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    return loop->epoll >= 0 && loop->timer >= 0 && loop_watch(loop, loop->timer, EPOLLIN | EPOLLET, FROM_TIMER, 0);
}

void measure(struct loop* loop, const struct plan* plan, int64_t start) {
    const int64_t rest = least(plan->dns_timeout_ns + SECOND, 11 * SECOND);
    alarm((unsigned)((plan->duration_ns + rest) / SECOND + 10)); // should the loop ever hang
    const struct timespec begin = {start / SECOND, start % SECOND};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &begin, NULL) == EINTR)
        continue;
    loop->start = start;
    loop->end = start + plan->duration_ns;
    hygiene_start(loop);
    exchange_init(loop);
    dns_start(loop, plan);
    lookup_start(loop, plan);
    rtt_start(loop, plan);
    pmtu_start(loop, plan);
    run(loop, loop->end + rest);
    lookup_finish();
    exchange_finish();
    closed_finish();
}

/// CPU time of the shell that brought us here and of what it ran for that (uname, cat, sha256sum …), microseconds; 0
/// where it can't be told. Counted in USER_HZ ticks.
static long long launcher_cpu(void) {
    char path[32];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)getppid());
    FILE* file = fopen(path, "re");
    if (file == NULL)
        return 0;
    char line[1024];
    const size_t got = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[got] = '\0';
    const char* rest = strrchr(line, ')'); // the name before it may hold anything
    unsigned long long user, system;
    long long child_user, child_system;
    if (rest == NULL || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld", &user,
                               &system, &child_user, &child_system) != 4)
        return 0;
    return ((long long)(user + system) + child_user + child_system) * 1000000 / sysconf(_SC_CLK_TCK);
}

/// `others`: CPU time of whoever else worked for this, microseconds.
static void summarise(const struct loop* loop, long long others) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    const long long cpu = others + ((long long)use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000 +
                          use.ru_utime.tv_usec + use.ru_stime.tv_usec;
    if (out_dropped > 0)
        out_line("N %llu lines were dropped: nobody took the output", (unsigned long long)out_dropped);
    out_line("E %lld %llu %lld %lld %llu %lld", (long long)(now_ns() - loop->start),
             (unsigned long long)loop->sends,
             (long long)(loop->sends > 0 ? loop->late_sum / (int64_t)loop->sends : 0), (long long)loop->late_max,
             (unsigned long long)loop->late_1ms, cpu);
    out_finish();
}

int main(int argc, char** argv) {
    const char* resolv_conf = "/etc/resolv.conf";
    long long launcher = 0;
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--check") == 0) {
            puts("netopsy-probe");
            return 0;
        }
        if (strcmp(argv[i], "--unlink") == 0 && i + 2 < argc) {
            unlink(argv[i + 1]);
            rmdir(argv[i + 2]);
            launcher = launcher_cpu();
            i += 2;
        } else if (strcmp(argv[i], "--resolv-conf") == 0 && i + 1 < argc) {
            resolv_conf = argv[++i];
        } else {
            fprintf(stderr, "netopsy-probe: %s is no argument of mine\n", argv[i]);
            return 2;
        }
    }
    signal(SIGPIPE, SIG_DFL); // a dead reader ends us
    signal(SIGALRM, SIG_DFL);
    alarm(60); // until the plan is known
    static struct plan plan;
    const bool understood = plan_read(&plan, stdin, resolv_conf);
    if (!understood) {
        fprintf(stderr, "netopsy-probe: %s\n", plan.trouble);
        return 2;
    }
    struct utsname host;
    memset(&host, 0, sizeof host);
    uname(&host);
    out_line("netopsy-probe 2 %s", host.machine);
    if (plan.trouble[0] != '\0')
        out_line("N left out: %s", plan.trouble);
    const int64_t start = places_open(&plan);
    struct loop loop;
    if (!measure_open(&loop, &plan)) {
        fprintf(stderr, "netopsy-probe: no epoll or timerfd: %s\n", strerror(errno));
        return 2;
    }
    measure_drop_root();
    measure(&loop, &plan, start);
    summarise(&loop, launcher + places_finish());
    return 0;
}
