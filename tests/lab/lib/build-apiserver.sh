#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Netopsy Authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# build-apiserver.sh CACHE OUT: build kube-apiserver from Debian's source package `kubernetes`.
# Called by build.sh under its lock; keeps the unpacked source in CACHE/src only while it runs.
set -euo pipefail

cache=$1 out=$2
work=$cache/src
rm -rf "$work"
mkdir -p "$work/sources.d" "$work/lists/partial" "$work/reflect2"

# A private deb-src list from the machine's own Debian sources; nothing in /etc is changed.
found=
for f in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list.d/*.sources; do
	[[ -f $f ]] && grep -q 'debian' "$f" || continue
	sed 's/^Types:.*/Types: deb deb-src/' "$f" >"$work/sources.d/lab.sources"
	found=1
	break
done
if [[ -z $found && -s /etc/apt/sources.list ]]; then
	sed -n 's/^deb\(-src\)\? \(.*debian.*\)/deb \2\ndeb-src \2/p' /etc/apt/sources.list >"$work/sources.d/lab.list"
	found=1
fi
[[ -n $found ]] || { echo "no Debian package source found in /etc/apt"; exit 1; }
apt_private() {
	apt-get -o Dir::Etc::sourceparts="$work/sources.d" -o Dir::Etc::sourcelist=/dev/null \
		-o Dir::State::lists="$work/lists" -o APT::Sandbox::User=root "$@"
}

cd "$work"
apt_private update -q
apt_private source -q --only-source kubernetes
# The vendored reflect2 crashes when built by Go >= 1.18; Debian's packaged version doesn't.
(cd reflect2 && apt_private download -q golang-github-modern-go-reflect2-dev && dpkg-deb -x ./*.deb .)

tree=$(find "$work" -maxdepth 1 -type d -name 'kubernetes-*' | head -n 1)
[[ -d $tree ]] || { echo "apt-get source left no kubernetes-* directory"; exit 1; }
vendored=$tree/vendor/github.com/modern-go/reflect2
packaged=$work/reflect2/usr/share/gocode/src/github.com/modern-go/reflect2
rm -f "$vendored"/*.go "$vendored"/*.s
cp "$packaged"/*.go "$packaged"/*.s "$vendored"/
rm -f "$vendored"/*_test.go

mkdir -p "$tree/.go/src/k8s.io"
ln -sfn "$tree" "$tree/.go/src/k8s.io/kubernetes"
cd "$tree/.go/src/k8s.io/kubernetes"
export GOPATH=$tree/.go PATH=/usr/lib/go-1.19/bin:$PATH CGO_ENABLED=0 GO111MODULE=off GOFLAGS=
export GOCACHE=$work/gocache HOME=$work
make WHAT=cmd/kube-apiserver GOLDFLAGS="-s -w"
built=$(find "$tree/_output" -type f -name kube-apiserver | head -n 1)
[[ -x $built ]] || { echo "make produced no kube-apiserver"; exit 1; }
"$built" --version
mkdir -p "$(dirname "$out")"
cp "$built" "$out.new"
chmod 755 "$out.new"
mv "$out.new" "$out"
cd /
chmod -R u+w "$work"
rm -rf "$work"
