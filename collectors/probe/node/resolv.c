// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "resolv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1024, NDOTS_MAX = 15 };

/// Fit to be told on: printable, and without the sign that our output's lines escape with.
static bool is_plain(const char* word) {
    const size_t length = strlen(word);
    for (const char* c = word; *c != '\0'; ++c)
        if (*c <= ' ' || *c > '~' || *c == '%')
            return false;
    return length > 0 && length < FIELD_MAX;
}

static void read_words(struct resolv* r, bool search, char* rest) {
    if (search)
        r->search_count = 0; // the last line counts
    for (char* word = strtok(rest, " \t\r\n"); word != NULL; word = strtok(NULL, " \t\r\n")) {
        if (search && r->search_count < SEARCH_MAX && is_plain(word))
            strcpy(r->search[r->search_count++], word);
        if (!search && strncmp(word, "ndots:", 6) == 0 && word[6] >= '0' && word[6] <= '9') {
            const unsigned long dots = strtoul(word + 6, NULL, 10);
            r->ndots = dots > NDOTS_MAX ? NDOTS_MAX : (int)dots;
        }
    }
}

bool resolv_read(struct resolv* r, const char* path) {
    memset(r, 0, sizeof *r);
    r->ndots = 1;
    FILE* in = fopen(path, "re");
    if (in == NULL)
        return false;
    char line[LINE_MAX_BYTES];
    while (fgets(line, sizeof line, in) != NULL) {
        const size_t key = strcspn(line, " \t\r\n");
        if (line[key] == '\0')
            continue;
        line[key] = '\0';
        char* rest = line + key + 1;
        if (strcmp(line, "search") == 0 || strcmp(line, "domain") == 0) {
            read_words(r, true, rest);
        } else if (strcmp(line, "options") == 0) {
            read_words(r, false, rest);
        } else if (strcmp(line, "nameserver") == 0 && r->nameserver_count < NAMESERVERS_MAX) {
            rest += strspn(rest, " \t");
            rest[strcspn(rest, " \t\r\n#;")] = '\0';
            if (is_plain(rest))
                strcpy(r->nameservers[r->nameserver_count++], rest);
        }
    }
    fclose(in);
    return true;
}
