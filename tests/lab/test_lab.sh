#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# test_lab.sh [--keep]: brings a lab up (or uses the one that stands), checks that it is what
# it says, that every fault has its effect and heal undoes it, and that down leaves nothing
# behind, also after a crash. With --keep it leaves the lab as it was found: no crash, no down.
# Uses lab 9 unless NETOPSY_LAB_ID says otherwise, so as not to disturb yours. Exit 77: skipped.
#
# Much of what is single-quoted here is for a shell in a node.
# shellcheck disable=SC2016
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export NETOPSY_LAB_ID=${NETOPSY_LAB_ID:-9}
lab=$here/lab
keep=
[[ ${1:-} != --keep ]] || keep=1

checks=0 failures=0
ok() { checks=$((checks + 1)) && printf 'ok    %s\n' "$*"; }
bad() { checks=$((checks + 1)) && failures=$((failures + 1)) && printf 'FAIL  %s\n' "$*"; }
note() { printf '      %s\n' "$*"; }
check() { # check WHAT COMMAND...
	local what=$1 output
	shift
	if output=$("$@" 2>&1); then ok "$what"; else bad "$what: $* -> ${output:0:400}"; fi
}
check_not() {
	local what=$1 output
	shift
	if output=$("$@" 2>&1); then bad "$what: $* succeeded: ${output:0:400}"; else ok "$what"; fi
}
check_is() { # check_is WHAT EXPECTED ACTUAL
	if [[ $2 == "$3" ]]; then ok "$1"; else bad "$1: expected \"$2\", got \"$3\""; fi
}
check_between() { # check_between WHAT LOW HIGH ACTUAL
	if awk -v l="$2" -v h="$3" -v a="${4:-x}" 'BEGIN { exit !(a ~ /^[0-9.]+$/ && a >= l && a <= h) }'; then
		ok "$1: $4 (expected $2..$3)"
	else
		bad "$1: ${4:-nothing} (expected $2..$3)"
	fi
}

if [[ $EUID -ne 0 ]]; then
	echo "SKIPPED: the lab needs root"
	exit 77
fi

# --- what this machine looks like, without other labs ----------------------------------------

