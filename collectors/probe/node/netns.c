// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#define _GNU_SOURCE // setns
#include "netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NAMESPACES_MAX = 1024, PROCESSES_MAX = 65536, PATIENCE_S = 8 };

/// What a namespace's interface says of where it leads.
enum bond { ELSEWHERE, UNTOLD, HERE };
struct candidates {
    enum bond best;
    unsigned count; ///< of the best
    bool any;
};
struct seen {
    dev_t device;
    struct netns netns;
};

/// The namespace of a process; -1 when it has gone.
static int open_of(pid_t pid, uint64_t* inode, dev_t* device) {
    char path[40];
    struct stat file;
    snprintf(path, sizeof path, "/proc/%ld/ns/net", (long)pid);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &file) == 0) {
        *inode = file.st_ino;
        *device = file.st_dev;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

int netns_open(const struct netns* netns) {
    for (int i = 0; i < NETNS_PIDS && netns->pids[i] != 0; ++i) {
        uint64_t inode;
        dev_t device;
        const int fd = open_of(netns->pids[i], &inode, &device);
        if (fd >= 0 && inode == netns->inode)
            return fd;
        if (fd >= 0)
            close(fd);
    }
    return -1;
}

// ---- netlink

static bool ask(int fd, uint16_t type, uint16_t flags, const void* body, size_t size) {
    struct {
        struct nlmsghdr head;
        char body[64];
    } message;
    memset(&message, 0, sizeof message);
    message.head.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + size);
    message.head.nlmsg_type = type;
    message.head.nlmsg_flags = NLM_F_REQUEST | flags;
    memcpy(message.body, body, size);
    return send(fd, &message, message.head.nlmsg_len, 0) >= 0;
}

/// The attribute of `type` behind `fixed` bytes of the message; NULL when it is not there, or shorter than `least`.
static const void* attribute(const struct nlmsghdr* m, size_t fixed, unsigned short type, size_t least,
                             size_t* size) {
    const char* bytes = (const char*)m;
    for (size_t at = NLMSG_ALIGN(NLMSG_HDRLEN + fixed); at + sizeof(struct rtattr) <= m->nlmsg_len;) {
        struct rtattr a;
        memcpy(&a, bytes + at, sizeof a);
        if (a.rta_len < sizeof a || a.rta_len > m->nlmsg_len - at)
            return NULL;
        if (a.rta_type == type && RTA_PAYLOAD(&a) >= least) {
            *size = RTA_PAYLOAD(&a);
            return bytes + at + RTA_LENGTH(0);
        }
        at += RTA_ALIGN(a.rta_len);
    }
    return NULL;
}

static bool is_address(const struct nlmsghdr* m, const struct endpoint* wanted, int* index) {
    struct ifaddrmsg head;
    if (m->nlmsg_type != RTM_NEWADDR || m->nlmsg_len < NLMSG_HDRLEN + sizeof head)
        return false;
    memcpy(&head, (const char*)m + NLMSG_HDRLEN, sizeof head);
    const size_t length = head.ifa_family == AF_INET6 ? 16 : 4;
    size_t size;
    const void* bytes = attribute(m, sizeof head, IFA_LOCAL, length, &size);
    if (bytes == NULL) // an address without a peer's
        bytes = attribute(m, sizeof head, IFA_ADDRESS, length, &size);
    if (bytes == NULL || head.ifa_family != wanted->address.ss_family)
        return false;
    const void* other = head.ifa_family == AF_INET6
                            ? (const void*)&((const struct sockaddr_in6*)&wanted->address)->sin6_addr
                            : (const void*)&((const struct sockaddr_in*)&wanted->address)->sin_addr;
    *index = (int)head.ifa_index;
    return memcmp(bytes, other, length) == 0;
}

