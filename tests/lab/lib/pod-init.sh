#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# pod-init.sh HOSTNAME RESOLV_CONF SANDBOX COMMAND...: the one process of a pod. It runs in the
# node's pid namespace, and in network, mount and UTS namespaces of its own.
set -eu
name=$1 resolv=$2 sandbox=$3
shift 3
# As a container runtime does, leave the pod's network namespace where the node can find it.
: >"/run/netns/$sandbox"
nsenter -t 1 -m mount --bind "/proc/$$/ns/net" "/run/netns/$sandbox"
# The pod itself sees none of that.
mount -t tmpfs -o mode=755 none /run/netns
hostname "$name"
mount --bind "$resolv" /etc/resolv.conf
printf '%s\n' "$name" >"/run/$sandbox.hostname"
mount --bind "/run/$sandbox.hostname" /etc/hostname
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/
exec "$@"
