// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the machine did to us while we measured: time spent runnable but waiting for a CPU (/proc/self/schedstat), time
// that the hypervisor took (/proc/stat), throttling of our own cgroup or one above it (cpu.stat, of either cgroup
// version). Lateness is loop_next's to tell. Each look tells the span since the last one when it was disturbed; a look
// must cost far less than what it tells of, so what is dear to read is read seldom.
#include "probe.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GROUPS_MAX = 8 }; // from ours upward
static const int64_t waited_much = MILLISECOND, look_interval = 20 * MILLISECOND,
                     group_interval = 100 * MILLISECOND;

struct look {
    int64_t due, last; ///< due INT64_MAX: there is nothing to be read
    uint64_t value;
};

static struct loop* loop;
static int schedstat = -1, stat_file = -1, groups[GROUPS_MAX];
static int group_count;
static struct look waiting, steal, throttle;
static uint64_t all_ticks;
static int64_t steal_interval;

/// The first `size` - 1 bytes of an open file of /proc or /sys, from its start; false when it can't be read.
static bool read_again(int fd, char* text, size_t size) {
    const ssize_t got = fd >= 0 ? pread(fd, text, size - 1, 0) : -1;
    if (got <= 0)
        return false;
    text[got] = '\0';
    return true;
}

static bool field(const char* text, const char* name, uint64_t* value) {
    const size_t length = strlen(name);
    for (const char* line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ' ') {
            *value = strtoull(line + length + 1, NULL, 10);
            return true;
        }
    }
    return false;
}

/// Opens cpu.stat of the group at `directory` when it has a limit of CPU time.
static void add_group(const char* directory) {
    char path[800], text[512];
    bool limited = false;
    for (int v2 = 0; v2 < 2 && !limited; ++v2) {
        snprintf(path, sizeof path, "%.700s/%s", directory, v2 ? "cpu.max" : "cpu.cfs_quota_us");
        const int fd = open(path, O_RDONLY | O_CLOEXEC);
        limited = read_again(fd, text, sizeof text) && text[0] >= '0' && text[0] <= '9'; // not "max", not "-1"
        if (fd >= 0)
            close(fd);
    }
    if (!limited || group_count == GROUPS_MAX)
        return;
    snprintf(path, sizeof path, "%.700s/cpu.stat", directory);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        groups[group_count++] = fd;
}

/// `0::/a/b` of version 2; `4:cpu,cpuacct:/a/b` of version 1.
static void find_groups(void) {
    FILE* in = fopen("/proc/self/cgroup", "re");
    char line[512], directory[700];
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char* controllers = strchr(line, ':');
        char* path = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
        if (path == NULL)
            continue;
        *path++ = '\0';
        ++controllers;
        const bool v2 = *controllers == '\0';
        if (!v2 && strcmp(controllers, "cpu") != 0 && strncmp(controllers, "cpu,", 4) != 0)
            continue;
        const int root = v2 ? snprintf(directory, sizeof directory, "/sys/fs/cgroup")
                            : snprintf(directory, sizeof directory, "/sys/fs/cgroup/%.60s", controllers);
        snprintf(directory + root, sizeof directory - (size_t)root, "%s", strcmp(path, "/") != 0 ? path : "");
        for (char* slash; (slash = strrchr(directory + root, '/')) != NULL; *slash = '\0')
            add_group(directory);
    }
    if (in != NULL)
        fclose(in);
}

void hygiene_open(void) {
    schedstat = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
    stat_file = open("/proc/stat", O_RDONLY | O_CLOEXEC);
    find_groups();
}

static bool read_waited(uint64_t* ns) {
    char text[128], *end;
    if (!read_again(schedstat, text, sizeof text))
        return false;
    strtoull(text, &end, 10); // time on a CPU
    *ns = strtoull(end, &end, 10);
    return true;
}

/// "cpu  user nice system idle iowait irq softirq steal guest guest_nice", in ticks; guests are in user already.
static bool read_stolen(uint64_t* stolen, uint64_t* all) {
    char text[256];
    if (!read_again(stat_file, text, sizeof text) || strncmp(text, "cpu ", 4) != 0)
        return false;
    char* at = text + 4;
    *all = 0;
    for (int i = 0; i < 8; ++i) {
        *stolen = strtoull(at, &at, 10);
        *all += *stolen;
    }
    return true;
}

static bool read_throttled(uint64_t* sum) {
    *sum = 0;
    char text[1024];
    uint64_t value;
    for (int i = 0; i < group_count; ++i)
        if (read_again(groups[i], text, sizeof text) &&
            (field(text, "throttled_usec", &value) || field(text, "throttled_time", &value)))
            *sum += value;
    return group_count > 0;
}

void hygiene_start(struct loop* l) {
    loop = l;
    waiting = steal = throttle = (struct look){.due = INT64_MAX, .last = l->start};
    if (read_waited(&waiting.value))
        waiting.due = l->start + look_interval;
    if (read_throttled(&throttle.value))
        throttle.due = l->start + group_interval;
    // The kernel writes /proc/stat whole, with a number for each interrupt: 0.2 % of a CPU is to go there at most.
    const int64_t before = now_ns();
    const bool readable = read_stolen(&steal.value, &all_ticks);
    steal_interval = (now_ns() - before) * 500;
    if (steal_interval < SECOND / 2)
        steal_interval = SECOND / 2;
    if (steal_interval > 5 * SECOND)
        steal_interval = 5 * SECOND;
    if (readable)
        steal.due = l->start + steal_interval;
}

static void tell(struct look* look, int cause) {
    const int64_t now = now_ns();
    if (cause != 0)
        out_line("T %lld %lld %d", (long long)(look->last - loop->start), (long long)(now - loop->start), cause);
    look->last = now;
}

void hygiene_run(int64_t now) {
    uint64_t value = 0, all = 0;
    if (now >= waiting.due) {
        const bool known = read_waited(&value);
        tell(&waiting, known && value - waiting.value > (uint64_t)waited_much ? TAINT_STARVED : 0);
        waiting.value = value;
        waiting.due = known ? now + look_interval : INT64_MAX;
    }
    if (now >= throttle.due) {
        const bool known = read_throttled(&value);
        tell(&throttle, known && value > throttle.value ? TAINT_THROTTLED : 0);
        throttle.value = value;
        throttle.due = now + group_interval;
    }
    if (now >= steal.due) {
        // A share that reaches the 99th percentile. Some hypervisors' figure runs backwards: then it says nothing.
        const bool known = read_stolen(&value, &all);
        const bool grew = known && value > steal.value && all > all_ticks;
        tell(&steal, grew && (value - steal.value) * 100 > all - all_ticks ? TAINT_STOLEN : 0);
        steal.value = value;
        all_ticks = all;
        steal.due =
            known ? now + steal_interval : INT64_MAX; // else the next would be taken for all since the boot
    }
}
