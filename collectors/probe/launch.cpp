// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Standard input carries the plan's lines and then the program's bytes, to its end. The shell's read takes a pipe
// byte by byte, so nothing of the program is swallowed with the plan; `head -c` is not used, for busybox' reads
// ahead of what it is asked for.
#include "collectors/probe/probe.h"
#include "collectors/probe/program.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace netopsy::probe {

namespace {

/// One field of a plan's line: no blank, no control byte, never empty (parse::absorbProbe undoes it).
std::string field(std::string_view value) {
    if (value.empty())
        return "%";
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > ' ' && byte <= '~' && byte != '%') {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out.substr(0, 250); // a name is at most 253 bytes, and none of the others is near that
}

long milliseconds(double value, long least, long most) {
    return std::isfinite(value)
               ? std::lround(std::fmin(std::fmax(value, static_cast<double>(least)), static_cast<double>(most)))
               : least;
}

constexpr std::size_t mostPlaces = 16, mostPlaceLines = 90; // node/plan.h's bounds

/// The targets of the node or of a place.
template<class Place>
std::vector<std::string> targetLines(const Place& place) {
    std::vector<std::string> lines;
    for (const LookupTarget& t : place.lookups) {
        std::string line = "lookup " + field(t.resolver) + " " + field(t.role) + " " + field(t.name) + " " +
                           (t.ndots < 0 ? std::string("-") : std::to_string(std::min(t.ndots, 15)));
        for (const std::string& domain : t.search)
            line += " " + field(domain);
        lines.push_back(std::move(line));
    }
    for (const DnsTarget& t : place.dns)
        lines.push_back("dns " + (t.resolver.empty() ? "-" : field(t.resolver)) + " " + field(t.role) +
                        (t.internal ? " 1 " : " 0 ") + field(t.name));
    for (const PeerTarget& p : place.peers)
        lines.push_back("peer " + field(p.peer) + " " + field(p.address) +
                        (p.plane == model::Plane::Underlay ? " underlay" : " overlay"));
    return lines;
}

template<class Place>
std::vector<std::string> paceLines(const Place& place) {
    return {"dns-interval " + std::to_string(milliseconds(place.dnsIntervalMs, 5, 60'000)),
            "rtt-interval " + std::to_string(milliseconds(place.rttIntervalMs, 5, 60'000)),
            "cpu-share " + std::to_string(std::clamp(place.cpuPpm, 100, 1'000'000)),
            "lookup-interval " + std::to_string(milliseconds(place.lookupIntervalMs, 5, 3'600'000))};
}

/// The format is node/plan.h's.
std::string planText(const ProbePlan& plan) {
    std::string out = "netopsy-probe-plan 1\n";
    out += "duration " + std::to_string(milliseconds(plan.durationS * 1000, 1, 3'600'000)) + "\n";
    out += "dns-timeout " + std::to_string(milliseconds(plan.dnsTimeoutMs, 100, 10'000)) + "\n";
    out += "seed " + std::to_string(plan.seed) + "\n";
    const auto add = [&out](const std::string& prefix, const std::vector<std::string>& lines) {
        for (const std::string& line : lines)
            out += prefix + line + "\n";
    };
    add("", paceLines(plan));
    add("", targetLines(plan));
    for (std::size_t k = 0; k < std::min(plan.pods.size(), mostPlaces); ++k) {
        const PodPlan& pod = plan.pods[k];
        const std::string prefix = "@" + std::to_string(k) + " ";
        out += "pod " + std::to_string(k) + " " + field(pod.ns) + "/" + field(pod.name) + " " +
               field(pod.address) + "\n";
        add(prefix, paceLines(pod));
        std::vector<std::string> targets = targetLines(pod);
        targets.resize(std::min(targets.size(), mostPlaceLines));
        add(prefix, targets);
    }
    return out + "end\n";
}

/// What POSIX cksum prints for `bytes`: for nodes that have no SHA-256.
std::uint32_t posixCksum(std::string_view bytes) {
    std::uint32_t crc = 0;
    const auto feed = [&crc](unsigned byte) {
        crc ^= byte << 24;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 0x80000000u) != 0 ? crc << 1 ^ 0x04C11DB7u : crc << 1;
    };
    for (const char c : bytes)
        feed(static_cast<unsigned char>(c));
    for (std::size_t length = bytes.size(); length != 0; length >>= 8)
        feed(static_cast<unsigned>(length & 0xFF));
    return ~crc;
}

/// A case pattern of what `uname -m` says on such a machine.
std::string pattern(std::string_view arch) {
    return arch == "x86_64" ? "x86_64|amd64" : arch == "aarch64" ? "aarch64|arm64" : std::string(arch);
}

/// @x@ is replaced. Written for dash, bash and busybox; becomes one line, for login shells that take no more.
constexpr std::string_view script = R"sh(
umask 077;
say() { printf "netopsy-launch %s\n" "$*"; };
d=; p=; why=; weak=;
clean() { [ -z "$d" ] || rm -rf "$d"; d=; };
quit() { [ -z "$p" ] || kill "$p" 2>/dev/null; clean; exit "$1"; };
trap clean 0; trap "quit 129" 1; trap "quit 130" 2; trap "quit 141" 13; trap "quit 143" 15;
nl=$(printf "\n."); nl=${nl%.}; plan=;
while IFS= read -r l; do plan=$plan$l$nl; [ "$l" != end ] || break; done;
m=$(uname -m);
case $m in @arches@) ;;
 @others@) why="netopsy-probe for @arch@ was sent, for the cluster names no other architecture of this node, but it is $m";;
 *) why="netopsy-probe can not run on $m (it is built for @built@)";; esac;
if [ -z "$why" ]; then
 for c in /dev/shm user /var/tmp /tmp "${HOME:-/}"; do
  [ "$c" != user ] || c=/run/user/$(id -u);
  [ -d "$c" ] || continue;
  mkdir -m 700 "$c/.netopsy-@nonce@" 2>/dev/null || continue;
  d=$c/.netopsy-@nonce@;
  printf "#!/bin/sh\nexit 0\n" 2>/dev/null > "$d/t" && chmod 700 "$d/t" && "$d/t" 2>/dev/null && rm "$d/t" && break;
  clean;
 done;
 [ -n "$d" ] || why="netopsy-probe can not run here: none of /dev/shm, /run/user, /var/tmp, /tmp and the home directory lets us write and execute";
fi;
if [ -z "$why" ]; then
 f=$d/netopsy-probe;
 cat > "$f" 2>/dev/null; n=@size@;
 if command -v sha256sum >/dev/null 2>&1; then h=$(sha256sum < "$f"); [ "${h%% *}" = @sha256@ ] || why=hash;
 elif command -v openssl >/dev/null 2>&1; then h=$(openssl dgst -sha256 < "$f"); [ "${h##* }" = @sha256@ ] || why=hash;
 elif command -v cksum >/dev/null 2>&1; then h=$(cksum < "$f"); [ "${h%% *}" = @cksum@ ] || why=hash; weak=1; say "the node has no SHA-256 tool: netopsy-probe was checked by its size and cksum only";
 else weak=1; say "the node has neither a SHA-256 tool nor cksum: netopsy-probe was checked by its size only";
 fi;
 [ -z "$why$weak" ] || { n=$(wc -c < "$f"); n=$((n)); };
 if [ "$n" -ne @size@ ]; then why="netopsy-probe did not arrive whole ($n of @size@ bytes; is $c full?)";
 elif [ -n "$why" ]; then why="netopsy-probe arrived damaged: its checksum differs, so it was not run";
 else chmod 700 "$f"; [ "$("$f" --check 2>/dev/null)" = netopsy-probe ] || why="netopsy-probe can not be executed in $c";
 fi;
else
 cat > /dev/null;
fi;
if [ -z "$why" ]; then
 printf "%s" "$plan" | "$f" --unlink "$f" "$d" & p=$!;
 wait "$p"; s=$?; p=; exit "$s";
fi;
clean; say "$why";
command -v dig >/dev/null 2>&1 || command -v ping >/dev/null 2>&1 || { say "there is neither dig nor ping to fall back on: no active measurement"; exit 0; };
echo "netopsy-probe 2 shell";
t0=$(date +%s); end=$((t0+@seconds@)); i=0; j=0; ps=; names=;
set -f; IFS=$nl;
for l in $plan; do
 IFS=" "; set -- $l; IFS=$nl;
 case $1 in
 dns) command -v dig >/dev/null 2>&1 || continue; a=$2;
  [ "$a" != - ] || a=$(sed -n "s/^nameserver[[:space:]]*//p" /etc/resolv.conf | head -n 1); [ -n "$a" ] || continue;
  echo "S $i dns $a $3 $4 $5 A udp 5000000000"; names="$names$i $a $5$nl"; i=$((i+1));;
 peer) command -v ping >/dev/null 2>&1 || continue;
  echo "S $j rtt $2 $3 $4 ping";
  ( ping -n -c @seconds@ -w @seconds@ "$3" 2>/dev/null | { q=0; while IFS= read -r x; do case $x in *time=*) x=${x##*time=}; echo "r $j $((q*1000)) ${x%% *}"; q=$((q+1));; *" packets transmitted"*) x=${x%% *}; while [ "$q" -lt "$x" ]; do echo "r $j $((q*1000)) -"; q=$((q+1)); done;; esac; done; } ) & ps="$ps$!$nl"; j=$((j+1));;
 esac;
done;
while [ -n "$names" ] && [ "$(date +%s)" -lt "$end" ]; do
 for l in $names; do
  IFS=" "; set -- $l; IFS=$nl; o=$(( ($(date +%s)-t0)*1000 ));
  case $2 in *#*) r=${2%%#*} q=${2##*#};; *.*:*) r=${2%%:*} q=${2##*:};; *) r=$2 q=53;; esac;
  x=$(dig -u +tries=1 +time=5 -p "$q" "@$r" "$3" A 2>/dev/null); k=$(echo "$x" | sed -n "s/.*status: \([A-Z]*\),.*/\1/p");
  t=$(echo "$x" | sed -n "s/^;; Query time: \([0-9]*\) \([um]sec\).*/\1 \2/p");
  if [ -n "$k" ] && [ -n "$t" ]; then echo "d $1 $o $k $t"; else echo "d $1 $o TIMEOUT 0 msec"; fi;
 done; sleep 1;
done;
for l in $ps; do wait "$l"; done;
exit 0
)sh";

void replaceAll(std::string& in, std::string_view mark, std::string_view with) {
    for (auto at = in.find(mark); at != std::string::npos; at = in.find(mark, at + with.size()))
        in.replace(at, mark.size(), with);
}

} // namespace

Launch launch(const ProbePlan& plan, const std::string& nonce, bool sudo) {
    const Program& sent = programFor(plan.architecture);
    std::string safeNonce; // it becomes a directory's name
    for (const char c : nonce)
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            safeNonce += c;
    std::string body(script);
    replaceAll(body, "@nonce@", safeNonce);
    std::vector<std::string> others, built;
    for (const Program& program : programs()) {
        built.emplace_back(program.arch);
        if (program.arch != sent.arch)
            others.push_back(pattern(program.arch));
    }
    replaceAll(body, "@arches@", pattern(sent.arch));
    replaceAll(body, "@others@", others.empty() ? "''" : text::join(others, "|"));
    replaceAll(body, "@built@", text::join(built, " and "));
    replaceAll(body, "@arch@", sent.arch);
    replaceAll(body, "@sha256@", sent.sha256);
    replaceAll(body, "@cksum@", std::to_string(posixCksum(sent.bytes)));
    replaceAll(body, "@size@", std::to_string(sent.bytes.size()));
    replaceAll(body, "@seconds@", std::to_string(milliseconds(plan.durationS, 1, 3600)));
    for (char& c : body)
        if (c == '\n')
            c = ' ';
    const std::string quoted = text::shellQuote(text::trim(body));
    Launch out{"exec sh -c " + quoted, planText(plan)};
    if (sudo) // the body as an argument, so that it is quoted once
        out.command =
            "exec sh -c 'if sudo -n sh -c : </dev/null >/dev/null 2>&1; then exec sudo -n sh -c \"$1\" sh; fi; "
            "exec sh -c \"$1\" sh' sh " +
            quoted;
    out.input += sent.bytes;
    return out;
}

} // namespace netopsy::probe
