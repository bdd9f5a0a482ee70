# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The binaries of the control plane: found, or built once and cached.
# Debian ships etcd and kubectl, but kube-apiserver only as source.

# find_binary NAME: KUBEBUILDER_ASSETS first, then PATH, then our cache.
find_binary() {
	local name=$1
	if [[ -n ${KUBEBUILDER_ASSETS:-} && -x $KUBEBUILDER_ASSETS/$name ]]; then
		printf '%s\n' "$KUBEBUILDER_ASSETS/$name"
	elif command -v "$name" >/dev/null 2>&1; then
		command -v "$name"
	elif [[ -x $LAB_CACHE/bin/$name ]]; then
		printf '%s\n' "$LAB_CACHE/bin/$name"
	elif [[ -x $LAB_CACHE/etcd/usr/bin/$name ]]; then
		printf '%s\n' "$LAB_CACHE/etcd/usr/bin/$name"
	else
		return 1
	fi
}

apt_install() { # apt_install PACKAGE...
	[[ $EUID -eq 0 ]] ||
		die "$LAB_EX_UNABLE" "missing packages: $*" "as root: apt-get install --no-install-recommends $*"
	command -v apt-get >/dev/null ||
		die "$LAB_EX_UNABLE" "missing: $* (and this is no Debian)" "install the equivalents of these Debian packages"
	say "lab: installing $*"
	local log
	log=$(mktemp)
	# Package lists may be old: refresh them only when the first attempt fails.
	if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >"$log" 2>&1 &&
		! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; } >"$log" 2>&1; then
		tail -n 15 "$log" >&2
		rm -f "$log"
		die "$LAB_EX_UNABLE" "apt could not install: $*" "see the messages above"
	fi
	rm -f "$log"
}

# unpack NAME PACKAGE...: into the cache as NAME, without installing. For packages that would start a
# service on this machine, now and at every boot: the lab only wants the program.
unpack() {
	local work package dir tree=$LAB_CACHE/$1
	shift
	command -v apt-get >/dev/null ||
		die "$LAB_EX_UNABLE" "missing: $* (and this is no Debian)" "install the equivalents of these Debian packages"
	say "lab: unpacking $* into $tree"
	work=$(mktemp -d)
	(
		cd "$work" || exit 1
		apt-get -o APT::Sandbox::User=root download -q "$@" || { apt-get update -q && apt-get -o APT::Sandbox::User=root download -q "$@"; }
	) >"$work/log" 2>&1 || {
		tail -n 5 "$work/log" >&2
		die "$LAB_EX_UNABLE" "apt could not download: $*" "see the messages above"
	}
	mkdir -p "$tree/usr"
	for package in "$work"/*.deb; do
		mkdir "$work/tree"
		dpkg-deb -x "$package" "$work/tree"
		for dir in bin sbin lib; do # as on a system where these are links into /usr
			if [[ -d $work/tree/$dir ]]; then mkdir -p "$work/tree/usr" && cp -a "$work/tree/$dir" "$work/tree/usr/"; fi
		done
		cp -a "$work/tree/usr/." "$tree/usr/"
		rm -rf "$work/tree"
	done
	rm -rf "$work"
}

# The nodes' sshd: this machine's own if there is one, else one laid over each node's files.
sshd_find() {
	local libraries=() pair
	LAB_SSHD_TREE=
	[[ ! -x /usr/sbin/sshd ]] || return 0
	LAB_SSHD_TREE=$LAB_CACHE/sshd
	[[ ! -x $LAB_SSHD_TREE/usr/sbin/sshd ]] || return 0
	for pair in libwrap.so.0:libwrap0 libnsl.so.2:libnsl2 libtirpc.so.3:libtirpc3; do
		ldconfig -p | grep -qF "${pair%:*}" || libraries+=("${pair#*:}")
	done
	unpack sshd openssh-server "${libraries[@]}"
}

# need COMMAND PACKAGE ...: install the packages of those commands that are missing.
need() {
	local missing=()
	while (($# >= 2)); do
		# shellcheck disable=SC2206 # one command may need several packages
		command -v "$1" >/dev/null 2>&1 || missing+=($2)
		shift 2
	done
	((${#missing[@]} == 0)) || apt_install "${missing[@]}"
}

# The whole build of kube-apiserver from Debian's source package, about 4 minutes on 2 cores.
# Safe to run again and at the same time as another: a lock, and a rename at the end.
build_apiserver() {
	local out=$LAB_CACHE/bin/kube-apiserver
	[[ ! -x $out ]] || return 0
	mkdir -p "$LAB_CACHE/bin" "$LAB_CACHE/src"
	exec {lab_build_lock}>"$LAB_CACHE/build.lock"
	if ! flock -n "$lab_build_lock"; then
		say "lab: another build of kube-apiserver is running, waiting for it"
		flock "$lab_build_lock"
	fi
	if [[ ! -x $out ]]; then
		say "lab: building kube-apiserver from Debian's source package (once, about 4 minutes; log: $LAB_CACHE/build.log)"
		if ! (build_apiserver_locked "$out") >"$LAB_CACHE/build.log" 2>&1; then
			tail -n 20 "$LAB_CACHE/build.log" >&2
			exec {lab_build_lock}>&-
			die "$LAB_EX_UNABLE" "building kube-apiserver failed" \
				"read $LAB_CACHE/build.log; or put kube-apiserver on PATH or in \$KUBEBUILDER_ASSETS"
		fi
	fi
	exec {lab_build_lock}>&-
}

build_apiserver_locked() {
	# "if ! (…)" switches errexit off inside, hence a fresh shell.
	local lib
	lib=$(dirname "${BASH_SOURCE[0]}")
	bash "$lib/build-apiserver.sh" "$LAB_CACHE" "$1"
}

build_packages() {
	[[ -x /usr/lib/go-1.19/bin/go ]] || printf 'golang-1.19-go\n'
	command -v rsync >/dev/null || printf 'rsync\n'
	command -v dpkg-source >/dev/null || printf 'dpkg-dev\n'
	command -v make >/dev/null || printf 'make\n'
	command -v gcc >/dev/null || printf 'gcc\nlibc6-dev\n'
	command -v file >/dev/null || printf 'file\n'
	command -v xz >/dev/null || printf 'xz-utils\n'
	command -v patch >/dev/null || printf 'patch\n'
}

cmd_build() {
	local packages=()
	if find_binary kube-apiserver >/dev/null; then
		say "lab: kube-apiserver: $(find_binary kube-apiserver)"
		return 0
	fi
	mapfile -t packages < <(build_packages)
	((${#packages[@]} == 0)) || apt_install "${packages[@]}"
	build_apiserver
	say "lab: kube-apiserver: $(find_binary kube-apiserver)"
}
