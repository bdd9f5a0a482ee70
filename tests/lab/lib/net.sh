# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Namespaces, links, addresses and routes: the underlay and the VXLAN overlay.
#
# The underlay's switch is a bridge in a namespace of its own (the "fabric", where the control
# plane lives too), joined to this machine by one veth. So this machine's own firewall never
# sees what nodes say to each other, and one link is all that it gets.

LAB_FABRIC=${LAB_PREFIX}fabric

# This machine may already use the subnet, e.g. over a VPN. Then it is not ours to take.
net_check_free() {
	local route prefix
	while read -r route; do
		read -r prefix _ <<<"$route"
		case $prefix in
		default | unreachable | blackhole | prohibit) continue ;;
		esac
		die "$LAB_EX_UNABLE" "this machine already routes $LAB_UNDERLAY.0/24: $route" \
			"choose another subnet: NETOPSY_LAB_SUBNET=172.31.77 (three octets), or another NETOPSY_LAB_ID"
	done < <(
		ip -4 route show table all match "$LAB_HOST_IP/32"
		ip -4 route show table all root "$LAB_UNDERLAY.0/24"
	)
}

# What the kernel must offer; found out in a namespace made for it and deleted again.
net_check_kernel() {
	local ns=${LAB_PREFIX}probe missing=()
	ip netns del "$ns" 2>/dev/null || true
	netns_mount_note
	ip netns add "$ns" 2>/dev/null ||
		die "$LAB_EX_UNABLE" "cannot make a network namespace" "run outside an unprivileged container"
	ip -n "$ns" link add probe0 type veth peer name probe1 2>/dev/null || missing+=(veth)
	ip -n "$ns" link add probe2 type bridge 2>/dev/null || missing+=(bridge)
	ip -n "$ns" link add probe3 type vxlan id 1 dev probe0 dstport 8472 nolearning 2>/dev/null || missing+=(vxlan)
	nsenter --net="$LAB_NETNS/$ns" iptables -t nat -A OUTPUT -m statistic --mode random --probability 0.5 \
		-p udp -m comment --comment lab -j RETURN 2>/dev/null || missing+=("iptables nat, statistic, comment")
	nsenter --net="$LAB_NETNS/$ns" nft -f - 2>/dev/null <<<'table bridge t { chain c { type filter hook forward priority 0; numgen random mod 10 < 5 drop; }; }' ||
		missing+=("nftables for bridges, numgen")
	ip netns del "$ns"
	grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || missing+=(overlayfs)
	((${#missing[@]} == 0)) ||
		die "$LAB_EX_UNABLE" "this kernel lacks: $(printf '%s; ' "${missing[@]}")" "load the modules, or run on a stock Debian kernel"
}

# `ip netns add` leaves a mount on /run/netns. Note whether it is ours to remove in the end.
netns_mount_note() {
	mountpoint -q "$LAB_NETNS" || : >"$LAB_NETNS_NOTE"
}
netns_mount_remove() {
	[[ -e $LAB_NETNS_NOTE ]] || return 0
	[[ -z $(ls -A "$LAB_NETNS" 2>/dev/null) ]] || return 0
	if umount "$LAB_NETNS" 2>/dev/null; then rmdir "$LAB_NETNS" 2>/dev/null || true; fi
	rm -f "$LAB_NETNS_NOTE"
}
LAB_NETNS_NOTE=/run/netopsy-lab.netns-mount

in_netns() { # in_netns NAMESPACE COMMAND...
	local ns=$1
	shift
	nsenter --net="$LAB_NETNS/$ns" "$@"
}

net_fabric_up() {
	ip netns add "$LAB_FABRIC"
	ip link add "$LAB_LINK" type veth peer name host netns "$LAB_FABRIC"
	ip -n "$LAB_FABRIC" -batch - <<-END
		link set lo up
		link add fabric type bridge
		link set host master fabric
		link set host up
		addr add $LAB_CONTROL_IP/24 dev fabric
		link set fabric up
	END
	# Nothing on the switch is filtered by IP rules, and nothing is routed out of the lab.
	# shellcheck disable=SC2016
	in_netns "$LAB_FABRIC" sh -c '
		[ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables
		[ ! -e /proc/sys/net/bridge/bridge-nf-call-ip6tables ] || echo 0 >/proc/sys/net/bridge/bridge-nf-call-ip6tables
		echo 0 >/proc/sys/net/ipv4/ip_forward
		for i in host fabric; do echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6; done 2>/dev/null; :'
	if dual; then
		in_netns "$LAB_FABRIC" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/fabric/disable_ipv6'
		ip -n "$LAB_FABRIC" addr add "$(twin "$LAB_CONTROL_IP")/64" dev fabric nodad
	fi
	in_netns "$LAB_FABRIC" nft -f - <<-END
		table bridge lab {
			chain faults { type filter hook forward priority 0; policy accept; }
		}
	END
	{ echo 1 >"/proc/sys/net/ipv6/conf/$LAB_LINK/disable_ipv6"; } 2>/dev/null || true
	ip -batch - <<-END
		addr add $LAB_HOST_IP/24 dev $LAB_LINK
		link set $LAB_LINK up
	END
}

# net_node_up NODE TOTAL: the node's namespace, its underlay, VTEP, bridge and routes.
net_node_up() {
	local n=$1 total=$2 ns other mac
	ns=$(node_netns "$n")
	ip netns add "$ns"
	ip -n "$LAB_FABRIC" link add "node$n" type veth peer name eth0 netns "$ns"
	ip -n "$LAB_FABRIC" -batch - <<-END
		link set node$n master fabric
		link set node$n up
	END
	{
		cat <<-END
			link set lo up
			addr add $(node_ip "$n")/24 dev eth0
			link set eth0 up
			route add default via $LAB_CONTROL_IP
			link add flannel.1 address $(node_vtep_mac "$n") mtu 1450 type vxlan id 1 dev eth0 local $(node_ip "$n") dstport 8472 nolearning
			addr add $LAB_POD_NET.$n.0/32 dev flannel.1
			link set flannel.1 up
			link add cni0 mtu 1450 type bridge
			addr add $LAB_POD_NET.$n.1/24 brd + dev cni0
			link set cni0 up
		END
		for ((other = 1; other <= total; ++other)); do
			((other != n)) || continue
			printf 'route add %s via %s dev flannel.1 onlink\n' "$LAB_POD_NET.$other.0/24" "$LAB_POD_NET.$other.0"
			# shellcheck disable=SC2059
			printf -v mac "$LAB_VTEP_FORMAT" "$other" # no subshell: this runs nodes x nodes times
			printf 'neigh add %s lladdr %s dev flannel.1 nud permanent\n' "$LAB_POD_NET.$other.0" "$mac"
		done
		! dual || dual_node_links "$n" "$total"
	} | ip -n "$ns" -batch -
	{
		for ((other = 1; other <= total; ++other)); do
			((other != n)) || continue
			# shellcheck disable=SC2059
			printf -v mac "$LAB_VTEP_FORMAT" "$other"
			printf 'fdb add %s dev flannel.1 dst %s self permanent\n' "$mac" "$LAB_UNDERLAY.$((10 + other))"
		done
		! dual || dual_node_fdb "$n" "$total"
	} | bridge -n "$ns" -batch -
	# What a kubelet and kube-proxy set up on a node.
	in_netns "$ns" sh -c '
		cd /proc/sys/net
		echo 1 >ipv4/ip_forward
		echo 86400 >netfilter/nf_conntrack_tcp_timeout_established
		echo 3600 >netfilter/nf_conntrack_tcp_timeout_close_wait' 2>/dev/null || true
	! dual || in_netns "$ns" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
}

pod_veth() { printf 'veth%02x%02x%02x%02x' "$((0xa0 + LAB_ID))" "$1" "$2" "$(((($1 * 37) + ($2 * 11)) % 256))"; }

# net_pod_up NODE INDEX: a pod's namespace, with a veth into the node's cni0.
net_pod_up() {
	local n=$1 ns node veth
	ns=$(pod_netns "$n" "$2")
	node=$(node_netns "$n")
	veth=$(pod_veth "$n" "$2")
	ip netns add "$ns"
	# Hairpin, as flannel's own CNI configuration has it: a Service may send a pod back to itself.
	ip -n "$node" -batch - <<-END
		link add $veth mtu 1450 type veth peer name eth0 mtu 1450 netns $ns
		link set $veth master cni0
		link set $veth type bridge_slave hairpin on
		link set $veth up
	END
	{
		printf 'link set lo up\n'
		if [[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]]; then
			printf 'addr add %s/24 brd + dev eth0\n' "$(pod_ip "$n" "$2")"
			printf 'link set eth0 up\n'
		else
			# Without br_netfilter, neighbours on the bridge would bypass the Service rules: go by the gateway.
			printf 'addr add %s/24 brd + dev eth0 noprefixroute\n' "$(pod_ip "$n" "$2")"
			printf 'link set eth0 up\n'
			printf 'route add %s.1 dev eth0 scope link\n' "$LAB_POD_NET.$n"
			printf 'route add %s.0/24 via %s.1\n' "$LAB_POD_NET.$n" "$LAB_POD_NET.$n"
		fi
		printf 'route add %s.0.0/16 via %s.1\n' "$LAB_POD_NET" "$LAB_POD_NET.$n"
		printf 'route add default via %s.1\n' "$LAB_POD_NET.$n"
		! dual || dual_pod_links "$n" "$2"
	} | ip -n "$ns" -batch -
}

# Every namespace that carries this lab's name, whoever made it and however it was left.
net_namespaces() {
	local path
	for path in "$LAB_NETNS/$LAB_PREFIX"*; do
		[[ -e $path ]] && printf '%s\n' "${path##*/}"
	done
	return 0
}

net_down() {
	local ns left=()
	mapfile -t left < <(net_namespaces)
	((${#left[@]} == 0)) || netns_stop_all "${left[@]}" || true
	ip link del "$LAB_LINK" 2>/dev/null || true
	for ns in "${left[@]}"; do
		ip netns del "$ns" 2>/dev/null || rm -f "${LAB_NETNS:?}/$ns"
	done
	netns_mount_remove
}
