// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Only the network namespace is entered: our files, users and processes stay the node's own. The pod's resolv.conf is
// read from outside, and is anyone's: an ordinary file below the pod's own root, and not more of it than a resolv.conf
// needs.
#define _GNU_SOURCE // setns, O_PATH
#include "place.h"

#include "probe.h"
#include "resolv.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

enum { RESOLV_BYTES = 1 << 14, COUNTER_FILES = 2, ENTRY_S = 20 };

/// The pod's resolv.conf in memory of our own, as a path; NULL with `why` when there is none to be had.
static const char* resolv_of(const struct netns* netns, const char** why) {
    static char path[40];
    // Looked at before it is opened: a pod may make a device there, and to open some is to act (a watchdog).
    const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    *why = "no process of it has one";
    for (int i = 0; i < NETNS_PIDS && netns->pids[i] != 0; ++i) {
        snprintf(path, sizeof path, "/proc/%ld/root", (long)netns->pids[i]);
        const int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        const int seen = root >= 0 ? (int)syscall(SYS_openat2, root, "etc/resolv.conf", &how, sizeof how) : -1;
        if (root >= 0 && seen < 0 && errno == ENOSYS)
            *why = "this kernel (before 5.6) has no safe way to open a pod's files";
        if (root >= 0)
            close(root);
        struct stat about;
        char text[RESOLV_BYTES];
        const bool ordinary = seen >= 0 && fstat(seen, &about) == 0 && S_ISREG(about.st_mode);
        snprintf(path, sizeof path, "/proc/self/fd/%d", seen);
        const int file = ordinary ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
        const ssize_t got = file >= 0 ? read(file, text, sizeof text) : -1;
        if (file >= 0)
            close(file);
        if (seen >= 0)
            close(seen);
        const int copy = got > 0 ? (int)syscall(SYS_memfd_create, "resolv.conf", 1u /* close on exec */) : -1;
        if (copy < 0 || write(copy, text, (size_t)got) != got)
            continue;
        snprintf(path, sizeof path, "/proc/self/fd/%d", copy);
        return path;
    }
    return NULL;
}

static void tell_resolv(const char* path) {
    struct resolv r;
    char text[1000];
    if (!resolv_read(&r, path))
        return;
    int used = snprintf(text, sizeof text, "V %d %d", r.ndots, r.nameserver_count);
    for (int i = 0; i < r.nameserver_count + r.search_count; ++i) {
        const char* word = i < r.nameserver_count ? r.nameservers[i] : r.search[i - r.nameserver_count];
        if ((size_t)used + strlen(word) + 2 > sizeof text)
            break;
        used += snprintf(text + used, sizeof text - (size_t)used, " %s", word);
    }
    out_line("%s", text);
}

static void tell_sysctls(void) {
    static const char* const keys[] = {
        "net.core.somaxconn",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_abort_on_overflow",
        "net.ipv4.tcp_congestion_control",
        "net.ipv4.tcp_ecn",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_max_syn_backlog",
        "net.ipv4.tcp_max_tw_buckets",
        "net.ipv4.tcp_mtu_probing",
        "net.ipv4.tcp_retries2",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_slow_start_after_idle",
        "net.ipv4.tcp_syn_retries",
        "net.ipv4.tcp_synack_retries",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_tw_reuse",
        "net.ipv4.tcp_wmem",
        "net.ipv4.conf.all.rp_filter",
        "net.ipv4.conf.default.rp_filter",
        "net.ipv6.conf.all.disable_ipv6",
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; ++i) {
        char path[80] = "/proc/sys/", value[120];
        const size_t root = strlen(path);
        snprintf(path + root, sizeof path - root, "%s", keys[i]);
        for (char* c = path + root; *c != '\0'; ++c)
            if (*c == '.')
                *c = '/';
        const int fd = open(path, O_RDONLY | O_CLOEXEC);
        const ssize_t got = fd >= 0 ? read(fd, value, sizeof value - 1) : -1;
        if (fd >= 0)
            close(fd);
        if (got <= 0)
            continue;
        value[got] = '\0';
        value[strcspn(value, "\n")] = '\0';
        for (char* c = value; *c != '\0'; ++c)
            if (*c == '\t')
                *c = ' ';
        char text[400];
        out_line("Y %s %s", keys[i], out_field(text, sizeof text, value));
    }
}

