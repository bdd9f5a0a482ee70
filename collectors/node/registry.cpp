// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/node/collector.h"

#include <array>

namespace netopsy::node {

namespace {

// The shell below is data: clang-format would take it for C++ and break it.
// clang-format off
constexpr std::array once{
Collector{"system", "kernel, machine, OS, memory, user",
R"sh(echo "uid $(id -u)"
echo "machine $(uname -m)"
echo "clk_tck $(getconf CLK_TCK 2>/dev/null || echo unknown)"
grep -H '' /proc/sys/kernel/hostname /proc/sys/kernel/osrelease /etc/os-release /sys/devices/system/clocksource/clocksource0/current_clocksource /sys/devices/system/clocksource/clocksource0/available_clocksource
grep -H MemTotal /proc/meminfo
)sh"},
Collector{"sysctl", "running values of the keys that matter, and which of them may be written",
R"sh(grep -H '' /proc/sys/net/core/* /proc/sys/net/ipv4/* /proc/sys/net/ipv4/conf/all/* /proc/sys/net/ipv4/conf/default/* /proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/ipv4/conf/*/forwarding /proc/sys/net/ipv4/neigh/default/* /proc/sys/net/ipv4/vs/* /proc/sys/net/ipv6/conf/all/forwarding /proc/sys/net/ipv6/conf/all/disable_ipv6 /proc/sys/net/ipv6/neigh/default/gc_thresh* /proc/sys/net/netfilter/* /proc/sys/net/bridge/* /proc/sys/net/unix/* /proc/sys/fs/inotify/* /proc/sys/fs/file-max /proc/sys/fs/file-nr /proc/sys/fs/nr_open /proc/sys/kernel/pid_max /proc/sys/kernel/threads-max /proc/sys/kernel/panic /proc/sys/kernel/panic_on_oops /proc/sys/kernel/keys/root_max* /proc/sys/vm/swappiness /proc/sys/vm/overcommit_memory /proc/sys/vm/panic_on_oom /proc/sys/vm/max_map_count /proc/sys/vm/min_free_kbytes
set -- /proc/sys/net/netfilter/nf_conntrack_max /proc/sys/net/netfilter/nf_conntrack_buckets /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established /proc/sys/net/ipv4/ip_local_port_range /proc/sys/net/ipv4/tcp_tw_reuse /proc/sys/net/core/somaxconn /proc/sys/fs/inotify/max_user_watches /proc/sys/fs/inotify/max_user_instances
ls -ldL "$@"
for f; do
  if [ -w "$f" ]; then echo "writable 1 $f"; elif [ -e "$f" ]; then echo "writable 0 $f"; fi
done
set --
)sh"},
Collector{"sysctl_files", "what is set at boot",
R"sh(for f in /etc/sysctl.d/*.conf /run/sysctl.d/*.conf /usr/local/lib/sysctl.d/*.conf /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf /etc/sysctl.conf; do
  [ -e "$f" ] && set -- "$@" "$f" && echo "file $f"
done
[ $# -gt 0 ] && grep -Hn '' "$@"
set --
)sh"},
Collector{"links", "interfaces with their addresses",
"ip -d -j addr show\n"},
Collector{"links_sysfs", "drivers, speed, queues, and the links themselves where ip has no -j",
R"sh(grep -H '' /sys/class/net/*/ifindex /sys/class/net/*/mtu /sys/class/net/*/operstate /sys/class/net/*/address /sys/class/net/*/speed /sys/class/net/*/type /sys/class/net/*/uevent /sys/class/net/*/queues/rx-*/rps_cpus
for d in /sys/class/net/*; do
  [ -e "$d/device/driver" ] && echo "driver $d $(readlink "$d/device/driver")"
  set -- "$d"/queues/rx-*; rx=$#
  set -- "$d"/queues/tx-*
  echo "queues $d $rx $#"
done
set --
)sh"},
Collector{"routes4", "IPv4 routes of all tables",
"ip -4 -j route show table all\n"},
Collector{"routes6", "IPv6 routes of all tables",
"ip -6 -j route show table all\n"},
Collector{"rules4", "IPv4 policy routing rules",
"ip -4 -j rule show\n"},
Collector{"rules6", "IPv6 policy routing rules",
"ip -6 -j rule show\n"},
Collector{"offloads", "offloads of interfaces, pods' links left out, eight at most",
R"sh(if command -v ethtool >/dev/null; then
  left=8
  for d in /sys/class/net/*; do
    name=${d##*/}
    case $name in lo|veth*|cali*|lxc*|tap*|azv*|gke[0-9a-f]*|nodelocaldns|kube-ipvs0|dummy*) [ -e "$d/device" ] || continue ;; esac
    [ "$left" -gt 0 ] || break
    left=$(( left - 1 ))
    echo "dev $name"
    ethtool -k "$name"
  done
else
  echo "no ethtool"
fi
)sh"},
Collector{"service_nat", "which backends the node's own rules send a Service's traffic to; loads no module, makes no table",
R"sh(if [ "$(id -u)" != 0 ]; then
  echo "denied"
else
  if [ -r /proc/net/ip_vs ]; then echo "table ipvs"; head -n 20000 /proc/net/ip_vs; fi
  for v in ip ip6; do
    echo "table iptables"
    # The new tool reads its own tables only. To ask the old one for a table that is not there would load its module.
    case $(${v}tables-save --version) in *nf_tables*) ${v}tables-save -t nat | grep -m 20000 -E '^-A KUBE-(SERVICES|SVC-|SEP-)' && continue ;; esac
    if grep -qx nat /proc/net/${v}_tables_names; then
      old=${v}tables-legacy-save
      command -v $old >/dev/null || old=${v}tables-save
      $old -t nat | grep -m 20000 -E '^-A KUBE-(SERVICES|SVC-|SEP-)' && continue
    fi
    if command -v nft >/dev/null; then echo "table nftables"; nft list table $v kube-proxy | head -n 40000; fi
  done
fi
)sh"},
Collector{"neighbours", "who has been resolved",
"ip -j neigh show\n"},
Collector{"fdb", "bridges' and VXLAN devices' forwarding tables",
"bridge -j fdb show\n"},
Collector{"resolv", "the node's own resolvers",
"cat /etc/resolv.conf\n"},
Collector{"disks", "rotating or not",
"grep -H '' /sys/block/*/queue/rotational\n"},
};

constexpr std::array<const char*, 16> perTick{
"/proc/uptime",
"/proc/stat",
"/proc/softirqs",
"/proc/net/softnet_stat",
"/proc/net/dev",
"/proc/net/snmp",
"/proc/net/netstat",
"/proc/net/sockstat",
"/proc/sys/net/netfilter/nf_conntrack_count",
"/proc/sys/net/netfilter/nf_conntrack_max",
"/proc/sys/net/netfilter/nf_conntrack_buckets",
"/proc/net/stat/nf_conntrack",
"/proc/diskstats",
"/proc/pressure/cpu",
"/proc/pressure/io",
"/proc/pressure/memory",
};
// clang-format on

} // namespace

std::span<const Collector> onceCollectors() {
    return once;
}

std::span<const char* const> tickFiles() {
    return perTick;
}

} // namespace netopsy::node
