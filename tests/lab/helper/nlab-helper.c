// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// nlab-helper: the small real servers that the lab's pods and faults need.
//
//   httpd PORT TEXT             answer every HTTP request (or bare TCP line) with TEXT
//   tarpit PORT                 accept TCP connections, then stay silent for ever
//   flows TOTAL                 keep conntrack at TOTAL entries, by real, answered UDP flows
//                               through 127/8
//   slowdns SHARE DELAY_US SEED MARK LISTEN=ADDRESS:PORT...
//                               forward DNS (UDP and TCP) from each LISTEN port to its
//                               address, holding back SHARE of the answers by DELAY_US
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static void fail(const char* what) {
    fprintf(stderr, "nlab-helper: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int check(int result, const char* what) {
    if (result < 0)
        fail(what);
    return result;
}

static long number(const char* text, const char* what, long min, long max) {
    char* end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < min || value > max) {
        fprintf(stderr, "nlab-helper: bad %s: %s\n", what, text);
        exit(2);
    }
    return value;
}

static int listen_tcp(int port) { // of both families
    int on = 1, off = 0;
    int fd = check(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    check(bind(fd, (struct sockaddr*)&a, sizeof a), "bind");
    check(listen(fd, 1024), "listen");
    return fd;
}

static void raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

// --- httpd ----------------------------------------------------------------------------------

static _Noreturn void run_httpd(int port, const char* text) {
    int listener = listen_tcp(port);
    signal(SIGCHLD, SIG_IGN); // no zombies
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        if (fork() == 0) {
            char request[4096], answer[1024];
            struct timeval patience = {.tv_sec = 5};
            setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            if (read(fd, request, sizeof request) > 0) {
                int n = snprintf(answer, sizeof answer,
                                 "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n"
                                 "Content-Length: %zu\r\nConnection: close\r\n\r\n%s\n",
                                 strlen(text) + 1, text);
                if (write(fd, answer, (size_t)n) < 0)
                    _exit(1);
            }
            _exit(0);
        }
        close(fd);
    }
}

// --- tarpit ---------------------------------------------------------------------------------

static _Noreturn void run_tarpit(int port) {
    raise_file_limit();
    int listener = listen_tcp(port);
    for (;;)
        if (accept4(listener, NULL, NULL, SOCK_CLOEXEC) < 0)
            usleep(100000); // out of files: the backlog accepts for us
}

// --- flows ----------------------------------------------------------------------------------

static long conntrack_count(void) {
    char text[32] = {0};
    int fd = check(open("/proc/sys/net/netfilter/nf_conntrack_count", O_RDONLY | O_CLOEXEC), "nf_conntrack_count");
    if (read(fd, text, sizeof text - 1) < 0)
        fail("nf_conntrack_count");
    close(fd);
    return strtol(text, NULL, 10);
}

// Each flow is 127.0.0.1:A -> 127.x.y.z:B, really sent, received and answered. The answers make
// it a flow that conntrack keeps (ASSURED); it is refreshed well within conntrack's timeout.
// Entries that are not ours come and go, so the number of ours follows what is missing.
static _Noreturn void run_flows(long total) {
    const uint16_t from_port = 61001, to_port = 61002;
    int on = 1;
    struct sockaddr_in a = {.sin_family = AF_INET};
    int echo = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    setsockopt(echo, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    a.sin_port = htons(to_port);
    check(bind(echo, (struct sockaddr*)&a, sizeof a), "bind");
    int client = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    a.sin_port = htons(from_port);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(client, (struct sockaddr*)&a, sizeof a), "bind");

    // All flows again soon after the start (a second answer makes them ASSURED), then well within
    // the 30 s that a flow lives which isn't; in between only those that are new.
    long count = 0;
    for (unsigned round = 0;; ++round, sleep(3)) {
        long first = round % 8 == 1 ? 0 : count;
        count += total - conntrack_count();
        count = count < 0 ? 0 : count > total ? total : count;
        for (long i = first; i < count; ++i) {
            char byte = 'x', control[64];
            struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(to_port)};
            to.sin_addr.s_addr = htonl(0x7f010000u + (uint32_t)i);
            if (sendto(client, &byte, 1, 0, (struct sockaddr*)&to, sizeof to) < 0)
                continue; // the table may be full just now
            struct sockaddr_in peer;
            struct iovec part = {&byte, 1};
            struct msghdr m = {.msg_name = &peer,
                               .msg_namelen = sizeof peer,
                               .msg_iov = &part,
                               .msg_iovlen = 1,
                               .msg_control = control,
                               .msg_controllen = sizeof control};
            while (recvmsg(echo, &m, MSG_DONTWAIT) >= 0) {
                for (struct cmsghdr* c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
                    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
                        struct in_pktinfo* info = (struct in_pktinfo*)CMSG_DATA(c);
                        info->ipi_ifindex = 0;
                        info->ipi_spec_dst = info->ipi_addr; // answer from where it was sent to
                    }
                sendmsg(echo, &m, MSG_DONTWAIT);
                m.msg_controllen = sizeof control;
                m.msg_namelen = sizeof peer;
            }
            while (recv(client, &byte, 1, MSG_DONTWAIT) > 0) {
            }
        }
    }
}

