# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Nodes with their files, sshd and pods; keys, known_hosts and ssh_config for those who log in.

LAB_SSH_PASSPHRASE=netopsy-lab

keys_make() {
	local dir=$LAB_DIR
	ssh-keygen -q -t ed25519 -N '' -C lab -f "$dir/id_ed25519"
	ssh-keygen -q -t ecdsa -N '' -C lab-ecdsa -f "$dir/id_ecdsa"
	ssh-keygen -q -t ed25519 -N "$LAB_SSH_PASSPHRASE" -C lab-enc -f "$dir/id_ed25519_enc"
	ssh-keygen -q -t rsa -b 2048 -N '' -C lab-rsa -f "$dir/id_rsa"
	cat "$dir"/id_*.pub >"$dir/authorized_keys"
}

# node_prepare NODE TOTAL: the files that will be laid over the node's root.
node_prepare() {
	local n=$1 total=$2 name=node$1 etc other type
	local setup=$LAB_DIR/nodes/$name
	etc=$setup/etc
	mkdir -p "$etc/ssh" "$etc/sysctl.d" "$etc/cni/net.d" "$setup/run/flannel" \
		"$setup/usr/local/lib/netopsy-lab" "$setup/etc/sudoers.d"
	printf '%s\n' "$name" >"$etc/hostname"
	printf '%032x\n' "$((0x6e6c6162 * 65536 + LAB_ID * 256 + n))" >"$etc/machine-id"
	{
		printf '127.0.0.1 localhost\n::1 localhost ip6-localhost\n'
		for ((other = 1; other <= total; ++other)); do printf '%s.%d node%d\n' "$LAB_UNDERLAY" "$((10 + other))" "$other"; done
	} >"$etc/hosts"
	printf 'nameserver %s\nsearch %s\n' "$LAB_CONTROL_IP" "$LAB_ZONE" >"$etc/resolv.conf"
	cat >"$etc/sysctl.d/90-kubernetes.conf" <<-END
		# What this node's set-up wrote ($name).
		net.ipv4.ip_forward = 1
		net.bridge.bridge-nf-call-iptables = 1
	END
	cat >"$etc/cni/net.d/10-flannel.conflist" <<-END
		{ "name": "cbr0", "cniVersion": "0.3.1", "plugins": [
		  { "type": "flannel", "delegate": { "hairpinMode": true, "isDefaultGateway": true } },
		  { "type": "portmap", "capabilities": { "portMappings": true } } ] }
	END
	cat >"$setup/run/flannel/subnet.env" <<-END
		FLANNEL_NETWORK=$LAB_POD_NET.0.0/16
		FLANNEL_SUBNET=$LAB_POD_NET.$n.1/24
		FLANNEL_MTU=1450
		FLANNEL_IPMASQ=true
	END
	! dual || printf 'FLANNEL_IPV6_NETWORK=%s::/48\nFLANNEL_IPV6_SUBNET=%s:%s::1/64\n' "$LAB_POD_NET6" "$LAB_POD_NET6" "$n" \
		>>"$setup/run/flannel/subnet.env"
	cat >"$etc/netopsy-lab-pod-resolv.conf" <<-END
		nameserver $LAB_DNS_SERVICE_IP
		search default.svc.cluster.local svc.cluster.local cluster.local $LAB_ZONE
		options ndots:5
	END
	cat >"$etc/ssh/sshd_config.lab" <<-END
		Port 22
		HostKey /etc/ssh/lab_host_ed25519_key
		HostKey /etc/ssh/lab_host_ecdsa_key
		AuthorizedKeysFile /etc/ssh/lab_authorized_keys
		PermitRootLogin prohibit-password
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		UsePAM no
		StrictModes no
		PrintMotd no
		AcceptEnv LANG LC_*
		MaxStartups 100:30:300
		PidFile /run/sshd.pid
		Subsystem sftp internal-sftp
	END
	for type in ed25519 ecdsa; do
		ssh-keygen -q -t "$type" -N '' -C "$name" -f "$etc/ssh/lab_host_${type}_key"
	done
	cp "$LAB_DIR/authorized_keys" "$etc/ssh/lab_authorized_keys"
	printf 'ops ALL=(ALL) NOPASSWD: ALL\n' >"$etc/sudoers.d/ops"
	chmod 440 "$etc/sudoers.d/ops"
	cp "$LAB_HELPER" "$setup/usr/local/lib/netopsy-lab/nlab-helper"
	cp "$LAB_HOME/lib/pod-init.sh" "$setup/usr/local/lib/netopsy-lab/"
	if [[ -n $LAB_SSHD_TREE ]]; then cp -a "$LAB_SSHD_TREE/usr/sbin" "$LAB_SSHD_TREE/usr/lib" "$setup/usr/"; fi
}

