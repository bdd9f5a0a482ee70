# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# `up --dual-stack`: every address has a twin of IPv6, by one rule, and flannel's second device carries them. What
# depends on it asks `dual`; what is printed for it is empty in a lab of one family.
# shellcheck disable=SC2034 # used by the files that are sourced after this one

LAB_DUAL=
LAB_POD_NET6=fd00:10:244
LAB_UNDERLAY6=fd00:10:199:$LAB_ID
LAB_SERVICE_CIDR6=fd00:10:96::/112
LAB_VTEP_FORMAT6="06:4e:46:0$LAB_ID:00:%02x"

dual() { [[ -n $LAB_DUAL ]]; }
dual_recall() { # the standing lab's choice
	LAB_DUAL=
	if [[ -e $LAB_DIR/dual-stack ]]; then LAB_DUAL=1; fi
}

# twin IPV4: of the underlay, of a pod or bridge, of a Service. The octets are written as they are, 10.244.2.3 as
# fd00:10:244:2::3, so that people see who is who.
twin() {
	local a b c d
	IFS=. read -r a b c d <<<"$1"
	case $1 in
	"$LAB_UNDERLAY".*) printf '%s::%s' "$LAB_UNDERLAY6" "$d" ;;
	"$LAB_POD_NET".*) printf '%s:%s::%s' "$LAB_POD_NET6" "$c" "$d" ;;
	10.96.*) printf 'fd00:10:96::%x' "$((c * 256 + d))" ;;
	*) die "$LAB_EX_FAIL" "$1 has no twin: $a.$b" ;;
	esac
}
with_twin() { # with_twin IPV4 [SEPARATOR]: "10.244.1.2,fd00:10:244:1::2", or the first alone
	printf '%s' "$1"
	! dual || printf '%s%s' "${2:-,}" "$(twin "$1")"
}

# ip's lines for a node: the underlay, flannel-v6.1 and cni0, and the ways to the others.
dual_node_links() {
	local n=$1 total=$2 own=$LAB_POD_NET6:$1:: other mac
	# shellcheck disable=SC2059
	printf -v mac "$LAB_VTEP_FORMAT6" "$n"
	# flanneld asks for 1450; the kernel makes 1430 of it, for IPv6 takes 20 more.
	cat <<-END
		addr add $(twin "$(node_ip "$n")")/64 dev eth0 nodad
		route add default via $(twin "$LAB_CONTROL_IP") dev eth0
		link add flannel-v6.1 address $mac mtu 1450 type vxlan id 1 dev eth0 local $(twin "$(node_ip "$n")") dstport 8472 nolearning
		addr add $own/128 dev flannel-v6.1 nodad
		link set flannel-v6.1 up
		addr add ${own}1/64 dev cni0 nodad
	END
	for ((other = 1; other <= total; ++other)); do
		((other != n)) || continue
		# shellcheck disable=SC2059
		printf -v mac "$LAB_VTEP_FORMAT6" "$other"
		printf 'route add %s:%s::/64 via %s:%s:: dev flannel-v6.1 onlink\n' "$LAB_POD_NET6" "$other" "$LAB_POD_NET6" "$other"
		printf 'neigh add %s:%s:: lladdr %s dev flannel-v6.1 nud permanent\n' "$LAB_POD_NET6" "$other" "$mac"
	done
}
dual_node_fdb() {
	local n=$1 total=$2 other mac
	for ((other = 1; other <= total; ++other)); do
		((other != n)) || continue
		# shellcheck disable=SC2059
		printf -v mac "$LAB_VTEP_FORMAT6" "$other"
		printf 'fdb add %s dev flannel-v6.1 dst %s self permanent\n' "$mac" "$(twin "$(node_ip "$other")")"
	done
}

# ip's lines for a pod.
dual_pod_links() {
	local n=$1 index=$2 net=$LAB_POD_NET6:$1
	if [[ -e /proc/sys/net/bridge/bridge-nf-call-ip6tables ]]; then
		printf 'addr add %s/64 dev eth0 nodad\n' "$(twin "$(pod_ip "$n" "$index")")"
	else # as for IPv4: neighbours go by the gateway
		printf 'addr add %s/64 dev eth0 nodad noprefixroute\n' "$(twin "$(pod_ip "$n" "$index")")"
		printf 'route add %s::1 dev eth0\n' "$net"
		printf 'route add %s::/64 via %s::1\n' "$net" "$net"
	fi
	printf 'route add default via %s::1\n' "$net"
}