/// The interfaces that have the places' addresses, in the namespace of `fd`'s socket; 0: none.
static void find_addresses(int fd, const struct pod_place* places, size_t count, int* index) {
    static _Alignas(struct nlmsghdr) char bytes[32768];
    const struct ifaddrmsg all = {.ifa_family = AF_UNSPEC};
    memset(index, 0, count * sizeof *index);
    if (!ask(fd, RTM_GETADDR, NLM_F_DUMP, &all, sizeof all))
        return;
    for (;;) {
        const ssize_t got = recv(fd, bytes, sizeof bytes, 0);
        if (got <= 0)
            return;
        for (size_t at = 0; at + NLMSG_HDRLEN <= (size_t)got;) {
            const struct nlmsghdr* m = (const struct nlmsghdr*)(const void*)(bytes + at);
            if (m->nlmsg_type == NLMSG_DONE || m->nlmsg_type == NLMSG_ERROR || m->nlmsg_len < NLMSG_HDRLEN ||
                m->nlmsg_len > (size_t)got - at)
                return;
            for (size_t k = 0; k < count; ++k) {
                int found;
                if (is_address(m, &places[k].at, &found))
                    index[k] = found;
            }
            at += NLMSG_ALIGN(m->nlmsg_len);
        }
    }
}

/// The number that this namespace gives to another; -1 when it has none.
static int number_of(int fd, int other) {
    struct {
        struct rtgenmsg head;
        char pad[3];
        struct rtattr a;
        int32_t fd;
    } body = {{AF_UNSPEC}, {0}, {RTA_LENGTH(sizeof(int32_t)), NETNSA_FD}, other};
    static _Alignas(struct nlmsghdr) char bytes[1024];
    const ssize_t got =
        ask(fd, RTM_GETNSID, 0, &body, sizeof body) ? recv(fd, bytes, sizeof bytes, 0) : (ssize_t)-1;
    if (got < NLMSG_HDRLEN)
        return -1;
    const struct nlmsghdr* m = (const struct nlmsghdr*)(const void*)bytes;
    size_t size;
    int32_t id = -1;
    const void* value = m->nlmsg_type == RTM_NEWNSID && m->nlmsg_len <= (size_t)got
                            ? attribute(m, sizeof(struct rtgenmsg), NETNSA_NSID, sizeof id, &size)
                            : NULL;
    if (value != NULL)
        memcpy(&id, value, sizeof id);
    return id;
}

static enum bond read_link(int fd, int index, int own, struct netns* to) {
    static _Alignas(struct nlmsghdr) char bytes[16384];
    const struct ifinfomsg which = {.ifi_family = AF_UNSPEC, .ifi_index = index};
    const ssize_t got =
        ask(fd, RTM_GETLINK, 0, &which, sizeof which) ? recv(fd, bytes, sizeof bytes, 0) : (ssize_t)-1;
    const struct nlmsghdr* m = (const struct nlmsghdr*)(const void*)bytes;
    if (got < NLMSG_HDRLEN || m->nlmsg_type != RTM_NEWLINK || m->nlmsg_len > (size_t)got)
        return UNTOLD;
    size_t size;
    const char* name = attribute(m, sizeof which, IFLA_IFNAME, 2, &size);
    if (name != NULL)
        snprintf(to->device, sizeof to->device, "%.*s", (int)size, name);
    const void* mtu = attribute(m, sizeof which, IFLA_MTU, sizeof to->mtu, &size);
    if (mtu != NULL)
        memcpy(&to->mtu, mtu, sizeof to->mtu);
    const void* link = attribute(m, sizeof which, IFLA_LINK, sizeof to->peer, &size);
    int32_t id;
    const void* other = attribute(m, sizeof which, IFLA_LINK_NETNSID, sizeof id, &size);
    if (link == NULL || other == NULL)
        return UNTOLD;
    memcpy(&id, other, sizeof id);
    if (id < 0)
        return UNTOLD;
    if (id != number_of(fd, own))
        return ELSEWHERE;
    memcpy(&to->peer, link, sizeof to->peer);
    return HERE;
}

// ---- the search

