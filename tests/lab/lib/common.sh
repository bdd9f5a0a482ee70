# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Names, addresses, messages and small tools shared by every part of the lab.
# Many of these variables are used only by the files that are sourced after this one.
# shellcheck disable=SC2034

# Exit codes of tests/lab/lab.
readonly LAB_EX_FAIL=1 LAB_EX_USAGE=2 LAB_EX_DOWN=3 LAB_EX_UNABLE=4

say() { printf '%s\n' "$*" >&2; }
die() { # die CODE MESSAGE [REMEDY]
	local code=$1
	shift
	printf 'lab: %s\n' "$1" >&2
	[[ $# -lt 2 ]] || printf 'lab: remedy: %s\n' "$2" >&2
	exit "$code"
}

# --- identity: everything a lab creates carries its ID in its name -------------------------

LAB_ID=${NETOPSY_LAB_ID:-0}
[[ $LAB_ID == [0-9] ]] || die "$LAB_EX_USAGE" "NETOPSY_LAB_ID must be a digit 0..9, not \"$LAB_ID\""
if ((LAB_ID == 0)); then
	LAB_PREFIX=nlab- LAB_LINK=nlab0 LAB_SUFFIX=''
else
	LAB_PREFIX=nlab$LAB_ID- LAB_LINK=nlab$LAB_ID LAB_SUFFIX=-$LAB_ID
fi

# --- addresses ----------------------------------------------------------------------------

# The underlay is a /24: .1 this machine, .2 the control plane, 10+n node n.
LAB_UNDERLAY=${NETOPSY_LAB_SUBNET:-10.199.$LAB_ID}
[[ $LAB_UNDERLAY =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] ||
	die "$LAB_EX_USAGE" "NETOPSY_LAB_SUBNET must be three octets such as 10.199.0, not \"$LAB_UNDERLAY\""
LAB_HOST_IP=$LAB_UNDERLAY.1
LAB_CONTROL_IP=$LAB_UNDERLAY.2
LAB_MAX_NODES=200
# The overlay lives wholly inside the nodes' namespaces, so every lab may use the same ranges.
LAB_POD_NET=10.244
LAB_SERVICE_CIDR=10.96.0.0/16
LAB_API_SERVICE_IP=10.96.0.1
LAB_DNS_SERVICE_IP=10.96.0.10
LAB_WEB_SERVICE_IP=10.96.40.80
LAB_WEB_PORT=8080
LAB_ZONE=example.test

node_ip() { printf '%s' "$LAB_UNDERLAY.$((10 + $1))"; }
node_netns() { printf '%s' "${LAB_PREFIX}node$1"; }
LAB_VTEP_FORMAT="06:4e:45:0$LAB_ID:00:%02x"
# shellcheck disable=SC2059
node_vtep_mac() { printf "$LAB_VTEP_FORMAT" "$1"; }
pod_netns() { printf '%s' "${LAB_PREFIX}node$1-pod$2"; } # pod_netns NODE INDEX
pod_ip() { printf '%s' "$LAB_POD_NET.$1.$((1 + $2))"; }

# The two DNS pods: on node1 and node2, or both on node1 where there is no other.
# Prints lines "NODE INDEX".
dns_pods() {
	if (($1 >= 2)); then
		printf '1 2\n2 2\n'
	else
		printf '1 2\n1 3\n'
	fi
}

# --- places -------------------------------------------------------------------------------

# Where a lab of this ID stands, if one does: a link with a fixed name.
LAB_RECORD=/run/netopsy-lab$LAB_SUFFIX.dir
LAB_LOCK=/run/lock/netopsy-lab$LAB_SUFFIX.lock
LAB_GLOBALS=/run/netopsy-lab.globals
LAB_CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/netopsy-lab
LAB_NETNS=/run/netns
if [[ -n ${NETOPSY_LAB_DIR:-} ]]; then
	LAB_DIR=$(readlink -m "$NETOPSY_LAB_DIR")
elif [[ -L $LAB_RECORD ]]; then
	LAB_DIR=$(readlink "$LAB_RECORD")
else
	LAB_DIR=$(readlink -m "${XDG_RUNTIME_DIR:-/run}/netopsy-lab$LAB_SUFFIX")
fi

# --- small tools --------------------------------------------------------------------------

need_root() {
	[[ $EUID -eq 0 ]] ||
		die "$LAB_EX_UNABLE" "this needs root: it makes network namespaces, mounts and links" \
			"run it as root, e.g. sudo $LAB_HOME/lab"
}

now_ms() { printf '%s' "$((${EPOCHREALTIME/[.,]/} / 1000))"; }

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	local until=$(($(now_ms) + $1 * 1000))
	shift
	while ! "$@"; do
		(($(now_ms) < until)) || return 1
		sleep 0.05
	done
}

# One lab command at a time. The descriptor must not reach what the lab starts: see spawn.
lab_lock() {
	exec {LAB_LOCK_FD}>"$LAB_LOCK"
	flock -w 120 "$LAB_LOCK_FD" ||
		die "$LAB_EX_FAIL" "another lab command has been running for two minutes" "see who holds $LAB_LOCK"
}