// --- slowdns --------------------------------------------------------------------------------

enum { MESSAGE_MAX = 65535, QUERY_LIFETIME_S = 6, IDLE_LIFETIME_S = 30 };

enum Kind { UDP_LISTENER, TCP_LISTENER, UDP_QUERY, TCP_CLIENT, TCP_UPSTREAM, TIMER };

// What an epoll event is about. A TCP connection is two of them, pointing at each other.
struct Source {
    enum Kind kind;
    int fd;
    struct sockaddr_in upstream; // listeners: where to forward to
    struct sockaddr_in client;   // UDP query: who asked,
    struct in_addr asked;        // ... and at which of our addresses
    struct Source* listener;     // UDP query: answers leave through this socket
    struct Source* peer;         // TCP: the other side
    unsigned char* buffer;       // TCP upstream: an answer not complete yet
    size_t filled;
    int references; // held answers that still point here
    int closed;
    struct timespec expires; // queries and connections, in order of the list
    struct Source *next, *previous;
};

// Held answers: every one waits equally long, so the queue is in order of its deadlines.
struct Held {
    struct timespec due;
    struct Source* source; // UDP query, or TCP client
    size_t length;
    struct Held* next;
    unsigned char data[];
};

static int epoll_fd, timer_fd, socket_mark;
static double slow_share;
static long slow_delay_us;
static uint64_t random_state;
static struct Held *held_first, *held_last;
static struct Source *live_first, *live_last;

static double random_unit(void) // xorshift64*
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (double)((random_state * 0x2545F4914F6CDD1Dull) >> 11) / 9007199254740992.0;
}

static struct timespec monotonic(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t;
}

static int before(struct timespec a, struct timespec b) {
    return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

static void watch(struct Source* s) {
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = s};
    check(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, s->fd, &e), "epoll_ctl");
}

static struct Source* new_source(enum Kind kind, int fd) {
    struct Source* s = calloc(1, sizeof *s);
    if (!s)
        fail("calloc");
    s->kind = kind;
    s->fd = fd;
    return s;
}

static void live_append(struct Source* s, int lifetime_s) {
    s->expires = monotonic();
    s->expires.tv_sec += lifetime_s;
    s->previous = live_last;
    s->next = NULL;
    if (live_last)
        live_last->next = s;
    else
        live_first = s;
    live_last = s;
}

static void live_remove(struct Source* s) {
    if (s->previous)
        s->previous->next = s->next;
    else if (live_first == s)
        live_first = s->next;
    if (s->next)
        s->next->previous = s->previous;
    else if (live_last == s)
        live_last = s->previous;
    s->next = s->previous = NULL;
}

// Sources closed while a batch of events is handled may still be named by a later event of the
// batch, and held answers may point at them: they are freed only when neither can be.
static struct Source* graveyard[8192];
static size_t graves;

static void close_source(struct Source* s) {
    if (s->closed)
        return;
    s->closed = 1;
    live_remove(s);
    close(s->fd);
    if (s->peer) {
        struct Source* peer = s->peer;
        peer->peer = NULL;
        s->peer = NULL;
        close_source(peer);
    }
    if (graves < sizeof graveyard / sizeof *graveyard)
        graveyard[graves++] = s; // beyond that: leak a few bytes rather than risk anything
}

static void bury(void) {
    size_t kept = 0;
    for (size_t i = 0; i < graves; ++i) {
        if (graveyard[i]->references > 0) {
            graveyard[kept++] = graveyard[i];
        } else {
            free(graveyard[i]->buffer);
            free(graveyard[i]);
        }
    }
    graves = kept;
}

