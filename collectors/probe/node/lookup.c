// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a program waits for when it resolves a name: the search list walked as glibc walks it (the name as it is first
// when it has ndots dots or more, else last), A and AAAA at once, a candidate that does not exist followed by the next,
// what is unanswered after the time-out asked once more, what is cut off asked over TCP. One nameserver, as a pod has.
// glibc's fall-back after a second time-out (the name as it is) is left out: by then its user waited for 10 s.
//
// One lookup at a time, so that their queries do not wait for each other.
#include "codec.h"
#include "probe.h"

#include <string.h>

enum { TRIES = 2 };

struct walk {
    bool active, found, broken, any_broken; ///< a record came; the candidate's or any answer was none (SERVFAIL …)
    const struct lookup_target* target;
    uint32_t id;
    int64_t started, last; ///< last: when an answer came
    int candidate, attempt, open;
    int tried, queries, retries, rcode;
    bool missing[QUESTIONS_MAX], over_tcp[QUESTIONS_MAX]; ///< of A and of AAAA
};

static struct loop* loop;
static const struct plan* plan;
static struct walk walk;
static int64_t due;
static uint32_t turn;
static const uint16_t types[QUESTIONS_MAX] = {DNS_A, DNS_AAAA};

void lookup_start(struct loop* l, const struct plan* p) {
    loop = l;
    plan = p;
    due = p->lookup_count > 0 ? l->start + p->lookup_interval_ns / 4 : INT64_MAX;
    for (uint32_t i = 0; i < p->lookup_count; ++i) {
        const struct lookup_target* t = &p->lookups[i];
        char search[SEARCH_TEXT_MAX + 1];
        size_t used = 0;
        for (int k = 0; k < t->search_count; ++k)
            used += (size_t)snprintf(search + used, sizeof search - used, " %s", t->search[k]);
        search[used] = '\0';
        out_line("S %u lookup %s %s %s %d%s", i, t->resolver.text, t->role, t->name, t->ndots, search);
    }
}

static void finish(char outcome) {
    out_line("L %u %lld %c %lld %d %d %d %d", walk.id, (long long)(walk.started - loop->start), outcome,
             (long long)(outcome == 'a' ? walk.last - walk.started : -1), walk.queries, walk.tried, walk.retries,
             walk.rcode);
    walk.active = false;
}

/// The name to ask for next, into `out`; false after the last.
static bool name_of(int candidate, char out[2 * FIELD_MAX]) {
    const struct lookup_target* t = walk.target;
    int dots = 0;
    for (const char* c = t->name; *c != '\0'; ++c)
        dots += *c == '.';
    const size_t length = strlen(t->name);
    const bool absolute = length > 0 && t->name[length - 1] == '.', first = absolute || dots >= t->ndots;
    if (candidate > (absolute ? 0 : t->search_count))
        return false;
    if (candidate == (first ? 0 : t->search_count))
        snprintf(out, 2 * FIELD_MAX, "%s", t->name);
    else
        snprintf(out, 2 * FIELD_MAX, "%s.%s", t->name, t->search[candidate - (first ? 1 : 0)]);
    return true;
}

static void settled(uint64_t owner, int question, const struct reply* r);

/// Asks for what is missing of the candidate; true unless there is none left.
static bool ask(void) {
    char name[2 * FIELD_MAX];
    uint8_t trial[DNS_QUERY_MAX];
    for (;; ++walk.candidate) {
        if (!name_of(walk.candidate, name))
            return false;
        if (dns_encode(trial, 0, name, DNS_A) != 0)
            break; // else too long with this suffix: libc, too, leaves it out
    }
    if (walk.attempt == 0 && walk.missing[0] && walk.missing[1] && !walk.over_tcp[0] && !walk.over_tcp[1])
        ++walk.tried;
    const bool tcp = walk.over_tcp[0] || walk.over_tcp[1];
    struct asking asking[QUESTIONS_MAX];
    int count = 0;
    for (int k = 0; k < QUESTIONS_MAX; ++k) {
        if (!walk.missing[k] || walk.over_tcp[k] != tcp)
            continue;
        ++walk.open;
        ++walk.queries;
        walk.retries += !tcp && walk.attempt > 0;
        if (!tcp && count > 0) { // both at once, from one socket
            asking[0].types[1] = types[k];
            asking[0].count = 2;
            continue;
        }
        asking[count++] = (struct asking){.to = &walk.target->resolver,
                                          .name = name,
                                          .types = {types[k]},
                                          .count = 1,
                                          .tcp = tcp,
                                          .prompt = true,
                                          .patience = plan->dns_timeout_ns,
                                          .settled = settled,
                                          .owner = (uint64_t)k};
    }
    const struct reply unsent = {'f', now_ns(), -1, -1, 0, 0};
    for (int i = 0; i < count; ++i) {
        const struct asking a = asking[i];
        if (!exchange_start(&a))
            for (int k = 0; k < a.count; ++k)
                settled(a.owner, k, &unsent);
    }
    return true;
}

/// All that was asked is settled.
static void step(void) {
    if (walk.missing[0] || walk.missing[1]) {
        const bool cut_off = walk.over_tcp[0] || walk.over_tcp[1];
        if (cut_off || ++walk.attempt < TRIES) {
            ask();
            return;
        }
        if (walk.found) { // one of the two must do; its user waited for both
            walk.last = now_ns();
        } else if (!walk.broken) { // nothing came
            finish('t');
            return;
        }
        walk.any_broken = true; // glibc goes on after a SERVFAIL
    }
    if (walk.found) {
        finish('a');
        return;
    }
    ++walk.candidate;
    walk.attempt = 0;
    walk.broken = false;
    walk.missing[0] = walk.missing[1] = true;
    if (!ask())
        finish(walk.any_broken ? 'f' : 'a');
}

/// `owner`: the first question's number.
static void settled(uint64_t owner, int question, const struct reply* r) {
    const int k = (int)owner + question;
    if (r->at >= 0)
        walk.last = r->at;
    walk.over_tcp[k] = r->outcome == 'c' && !walk.over_tcp[k];
    walk.missing[k] = r->outcome != 'a' && (r->outcome != 'c' || walk.over_tcp[k]);
    if (r->rcode >= 0)
        walk.rcode = r->rcode;
    walk.found = walk.found || (r->rcode == 0 && r->answers > 0 && !walk.missing[k]);
    walk.broken = walk.broken || r->outcome == 'f';
    if (--walk.open == 0)
        step();
}

int64_t lookup_run(int64_t now) {
    if (now >= loop->end)
        due = INT64_MAX;
    if (due == INT64_MAX || now < due)
        return due;
    if (!walk.active) {
        const uint32_t id = turn++ % (uint32_t)plan->lookup_count;
        walk = (struct walk){.active = true,
                             .target = &plan->lookups[id],
                             .id = id,
                             .started = now_ns(),
                             .rcode = -1,
                             .missing = {true, true}};
        if (!ask()) // not one candidate is a name
            finish('f');
    }
    due = loop_next(loop, due, now, plan->lookup_interval_ns, 1);
    return due;
}

bool lookup_done(void) {
    return due == INT64_MAX && !walk.active;
}

void lookup_finish(void) {
    if (walk.active && now_ns() - walk.started >= plan->dns_timeout_ns)
        finish('t'); // cut short, but its user would have waited so long at least
    walk.active = false;
}
