# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The rules that kube-proxy (iptables mode) and flannel write on a node. They are the same on
# every node but for a node's own pod range, so they are made once, with a placeholder for it;
# and once more for IPv6, where the lab has both.

kube_chain() { # kube_chain PREFIX TEXT: named as kube-proxy names it, by the hash of TEXT
	local hash
	hash=$(printf '%s' "$2" | sha256sum)
	hash=$(printf '%b' "$(sed 's/ .*//; s/../\\x&/g' <<<"$hash")" | base32 -w 0)
	printf '%s-%s' "$1" "${hash:0:16}"
}

rules_address() { if ((rules_family == 6)); then twin "$1"; else printf '%s' "$1"; fi; }
rules_endpoint() { # rules_endpoint IPV4 PORT
	if ((rules_family == 6)); then printf '[%s]:%s' "$(twin "$1")" "$2"; else printf '%s:%s' "$1" "$2"; fi
}

# rules_service NAMESPACE/NAME:PORT PROTOCOL CLUSTER_IP PORT ENDPOINT...
# Adds to the arrays rules_chains, rules_services and rules_endpoints.
rules_service() {
	local name=$1 protocol=$2 ip port=$4 service endpoint chain match i left
	ip=$(rules_address "$3")
	shift 4
	service=$(kube_chain KUBE-SVC "$name$protocol")
	rules_chains+=("$service")
	match="-d $ip/$rules_bits -p $protocol -m comment --comment \"$name cluster IP\" -m $protocol --dport $port"
	rules_services+=("-A KUBE-SERVICES ! -s $rules_pods $match -j KUBE-MARK-MASQ")
	rules_services+=("-A KUBE-SERVICES $match -j $service")
	left=$#
	for endpoint in "$@"; do
		chain=$(kube_chain KUBE-SEP "$name$protocol$endpoint")
		rules_chains+=("$chain")
		i=
		((left == 1)) || i="-m statistic --mode random --probability $(printf '0.%010d' "$((10000000000 / left))") "
		rules_endpoints+=("-A $service -m comment --comment \"$name\" $i-j $chain")
		rules_endpoints+=("-A $chain -s $(tr -d '[]' <<<"${endpoint%:*}")/$rules_bits -m comment --comment \"$name\" -j KUBE-MARK-MASQ")
		rules_endpoints+=("-A $chain -p $protocol -m comment --comment \"$name\" -m $protocol -j DNAT --to-destination $endpoint")
		left=$((left - 1))
	done
}

# rules_write TOTAL FILE [4|6]
rules_write() {
	local total=$1 n index dns=() web=() rules_chains=() rules_services=() rules_endpoints=()
	local rules_family=${3:-4} rules_bits=32 rules_pods=$LAB_POD_NET.0.0/16 multicast=224.0.0.0/4
	((rules_family == 4)) || rules_bits=128 rules_pods=$LAB_POD_NET6::/48 multicast=ff00::/8
	while read -r n index; do dns+=("$(rules_endpoint "$(pod_ip "$n" "$index")" 53)"); done < <(dns_pods "$total")
	for ((n = 1; n <= total; ++n)); do web+=("$(rules_endpoint "$(pod_ip "$n" 1)" "$LAB_WEB_PORT")"); done
	rules_service kube-system/kube-dns:dns udp "$LAB_DNS_SERVICE_IP" 53 "${dns[@]}"
	rules_service kube-system/kube-dns:dns-tcp tcp "$LAB_DNS_SERVICE_IP" 53 "${dns[@]}"
	# The API's own Service has one family.
	((rules_family == 6)) || rules_service default/kubernetes:https tcp "$LAB_API_SERVICE_IP" 443 "$LAB_CONTROL_IP:6443"
	rules_service default/web:http tcp "$LAB_WEB_SERVICE_IP" 80 "${web[@]}"
	{
		cat <<-END
			*nat
			:PREROUTING ACCEPT
			:INPUT ACCEPT
			:OUTPUT ACCEPT
			:POSTROUTING ACCEPT
			:KUBE-SERVICES -
			:KUBE-NODEPORTS -
			:KUBE-POSTROUTING -
			:KUBE-MARK-MASQ -
			:KUBE-MARK-DROP -
			$(printf ':%s -\n' "${rules_chains[@]}")
			-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
			-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
			-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
			-A POSTROUTING -s $rules_pods -d $rules_pods -m comment --comment "flanneld masq" -j RETURN
			-A POSTROUTING -s $rules_pods ! -d $multicast -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
			-A POSTROUTING ! -s $rules_pods -d @POD_CIDR@ -m comment --comment "flanneld masq" -j RETURN
			-A POSTROUTING ! -s $rules_pods -d $rules_pods -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
			-A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000
			-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
			-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
			-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
			-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
			$(printf '%s\n' "${rules_services[@]}")
			-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
			$(printf '%s\n' "${rules_endpoints[@]}")
			COMMIT
			*filter
			:INPUT ACCEPT
			:FORWARD ACCEPT
			:OUTPUT ACCEPT
			:KUBE-SERVICES -
			:KUBE-EXTERNAL-SERVICES -
			:KUBE-FORWARD -
			:KUBE-FIREWALL -
			-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
			-A INPUT -j KUBE-FIREWALL
			-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
			-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
			-A FORWARD -s $rules_pods -m comment --comment "flanneld forward" -j ACCEPT
			-A FORWARD -d $rules_pods -m comment --comment "flanneld forward" -j ACCEPT
			-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
			-A OUTPUT -j KUBE-FIREWALL
			-A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets" -m mark --mark 0x8000/0x8000 -j DROP
			-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
			-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
			-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack pod source rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
			COMMIT
		END
	} >"$2"
}

# rules_load NODE
rules_load() {
	sed "s,@POD_CIDR@,$LAB_POD_NET.$1.0/24,g" "$LAB_DIR/iptables.rules" | in_netns "$(node_netns "$1")" iptables-restore
	! dual || sed "s,@POD_CIDR@,$LAB_POD_NET6:$1::/64,g" "$LAB_DIR/ip6tables.rules" | in_netns "$(node_netns "$1")" ip6tables-restore
}
