// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "probe.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CAPACITY = 1 << 20 }; // a reader may stall for minutes before a line is lost

static char buffer[CAPACITY];
static size_t used;
uint64_t out_dropped;

void out_line(const char* format, ...) {
    char line[1200];
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(line, sizeof line - 1, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= sizeof line - 1 || used + (size_t)length + 1 > CAPACITY) {
        ++out_dropped;
        return;
    }
    line[length] = '\n';
    memcpy(buffer + used, line, (size_t)length + 1);
    used += (size_t)length + 1;
}

const char* out_field(char* to, size_t size, const char* value) {
    size_t at = 0;
    for (const char* c = value; *c != '\0' && at + 4 < size; ++c)
        if (*c > ' ' && *c <= '~' && *c != '%')
            to[at++] = *c;
        else
            at += (size_t)snprintf(to + at, 4, "%%%02x", (unsigned char)*c);
    if (at == 0)
        to[at++] = '%';
    to[at] = '\0';
    return to;
}

void out_forget(void) {
    used = 0;
}

/// A pipe that poll(2) calls writable takes this much without blocking.
enum { PIECE = 4096 };

void out_flush(const struct loop* loop) {
    if (used > 0)
        out_line("F %lld", (long long)(now_ns() - loop->start));
    for (size_t done = 0;;) {
        struct pollfd out = {STDOUT_FILENO, POLLOUT, 0};
        const int ready = poll(&out, 1, 0);
        if ((out.revents & (POLLERR | POLLHUP)) != 0)
            exit(3); // nobody reads any more
        const size_t piece = used - done < PIECE ? used - done : PIECE;
        if (piece == 0 || ready != 1 || (out.revents & POLLOUT) == 0) {
            memmove(buffer, buffer + done, used - done);
            used -= done;
            return;
        }
        const ssize_t written = write(STDOUT_FILENO, buffer + done, piece);
        if (written < 0)
            exit(3);
        done += (size_t)written;
    }
}

void out_finish(void) {
    size_t done = 0;
    while (done < used) {
        const ssize_t written = write(STDOUT_FILENO, buffer + done, used - done); // the alarm bounds it
        if (written < 0)
            exit(3);
        done += (size_t)written;
    }
    used = 0;
}