known_hosts_write() {
	local n type
	for ((n = 1; n <= $1; ++n)); do
		for type in ed25519 ecdsa; do
			printf 'node%d,%s %s\n' "$n" "$(node_ip "$n")" \
				"$(cut -d ' ' -f 1,2 "$LAB_DIR/nodes/node$n/etc/ssh/lab_host_${type}_key.pub")"
		done
	done >"$LAB_DIR/known_hosts"
}

ssh_config_write() {
	local n
	{
		printf '# The nodes of this lab, by name and by address; nodeN-via-node1 goes through node1.\n'
		for ((n = 1; n <= $1; ++n)); do
			printf 'Host node%d\n\tHostName %s\n' "$n" "$(node_ip "$n")"
			((n == 1)) || printf 'Host node%d-via-node1\n\tHostName %s\n\tProxyJump node1\n' "$n" "$(node_ip "$n")"
		done
		cat <<-END
			Host node* $LAB_UNDERLAY.*
				User root
				Port 22
				IdentityFile $LAB_DIR/id_ed25519
				IdentitiesOnly yes
				UserKnownHostsFile $LAB_DIR/known_hosts
				GlobalKnownHostsFile /dev/null
				StrictHostKeyChecking yes
		END
	} >"$LAB_DIR/ssh_config"
}

node_pid() { # the node's process 1, as this machine numbers it
	process_pid "node$1.init"
}

node_start() {
	local n=$1 ns pid pidfile=$LAB_DIR/pids/node$1.ready
	ns=$(node_netns "$n")
	rm -f "$pidfile"
	spawn "node$n" nsenter --net="$LAB_NETNS/$ns" \
		unshare --mount --uts --ipc --pid --fork --kill-child \
		bash "$LAB_HOME/lib/node-init.sh" "node$n" "$LAB_DIR/nodes/node$n" "$pidfile"
}

node_wait() {
	local n=$1 pidfile=$LAB_DIR/pids/node$1.ready
	wait_for 20 test -s "$pidfile" ||
		die "$LAB_EX_FAIL" "node$n did not start: $(tail -n 3 "$LAB_DIR/log/node$n" | tr '\n' ' ')" "read $LAB_DIR/log/node$n"
	process_record "node$n.init" "$(<"$pidfile")" || die "$LAB_EX_FAIL" "node$n ended at once" "read $LAB_DIR/log/node$n"
	rm -f "$pidfile"
}

node_sshd_ready() { (exec 3<>"/dev/tcp/$(node_ip "$1")/22") 2>/dev/null; }

# in_node NODE COMMAND...: in all of the node's namespaces.
in_node() {
	local pid
	pid=$(node_pid "$1") || die "$LAB_EX_FAIL" "node$1 is not running" "tests/lab/lab status"
	shift
	nsenter -t "$pid" -m -u -i -n -p -- "$@"
}

# pod_start NODE INDEX NAME COMMAND...
pod_start() {
	local n=$1 index=$2 name=$3 pid sandbox
	shift 3
	pid=$(node_pid "$n")
	sandbox=cni-$(printf '%s-%s' "$name" "$LAB_ID" | md5sum | sed 's/\(.\{8\}\)\(.\{4\}\)\(.\{4\}\)\(.\{4\}\)\(.\{12\}\).*/\1-\2-\3-\4-\5/')
	printf '%s %s\n' "$n" "$index" >"$LAB_DIR/pods/$name"
	spawn "pod-$name" nsenter -t "$pid" -m -u -i -p --net="$LAB_NETNS/$(pod_netns "$n" "$index")" -- \
		unshare --mount --uts /usr/local/lib/netopsy-lab/pod-init.sh \
		"$name" /etc/netopsy-lab-pod-resolv.conf "$sandbox" "$@"
}

# in_pod NAME COMMAND...: in the pod's namespaces (and so with its resolv.conf).
in_pod() {
	local name=$1 outer pid
	shift
	outer=$(process_pid "pod-$name") || die "$LAB_EX_FAIL" "pod $name is not running" "tests/lab/lab status"
	# The pod's process is the only child of the nsenter that the lab started.
	pid=$(<"/proc/$outer/task/$outer/children")
	nsenter -t "${pid%% *}" -m -u -i -n -p -- "$@"
}