# Others may work on this machine meanwhile, also with namespaces and labs of their own. So what
# is gone or changed counts for everything, but what is new only for what a lab must never add to;
# own_leftovers looks for the lab's own things by name.
snapshot() {
	{
		ip -o link show | sed 's/^[0-9]*: /link /; s/ state .*//'
		sed 's/^/mount /' /proc/self/mounts
		ip -4 route show table all | sed 's/^/route /'
		iptables-save | grep -v '^[#:]' | sed 's/^/firewall /'
		nft list ruleset | sed 's/^/firewall /'
		sysctl -a | grep -E '^(net|fs\.inotify)' |
			grep -vE 'nf_conntrack_(count|max|buckets)|random|\.neigh\.|\.conf\.|tcp_fastopen_key' | sed 's/^/sysctl /'
		# Other labs may change it meanwhile, so it counts only when there is none.
		compgen -G '/run/netopsy-lab*.dir' >/dev/null || sed 's/^/sysctl conntrack_max /' /proc/sys/net/netfilter/nf_conntrack_max
	} 2>/dev/null | grep -v 'nlab[0-9]*[-0-9]\|/run/netns\|10\.199\.'
}
changes() { # changes BEFORE: what differs now
	local was=$1 now
	now=$(snapshot)
	# The limit is told only while no other lab stands, which may have set it: compared when that was so both times.
	if ! grep -q '^sysctl conntrack_max' <<<"$was" || ! grep -q '^sysctl conntrack_max' <<<"$now"; then
		was=$(grep -v '^sysctl conntrack_max' <<<"$was")
		now=$(grep -v '^sysctl conntrack_max' <<<"$now")
	fi
	diff <(printf '%s\n' "$was") <(printf '%s\n' "$now") | grep -E '^<|^> (route|firewall|sysctl)'
}
# Every process in a namespace of this lab, as "PID STARTTIME".
lab_processes() {
	local prefix=nlab$NETOPSY_LAB_ID- inodes pid inode
	[[ $NETOPSY_LAB_ID != 0 ]] || prefix=nlab-
	inodes=" $(stat -L -c %i "/run/netns/$prefix"* 2>/dev/null | tr '\n' ' ') "
	for pid in /proc/[0-9]*; do
		inode=$(stat -L -c %i "$pid/ns/net" 2>/dev/null) || continue
		[[ $inodes != *" $inode "* ]] || printf '%s %s\n' "${pid#/proc/}" "$(start_time "${pid#/proc/}")"
	done
}
# Nothing for one that has ended and only waits for its parent to notice.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'; }
own_leftovers() { # what of this lab is still there
	local prefix=nlab$NETOPSY_LAB_ID- link=nlab$NETOPSY_LAB_ID pid start
	[[ $NETOPSY_LAB_ID != 0 ]] || prefix=nlab-
	ls -d "/run/netns/$prefix"*
	ip -o link show "$link"
	ip -4 route show table all | grep "10\.199\.$NETOPSY_LAB_ID\."
	grep -F "$dir" /proc/self/mounts
	grep "/run/netns/$prefix" /proc/self/mounts
	while read -r pid start; do
		[[ -z ${start:-} || $(start_time "$pid") != "$start" ]] || printf 'process %s: %s\n' "$pid" "$(tr '\0' ' ' <"/proc/$pid/cmdline")"
	done <<<"$processes"
	ls -d "$dir" "$dir.failed"
	[[ ! -L /run/netopsy-lab-$NETOPSY_LAB_ID.dir ]] || printf 'the record in /run\n'
} 2>/dev/null

# --- up -------------------------------------------------------------------------------------

found=
if "$lab" status >/dev/null 2>&1; then
	found=1
	note "using the lab that stands"
else
	"$lab" down >/dev/null 2>&1
fi
before=$(snapshot)
processes='' dir=/nonexistent
"$lab" build || { echo "SKIPPED: no kube-apiserver"; exit 77; }
up_started=${EPOCHREALTIME/[.,]/}
output=$("$lab" up --nodes 3 2>&1)
code=$?
up_ms=$(((${EPOCHREALTIME/[.,]/} - up_started) / 1000))
if ((code == 4)); then
	printf '%s\nSKIPPED: this machine cannot run the lab\n' "$output"
	exit 77
fi
if ((code != 0)); then
	printf '%s\nFAIL  lab up: exit %d\n' "$output" "$code"
	exit 1
fi
finish() {
	[[ -n $found || -n $keep ]] || "$lab" down >/dev/null 2>&1
}
trap finish EXIT
[[ -n $found ]] || check_between "lab up, in ms" 0 30000 "$up_ms"
eval "$("$lab" env)"
unset NETOPSY_LAB_NODES
dir=$NETOPSY_LAB_DIR
unset KUBECONFIG
admin=(kubectl --kubeconfig "$dir/kubeconfig" --request-timeout=10s)
remote=(ssh -F "$dir/ssh_config" -o BatchMode=yes -o ConnectTimeout=4)
underlay=$(sed -n 's/^export NETOPSY_LAB_SERVER=.https:..\([0-9]*\.[0-9]*\.[0-9]*\)\..*/\1/p' < <("$lab" env))
check_is "a second up finds it up" 0 "$("$lab" up >/dev/null 2>&1; echo $?)"
check "status says healthy" "$lab" status

# --- the API --------------------------------------------------------------------------------

check_is "three nodes are Ready" 3 "$("${admin[@]}" get nodes --no-headers | grep -c ' Ready ')"
check_is "every node has its address" "$underlay.11 $underlay.12 $underlay.13" \
	"$("${admin[@]}" get nodes -o 'jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}')"
check_is "every node has its podCIDR" "10.244.1.0/24 10.244.2.0/24 10.244.3.0/24" \
	"$("${admin[@]}" get nodes -o 'jsonpath={.items[*].spec.podCIDR}')"
check_is "flannel's annotation has the VTEP's real MAC" "$("$lab" exec node2 cat /sys/class/net/flannel.1/address)" \
	"$("${admin[@]}" get node node2 -o 'jsonpath={.metadata.annotations.flannel\.alpha\.coreos\.com/backend-data}' | sed 's/.*"VtepMAC":"\([^"]*\)".*/\1/')"
check "flannel's configuration" "${admin[@]}" -n kube-flannel get daemonset/kube-flannel-ds configmap/kube-flannel-cfg
check "kube-proxy's configuration" "${admin[@]}" -n kube-system get daemonset/kube-proxy configmap/kube-proxy
check "CoreDNS' objects" "${admin[@]}" -n kube-system get deployment/coredns configmap/coredns service/kube-dns endpoints/kube-dns
check_is "two DNS pods run" 2 "$("${admin[@]}" -n kube-system get pods -l k8s-app=kube-dns --no-headers | grep -c Running)"
check_is "the DNS Service's EndpointSlice" "10.244.1.3 10.244.2.3" \
	"$("${admin[@]}" -n kube-system get endpointslices -l kubernetes.io/service-name=kube-dns -o 'jsonpath={.items[*].endpoints[*].addresses[*]}')"
check "the token's kubeconfig" kubectl --kubeconfig "$dir/kubeconfig-token" --context lab-token get configmaps -A
check "limited may list nodes" kubectl --kubeconfig "$dir/kubeconfig-limited" --context lab-limited get nodes
check_not "limited may not list configmaps" kubectl --kubeconfig "$dir/kubeconfig-limited" get configmaps -A
check_is "without credentials: 401" 401 \
	"$(curl -sk --noproxy '*' -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer wrong' "https://$underlay.2:6443/api/v1/nodes")"

# --- ssh ------------------------------------------------------------------------------------

for n in 1 2 3; do
	check_is "ssh to node$n" "node$n" "$("${remote[@]}" "node$n" hostname 2>&1)"
	check_is "ssh to its address" "node$n" "$("${remote[@]}" "$underlay.1$n" hostname 2>&1)"
done
check_is "ssh through node1" node3 "$("${remote[@]}" node3-via-node1 hostname 2>&1)"
for key in id_rsa id_ecdsa; do
	check_is "ssh with $key" node1 "$(ssh -i "$dir/$key" -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=4 \
		-o UserKnownHostsFile="$dir/known_hosts" -o StrictHostKeyChecking=yes -F /dev/null "root@$underlay.11" hostname 2>&1)"
done
check "the passphrase of id_ed25519_enc" ssh-keygen -y -P netopsy-lab -f "$dir/id_ed25519_enc"
check_is "ops may sudo" 0 "$("${remote[@]}" ops@node1 sudo -n id -u 2>&1)"
check_not "guest may not" "${remote[@]}" guest@node1 sudo -n id -u
check "each node has its own files" "${remote[@]}" node1 'echo only-here >/etc/only-node1'
check_not "which others do not see" "${remote[@]}" node2 cat /etc/only-node1
check_not "nor this machine" test -e /etc/only-node1

# --- the network ----------------------------------------------------------------------------

on() { "$lab" exec "$@"; }
ping_passes() { on "$1" ping -q -c 3 -i 0.05 -W 1 -M 'do' -s "$3" "$2"; } # WHERE ADDRESS PAYLOAD
check "pod to pod over VXLAN" ping_passes web-1 10.244.3.2 56
check "DF, 1422 bytes of payload pass" ping_passes web-1 10.244.3.2 1422
check_not "DF, 1423 do not" ping_passes web-1 10.244.3.2 1423
check "DF, 1472 pass on the underlay" ping_passes node1 "$underlay.13" 1472
check "VXLAN id 1 on port 8472" bash -c "'$lab' exec node1 ip -d link show flannel.1 | grep -q 'vxlan id 1 .*dstport 8472 nolearning'"
name=web.default.svc.cluster.local
for where in node1 node3 web-1 web-3; do
	check_is "DNS by the ClusterIP, UDP, from $where" 10.96.40.80 "$(on "$where" dig +short +time=2 "$name" @10.96.0.10)"
	check_is "DNS by the ClusterIP, TCP, from $where" 10.96.40.80 "$(on "$where" dig +short +tcp +time=2 "$name" @10.96.0.10)"
done
check_is "a headless Service names its pods" 3 "$(on web-1 dig +short web-headless.default.svc.cluster.local | wc -l)"
check_is "a reverse name" 10-244-2-2.web-headless.default.svc.cluster.local. "$(on web-1 dig +short -x 10.244.2.2)"
check_is "an outer name" 198.51.100.80 "$(on web-1 dig +short www.example.test)"
check_is "a node's own resolver" 198.51.100.80 "$(on node2 dig +short www.example.test)"
check "no such name" bash -c "'$lab' exec web-1 dig none.default.svc.cluster.local | grep -q NXDOMAIN"
check "the search path (ndots)" on web-1 getent hosts web
check "a Service answers a pod" on web-2 curl -sf --noproxy '*' --max-time 3 http://10.96.40.80/
check "the API's Service answers a node" on node3 curl -skf --retry 3 --retry-all-errors --noproxy '*' --max-time 3 https://10.96.0.1/version

# --- faults ---------------------------------------------------------------------------------

# dns_times WHERE COUNT [OPTIONS]: query times in microseconds, sorted; a lost one is left out.
dns_times() {
	local where=$1 count=$2
	shift 2
	# shellcheck disable=SC2016
	on "$where" sh -c 'n=$1; shift; for i in $(seq "$n"); do dig -u +tries=1 +timeout=1 "$@" web.default.svc.cluster.local @10.96.0.10; done' \
		sh "$count" "$@" | sed -n 's/.*Query time: \([0-9]*\) usec.*/\1/p' | sort -n
}
median() { awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
share_over() { awk -v limit="$1" '{ n++ } $1 >= limit { k++ } END { printf "%.3f", n ? k / n : 0 }'; }
fault() { check "fault $*" "$lab" fault "$@"; }
heal() { check "heal $*" "$lab" heal "$@"; }
loss() { # loss WHERE ADDRESS COUNT [OPTIONS]: the share of pings lost
	local where=$1 address=$2 count=$3
	shift 3
	on "$where" ping -q -c "$count" -i 0.004 -W 1 "$@" "$address" 2>/dev/null | sed -n 's/.* \([0-9.]*\)% packet loss.*/\1/p'
}

plain=$(dns_times node3 100 | median)
fault slow-dns node3 --share 0 --delay 30ms
check_between "slow-dns adds little to answers it does not delay: median in µs, was $plain" 1 "$((plain + 1000))" "$(dns_times node3 100 | median)"
fault slow-dns node3 --share 0.3 --delay 30ms --seed 7
check "status lists the fault" bash -c "'$lab' status | grep -q 'fault slow-dns on node3 --share 0.3 --delay 30ms'"
for spec in "node3" "node3 +tcp" "web-3"; do
	# shellcheck disable=SC2086
	set -- $spec
	times=$(dns_times "$1" 120 "${@:2}")
	check_is "slow-dns loses nothing ($spec)" 120 "$(wc -l <<<"$times")"
	check_between "slow-dns: share later than 30 ms ($spec)" 0.17 0.44 "$(share_over 30000 <<<"$times")"
	check_between "slow-dns: the others, median in µs" 1 20000 "$(awk '$1 < 29000' <<<"$times" | median)"
done
direct=$(on node3 sh -c 'for i in $(seq 60); do dig -u +tries=1 +timeout=1 web.default.svc.cluster.local @10.244.1.3; done' | sed -n 's/.*Query time: \([0-9]*\) usec.*/\1/p')
check_between "slow-dns: also to a DNS pod directly" 0.12 0.5 "$(share_over 30000 <<<"$direct")"
check_between "slow-dns leaves other nodes alone" 0 0.02 "$(dns_times node2 60 | share_over 30000)"
heal slow-dns
check_between "healed: share later than 30 ms" 0 0.02 "$(dns_times node3 60 | share_over 30000)"

fault dns-drop node3 --share 0.4
check_between "dns-drop: answered of 40" 12 36 "$(dns_times node3 40 | wc -l)"
check_is "dns-drop leaves other nodes alone" 40 "$(dns_times node2 40 | wc -l)"
heal dns-drop
check_is "healed: answered of 40" 40 "$(dns_times node3 40 | wc -l)"

fault mtu-blackhole node3 --mtu 1400
check "mtu-blackhole: 1400 bytes pass" ping_passes node3 "$underlay.11" 1372
check_not "mtu-blackhole: 1401 vanish" ping_passes node3 "$underlay.11" 1373
check_is "mtu-blackhole: silently" "" "$(on node3 ping -c 2 -i 0.1 -W 1 -M 'do' -s 1400 "$underlay.11" 2>&1 | grep -iE 'frag|error|permitted')"
check_not "mtu-blackhole: the overlay too" ping_passes web-3 10.244.1.2 1400
check "mtu-blackhole: small ones pass there" ping_passes web-3 10.244.1.2 1300
check_is "mtu-blackhole: ssh is not touched" 200000 "$("${remote[@]}" node3 'head -c 200000 /dev/zero' | wc -c)"
check "mtu-blackhole leaves other nodes alone" ping_passes node1 "$underlay.12" 1472
heal mtu-blackhole
check "healed" ping_passes node3 "$underlay.11" 1472

fault mtu-mismatch node3
check_is "mtu-mismatch: links say 1500" "1500 1500" "$(on node3 sh -c 'echo $(cat /sys/class/net/flannel.1/mtu /sys/class/net/cni0/mtu)')"
check_is "mtu-mismatch: so does the pod's" 1500 "$(on web-3 ip -o link show eth0 | sed 's/.* mtu \([0-9]*\) .*/\1/')"
check_not "mtu-mismatch: what the pod's MTU allows does not pass" ping_passes web-3 10.244.1.2 1472
heal mtu-mismatch
check_is "healed" "1450 1450" "$(on node3 sh -c 'echo $(cat /sys/class/net/flannel.1/mtu /sys/class/net/cni0/mtu)')"
check "healed: 1422 pass" ping_passes web-3 10.244.1.2 1422

conntrack_share() { on "$1" sh -c 'cd /proc/sys/net/netfilter && echo $(($(cat nf_conntrack_count) * 100 / $(cat nf_conntrack_max)))'; }
max_before=$(</proc/sys/net/netfilter/nf_conntrack_max)
fault conntrack-pressure node3 --fill 90
check_between "conntrack-pressure: percent full" 86 94 "$(conntrack_share node3)"
sleep 35 # longer than unanswered flows live
check_between "conntrack-pressure: it stays so" 86 96 "$(conntrack_share node3)"
check_between "conntrack-pressure leaves other nodes alone" 0 25 "$(conntrack_share node1)"
check_between "... and this machine" 0 25 "$(($(</proc/sys/net/netfilter/nf_conntrack_count) * 100 / $(</proc/sys/net/netfilter/nf_conntrack_max)))"
heal conntrack-pressure
check_is "healed: the limit is back" "$max_before" "$(</proc/sys/net/netfilter/nf_conntrack_max)"
check_between "healed: percent full" 0 5 "$(conntrack_share node3)"

fault ssh-hang node3
check "ssh-hang: the port accepts" timeout 3 bash -c "exec 3<>/dev/tcp/$underlay.13/22"
check_is "ssh-hang: and says nothing" "" "$(timeout 2 bash -c "exec 3<>/dev/tcp/$underlay.13/22; head -c 1 <&3")"
check_not "ssh-hang: ssh gives up" "${remote[@]}" -o ConnectTimeout=2 node3 true
heal ssh-hang
check "healed" "${remote[@]}" node3 true

fault node-down node3
check_not "node-down: no ssh" "${remote[@]}" -o ConnectTimeout=2 node3 true
check_is "node-down: no answer to a ping" 100 "$(ping -q -c 2 -i 0.1 -W 1 "$underlay.13" | sed -n 's/.* \([0-9.]*\)% packet loss.*/\1/p')"
check_is "node-down: NotReady" NotReady "$("${admin[@]}" get node node3 --no-headers | awk '{ print $2 }')"
check "node-down: the lab knows why" "$lab" status
heal node-down
check "healed: ssh" "${remote[@]}" node3 true
check_is "healed: Ready" Ready "$("${admin[@]}" get node node3 --no-headers | awk '{ print $2 }')"
check "healed: the overlay" ping_passes web-1 10.244.3.2 1422

fault loss node3 --share 0.2
check_between "loss: percent on the underlay" 12 28 "$(loss node1 "$underlay.13" 500)"
check_between "loss: percent on the overlay" 12 28 "$(loss web-1 10.244.3.2 500)"
check_is "loss leaves ssh's way alone" 0 "$(ping -q -c 200 -i 0.004 -W 1 "$underlay.13" | sed -n 's/.* \([0-9.]*\)% packet loss.*/\1/p')"
heal
check_is "healed: no loss" 0 "$(loss web-1 10.244.3.2 300)"
check_not "no fault is left" bash -c "'$lab' status | grep -q '^fault'"
check_not "an unknown fault is refused" "$lab" fault no-such-fault
check_not "an unknown node is refused" "$lab" fault loss node99

# --- down, crashes --------------------------------------------------------------------------

if [[ -z $keep ]]; then
	check "conntrack-pressure stands at down" "$lab" fault conntrack-pressure node2
	processes=$(lab_processes)
	check_between "processes of the lab" 15 200 "$(wc -l <<<"$processes")"
	check "down" "$lab" down
	check_is "down leaves nothing" "" "$(own_leftovers)"
	check_is "status says down" 3 "$("$lab" status >/dev/null 2>&1; echo $?)"
	check "down twice" "$lab" down
	[[ -n $found ]] || check_is "this machine is as before" "" "$(changes "$before")"

	check "up again" "$lab" up --nodes 2
	processes=$(lab_processes)
	check "a fault stands at the crash" "$lab" fault conntrack-pressure node1
	kill -KILL "$(cut -d ' ' -f 1 "$dir/pids/etcd")"
	sshd=$(on node2 cat /run/sshd.pid)
	on node2 kill -KILL "$sshd"
	sleep 0.2
	check_is "status sees the crash" 1 "$("$lab" status >/dev/null 2>&1; echo $?)"
	check "up takes the wreck down first" "$lab" up --nodes 2
	processes+=$'\n'$(lab_processes)
	check "status" "$lab" status
	for pid in "$dir"/pids/*; do kill -KILL "$(cut -d ' ' -f 1 "$pid")" 2>/dev/null; done
	check "down after everything was killed" "$lab" down
	check_is "... leaves nothing" "" "$(own_leftovers)"

	# An up that is killed half-way.
	"$lab" up --nodes 2 >/dev/null 2>&1 &
	sleep 1
	kill -KILL $! 2>/dev/null
	wait $! 2>/dev/null
	processes+=$'\n'$(lab_processes)
	check "down after a killed up" "$lab" down
	check_is "... leaves nothing" "" "$(own_leftovers)"

	# An up that is interrupted cleans up by itself.
	timeout -s INT 1 "$lab" up --nodes 2 >/dev/null 2>&1
	check_is "an interrupted up leaves nothing" "" "$(own_leftovers)"
	check_is "without root: 4" 4 "$(setpriv --reuid 65534 --clear-groups bash "$lab" up >/dev/null 2>&1; echo $?)"

	# Networks of others are none of ours.
	ip link add nlabtest0 type veth peer name nlabtest1
	ip addr add "10.199.$NETOPSY_LAB_ID.77/24" dev nlabtest0
	ip link set nlabtest0 up
	check_is "up refuses a subnet that is in use" 4 "$("$lab" up >/dev/null 2>&1; echo $?)"
	check "... and leaves its link alone" ip link show nlabtest0
	ip link del nlabtest0
	check_is "... and nothing else" "" "$(own_leftovers)"
	[[ -n $found ]] || check_is "this machine is as before" "" "$(changes "$before")"

	# --- both families ------------------------------------------------------------------

	check "up --dual-stack" "$lab" up --nodes 2 --dual-stack
	check_not "up without it does not take it for its own" "$lab" up --nodes 2
	check_is "podCIDRs of both families" '["10.244.1.0/24","fd00:10:244:1::/64"]' \
		"$("${admin[@]}" get node node1 -o 'jsonpath={.spec.podCIDRs}')"
	check_is "an InternalIP of both" "$underlay.11 fd00:10:199:$NETOPSY_LAB_ID::11" \
		"$("${admin[@]}" get node node1 -o 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}')"
	check_is "the DNS Service has both" '["10.96.0.10","fd00:10:96::a"]' \
		"$("${admin[@]}" -n kube-system get service kube-dns -o 'jsonpath={.spec.clusterIPs}')"
	check "pod to pod by IPv6, 1382 bytes of payload" ping_passes web-1 fd00:10:244:2::2 1382
	check_not "... 1383 do not pass" ping_passes web-1 fd00:10:244:2::2 1383
	check "pod to pod by IPv4" ping_passes web-1 10.244.2.2 1422
	check_is "DNS by the ClusterIP's twin" fd00:10:96::2850 \
		"$(on web-1 dig +short +time=2 web.default.svc.cluster.local AAAA @fd00:10:96::a)"
	check "a Service answers a pod by IPv6" on web-2 curl -sf --noproxy '*' --max-time 3 'http://[fd00:10:96::2850]/'
	check "down" "$lab" down
	check_is "... leaves nothing" "" "$(own_leftovers)"
	[[ -n $found ]] || check_is "this machine is as before" "" "$(changes "$before")"
	found=1 # nothing to take down
fi

[[ -n ${up_ms:-} ]] && printf '\nlab up (3 nodes): %d ms; DNS median %s µs\n' "$up_ms" "$plain"
printf '%d checks, %d failed\n' "$checks" "$failures"
((failures == 0))
