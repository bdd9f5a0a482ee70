// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tuning/kernel.h"

#include "core/base/text.h"

#include <algorithm>

namespace netopsy::tuning {

namespace {

using Version = std::pair<std::uint64_t, std::uint64_t>;

constexpr std::uint64_t watchBytes = 1313;    // mark and two inodes, Linux 6.18
constexpr std::uint64_t entryBytes = 256 + 8; // slab object on x86-64 and a hash bucket

} // namespace

std::optional<Version> majorMinor(std::string_view version) {
    if (version.starts_with('v'))
        version.remove_prefix(1);
    const auto dot = version.find('.');
    if (dot == std::string_view::npos)
        return std::nullopt;
    const std::string_view rest = version.substr(dot + 1);
    const auto major = text::toUint(version.substr(0, dot));
    const auto minor = text::toUint(rest.substr(0, rest.find_first_not_of("0123456789")));
    if (!major || !minor)
        return std::nullopt;
    return Version{*major, *minor};
}

std::optional<std::string> kernelDefault(std::string_view key, const model::NodeFacts& facts) {
    const auto kernel = facts.kernel ? majorMinor(*facts.kernel) : std::nullopt;
    const auto since = [&](std::uint64_t major, std::uint64_t minor) {
        return kernel && *kernel >= Version{major, minor};
    };
    const auto before = [&](std::uint64_t major, std::uint64_t minor) {
        return kernel && *kernel < Version{major, minor};
    };
    if (key == "net.netfilter.nf_conntrack_max") {
        if (!since(5, 15) || !facts.memTotalKiB)
            return std::nullopt;
        const std::uint64_t gib = *facts.memTotalKiB >> 20;
        return gib >= 4   ? std::optional<std::string>("262144")
               : gib >= 1 ? std::optional<std::string>("65536")
                          : std::nullopt;
    }
    if (key == "net.netfilter.nf_conntrack_tcp_timeout_established")
        return "432000";
    if (key == "net.ipv4.ip_local_port_range")
        return "32768 60999";
    if (key == "net.core.somaxconn")
        return since(5, 4) ? std::optional<std::string>("4096")
               : kernel    ? std::optional<std::string>("128")
                           : std::nullopt;
    if (key == "net.ipv4.tcp_tw_reuse")
        return since(4, 19)    ? std::optional<std::string>("2")
               : before(4, 18) ? std::optional<std::string>("0")
                               : std::nullopt;
    if (key == "fs.inotify.max_user_instances")
        return "128";
    if (key == "fs.inotify.max_user_watches") {
        if (before(5, 11))
            return "8192";
        if (!kernel || !facts.memTotalKiB)
            return std::nullopt;
        const std::uint64_t watches =
            std::clamp<std::uint64_t>(*facts.memTotalKiB * 1024 / 100 / watchBytes, 8192, 1048576);
        return "about " + std::to_string(watches) + " (1 % of memory)";
    }
    return std::nullopt;
}

std::string scopeOf(std::string_view key) {
    if (key == "net.netfilter.nf_conntrack_max" || key == "net.nf_conntrack_max" ||
        key == "net.netfilter.nf_conntrack_buckets" || key.starts_with("net.core.netdev_") ||
        key.find(".neigh.default.gc_thresh") != std::string_view::npos)
        return "global";
    return key.starts_with("net.") ? "network-namespace" : "node";
}

bool reachesPods(std::string_view key) {
    return scopeOf(key) != "network-namespace" || key.starts_with("net.netfilter.nf_conntrack_");
}

std::optional<Memory> memoryOf(std::string_view key, std::string_view value) {
    const auto count = text::toUint(value);
    if (!count || *count > (std::uint64_t{1} << 40))
        return std::nullopt;
    if (key == "net.netfilter.nf_conntrack_max")
        return Memory{*count * entryBytes,
                      "256 B an entry and 8 B a bucket, on x86-64; only when the table is full"};
    if (key == "fs.inotify.max_user_watches")
        return Memory{*count * watchBytes, "about 1.3 kB a watch, only for those in use"};
    return std::nullopt;
}

} // namespace netopsy::tuning
