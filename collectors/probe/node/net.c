// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "probe.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

bool net_stamps;

int net_socket(int family, int type, int protocol) {
    const int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (fd < 0)
        return -1;
    const int on = 1;
    // Without either, times are taken on reading and an ICMP error reaches connected sockets only: still
    // right.
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if (family == AF_INET)
        setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    else
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
    return fd;
}

void net_stamp_sends(int fd) {
    const unsigned flags = SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags); // without, our own stamp serves
}

/// The kernel's stamp is of the wall clock. Only its distance to now is used, and only when that is short and
/// not negative, so that a step of the wall clock can't get into a figure.
static int64_t receipt(const struct timespec* stamp) {
    const int64_t wall = clock_ns(CLOCK_REALTIME), monotonic = now_ns();
    const int64_t lag = wall - ((int64_t)stamp->tv_sec * SECOND + stamp->tv_nsec);
    return lag >= 0 && lag < SECOND ? monotonic - lag : monotonic;
}

bool net_receive(int fd, int flags, struct datagram* d) {
    union {
        char bytes[512];
        struct cmsghdr align;
    } control;
    struct iovec piece = {d->bytes, d->size};
    struct msghdr m = {.msg_name = &d->from,
                       .msg_namelen = sizeof d->from,
                       .msg_iov = &piece,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof control};
    memset(&d->from, 0, sizeof d->from);
    d->error = 0;
    d->origin = d->icmp_type = d->icmp_code = 0;
    d->error_info = 0;
    memset(&d->offender, 0, sizeof d->offender);
    const int64_t before = net_stamps ? 0 : clock_ns(CLOCK_REALTIME);
    const ssize_t got = recvmsg(fd, &m, flags | MSG_DONTWAIT);
    if (got < 0)
        return false;
    d->size = (size_t)got;
    d->at = now_ns();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion" // within musl's macro
#pragma GCC diagnostic ignored "-Wsign-compare"
    for (struct cmsghdr* c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
#pragma GCC diagnostic pop
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec stamp;
            memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
            d->at = receipt(&stamp);
            if (!net_stamps)
                net_stamps = (int64_t)stamp.tv_sec * SECOND + stamp.tv_nsec < before;
        } else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
                   (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR)) {
            struct sock_extended_err e;
            memcpy(&e, CMSG_DATA(c), sizeof e);
            d->error = (int)e.ee_errno;
            d->origin = e.ee_origin;
            d->error_info = e.ee_info;
            d->icmp_type = e.ee_type;
            d->icmp_code = e.ee_code;
            const size_t rest = c->cmsg_len - CMSG_LEN(sizeof e);
            if (c->cmsg_len > CMSG_LEN(sizeof e))
                memcpy(&d->offender, CMSG_DATA(c) + sizeof e,
                       rest < sizeof d->offender ? rest : sizeof d->offender);
        }
    }
    return true;
}

static int interface_mtu(int index) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || if_indextoname((unsigned)index, request.ifr_name) == NULL ||
        ioctl(fd, SIOCGIFMTU, &request) != 0)
        request.ifr_mtu = 0;
    if (fd >= 0)
        close(fd);
    return request.ifr_mtu;
}

/// Of a route's answer: the interface, and an MTU that someone set on the route (one learned from an ICMP
/// expires and is not meant).
static void read_route(struct rtattr* a, size_t left, int* interface, int* mtu) {
    int route_mtu = 0;
    bool learned = false;
    for (; left >= sizeof *a && a->rta_len >= sizeof *a && a->rta_len <= left;
         left -= RTA_ALIGN(a->rta_len) < left ? RTA_ALIGN(a->rta_len) : left,
         a = (struct rtattr*)(void*)((char*)a + RTA_ALIGN(a->rta_len))) {
        const size_t size = RTA_PAYLOAD(a);
        if (a->rta_type == RTA_OIF && size >= sizeof *interface) {
            memcpy(interface, RTA_DATA(a), sizeof *interface);
        } else if (a->rta_type == RTA_CACHEINFO && size >= sizeof(struct rta_cacheinfo)) {
            struct rta_cacheinfo info;
            memcpy(&info, RTA_DATA(a), sizeof info);
            learned = info.rta_expires != 0;
        } else if (a->rta_type == RTA_METRICS) {
            const char* bytes = RTA_DATA(a);
            for (size_t at = 0; at + sizeof(struct rtattr) + 4 <= size;) {
                struct rtattr metric;
                memcpy(&metric, bytes + at, sizeof metric);
                if (metric.rta_len < sizeof metric + 4)
                    break;
                if (metric.rta_type == RTAX_MTU)
                    memcpy(&route_mtu, bytes + at + sizeof metric, 4);
                at += RTA_ALIGN(metric.rta_len);
            }
        }
    }
    *mtu = learned ? 0 : route_mtu;
}

int net_link_mtu(const struct endpoint* to) {
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return 0;
    const struct timeval patience = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const bool v6 = to->address.ss_family == AF_INET6;
    const void* address = v6 ? (const void*)&((const struct sockaddr_in6*)&to->address)->sin6_addr
                             : (const void*)&((const struct sockaddr_in*)&to->address)->sin_addr;
    const size_t size = v6 ? 16 : 4;
    struct {
        struct nlmsghdr head;
        struct rtmsg route;
        struct rtattr dst;
        uint8_t address[16];
    } ask;
    memset(&ask, 0, sizeof ask);
    ask.head.nlmsg_len = (uint32_t)(sizeof ask - 16 + size);
    ask.head.nlmsg_type = RTM_GETROUTE;
    ask.head.nlmsg_flags = NLM_F_REQUEST;
    ask.route.rtm_family = (uint8_t)to->address.ss_family;
    ask.route.rtm_dst_len = (uint8_t)(size * 8);
    ask.dst.rta_type = RTA_DST;
    ask.dst.rta_len = (uint16_t)RTA_LENGTH(size);
    memcpy(ask.address, address, size);
    union {
        struct nlmsghdr head;
        char bytes[4096];
    } answer;
    int interface = 0, mtu = 0;
    ssize_t got = -1;
    if (send(fd, &ask, ask.head.nlmsg_len, 0) >= 0)
        got = recv(fd, &answer, sizeof answer, 0);
    close(fd);
    const size_t fixed = NLMSG_LENGTH(sizeof(struct rtmsg));
    if (got < (ssize_t)fixed || answer.head.nlmsg_type != RTM_NEWROUTE || answer.head.nlmsg_len > (size_t)got)
        return 0;
    read_route((struct rtattr*)(void*)(answer.bytes + NLMSG_ALIGN(fixed)),
               answer.head.nlmsg_len - NLMSG_ALIGN(fixed), &interface, &mtu);
    const int link = interface != 0 ? interface_mtu(interface) : 0;
    return mtu != 0 && mtu < link ? mtu : link;
}
