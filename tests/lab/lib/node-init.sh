#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# node-init.sh NAME SETUP PIDFILE: process 1 of a node, in network, mount, UTS, IPC and pid
# namespaces of its own. Its root is an overlay of this machine's /; SETUP is copied over it.
# When this process ends, the kernel ends everything else in the node.
set -euo pipefail
name=$1 setup=$2 pidfile=$3
# /proc is still the machine's: this is the pid that the machine knows.
read -r pid _ </proc/self/stat

hostname "$name"
base=$setup.fs
mkdir -p "$base"
mount -t tmpfs -o mode=755 "$name" "$base"
mkdir "$base/upper" "$base/work" "$base/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$base/root"
root=$base/root

# A machine may keep parts of its system on mounts of their own, which the overlay doesn't show.
for part in /usr /var /opt /nix /gnu; do
	if mountpoint -q "$part" 2>/dev/null; then mount --rbind "$part" "$root$part"; fi
done
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
if [[ -d /sys/fs/cgroup ]]; then mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"; fi
mount --rbind /dev "$root/dev"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts" 2>/dev/null || true
mount -t tmpfs -o mode=755 run "$root/run"
# The people's homes of this machine, and root's, are none of a node's business.
mount -t tmpfs -o mode=700 roothome "$root/root"
mount -t tmpfs -o mode=755 home "$root/home"
mkdir -p "$root/run/sshd" "$root/run/flannel" "$root/run/netns" "$root/run/lock"
# Here and there a link points out of the new root, e.g. /etc/resolv.conf: replace, never follow.
cp -a --remove-destination "$setup/." "$root/"
# sshd without PAM refuses an account whose password field starts with "!".
sed -i 's/^root:[^:]*:/root:*:/' "$root/etc/shadow"
# sshd's own user, where openssh-server is not installed.
grep -q '^sshd:' "$root/etc/passwd" || printf 'sshd:x:990:65534::/run/sshd:/usr/sbin/nologin\n' >>"$root/etc/passwd"
# Two users beside root: ops may sudo without a password, guest may not at all.
id=1500
for user in ops guest; do
	sed -i "/^$user:/d" "$root/etc/passwd" "$root/etc/group" "$root/etc/shadow"
	printf '%s:x:%d:%d::/home/%s:/bin/sh\n' "$user" "$id" "$id" "$user" >>"$root/etc/passwd"
	printf '%s:x:%d:\n' "$user" "$id" >>"$root/etc/group"
	printf '%s:*:19700:0:99999:7:::\n' "$user" >>"$root/etc/shadow"
	mkdir -p "$root/home/$user"
	chown "$id:$id" "$root/home/$user"
	id=$((id + 1))
done

mkdir "$root/.old"
cd "$root"
pivot_root . .old
cd /
printf '%s\n' "$pid" >"/.old$pidfile"
umount -l /.old
rmdir /.old

/usr/sbin/sshd -f /etc/ssh/sshd_config.lab -E /var/log/sshd.log
# Stay, and reap what is orphaned.
while :; do
	sleep 3600 &
	wait || true
done