static void arm_timer(void) {
    struct itimerspec when = {0};
    if (held_first)
        when.it_value = held_first->due;
    timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void deliver(struct Source* s, const unsigned char* data, size_t length) {
    if (s->kind == UDP_QUERY) {
        // The answer must leave from the very address that was asked, or conntrack won't know it.
        char control[CMSG_SPACE(sizeof(struct in_pktinfo))] = {0};
        struct iovec part = {(void*)data, length};
        struct msghdr m = {.msg_name = &s->client,
                           .msg_namelen = sizeof s->client,
                           .msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control};
        struct cmsghdr* c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = IPPROTO_IP;
        c->cmsg_type = IP_PKTINFO;
        c->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
        ((struct in_pktinfo*)CMSG_DATA(c))->ipi_spec_dst = s->asked;
        sendmsg(s->listener->fd, &m, MSG_DONTWAIT);
    } else if (!s->closed) {
        if (send(s->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)length)
            close_source(s);
    }
}

// An answer came: pass it on now, or hold it back.
static void answer(struct Source* s, const unsigned char* data, size_t length) {
    if (random_unit() >= slow_share) {
        deliver(s, data, length);
        return;
    }
    struct Held* h = malloc(sizeof *h + length);
    if (!h)
        fail("malloc");
    h->due = monotonic();
    h->due.tv_nsec += (slow_delay_us % 1000000) * 1000;
    h->due.tv_sec += slow_delay_us / 1000000 + h->due.tv_nsec / 1000000000;
    h->due.tv_nsec %= 1000000000;
    h->source = s;
    h->length = length;
    h->next = NULL;
    memcpy(h->data, data, length);
    s->references++;
    if (held_last)
        held_last->next = h;
    else
        held_first = h;
    held_last = h;
    if (held_first == h)
        arm_timer();
}

static void release_held(void) {
    uint64_t ticks;
    if (read(timer_fd, &ticks, sizeof ticks) < 0 && errno != EAGAIN)
        fail("timerfd");
    while (held_first && !before(monotonic(), held_first->due)) {
        struct Held* h = held_first;
        held_first = h->next;
        if (!held_first)
            held_last = NULL;
        deliver(h->source, h->data, h->length);
        h->source->references--;
        free(h);
    }
    arm_timer();
}

static int upstream_socket(int type, const struct sockaddr_in* to) {
    int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int on = 1;
    if (type == SOCK_STREAM)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // Marked, so that the redirection to this very program lets these packets pass.
    if (setsockopt(fd, SOL_SOCKET, SO_MARK, &socket_mark, sizeof socket_mark) < 0 ||
        (connect(fd, (const struct sockaddr*)to, sizeof *to) < 0 && errno != EINPROGRESS)) {
        close(fd);
        return -1;
    }
    return fd;
}

static void udp_ask(struct Source* listener) {
    static unsigned char data[MESSAGE_MAX];
    for (;;) {
        char control[64];
        struct sockaddr_in client;
        struct iovec part = {data, sizeof data};
        struct msghdr m = {.msg_name = &client,
                           .msg_namelen = sizeof client,
                           .msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control};
        ssize_t n = recvmsg(listener->fd, &m, MSG_DONTWAIT);
        if (n < 0)
            return;
        // One socket per query, as without this program: kube-proxy's rules pick a DNS pod for each.
        int fd = upstream_socket(SOCK_DGRAM, &listener->upstream);
        if (fd < 0)
            continue;
        struct Source* s = new_source(UDP_QUERY, fd);
        s->client = client;
        s->listener = listener;
        for (struct cmsghdr* c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
            if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
                s->asked = ((struct in_pktinfo*)CMSG_DATA(c))->ipi_addr;
        live_append(s, QUERY_LIFETIME_S);
        watch(s);
        if (send(fd, data, (size_t)n, MSG_DONTWAIT) < 0)
            close_source(s);
    }
}

static void udp_answer(struct Source* s) {
    static unsigned char data[MESSAGE_MAX];
    ssize_t n = recv(s->fd, data, sizeof data, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n > 0)
        answer(s, data, (size_t)n);
    close_source(s); // a refused query (n < 0) stays unanswered, as it would be
}

static void tcp_accept(struct Source* listener) {
    int on = 1;
    int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    int up = upstream_socket(SOCK_STREAM, &listener->upstream);
    // The first query may come before the connection stands: wait for it, but not for long.
    struct pollfd ready = {.fd = up, .events = POLLOUT};
    if (up < 0 || poll(&ready, 1, 500) != 1) {
        close(fd);
        if (up >= 0)
            close(up);
        return;
    }
    struct Source* client = new_source(TCP_CLIENT, fd);
    struct Source* server = new_source(TCP_UPSTREAM, up);
    server->buffer = malloc(MESSAGE_MAX + 2);
    if (!server->buffer)
        fail("malloc");
    client->peer = server;
    server->peer = client;
    live_append(client, IDLE_LIFETIME_S); // closing one closes the other
    watch(client);
    watch(server);
}

static void tcp_ask(struct Source* client) {
    unsigned char data[16384];
    ssize_t n = recv(client->fd, data, sizeof data, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0 || !client->peer || send(client->peer->fd, data, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) != n)
        close_source(client);
}

static void tcp_answer(struct Source* server) {
    ssize_t n = recv(server->fd, server->buffer + server->filled, MESSAGE_MAX + 2 - server->filled, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        // The server is done. Answers still held keep the client's side open till they are out.
        if (server->peer && server->peer->references > 0) {
            struct Source* client = server->peer;
            client->peer = NULL;
            server->peer = NULL;
        }
        close_source(server);
        return;
    }
    server->filled += (size_t)n;
    for (;;) { // whole messages only: two bytes of length, then the message
        if (server->filled < 2 || !server->peer)
            return;
        size_t whole = 2 + ((size_t)server->buffer[0] << 8 | server->buffer[1]);
        if (server->filled < whole)
            return;
        answer(server->peer, server->buffer, whole);
        if (server->closed)
            return;
        server->filled -= whole;
        memmove(server->buffer, server->buffer + whole, server->filled);
    }
}

static void add_listener(char* spec) // LISTEN=ADDRESS:PORT
{
    char* address = strchr(spec, '=');
    char* port = address ? strchr(address, ':') : NULL;
    if (!port) {
        fprintf(stderr, "nlab-helper: bad forwarding: %s\n", spec);
        exit(2);
    }
    *address++ = 0;
    *port++ = 0;
    struct sockaddr_in upstream = {.sin_family = AF_INET};
    upstream.sin_port = htons((uint16_t)number(port, "port", 1, 65535));
    if (inet_pton(AF_INET, address, &upstream.sin_addr) != 1) {
        fprintf(stderr, "nlab-helper: bad address: %s\n", address);
        exit(2);
    }
    int on = 1, local = (int)number(spec, "port", 1, 65535);
    int udp = check(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)local)};
    setsockopt(udp, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    check(bind(udp, (struct sockaddr*)&a, sizeof a), "bind");
    struct Source* s = new_source(UDP_LISTENER, udp);
    s->upstream = upstream;
    watch(s);
    int tcp = listen_tcp(local);
    fcntl(tcp, F_SETFL, O_NONBLOCK);
    s = new_source(TCP_LISTENER, tcp);
    s->upstream = upstream;
    watch(s);
}

static int run_slowdns(int argc, char** argv) {
    raise_file_limit();
    signal(SIGPIPE, SIG_IGN);
    char* end;
    slow_share = strtod(argv[0], &end);
    if (*end || slow_share < 0 || slow_share > 1) {
        fprintf(stderr, "nlab-helper: bad share: %s\n", argv[0]);
        return 2;
    }
    slow_delay_us = number(argv[1], "delay", 0, 600000000);
    random_state = 0x9E3779B97F4A7C15ull ^ (uint64_t)number(argv[2], "seed", 0, 2000000000);
    socket_mark = (int)number(argv[3], "mark", 0, 0x7fffffff);
    epoll_fd = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    timer_fd = check(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create");
    watch(new_source(TIMER, timer_fd));
    for (int i = 4; i < argc; ++i)
        add_listener(argv[i]);

    for (;;) {
        struct epoll_event events[256];
        int n = epoll_wait(epoll_fd, events, 256, live_first ? 1000 : -1);
        if (n < 0 && errno != EINTR)
            fail("epoll_wait");
        for (int i = 0; i < n; ++i) {
            struct Source* s = events[i].data.ptr;
            if (s->closed)
                continue;
            switch (s->kind) {
            case UDP_LISTENER:
                udp_ask(s);
                break;
            case TCP_LISTENER:
                tcp_accept(s);
                break;
            case UDP_QUERY:
                udp_answer(s);
                break;
            case TCP_CLIENT:
                tcp_ask(s);
                break;
            case TCP_UPSTREAM:
                tcp_answer(s);
                break;
            case TIMER:
                release_held();
                break;
            }
        }
        // Lifetimes differ little, so the list is nearly in order: looking at its head is enough.
        struct timespec now = monotonic();
        while (live_first && before(live_first->expires, now))
            close_source(live_first);
        bury();
    }
}

int main(int argc, char** argv) {
    if (argc >= 4 && !strcmp(argv[1], "httpd"))
        run_httpd((int)number(argv[2], "port", 1, 65535), argv[3]);
    if (argc >= 3 && !strcmp(argv[1], "tarpit"))
        run_tarpit((int)number(argv[2], "port", 1, 65535));
    if (argc >= 3 && !strcmp(argv[1], "flows"))
        run_flows(number(argv[2], "total", 1, 4000000));
    if (argc >= 7 && !strcmp(argv[1], "slowdns"))
        return run_slowdns(argc - 2, argv + 2);
    fprintf(stderr, "usage: nlab-helper httpd PORT TEXT | tarpit PORT | flows TOTAL |\n"
                    "       slowdns SHARE DELAY_US SEED MARK LISTEN=ADDRESS:PORT...\n");
    return 2;
}
