# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Names: the cluster's, served by dnsmasq in the two DNS pods (CoreDNS' role), and those of the
# world outside, which is one made-up zone served by dnsmasq on the fabric. Nothing leaves the lab.

dns_upstream_start() {
	local n
	cat >"$LAB_DIR/upstream.conf" <<-END
		port=53
		listen-address=$LAB_CONTROL_IP
		bind-interfaces
		user=root
		no-resolv
		no-hosts
		no-dhcp-interface=*
		local-ttl=60
		# All that is not named here does not exist.
		address=/#/
		host-record=www.$LAB_ZONE,198.51.100.80,2001:db8::80
		host-record=api.$LAB_ZONE,198.51.100.81
		host-record=ns.$LAB_ZONE,$LAB_CONTROL_IP
		cname=shop.$LAB_ZONE,www.$LAB_ZONE
		txt-record=$LAB_ZONE,"v=netopsy-lab"
		mx-host=$LAB_ZONE,mail.$LAB_ZONE,10
	END
	for ((n = 1; n <= $1; ++n)); do
		printf 'host-record=node%d.%s,%s\n' "$n" "$LAB_ZONE" "$(node_ip "$n")"
	done >>"$LAB_DIR/upstream.conf"
	spawn dns-upstream nsenter --net="$LAB_NETNS/$LAB_FABRIC" \
		"$(command -v dnsmasq)" --keep-in-foreground --conf-file="$LAB_DIR/upstream.conf" --pid-file=
}

# dns_cluster_write TOTAL: the configuration that both DNS pods run.
dns_cluster_write() {
	local total=$1 n index ip domain=cluster.local file=$LAB_DIR/coredns.conf
	{
		cat <<-END
			port=53
			user=root
			no-hosts
			no-resolv
			no-dhcp-interface=*
			cache-size=9984
			dns-forward-max=1000
			local-ttl=30
			neg-ttl=30
			local=/$domain/
			local=/10.in-addr.arpa/
			server=$LAB_CONTROL_IP
			txt-record=dns-version.$domain,"1.1.0"
			host-record=kubernetes.default.svc.$domain,$LAB_API_SERVICE_IP
			host-record=kube-dns.kube-system.svc.$domain,$(with_twin "$LAB_DNS_SERVICE_IP")
			host-record=web.default.svc.$domain,$(with_twin "$LAB_WEB_SERVICE_IP")
			srv-host=_https._tcp.kubernetes.default.svc.$domain,kubernetes.default.svc.$domain,443
			srv-host=_http._tcp.web.default.svc.$domain,web.default.svc.$domain,80
			srv-host=_dns._udp.kube-dns.kube-system.svc.$domain,kube-dns.kube-system.svc.$domain,53
			srv-host=_dns-tcp._tcp.kube-dns.kube-system.svc.$domain,kube-dns.kube-system.svc.$domain,53
		END
		for ((n = 1; n <= total; ++n)); do
			ip=$(pod_ip "$n" 1)
			printf 'host-record=%s.web-headless.default.svc.%s,%s\n' "${ip//./-}" "$domain" "$ip"
			printf 'address=/web-headless.default.svc.%s/%s\n' "$domain" "$ip"
			! dual || printf 'address=/web-headless.default.svc.%s/%s\n' "$domain" "$(twin "$ip")"
		done
		while read -r n index; do
			ip=$(pod_ip "$n" "$index")
			printf 'host-record=%s.kube-dns.kube-system.svc.%s,%s\n' "${ip//./-}" "$domain" "$ip"
		done < <(dns_pods "$total")
	} >"$file"
	for ((n = 1; n <= total; ++n)); do cp "$file" "$LAB_DIR/nodes/node$n/etc/netopsy-lab-coredns.conf"; done
}

dns_pod_start() { # dns_pod_start NODE INDEX NAME
	pod_start "$1" "$2" "$3" /usr/sbin/dnsmasq --keep-in-foreground --conf-file=/etc/netopsy-lab-coredns.conf --pid-file=
}
