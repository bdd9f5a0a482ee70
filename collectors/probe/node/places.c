// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each pod's place is a process of its own: the namespace of a process can be changed, that of the sockets it has can't,
// and one loop for all would share its lateness. Children write into pipes. Their lines are taken over when ours are
// flushed, so that they never wake us, and each gets the prefix `@K `; a child that writes too much is left waiting, and
// drops its lines itself. None of them outlives us.
#define _GNU_SOURCE // pipe2, wait4
#include "place.h"
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE_BYTES = 1190, TURN_BYTES = 1 << 16 };
static const int64_t finish_patience = 2 * SECOND, lead = 50 * MILLISECOND; ///< lead: to enter before all begin

struct child {
    const struct pod_place* place;
    pid_t pid;
    int fd; ///< -1: nothing more will come
    size_t used;
    bool spoilt; ///< the line that is being read is too long, or not text
    char line[LINE_BYTES + 1];
};

static struct child children[PLACES_MAX];
static size_t child_count;
static uint64_t spoilt_lines;

static bool start_child(const struct plan* plan, size_t k, const struct netns* netns, int64_t start) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    const pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        for (size_t i = 0; i < child_count; ++i) // else they could not tell that their reader is gone
            if (children[i].fd >= 0)
                close(children[i].fd);
        child_count = 0;
        close(ends[0]);
        if (dup2(ends[1], STDOUT_FILENO) < 0)
            _exit(3);
        close(ends[1]);
        out_forget();
        place_live(&plan->places[k], netns, plan, start, parent);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return false;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    children[k].pid = pid;
    children[k].fd = ends[0];
    return true;
}

int64_t places_open(const struct plan* plan) {
    static struct netns found[PLACES_MAX];
    if (plan->place_count > 0)
        netns_find(plan->places, plan->place_count, found);
    const int64_t start = now_ns() + (plan->place_count > 0 ? lead : 0);
    for (size_t k = 0; k < plan->place_count; ++k) {
        const struct pod_place* p = &plan->places[k];
        struct netns* netns = &found[k];
        children[k] = (struct child){.place = p, .fd = -1};
        if (netns->problem[0] == '\0' && !start_child(plan, k, netns, start))
            snprintf(netns->problem, sizeof netns->problem, "no process for it: %s", strerror(errno));
        child_count = k + 1;
        char text[3 * sizeof netns->problem];
        out_line("@%zu W %s %s %s", k, p->ns, p->name, p->at.text);
        if (netns->problem[0] != '\0')
            out_line("@%zu X %s", k, out_field(text, sizeof text, netns->problem));
        else
            out_line("@%zu I %llu %s %d %d", k, (unsigned long long)netns->inode,
                     out_field(text, sizeof text, netns->device), netns->mtu, netns->peer);
    }
    return start;
}

static void take_line(const struct child* c) {
    if (strncmp(c->line, "N ", 2) == 0)
        out_line("N pod %s/%s: %s", c->place->ns, c->place->name, c->line + 2);
    else if (c->line[0] != 'F') // when it was sent is ours to tell
        out_line("@%zu %s", (size_t)(c - children), c->line);
}

static void take(struct child* c, const char* bytes, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        if (bytes[i] == '\n') {
            c->line[c->used] = '\0';
            if (!c->spoilt && c->used > 0)
                take_line(c);
            spoilt_lines += c->spoilt;
            c->used = 0;
            c->spoilt = false;
        } else if (c->used == LINE_BYTES || bytes[i] < ' ' || bytes[i] > '~') {
            c->spoilt = true;
        } else {
            c->line[c->used++] = bytes[i];
        }
    }
}

void places_read(void) {
    for (size_t k = 0; k < child_count; ++k) {
        struct child* c = &children[k];
        char bytes[8192];
        for (size_t taken = 0; c->fd >= 0 && taken < TURN_BYTES;) {
            const ssize_t got = read(c->fd, bytes, sizeof bytes);
            if (got < 0 && (errno == EAGAIN || errno == EINTR))
                break;
            if (got <= 0) {
                close(c->fd);
                c->fd = -1;
                break;
            }
            take(c, bytes, (size_t)got);
            taken += (size_t)got;
        }
    }
}

bool places_done(void) {
    for (size_t k = 0; k < child_count; ++k)
        if (children[k].fd >= 0)
            return false;
    return true;
}

/// Takes the child's end; microseconds of CPU, -1 when it has not ended.
static long long reap(struct child* c) {
    int status;
    struct rusage use;
    if (wait4(c->pid, &status, WNOHANG, &use) != c->pid)
        return -1;
    c->pid = 0;
    if (WIFSIGNALED(status))
        out_line("N pod %s/%s: measuring from its place ended early (signal %d)", c->place->ns, c->place->name,
                 WTERMSIG(status));
    return ((long long)use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000 + use.ru_utime.tv_usec +
           use.ru_stime.tv_usec;
}

long long places_finish(void) {
    const int64_t patience = now_ns() + finish_patience;
    long long cpu = 0;
    bool waiting = true, killed = false;
    while (waiting && now_ns() < patience + SECOND) {
        places_read();
        waiting = false;
        for (size_t k = 0; k < child_count; ++k) {
            struct child* c = &children[k];
            if (c->pid > 0 && c->fd < 0) { // all it wrote is ours
                const long long one = reap(c);
                cpu += one > 0 ? one : 0;
            }
            if (c->pid > 0 && !killed && now_ns() >= patience)
                kill(c->pid, SIGKILL);
            waiting = waiting || c->pid > 0;
        }
        killed = killed || now_ns() >= patience;
        if (waiting)
            poll(NULL, 0, 10);
    }
    if (spoilt_lines > 0)
        out_line("N %llu lines of pods' places could not be read", (unsigned long long)spoilt_lines);
    return cpu;
}
