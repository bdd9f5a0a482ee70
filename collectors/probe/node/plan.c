// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan.h"

#include "resolv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1024, WORDS_MAX = 5 + SEARCH_MAX, DNS_PORT = 53 };

static bool whole_number(const char* text, uint64_t least, uint64_t most, uint64_t* value) {
    if (*text < '0' || *text > '9')
        return false;
    char* end;
    errno = 0;
    const unsigned long long parsed = strtoull(text, &end, 10);
    *value = parsed;
    return errno == 0 && *end == '\0' && parsed >= least && parsed <= most;
}

bool endpoint_parse(struct endpoint* out, const char* text, uint16_t default_port) {
    memset(out, 0, sizeof *out);
    char host[FIELD_MAX];
    if (strlen(text) >= sizeof host)
        return false;
    strcpy(host, text);
    strcpy(out->text, text);
    uint64_t port = default_port;
    char* mark = strchr(host, '#');
    char* colon = strchr(host, ':');
    if (mark == NULL && colon != NULL && strchr(colon + 1, ':') == NULL)
        mark = colon;
    if (mark != NULL) {
        *mark = '\0';
        if (!whole_number(mark + 1, 1, 65535, &port))
            return false;
    }
    char* zone = strchr(host, '%'); // fe80::1%eth0: its number is the node's own business
    struct sockaddr_in* v4 = (struct sockaddr_in*)&out->address;
    struct sockaddr_in6* v6 = (struct sockaddr_in6*)&out->address;
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        out->length = sizeof *v4;
    } else if (zone == NULL && inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        out->length = sizeof *v6;
    } else {
        return false;
    }
    return true;
}

bool endpoint_is(const struct endpoint* e, const struct sockaddr_storage* other) {
    if (e->address.ss_family != other->ss_family)
        return false;
    if (other->ss_family == AF_INET)
        return ((const struct sockaddr_in*)&e->address)->sin_addr.s_addr ==
               ((const struct sockaddr_in*)other)->sin_addr.s_addr;
    return memcmp(&((const struct sockaddr_in6*)&e->address)->sin6_addr,
                  &((const struct sockaddr_in6*)other)->sin6_addr, sizeof(struct in6_addr)) == 0;
}

/// Cuts `line` at single blanks; 0 when there are too many or an empty field.
static size_t cut(char* line, char* words[WORDS_MAX]) {
    size_t count = 0;
    for (;;) {
        if (count == WORDS_MAX || *line == ' ' || *line == '\0')
            return 0;
        words[count++] = line;
        line = strchr(line, ' ');
        if (line == NULL)
            return count;
        *line++ = '\0';
        if (strlen(words[count - 1]) >= FIELD_MAX)
            return 0;
    }
}

static void leave_out(struct plan* plan, const char* what, const char* why) {
    const size_t used = strlen(plan->trouble);
    snprintf(plan->trouble + used, sizeof plan->trouble - used, "%s%.80s: %s", used > 0 ? "; " : "", what, why);
}

static void add_dns(struct plan* plan, const char* address, char* words[WORDS_MAX]) {
    if (plan->dns_count == DNS_TARGETS_MAX) {
        leave_out(plan, address, "too many names to resolve");
        return;
    }
    struct dns_target* target = &plan->dns[plan->dns_count];
    if (!endpoint_parse(&target->resolver, address, DNS_PORT)) {
        leave_out(plan, address, "is no resolver's address");
        return;
    }
    strcpy(target->role, words[2]);
    target->internal = words[3][0] == '1';
    strcpy(target->name, words[4]);
    ++plan->dns_count;
}

/// One target for each nameserver of the node itself, three at most as for libc.
static void add_own_resolvers(struct plan* plan, const char* resolv_conf, char* words[WORDS_MAX]) {
    struct resolv own;
    if (!resolv_read(&own, resolv_conf))
        leave_out(plan, resolv_conf, strerror(errno));
    else if (own.nameserver_count == 0)
        leave_out(plan, resolv_conf, "names no nameserver");
    for (int i = 0; i < own.nameserver_count; ++i)
        add_dns(plan, own.nameservers[i], words);
}

