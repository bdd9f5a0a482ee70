# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Faults. Each has fault_NAME NODE (reading the options it knows from the array `option`) and
# heal_NAME NODE, which undoes it and does no harm where nothing, or only half, was done.
# An applied fault is recorded in faults/NAME@nodeN. To add one: its two functions, its line
# in LAB_FAULTS and its options in fault_options.

LAB_FAULTS=(slow-dns dns-drop mtu-blackhole mtu-mismatch conntrack-pressure node-down ssh-hang loss vtep-stale route-missing)
LAB_FORWARD_MARK=65536 # 0x10000, a bit that kube-proxy does not use
LAB_FORWARD_PORT=5301  # of the DNS forwarder for the Service; the DNS pods' follow

fault_options() { # the options of a fault, with defaults, as NAME=VALUE
	case $1 in
	slow-dns) printf '%s\n' share=0.2 delay=30ms seed=1 ;;
	dns-drop) printf '%s\n' share=0.1 ;;
	mtu-blackhole) printf '%s\n' mtu=1400 ;;
	mtu-mismatch) printf '%s\n' mtu=1500 ;;
	conntrack-pressure) printf '%s\n' fill=95 max=8192 ;;
	loss) printf '%s\n' share=0.05 ;;
	esac
}

in_node_net() { # in_node_net NODE COMMAND...: the node's network, this machine's files
	local n=$1
	shift
	in_netns "$(node_netns "$n")" "$@"
}

microseconds() { # microseconds 30ms: a Go duration of one unit
	[[ $1 =~ ^([0-9]+)(us|ms|s)$ ]] || die "$LAB_EX_USAGE" "not a duration: $1" "write it as 30ms, 1500us or 2s"
	case ${BASH_REMATCH[2]} in
	us) printf '%d' "${BASH_REMATCH[1]}" ;;
	ms) printf '%d' "$((BASH_REMATCH[1] * 1000))" ;;
	s) printf '%d' "$((BASH_REMATCH[1] * 1000000))" ;;
	esac
}

per_ten_thousand() { # per_ten_thousand 0.05: 500
	[[ $1 =~ ^(0(\.[0-9]+)?|1(\.0+)?|\.[0-9]+)$ ]] || die "$LAB_EX_USAGE" "not a share between 0 and 1: $1"
	awk -v share="$1" 'BEGIN { printf "%d", share * 10000 + 0.5 }'
}

