# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Settings that all network namespaces share, and so this whole machine. What they were before
# the first lab is kept in one place for all labs; the last lab to go puts them back. That also
# undoes what was set through a node (a node's fs.inotify.* are this machine's).

LAB_GLOBAL_KEYS=(net/netfilter/nf_conntrack_max fs/inotify/max_user_watches fs/inotify/max_user_instances)

globals_lock() { exec {LAB_GLOBALS_FD}>/run/lock/netopsy-lab.globals.lock && flock "$LAB_GLOBALS_FD"; }
globals_unlock() { exec {LAB_GLOBALS_FD}>&-; }

globals_save() {
	local key
	globals_lock
	# Where /run outlives a reboot, what is kept there is from another life.
	[[ $(cat "$LAB_GLOBALS/boot" 2>/dev/null) == "$(</proc/sys/kernel/random/boot_id)" ]] || rm -rf "$LAB_GLOBALS"
	mkdir -p "$LAB_GLOBALS/labs" "$LAB_GLOBALS/pressure"
	cat /proc/sys/kernel/random/boot_id >"$LAB_GLOBALS/boot"
	for key in "${LAB_GLOBAL_KEYS[@]}"; do
		[[ -e $LAB_GLOBALS/${key//\//.} || ! -r /proc/sys/$key ]] || cat "/proc/sys/$key" >"$LAB_GLOBALS/${key//\//.}"
	done
	: >"$LAB_GLOBALS/labs/$LAB_ID"
	globals_unlock
}

globals_original() { cat "$LAB_GLOBALS/${1//\//.}"; }

globals_restore_one() {
	local was is
	was=$(globals_original "$1" 2>/dev/null) || return 0
	is=$(<"/proc/sys/$1")
	[[ $was != "$is" ]] || return 0
	printf '%s\n' "$was" >"/proc/sys/$1" && say "lab: set $1 back from $is to $was"
}

globals_release() {
	local key
	[[ -d $LAB_GLOBALS ]] || return 0
	globals_lock
	rm -f "$LAB_GLOBALS/labs/$LAB_ID" "$LAB_GLOBALS/pressure/$LAB_ID"
	if [[ -z $(ls -A "$LAB_GLOBALS/pressure" 2>/dev/null) ]]; then globals_restore_one net/netfilter/nf_conntrack_max; fi
	if [[ -z $(ls -A "$LAB_GLOBALS/labs" 2>/dev/null) ]]; then
		for key in "${LAB_GLOBAL_KEYS[@]}"; do globals_restore_one "$key"; done
		rm -rf "$LAB_GLOBALS"
	fi
	globals_unlock
}