void lookup_add_search(struct lookup_target* target, const char* domain) {
    size_t used = strlen(domain) + 1;
    for (int k = 0; k < target->search_count; ++k)
        used += strlen(target->search[k]) + 1;
    if (target->search_count < SEARCH_MAX && strlen(domain) < FIELD_MAX && used <= SEARCH_TEXT_MAX)
        strcpy(target->search[target->search_count++], domain);
}

void lookup_add_own_search(struct lookup_target* target, const char* resolv_conf) {
    struct resolv own;
    resolv_read(&own, resolv_conf); // without it there is none
    for (int i = 0; i < own.search_count; ++i)
        lookup_add_search(target, own.search[i]);
}

static bool add_lookup(struct plan* plan, size_t count, char* words[WORDS_MAX], const char* resolv_conf) {
    struct resolv own;
    memset(&own, 0, sizeof own);
    const bool owned = strcmp(words[1], "-") == 0 || strcmp(words[4], "-") == 0;
    if (owned && (!resolv_read(&own, resolv_conf) || own.nameserver_count == 0)) {
        leave_out(plan, words[3], "there is no nameserver to look it up at");
        return true;
    }
    uint64_t ndots = (uint64_t)own.ndots;
    if (strcmp(words[4], "-") != 0 && !whole_number(words[4], 0, 15, &ndots))
        return false;
    if (plan->lookup_count == LOOKUPS_MAX) {
        leave_out(plan, words[3], "too many names to look up");
        return true;
    }
    struct lookup_target* target = &plan->lookups[plan->lookup_count];
    memset(target, 0, sizeof *target);
    const char* resolver = strcmp(words[1], "-") == 0 ? own.nameservers[0] : words[1];
    if (!endpoint_parse(&target->resolver, resolver, DNS_PORT)) {
        leave_out(plan, resolver, "is no resolver's address");
        return true;
    }
    strcpy(target->role, words[2]);
    strcpy(target->name, words[3]);
    target->ndots = (int)ndots;
    for (size_t i = 5; i < count; ++i)
        if (strcmp(words[i], "+") == 0)
            lookup_add_own_search(target, resolv_conf);
        else
            lookup_add_search(target, words[i]);
    ++plan->lookup_count;
    return true;
}

static bool read_item(struct plan* plan, size_t count, char* words[WORDS_MAX], const char* resolv_conf) {
    uint64_t value;
    if (count == 2 && strcmp(words[0], "duration") == 0) {
        if (!whole_number(words[1], 1, 3600000, &value))
            return false;
        plan->duration_ns = (int64_t)value * 1000000;
    } else if (count == 2 && strcmp(words[0], "dns-interval") == 0) {
        if (!whole_number(words[1], 5, 60000, &value))
            return false;
        plan->dns_interval_ns = (int64_t)value * 1000000;
    } else if (count == 2 && strcmp(words[0], "dns-timeout") == 0) {
        if (!whole_number(words[1], 100, 10000, &value))
            return false;
        plan->dns_timeout_ns = (int64_t)value * 1000000;
    } else if (count == 2 && strcmp(words[0], "rtt-interval") == 0) {
        if (!whole_number(words[1], 5, 60000, &value))
            return false;
        plan->rtt_interval_ns = (int64_t)value * 1000000;
    } else if (count == 2 && strcmp(words[0], "cpu-share") == 0) {
        if (!whole_number(words[1], 100, 1000000, &value))
            return false;
        plan->cpu_ppm = (int64_t)value;
    } else if (count == 2 && strcmp(words[0], "seed") == 0) {
        if (!whole_number(words[1], 0, UINT64_MAX, &plan->seed))
            return false;
    } else if (count == 5 && strcmp(words[0], "dns") == 0) {
        if (strcmp(words[3], "0") != 0 && strcmp(words[3], "1") != 0)
            return false;
        if (strcmp(words[1], "-") == 0)
            add_own_resolvers(plan, resolv_conf, words);
        else
            add_dns(plan, words[1], words);
    } else if (count == 2 && strcmp(words[0], "lookup-interval") == 0) {
        if (!whole_number(words[1], 5, 3600000, &value))
            return false;
        plan->lookup_interval_ns = (int64_t)value * 1000000;
    } else if (count >= 5 && strcmp(words[0], "lookup") == 0) {
        return add_lookup(plan, count, words, resolv_conf);
    } else if (count == 4 && strcmp(words[0], "peer") == 0) {
        if (strcmp(words[3], "underlay") != 0 && strcmp(words[3], "overlay") != 0)
            return false;
        if (plan->peer_count == PEERS_MAX) {
            leave_out(plan, words[1], "too many peers");
            return true;
        }
        struct peer* peer = &plan->peers[plan->peer_count];
        if (!endpoint_parse(&peer->at, words[2], 0)) {
            leave_out(plan, words[2], "is no peer's address");
            return true;
        }
        strcpy(peer->name, words[1]);
        strcpy(peer->plane, words[3]);
        ++plan->peer_count;
    } else {
        return false;
    }
    return true;
}