static size_t list_namespaces(struct seen* all, uint64_t own_inode, dev_t own_device) {
    DIR* processes = opendir("/proc");
    size_t count = 0, looked = 0;
    const struct dirent* entry;
    while (processes != NULL && looked < PROCESSES_MAX && (entry = readdir(processes)) != NULL) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
            continue;
        ++looked;
        char path[300];
        struct stat file;
        snprintf(path, sizeof path, "/proc/%.250s/ns/net", entry->d_name);
        if (stat(path, &file) != 0 || (file.st_ino == own_inode && file.st_dev == own_device))
            continue;
        size_t i = 0;
        while (i < count && (all[i].netns.inode != file.st_ino || all[i].device != file.st_dev))
            ++i;
        if (i == count && count == NAMESPACES_MAX)
            continue;
        if (i == count)
            all[count++] = (struct seen){.device = file.st_dev, .netns = {.inode = file.st_ino}};
        for (int k = 0; k < NETNS_PIDS; ++k)
            if (all[i].netns.pids[k] == 0) {
                all[i].netns.pids[k] = (pid_t)strtol(entry->d_name, NULL, 10);
                break;
            }
    }
    if (processes != NULL)
        closedir(processes);
    return count;
}

static void consider(struct candidates* c, enum bond bond, const struct netns* offered, struct netns* found) {
    if (c->any && bond < c->best)
        return;
    c->count = c->any && bond == c->best ? c->count + 1 : 1;
    c->any = true;
    c->best = bond;
    *found = *offered;
}

static void judge(const struct candidates* c, struct netns* found) {
    if (!c->any)
        snprintf(found->problem, sizeof found->problem,
                 "no process of this node runs in a network namespace that has its address");
    else if (c->best == ELSEWHERE)
        snprintf(found->problem, sizeof found->problem,
                 "the network namespace that has its address is joined to another than this node's");
    else if (c->count > 1)
        snprintf(found->problem, sizeof found->problem, "%u network namespaces here have its address%s", c->count,
                 c->best == HERE ? "" : ", and none tells that it is joined to this node's");
}

static void search(const struct pod_place* places, size_t count, struct netns* found) {
    static struct seen all[NAMESPACES_MAX];
    static struct candidates candidates[PLACES_MAX];
    uint64_t own_inode;
    dev_t own_device;
    const int own = open_of(getpid(), &own_inode, &own_device);
    const size_t namespaces = own >= 0 ? list_namespaces(all, own_inode, own_device) : 0;
    int refused = 0;
    for (size_t i = 0; i < namespaces; ++i) {
        const int fd = netns_open(&all[i].netns);
        const bool entered = fd >= 0 && setns(fd, CLONE_NEWNET) == 0;
        if (fd >= 0 && !entered)
            refused = errno;
        if (fd >= 0)
            close(fd);
        const int netlink = entered ? socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE) : -1;
        if (netlink < 0)
            continue;
        int index[PLACES_MAX];
        find_addresses(netlink, places, count, index);
        for (size_t k = 0; k < count; ++k)
            if (index[k] != 0) {
                struct netns offered = all[i].netns;
                const enum bond bond = read_link(netlink, index[k], own, &offered);
                consider(&candidates[k], bond, &offered, &found[k]);
            }
        close(netlink);
    }
    for (size_t k = 0; k < count; ++k) {
        found[k].problem[0] = '\0';
        judge(&candidates[k], &found[k]);
        if (!candidates[k].any && refused != 0)
            snprintf(found[k].problem, sizeof found[k].problem, "network namespaces can't be entered here: %s",
                     strerror(refused));
    }
}

void netns_find(const struct pod_place* places, size_t count, struct netns* found) {
    memset(found, 0, count * sizeof *found);
    const char* problem = NULL;
    // Shared with a child, which does the entering: our own namespace is not to be left, whatever happens.
    const size_t size = PLACES_MAX * sizeof *found;
    struct netns* shared = NULL;
    if (geteuid() != 0)
        problem = "its network namespace can't be entered without root";
    else if ((shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) == MAP_FAILED)
        problem = "no memory to look for its network namespace";
    if (problem == NULL) {
        for (size_t k = 0; k < count; ++k)
            strcpy(shared[k].problem, "the search for its network namespace did not come to an end");
        const pid_t child = fork();
        if (child == 0) {
            alarm(PATIENCE_S);
            static struct netns all[PLACES_MAX]; // told as a whole: half a search has judged nothing
            search(places, count, all);
            memcpy(shared, all, count * sizeof *all);
            _exit(0);
        }
        while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
            continue;
        memcpy(found, shared, count * sizeof *found);
        munmap(shared, size);
    }
    for (size_t k = 0; k < count && problem != NULL; ++k)
        snprintf(found[k].problem, sizeof found[k].problem, "%s", problem);
}