static bool is_told(const char* group, const char* name) {
    static const char* const all[] = {"TcpExt.ListenOverflows", "TcpExt.ListenDrops",
                                      "TcpExt.TCPTimeouts",     "TcpExt.TCPSynRetrans",
                                      "TcpExt.TCPReqQFullDrop", "TcpExt.TCPReqQFullDoCookies",
                                      "TcpExt.TCPBacklogDrop",  "TcpExt.TCPTimeWaitOverflow",
                                      "Tcp.ActiveOpens",        "Tcp.PassiveOpens",
                                      "Tcp.AttemptFails",       "Tcp.OutSegs",
                                      "Tcp.RetransSegs",        "Udp.InDatagrams",
                                      "Udp.InErrors",           "Udp.RcvbufErrors",
                                      "Udp.SndbufErrors"};
    char key[80];
    snprintf(key, sizeof key, "%.30s.%.40s", group, name);
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i)
        if (strcmp(key, all[i]) == 0)
            return true;
    return false;
}

/// Two lines a group: "TcpExt: names", "TcpExt: values". `files` stay open, since they are the namespace's own.
static void tell_counters(const int files[COUNTER_FILES], int which) {
    static char text[1 << 15];
    for (int i = 0; i < COUNTER_FILES; ++i) {
        const ssize_t got = files[i] >= 0 ? pread(files[i], text, sizeof text - 1, 0) : -1;
        if (got <= 0)
            continue;
        text[got] = '\0';
        char* next_line;
        for (char* names = strtok_r(text, "\n", &next_line); names != NULL;
             names = strtok_r(NULL, "\n", &next_line)) {
            char *values = strtok_r(NULL, "\n", &next_line), *next_name, *next_value;
            const char* group = strtok_r(names, ": ", &next_name);
            if (values == NULL || group == NULL || strtok_r(values, ": ", &next_value) == NULL)
                break;
            for (;;) {
                const char* name = strtok_r(NULL, " ", &next_name);
                const char* value = strtok_r(NULL, " ", &next_value);
                if (name == NULL || value == NULL)
                    break;
                if (is_told(group, name))
                    out_line("C %d %s.%s %s", which, group, name, value);
            }
        }
    }
}

static _Noreturn void refuse(const char* what, const char* why) {
    char problem[200], text[600];
    snprintf(problem, sizeof problem, "%s: %s", what, why);
    out_line("X %s", out_field(text, sizeof text, problem));
    out_finish();
    _exit(1);
}

_Noreturn void place_live(const struct pod_place* place, const struct netns* netns, const struct plan* node,
                          int64_t start, pid_t parent) {
    // A pod's file system may let us wait, and our parent, which gave up root, can't end what still has it.
    alarm(ENTRY_S);
    struct plan* plan = calloc(1, sizeof *plan);
    const int fd = netns_open(netns);
    if (fd < 0 || plan == NULL)
        refuse("its network namespace", "its processes ended");
    if (setns(fd, CLONE_NEWNET) != 0)
        refuse("its network namespace can't be entered", strerror(errno));
    close(fd);
    plan->duration_ns = node->duration_ns;
    plan->dns_interval_ns = node->dns_interval_ns;
    plan->dns_timeout_ns = node->dns_timeout_ns;
    plan->rtt_interval_ns = node->rtt_interval_ns;
    plan->lookup_interval_ns = node->lookup_interval_ns;
    plan->cpu_ppm = node->cpu_ppm;
    plan->seed = node->seed + (uint64_t)(place - node->places) + 1;
    const char* why;
    const char* resolv = resolv_of(netns, &why);
    if (resolv == NULL)
        out_line("N its /etc/resolv.conf was not read: %s", why);
    for (size_t i = 0; i < place->line_count; ++i)
        if (!plan_add(plan, place->lines[i], resolv != NULL ? resolv : "/dev/null"))
            refuse("its plan is not understood", place->lines[i]);
    if (resolv != NULL)
        tell_resolv(resolv);
    if (plan->trouble[0] != '\0')
        out_line("N left out: %s", plan->trouble);
    tell_sysctls();
    const int files[COUNTER_FILES] = {open("/proc/self/net/snmp", O_RDONLY | O_CLOEXEC),
                                      open("/proc/self/net/netstat", O_RDONLY | O_CLOEXEC)};
    struct loop loop;
    if (!measure_open(&loop, plan))
        refuse("no epoll or timerfd", strerror(errno));
    measure_drop_root();
    prctl(PR_SET_PDEATHSIG, SIGKILL); // after giving up root, which takes it back
    if (getppid() != parent)
        _exit(3);
    tell_counters(files, 0);
    measure(&loop, plan, start);
    const struct timespec end = {loop.end / SECOND, loop.end % SECOND};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
        continue; // counters are of the whole run, whatever there was to measure
    tell_counters(files, 1);
    out_finish();
    _exit(0);
}
