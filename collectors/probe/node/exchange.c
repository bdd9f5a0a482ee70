// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each exchange has its own socket, thus its own source port (as a stub resolver's has), its own conntrack entry, and
// its own ICMP errors. Two questions go out back to back and are answered in any order, or one of them never: that is
// how glibc asks for A and AAAA, and what conntrack's insert race and broken resolvers trip over.
//
// A UDP answer is stamped by the kernel, so it need not wake us: it is looked for once, when something else wakes us,
// and only an exchange that is still open then is watched. A prompt one is watched from the start, as is TCP, whose
// answers are timed when they are read.
#include "codec.h"
#include "probe.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EXCHANGES_MAX = 512, TCP_ANSWER_MAX = 65535, IDS = 64 };
static const int64_t look_after = 40 * MILLISECOND;

struct question {
    bool open;
    uint16_t length;
    int64_t sent;
    int64_t unstamped_until; ///< when the call that sent it came back; 0 once the kernel's stamp is in `sent`
    uint8_t bytes[DNS_QUERY_MAX];
};
struct exchange {
    int fd; ///< -1: free
    bool tcp, connected, watched;
    int count, open;
    int64_t sent, patience;
    on_reply settled;
    uint64_t owner;
    struct question questions[QUESTIONS_MAX];
    uint8_t* answer; ///< TCP: length and message so far
    size_t got;
};

static struct loop* loop;
static struct exchange all[EXCHANGES_MAX];
static uint32_t limit = EXCHANGES_MAX, unwatched;
static int64_t earliest_timeout = INT64_MAX;
static uint64_t refused, strays;

void exchange_init(struct loop* l) {
    loop = l;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < EXCHANGES_MAX + PEERS_MAX * 2 + 32)
        limit = files.rlim_cur > PEERS_MAX * 2 + 64 ? (uint32_t)files.rlim_cur - PEERS_MAX * 2 - 32 : 16;
    for (uint32_t i = 0; i < EXCHANGES_MAX; ++i)
        all[i].fd = -1;
}

static bool draw_id(uint16_t* id) {
    static uint16_t ids[IDS];
    static uint32_t left;
    if (left == 0) {
        if (getrandom(ids, sizeof ids, 0) != sizeof ids)
            return false;
        left = IDS;
    }
    *id = ids[--left];
    return true;
}

/// One question is settled. True: it was the last, and `x` is another's by now.
static bool settle(struct exchange* x, int question, struct reply reply) {
    struct question* q = &x->questions[question];
    q->open = false;
    reply.sent = q->sent;
    if (reply.at >= 0 && reply.at < q->sent)
        reply.at = q->sent; // clocks are read in turn
    const on_reply settled = x->settled;
    const uint64_t owner = x->owner;
    const bool over = --x->open == 0;
    if (over) {
        close(x->fd);
        x->fd = -1;
        free(x->answer);
        x->answer = NULL;
        unwatched -= !x->watched;
    }
    settled(owner, question, &reply);
    return over;
}

/// Settles all that is open alike.
static void settle_all(struct exchange* x, char outcome, int64_t at, int error) {
    for (int k = 0; k < x->count; ++k)
        if (x->questions[k].open && settle(x, k, (struct reply){outcome, 0, at, -1, error, 0}))
            return;
}

/// A message that came for `x`. True: nothing is open any more.
static bool judge(struct exchange* x, const uint8_t* message, size_t length, int64_t at) {
    for (int k = 0; k < x->count; ++k) {
        const struct question* q = &x->questions[k];
        struct dns_answer answer;
        const enum dns_verdict verdict =
            q->open ? dns_decode(message, length, q->bytes, q->length, &answer) : DNS_STRAY;
        if (verdict == DNS_STRAY)
            continue;
        if (at - q->sent > x->patience) // read late, but was it late?
            return false;
        if (verdict == DNS_MALFORMED)
            return settle(x, k, (struct reply){'f', 0, at, -1, EBADMSG, 0});
        const bool fine = answer.rcode == 0 || answer.rcode == 3; // NXDOMAIN is an answer
        return settle(x, k,
                      (struct reply){!fine              ? 'f'
                                     : answer.truncated ? 'c'
                                                        : 'a',
                                     0, at, answer.rcode, 0, answer.answers});
    }
    ++strays; // the true answer may still come
    if (x->tcp)
        settle_all(x, 'f', at, EBADMSG);
    return x->tcp;
}