bool plan_add(struct plan* plan, const char* line, const char* resolv_conf) {
    char copy[LINE_MAX_BYTES];
    if (strlen(line) >= sizeof copy)
        return false;
    strcpy(copy, line);
    char* words[WORDS_MAX];
    const size_t count = cut(copy, words);
    return count > 0 && read_item(plan, count, words, resolv_conf);
}

/// `pod K NAMESPACE/NAME ADDRESS`
static bool add_place(struct plan* plan, const char* line) {
    char copy[LINE_MAX_BYTES];
    strcpy(copy, line);
    char* words[WORDS_MAX];
    uint64_t number;
    if (cut(copy, words) != 4 || plan->place_count == PLACES_MAX ||
        !whole_number(words[1], plan->place_count, plan->place_count, &number))
        return false;
    struct pod_place* place = &plan->places[plan->place_count];
    char* slash = strchr(words[2], '/');
    if (slash == NULL || slash == words[2] || slash[1] == '\0' || !endpoint_parse(&place->at, words[3], 0))
        return false;
    *slash = '\0';
    strcpy(place->ns, words[2]);
    strcpy(place->name, slash + 1);
    ++plan->place_count;
    return true;
}

/// `@K LINE`
static bool add_place_line(struct plan* plan, const char* line) {
    char* rest;
    const unsigned long number = strtoul(line + 1, &rest, 10);
    if (line[1] < '0' || line[1] > '9' || *rest != ' ' || number >= plan->place_count ||
        plan->places[number].line_count == PLACE_LINES_MAX)
        return false;
    char* copy = strdup(rest + 1);
    if (copy == NULL)
        return false;
    plan->places[number].lines[plan->places[number].line_count++] = copy;
    return true;
}

static bool read_line(struct plan* plan, const char* line, const char* resolv_conf) {
    if (line[0] == '@')
        return add_place_line(plan, line);
    return strncmp(line, "pod ", 4) == 0 ? add_place(plan, line) : plan_add(plan, line, resolv_conf);
}

bool plan_read(struct plan* plan, FILE* in, const char* resolv_conf) {
    memset(plan, 0, sizeof *plan);
    plan->duration_ns = 30 * INT64_C(1000000000);
    plan->dns_interval_ns = 250000000;
    plan->dns_timeout_ns = 5 * INT64_C(1000000000);
    plan->rtt_interval_ns = 20000000;
    plan->cpu_ppm = 2500;
    plan->lookup_interval_ns = 3 * INT64_C(1000000000);
    char line[LINE_MAX_BYTES];
    const int most = DNS_TARGETS_MAX + LOOKUPS_MAX + PEERS_MAX + PLACES_MAX * (PLACE_LINES_MAX + 1) + 16;
    for (int number = 1; number <= most; ++number) {
        char* newline = fgets(line, sizeof line, in) != NULL ? strchr(line, '\n') : NULL;
        if (newline == NULL) {
            snprintf(plan->trouble, sizeof plan->trouble, "plan line %d: missing, cut off or too long", number);
            return false;
        }
        *newline = '\0';
        if (number > 1 && strcmp(line, "end") == 0)
            return true;
        if (number == 1 ? strcmp(line, "netopsy-probe-plan 1") != 0 : !read_line(plan, line, resolv_conf)) {
            snprintf(plan->trouble, sizeof plan->trouble, "plan line %d is not understood: %.80s", number, line);
            return false;
        }
    }
    snprintf(plan->trouble, sizeof plan->trouble, "the plan is too long");
    return false;
}