# iptables_delete NODE TABLE COMMENT: every rule that carries this comment.
iptables_delete() {
	local rule
	while read -r rule; do
		# The comment is one word, so the words of the rule are its arguments.
		# shellcheck disable=SC2086
		in_node_net "$1" iptables -w -t "$2" -D ${rule#-A } || true
	done < <(in_node_net "$1" iptables-save -t "$2" | grep -- "--comment $3 ")
}

# fabric_rule COMMENT RULE: on the switch, between nodes (never to or from this machine).
fabric_rule() { in_netns "$LAB_FABRIC" nft add rule bridge lab faults "$2 counter drop comment \"$1\""; }
fabric_delete() {
	local handle
	for handle in $(in_netns "$LAB_FABRIC" nft -a list chain bridge lab faults | sed -n "s/.*comment \"$1\" # handle \([0-9]*\)\$/\1/p"); do
		in_netns "$LAB_FABRIC" nft delete rule bridge lab faults handle "$handle"
	done
}

# --- slow-dns ---------------------------------------------------------------------------

fault_slow_dns() {
	local n=$1 share delay targets=("$LAB_DNS_SERVICE_IP") node index i rules=
	share=$(per_ten_thousand "${option[share]}")
	delay=$(microseconds "${option[delay]}")
	while read -r node index; do targets+=("$(pod_ip "$node" "$index")"); done < <(dns_pods "$(lab_nodes)")
	local forwards=()
	for ((i = 0; i < ${#targets[@]}; ++i)); do
		forwards+=("$((LAB_FORWARD_PORT + i))=${targets[i]}:53")
		for rule in "OUTPUT 1 -p udp" "OUTPUT 1 -p tcp" "PREROUTING 1 -i cni0 -p udp" "PREROUTING 1 -i cni0 -p tcp"; do
			rules+="-I $rule --dport 53 -d ${targets[i]}/32 -m mark ! --mark $LAB_FORWARD_MARK/$LAB_FORWARD_MARK -m comment --comment lab-slow-dns -j REDIRECT --to-ports $((LAB_FORWARD_PORT + i))"$'\n'
		done
	done
	# Not the DNS pods' own traffic to each other: pods that serve names don't ask for them here.
	spawn "slow-dns@node$n" nsenter -t "$(node_pid "$n")" -n "$LAB_HELPER" slowdns \
		"$(awk -v s="$share" 'BEGIN { print s / 10000 }')" "$delay" "${option[seed]}" "$LAB_FORWARD_MARK" "${forwards[@]}"
	wait_for 5 slow_dns_ready "$n" || die "$LAB_EX_FAIL" "the DNS forwarder did not start: $(tail -n 2 "$LAB_DIR/log/slow-dns@node$n")"
	printf '*nat\n%sCOMMIT\n' "$rules" | in_node_net "$n" iptables-restore -w --noflush
	slow_dns_forget "$n"
}
slow_dns_ready() { in_node_net "$1" sh -c "ss -Hltn sport = :$LAB_FORWARD_PORT" 2>/dev/null | grep -q .; }
# Flows that conntrack knows keep going their old way: forget them.
slow_dns_forget() { in_node_net "$1" conntrack -D -p udp --orig-port-dst 53 >/dev/null 2>&1 || true; }

heal_slow_dns() {
	iptables_delete "$1" nat lab-slow-dns
	process_stop "slow-dns@node$1"
	slow_dns_forget "$1"
}

# --- dns-drop ---------------------------------------------------------------------------

# Answers are dropped, not questions: a question dropped on its way out would be an error to
# the program that asks, not a silence.
fault_dns_drop() {
	local n=$1 match
	per_ten_thousand "${option[share]}" >/dev/null
	match="-s $LAB_POD_NET.0.0/16 -p udp -m udp --sport 53 -m statistic --mode random --probability ${option[share]} -m comment --comment lab-dns-drop -j DROP"
	printf '*mangle\n-A INPUT %s\n-A FORWARD -o cni0 %s\nCOMMIT\n' "$match" "$match" | in_node_net "$n" iptables-restore -w --noflush
}
heal_dns_drop() { iptables_delete "$1" mangle lab-dns-drop; }

# --- mtu-blackhole ----------------------------------------------------------------------

# On the switch, so nothing on the node shows it and no ICMP message comes back. The node's
# own segmentation offload is switched off meanwhile: the switch must see packets of real size.
fault_mtu_blackhole() {
	[[ ${option[mtu]} =~ ^[0-9]+$ ]] || die "$LAB_EX_USAGE" "not an MTU: ${option[mtu]}"
	ip -n "$(node_netns "$1")" link set eth0 gso_max_segs 1
	fabric_rule "mtu-blackhole@node$1" "iifname node$1 oifname != host ip length > ${option[mtu]}"
}
heal_mtu_blackhole() {
	fabric_delete "mtu-blackhole@node$1"
	ip -n "$(node_netns "$1")" link set eth0 gso_max_segs 65535
}

# --- mtu-mismatch -----------------------------------------------------------------------

mtu_set() { # mtu_set NODE MTU: of the VXLAN device, the bridge and the pods on both sides
	local n=$1 mtu=$2 ns pod link
	ns=$(node_netns "$n")
	# The kernel refuses a VXLAN MTU that the underlay can't carry, unless the underlay shrinks
	# afterwards: which is how such a cluster comes about.
	ip -n "$ns" link set eth0 mtu "$((mtu + 50 > 1500 ? mtu + 50 : 1500))"
	ip -n "$ns" link set flannel.1 mtu "$mtu"
	ip -n "$ns" link set eth0 mtu 1500
	for link in $(ip -n "$ns" -o link show master cni0 | sed 's/^[0-9]*: \([^:@]*\).*/\1/'); do
		ip -n "$ns" link set "$link" mtu "$mtu"
	done
	ip -n "$ns" link set cni0 mtu "$mtu"
	for pod in $(net_namespaces | grep "^$(node_netns "$n")-pod"); do
		ip -n "$pod" link set eth0 mtu "$mtu"
		ip -n "$pod" route flush cache
	done
	ip -n "$ns" route flush cache
}
fault_mtu_mismatch() {
	[[ ${option[mtu]} =~ ^[0-9]+$ ]] || die "$LAB_EX_USAGE" "not an MTU: ${option[mtu]}"
	mtu_set "$1" "${option[mtu]}"
}
heal_mtu_mismatch() { mtu_set "$1" 1450; }

# --- conntrack-pressure -----------------------------------------------------------------

# The table's size is one number for this whole machine, the count is per namespace. The size
# is lowered only so far that every other namespace uses a quarter of it at most.
fault_conntrack_pressure() {
	local n=$1 fill=${option[fill]} max=${option[max]} original others=0 count ns want
	[[ $fill =~ ^[0-9]+$ && $max =~ ^[0-9]+$ ]] && ((fill >= 1 && fill <= 99 && max >= 1024)) ||
		die "$LAB_EX_USAGE" "--fill must be 1..99 (percent) and --max at least 1024"
	globals_save # does nothing if up did it, as it should have
	original=$(globals_original net/netfilter/nf_conntrack_max)
	while read -r ns; do
		count=$(nsenter --net="$ns" cat /proc/sys/net/netfilter/nf_conntrack_count 2>/dev/null) || continue
		((count <= others)) || others=$count
	done < <(network_namespaces_but "$(node_netns "$n")")
	while ((max < others * 4)); do max=$((max * 2)); done
	((max <= original)) ||
		die "$LAB_EX_FAIL" "conntrack is in use on this machine ($others entries in one namespace, room for $original): too many to lower the limit safely" \
			"try again on a quieter machine"
	globals_lock
	: >"$LAB_GLOBALS/pressure/$LAB_ID"
	printf '%s\n' "$max" >/proc/sys/net/netfilter/nf_conntrack_max
	globals_unlock
	want=$((max * fill / 100))
	option[max]=$max
	spawn "conntrack-pressure@node$n" nsenter -t "$(node_pid "$n")" -n "$LAB_HELPER" flows "$want"
	wait_for 10 conntrack_filled "$n" "$((want * 98 / 100))" ||
		die "$LAB_EX_FAIL" "conntrack on node$n did not fill up: $(in_node_net "$n" cat /proc/sys/net/netfilter/nf_conntrack_count) of $want entries"
}
# network_namespaces_but NAMESPACE: every other one in which anything runs, one path each.
network_namespaces_but() {
	local own path inode
	own=$(stat -L -c %i "$LAB_NETNS/$1")
	for path in /proc/[0-9]*/ns/net; do stat -L -c "%i $path" "$path" 2>/dev/null || true; done |
		sort -n -u -k 1,1 | while read -r inode path; do [[ $inode == "$own" ]] || printf '%s\n' "$path"; done
}
conntrack_filled() { (($(in_node_net "$1" cat /proc/sys/net/netfilter/nf_conntrack_count) >= $2)); }
heal_conntrack_pressure() {
	process_stop "conntrack-pressure@node$1"
	in_node_net "$1" conntrack -D -p udp --orig-port-dst 61002 >/dev/null 2>&1 || true
	compgen -G "$LAB_DIR/faults/conntrack-pressure@*" | grep -qv "@node$1\$" && return 0
	globals_lock
	rm -f "$LAB_GLOBALS/pressure/$LAB_ID"
	if [[ -z $(ls -A "$LAB_GLOBALS/pressure") ]]; then globals_restore_one net/netfilter/nf_conntrack_max; fi
	globals_unlock
}

# --- node-down and ssh-hang -------------------------------------------------------------

sshd_stop() { # the listening one only, or with "all" the sessions too
	local n=$1
	if [[ ${2:-} == all ]]; then
		# shellcheck disable=SC2016
		in_node "$n" sh -c 'for p in /proc/[0-9]*; do [ "$(readlink "$p/exe")" != /usr/sbin/sshd ] || kill -KILL "${p#/proc/}"; done' || true
	else
		# shellcheck disable=SC2016
		in_node "$n" sh -c '[ ! -s /run/sshd.pid ] || kill -KILL "$(cat /run/sshd.pid)"' || true
	fi
	in_node "$n" rm -f /run/sshd.pid
}
sshd_start() {
	# shellcheck disable=SC2016
	in_node "$1" sh -c '[ -s /run/sshd.pid ] && kill -0 "$(cat /run/sshd.pid)" 2>/dev/null' ||
		in_node "$1" /usr/sbin/sshd -f /etc/ssh/sshd_config.lab -E /var/log/sshd.log </dev/null >/dev/null 2>&1 {LAB_LOCK_FD}>&-
}

fault_node_down() {
	sshd_stop "$1" all
	ip -n "$LAB_FABRIC" link set "node$1" down
	node_condition "$1" Unknown
}
heal_node_down() {
	ip -n "$LAB_FABRIC" link set "node$1" up
	sshd_start "$1"
	node_condition "$1" True
	wait_for 10 node_sshd_ready "$1" || say "lab: sshd of node$1 does not answer yet"
}

fault_ssh_hang() {
	sshd_stop "$1"
	spawn "ssh-hang@node$1" nsenter -t "$(node_pid "$1")" -n "$LAB_HELPER" tarpit 22
	wait_for 5 node_sshd_ready "$1" || die "$LAB_EX_FAIL" "nothing accepts on port 22 of node$1: $(tail -n 2 "$LAB_DIR/log/ssh-hang@node$1")"
}
heal_ssh_hang() {
	process_stop "ssh-hang@node$1"
	sshd_start "$1"
	wait_for 10 node_sshd_ready "$1" || say "lab: sshd of node$1 does not answer yet"
}

# --- loss -------------------------------------------------------------------------------

# What leaves the node for other nodes, overlay and underlay alike; never ssh.
fault_loss() {
	local share
	share=$(per_ten_thousand "${option[share]}")
	fabric_rule "loss@node$1" "iifname node$1 oifname != host ether type ip tcp dport != 22 tcp sport != 22 numgen random mod 10000 < $share"
	fabric_rule "loss@node$1" "iifname node$1 oifname != host ether type ip ip protocol != tcp numgen random mod 10000 < $share"
}
heal_loss() { fabric_delete "loss@node$1"; }

# --- vtep-stale -------------------------------------------------------------------------

# The node's forwarding entry of the next node leads to an address that nobody has, as one of a node that was replaced.
next_node() { printf '%d' "$(($1 % $(lab_nodes) + 1))"; }
# shellcheck disable=SC2059
vtep_mac() { printf "$LAB_VTEP_FORMAT" "$1"; }
fault_vtep_stale() {
	local other
	other=$(next_node "$1")
	bridge -n "$(node_netns "$1")" fdb replace "$(vtep_mac "$other")" dev flannel.1 dst "$LAB_UNDERLAY.99" self permanent
}
heal_vtep_stale() {
	local other
	other=$(next_node "$1")
	bridge -n "$(node_netns "$1")" fdb replace "$(vtep_mac "$other")" dev flannel.1 dst "$LAB_UNDERLAY.$((10 + other))" self permanent
}

# --- route-missing ----------------------------------------------------------------------

# The route to the next node's pods is gone, as a network manager takes it that does not know it.
fault_route_missing() {
	ip -n "$(node_netns "$1")" route del "$LAB_POD_NET.$(next_node "$1").0/24"
}
heal_route_missing() {
	local other
	other=$(next_node "$1")
	ip -n "$(node_netns "$1")" route replace "$LAB_POD_NET.$other.0/24" via "$LAB_POD_NET.$other.0" dev flannel.1 onlink
}

# --- the commands -----------------------------------------------------------------------

fault_known() {
	local name
	for name in "${LAB_FAULTS[@]}"; do [[ $name != "$1" ]] || return 0; done
	die "$LAB_EX_USAGE" "no such fault: $1" "choose from: ${LAB_FAULTS[*]}"
}

node_number() { # node_number node3: 3
	local n=${1#node}
	[[ $1 == node* && $n =~ ^[1-9][0-9]*$ ]] && ((n <= $(lab_nodes))) ||
		die "$LAB_EX_USAGE" "no such node: $1" "choose from node1..node$(lab_nodes)"
	printf '%d' "$n"
}

cmd_fault() {
	local name=${1:-} node=node key value given
	[[ -n $name ]] || die "$LAB_EX_USAGE" "which fault?" "lab fault NAME [NODE] [--OPTION VALUE]; NAME is one of: ${LAB_FAULTS[*]}"
	fault_known "$name"
	shift
	lab_must_stand
	node=node$(lab_nodes)
	declare -A option=()
	while IFS='=' read -r key value; do [[ -z $key ]] || option[$key]=$value; done < <(fault_options "$name")
	while (($#)); do
		case $1 in
		--*=*) key=${1%%=*} value=${1#*=} given=1 ;;
		--*) key=$1 value=${2:-} given=2 ;;
		*)
			node=$1
			shift
			continue
			;;
		esac
		key=${key#--}
		[[ -n ${option[$key]+known} ]] || die "$LAB_EX_USAGE" "fault $name has no option --$key" "it has: $(fault_options "$name" | sed 's/^/--/' | tr '\n' ' ')"
		(($# >= given)) || die "$LAB_EX_USAGE" "--$key needs a value"
		option[$key]=$value
		shift "$given"
	done
	local n function=${name//-/_} text=
	n=$(node_number "$node")
	if [[ -e $LAB_DIR/faults/$name@node$n ]]; then fault_heal_one "$name" "$n"; fi
	# Recorded first, so that a fault that fails half-way is healed too.
	: >"$LAB_DIR/faults/$name@node$n"
	FAULT_HALF=("$name" "$n")
	trap fault_failed EXIT
	"fault_$function" "$n"
	trap - EXIT
	while IFS='=' read -r key value; do [[ -z $key ]] || text+=" --$key ${option[$key]}"; done < <(fault_options "$name")
	printf '%s\n' "${text# }" >"$LAB_DIR/faults/$name@node$n"
	printf 'fault %s on node%s%s\n' "$name" "$n" "$text"
}

fault_failed() {
	local code=$?
	trap - EXIT
	fault_heal_one "${FAULT_HALF[@]}" >/dev/null || say "lab: what fault ${FAULT_HALF[0]} did is not wholly undone: lab heal"
	exit "$code"
}

fault_heal_one() { # fault_heal_one NAME NODE
	"heal_${1//-/_}" "$2"
	rm -f "$LAB_DIR/faults/$1@node$2"
	printf 'healed %s on node%s\n' "$1" "$2"
}

cmd_heal() { # heal [NAME [NODE]]
	local wanted=${1:-} node=${2:-} record name found=
	lab_must_stand
	[[ -z $wanted ]] || fault_known "$wanted"
	[[ -z $node ]] || node_number "$node" >/dev/null
	for record in "$LAB_DIR/faults/"*@node*; do
		[[ -e $record ]] || continue
		name=${record##*/}
		[[ -z $wanted || ${name%@*} == "$wanted" ]] || continue
		[[ -z $node || ${name#*@} == "$node" ]] || continue
		fault_heal_one "${name%@*}" "${name#*@node}"
		found=1
	done
	[[ -n $found ]] || say "lab: nothing to heal"
}