/// A socket's error: of the question that the ICMP quotes, else of the first that is open.
static bool refuse(struct exchange* x, const uint8_t* quoted, size_t length, int64_t at, int error) {
    int which = -1;
    for (int k = x->count; k-- > 0;)
        if (x->questions[k].open && (which < 0 || length < 2 || memcmp(quoted, x->questions[k].bytes, 2) == 0))
            which = k;
    return which < 0 || settle(x, which, (struct reply){'f', 0, at, -1, error, 0});
}

static bool watch(struct exchange* x) {
    if (!loop_watch(loop, x->fd, x->tcp ? EPOLLOUT : EPOLLIN, FROM_EXCHANGE, (uint32_t)(x - all)))
        return false;
    unwatched -= !x->watched;
    x->watched = true;
    return true;
}

static void send_questions(struct exchange* x, const struct asking* a) {
    for (int k = 0; k < x->count; ++k)
        x->questions[k].sent = now_ns();
    x->sent = x->questions[0].sent;
    // Connected: the kernel then takes datagrams from this address and port only.
    if (connect(x->fd, (const struct sockaddr*)&a->to->address, a->to->length) != 0 &&
        !(x->tcp && errno == EINPROGRESS)) {
        settle_all(x, 'f', -1, errno);
        return;
    }
    if ((x->tcp || a->prompt || !net_stamps) && !watch(x)) {
        settle_all(x, 'f', -1, errno);
        return;
    }
    for (int k = 0; k < a->count && !x->tcp; ++k) {
        struct question* q = &x->questions[k];
        q->sent = now_ns();
        if (send(x->fd, q->bytes, q->length, 0) != (ssize_t)q->length &&
            settle(x, k, (struct reply){'f', 0, -1, -1, errno, 0}))
            return;
        q->unstamped_until = now_ns();
    }
    if (x->sent + x->patience < earliest_timeout)
        earliest_timeout = x->sent + x->patience;
}

