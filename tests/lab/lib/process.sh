# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Processes the lab starts: each is recorded by name with its pid and start time, so that
# only that very process is ever signalled, never another that got the same pid later.

process_start_time() { # field 22 of /proc/PID/stat; the command name may hold blanks
	local stat
	{ stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
	stat=${stat##*) }
	# shellcheck disable=SC2086 # splitting is wanted
	set -- $stat
	[[ $1 != Z ]] || return 1
	printf '%s' "${20}"
}

process_record() { # process_record NAME PID
	local start
	start=$(process_start_time "$2") || return 1
	mkdir -p "$LAB_DIR/pids"
	printf '%s %s\n' "$2" "$start" >"$LAB_DIR/pids/$1"
}

# process_pid NAME: prints the pid if that very process still runs.
process_pid() {
	local pid start
	{ read -r pid start <"$LAB_DIR/pids/$1"; } 2>/dev/null || return 1
	[[ $(process_start_time "$pid") == "$start" ]] || return 1
	printf '%s' "$pid"
}

# spawn NAME COMMAND...: in the background, in a session and with an environment of its own (a
# caller's proxies or ETCD_* variables are none of the lab's business), output to log/NAME.
spawn() {
	local name=$1
	shift
	setsid env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
		"$@" </dev/null >>"$LAB_DIR/log/$name" 2>&1 {LAB_LOCK_FD}>&- &
	process_record "$name" $! ||
		die "$LAB_EX_FAIL" "$name ended at once: $(tail -n 3 "$LAB_DIR/log/$name" | tr '\n' ' ')" "read $LAB_DIR/log/$name"
	disown $!
}

# process_stop NAME: end it now, and wait until it is gone.
process_stop() {
	local pid
	if pid=$(process_pid "$1"); then
		kill -KILL "$pid" 2>/dev/null || true
		wait_for 5 process_gone "$1" || say "lab: process $1 ($pid) does not end"
	fi
	rm -f "$LAB_DIR/pids/$1"
}
process_gone() { ! process_pid "$1" >/dev/null; }

# netns_stop_all NAMESPACE...: end every process that lives in these namespaces.
netns_stop_all() {
	local ns pid pids attempt
	for attempt in 1 2 3 4 5 6 7 8 9 10; do
		pids=
		for ns in "$@"; do
			pids+=" $(ip netns pids "$ns" 2>/dev/null | tr '\n' ' ')"
		done
		[[ -n ${pids// /} ]] || return 0
		for pid in $pids; do
			kill -KILL "$pid" 2>/dev/null || true
		done
		sleep "0.0$attempt" 2>/dev/null || sleep 0.1
	done
	say "lab: processes that do not end:$pids"
	return 1
}
