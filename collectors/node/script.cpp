// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/node/script.h"

#include "collectors/node/collector.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace netopsy::node {

namespace {

/// Frames: each mark begins a line and carries the nonce. The newline before a mark belongs to it, so that a body
/// comes through to the byte, with or without one at its end.
constexpr std::string_view prologue = R"(
# Reads this machine's network state; writes nothing, changes nothing, leaves nothing behind.
exec 2>/dev/null
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin
LC_ALL=C
export PATH LC_ALL
begin() { printf '\n@@%s begin %s %s\n' "$nonce" "$1" "$2"; }
end() { printf '\n@@%s end %s %s %s\n' "$nonce" "$1" "$2" "$3"; }
)";

/// A tick is a line on standard input: to wait for one costs the shell no process. At the end of the input (the script
/// was run by hand, or our side is gone) ticks are slept for, on a grid that the node's own clock gives, so that
/// reading time does not add up. Two digits follow the point in /proc/uptime; the 1 before them keeps "08" from being
/// taken for octal. All that is left of the script is in one function, read whole before the first tick is.
constexpr std::string_view loop = R"(
centis() {
  read -r up _ </proc/uptime
  cs=${up#*.}
  now=$(( ${up%.*} * 100 + 1$cs - 100 ))
}
fed=1
next=
pace() {
  [ -n "$fed" ] && read -r _ && return
  fed=
  centis
  if [ -z "$next" ]; then
    next=$now
    if sleep 0.01; then fractions=1; else fractions=; fi
  fi
  next=$(( next + interval ))
  left=$(( next - now ))
  if [ "$left" -le 0 ]; then
    next=$now
  elif [ -n "$fractions" ]; then
    rest=$(( left % 100 ))
    [ "$rest" -lt 10 ] && rest=0$rest
    sleep $(( left / 100 )).$rest
  else
    sleep $(( (left + 99) / 100 ))
  fi
}
collect() {
# Every tick: one exec that reads all files.
i=0
while :; do
  begin sample "$i"
  grep -EHv '^intr|^ *(HI|TIMER|BLOCK|IRQ_POLL|TASKLET|SCHED|HRTIMER|RCU):' $files
  end sample "$i" 0
  i=$(( i + 1 ))
  [ "$i" -lt "$samples" ] || break
  pace
done
)";

constexpr std::string_view epilogue = R"(
# What this cost: the shell's own line of /proc/PID/stat, its children included.
begin cost 0
read -r line </proc/$$/stat && echo "$line"
end cost 0 0
printf '\n@@%s bye\n' "$nonce"
}
collect
)";

} // namespace

std::uint32_t sampleCount(double durationS, double intervalS) {
    return std::max(2u, static_cast<std::uint32_t>(std::lround(durationS / intervalS)));
}

std::string script(const ScriptOptions& options) {
    const auto interval = std::max<long>(1, std::lround(options.intervalS * 100));
    std::string out = "nonce='" + options.nonce + "'\n";
    out += "samples=" + std::to_string(options.samples) + "\n";
    out += "interval=" + std::to_string(interval) + " # hundredths of a second\n";
    out += "files='";
    for (const char* file : tickFiles())
        out += std::string(file == tickFiles().front() ? "" : " ") + file;
    out += "'\n";
    out += prologue;
    for (const Collector& collector : onceCollectors()) {
        const std::string id = collector.id;
        out += "\n# " + id + ": " + collector.about + "\nbegin " + id + " 0\n" + collector.shell + "end " + id +
               " 0 $?\n";
    }
    if (options.sudo)
        out += "\n# sudo was asked for; say so when it was refused\nif [ \"$(id -u)\" != 0 ]; then begin nosudo "
               "0; echo "
               "refused; end nosudo 0 0; fi\n";
    out += loop;
    out += epilogue;
    return out;
}

std::string command(const ScriptOptions& options) {
    // Without a password at hand sudo would wait for one; -n makes it refuse, and then the script runs unprivileged.
    if (options.sudo)
        // In sh's own words, whatever the login shell (csh and fish have another grammar); asked with sh itself, which
        // is what sudoers must allow.
        return "exec sh -c 'if sudo -n sh -c : </dev/null >/dev/null 2>&1; then exec sudo -n sh -s; fi; exec sh "
               "-s'";
    return "exec sh -s";
}

} // namespace netopsy::node
