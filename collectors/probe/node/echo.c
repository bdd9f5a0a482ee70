// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "probe.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

enum { ECHO_V4 = 8, REPLY_V4 = 0, ECHO_V6 = 128, REPLY_V6 = 129, ICMP_HEADER = 8, COOKIE = 8, PACKET_MAX = 65535 };

/// A raw socket is given every ICMP packet that this machine gets; the kernel is to wake us for answers to our own
/// echoes alone. Checked again by echo_parse, should the filter be refused.
static void only_our_replies(const struct echo_socket* s) {
    struct sock_filter v4[] = {
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), // X: the IP header's length
        BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, REPLY_V4, 0, 3),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, 4),  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, s->id, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFF),  BPF_STMT(BPF_RET | BPF_K, 0)};
    struct sock_filter v6[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), // from the ICMPv6 header on
                               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, REPLY_V6, 0, 3),
                               BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
                               BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, s->id, 0, 1),
                               BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFF),
                               BPF_STMT(BPF_RET | BPF_K, 0)};
    const struct sock_fprog program = s->family == AF_INET ? (struct sock_fprog){sizeof v4 / sizeof v4[0], v4}
                                                           : (struct sock_fprog){sizeof v6 / sizeof v6[0], v6};
    setsockopt(s->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

struct echo_socket echo_open(int family) {
    struct echo_socket s = {-1, family, false, 0};
    const int protocol = family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
    s.fd = net_socket(family, SOCK_DGRAM, protocol);
    if (s.fd >= 0)
        return s;
    s.fd = net_socket(family, SOCK_RAW, protocol);
    if (s.fd < 0)
        return s;
    s.raw = true;
    if (getrandom(&s.id, sizeof s.id, 0) != sizeof s.id)
        s.id = (uint16_t)now_ns();
    only_our_replies(&s);
    return s;
}

static uint16_t checksum(const uint8_t* bytes, size_t size) {
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < size; i += 2)
        sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
    if (size % 2 != 0)
        sum += (uint32_t)(bytes[size - 1] << 8);
    while (sum > 0xFFFF)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)~sum;
}

bool echo_send(const struct echo_socket* s, const struct endpoint* to, uint16_t sequence, uint64_t cookie,
               size_t size) {
    static uint8_t packet[PACKET_MAX];
    const size_t header = s->family == AF_INET ? 20 : 40;
    if (size < header + ICMP_HEADER + COOKIE || size - header > sizeof packet) {
        errno = EMSGSIZE;
        return false;
    }
    size -= header;
    memset(packet, 0, size);
    packet[0] = s->family == AF_INET ? ECHO_V4 : ECHO_V6;
    packet[4] = (uint8_t)(s->id >> 8);
    packet[5] = (uint8_t)s->id;
    packet[6] = (uint8_t)(sequence >> 8);
    packet[7] = (uint8_t)sequence;
    memcpy(packet + ICMP_HEADER, &cookie, COOKIE);
    if (s->family == AF_INET) { // ICMPv6's is the kernel's work
        const uint16_t sum = checksum(packet, size);
        packet[2] = (uint8_t)(sum >> 8);
        packet[3] = (uint8_t)sum;
    }
    return sendto(s->fd, packet, size, 0, (const struct sockaddr*)&to->address, to->length) == (ssize_t)size;
}

bool echo_parse(const struct echo_socket* s, const struct datagram* d, uint16_t* sequence, uint64_t* cookie) {
    const uint8_t* p = d->bytes;
    size_t size = d->size;
    if (s->raw && s->family == AF_INET) { // a raw socket of IPv4 hands out the IP header, too
        const size_t header = size > 0 ? (size_t)(p[0] & 0x0F) * 4 : 0;
        if (header < 20 || header > size)
            return false;
        p += header;
        size -= header;
    }
    if (size < ICMP_HEADER + COOKIE || p[0] != (s->family == AF_INET ? REPLY_V4 : REPLY_V6) || p[1] != 0)
        return false;
    if (s->raw && (p[4] << 8 | p[5]) != s->id)
        return false;
    *sequence = (uint16_t)(p[6] << 8 | p[7]);
    memcpy(cookie, p + ICMP_HEADER, COOKIE);
    return true;
}