bool exchange_start(const struct asking* a) {
    uint32_t slot = 0;
    while (slot < limit && all[slot].fd >= 0)
        ++slot;
    struct exchange* x = &all[slot];
    bool ready = slot < limit;
    for (int k = 0; k < a->count && ready; ++k) {
        uint16_t id = 0;
        ready = draw_id(&id);
        x->questions[k].length = (uint16_t)dns_encode(x->questions[k].bytes, id, a->name, a->types[k]);
        ready = ready && x->questions[k].length > 0;
        x->questions[k].open = true;
        x->questions[k].unstamped_until = 0;
    }
    if (ready)
        x->fd = net_socket(a->to->address.ss_family, a->tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
    if (!ready || x->fd < 0) {
        ++refused;
        return false;
    }
    x->tcp = a->tcp;
    x->connected = x->watched = false;
    x->count = x->open = a->count;
    x->patience = a->patience;
    x->settled = a->settled;
    x->owner = a->owner;
    x->got = 0;
    ++unwatched;
    if (!x->tcp)
        net_stamp_sends(x->fd);
    send_questions(x, a);
    return true;
}

/// The question that was being sent at `at`; the first stamp is the one that counts.
static void sent_at(struct exchange* x, int64_t at) {
    for (int k = 0; k < x->count; ++k) {
        struct question* q = &x->questions[k];
        if (q->unstamped_until == 0 || at < q->sent || at > q->unstamped_until)
            continue;
        q->sent = at;
        q->unstamped_until = 0;
        return;
    }
}

static void read_udp(struct exchange* x) {
    uint8_t bytes[4096];
    struct datagram d = {.bytes = bytes, .size = sizeof bytes};
    for (; net_receive(x->fd, MSG_ERRQUEUE, &d); d.size = sizeof bytes) { // first: when the questions left
        if (d.origin == SO_EE_ORIGIN_TIMESTAMPING)
            sent_at(x, d.at);
        else if (d.error != 0 && refuse(x, bytes, d.size, d.at, d.error))
            return;
    }
    for (d.size = sizeof bytes; net_receive(x->fd, 0, &d); d.size = sizeof bytes)
        if (judge(x, bytes, d.size, d.at))
            return;
    if (errno != EAGAIN)
        refuse(x, NULL, 0, now_ns(), errno);
}

static void read_tcp(struct exchange* x) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(x->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
        settle_all(x, 'f', now_ns(), error != 0 ? error : errno);
        return;
    }
    if (!x->connected) {
        const struct question* q = &x->questions[0];
        uint8_t framed[2 + DNS_QUERY_MAX] = {(uint8_t)(q->length >> 8), (uint8_t)q->length};
        memcpy(framed + 2, q->bytes, q->length);
        const ssize_t whole = q->length + 2;
        x->connected = true;
        x->answer = malloc(2 + TCP_ANSWER_MAX);
        struct epoll_event read = {.events = EPOLLIN,
                                   .data.u64 = (uint64_t)FROM_EXCHANGE << 32 | (uint64_t)(x - all)};
        if (x->answer == NULL || send(x->fd, framed, (size_t)whole, MSG_NOSIGNAL) != whole ||
            epoll_ctl(loop->epoll, EPOLL_CTL_MOD, x->fd, &read) != 0)
            settle_all(x, 'f', now_ns(), errno);
        return;
    }
    struct datagram d = {.bytes = x->answer + x->got, .size = 2 + TCP_ANSWER_MAX - x->got};
    if (!net_receive(x->fd, 0, &d)) {
        if (errno != EAGAIN)
            settle_all(x, 'f', now_ns(), errno);
        return;
    }
    x->got += d.size;
    const size_t whole = x->got >= 2 ? 2u + (size_t)(x->answer[0] << 8 | x->answer[1]) : SIZE_MAX;
    if (x->got >= whole)
        judge(x, x->answer + 2, whole - 2, d.at);
    else if (d.size == 0)
        settle_all(x, 'f', d.at, ECONNRESET);
}

void exchange_ready(uint32_t index) {
    struct exchange* x = &all[index];
    if (x->fd < 0)
        return;
    if (x->tcp)
        read_tcp(x);
    else
        read_udp(x);
}

/// Whatever woke us, it is time for a look; who has no answer by now will wake us for it.
static void look(void) {
    for (uint32_t i = 0; i < limit && unwatched > 0; ++i) {
        struct exchange* x = &all[i];
        if (x->fd < 0 || x->watched)
            continue;
        const int64_t sent = x->sent;
        read_udp(x);
        if (x->fd >= 0 && !x->watched && x->sent == sent && !watch(x))
            settle_all(x, 'f', -1, errno);
    }
}

static void expire(int64_t now) {
    earliest_timeout = INT64_MAX;
    for (uint32_t i = 0; i < limit; ++i) {
        struct exchange* x = &all[i];
        if (x->fd >= 0 && now >= x->sent + x->patience)
            settle_all(x, 't', -1, 0);
        if (x->fd >= 0 && x->sent + x->patience < earliest_timeout)
            earliest_timeout = x->sent + x->patience;
    }
}

void exchange_run(int64_t now) {
    if (unwatched > 0)
        look();
    if (now >= earliest_timeout)
        expire(now);
}

int64_t exchange_next(int64_t now) {
    return unwatched > 0 && now + look_after < earliest_timeout ? now + look_after : earliest_timeout;
}

void exchange_finish(void) {
    if (refused > 0)
        out_line("N %llu DNS queries were not sent: too many were unanswered at once",
                 (unsigned long long)refused);
    if (strays > 0)
        out_line("N %llu datagrams came that answered no DNS query of ours", (unsigned long long)strays);
    refused = strays = 0;
}
