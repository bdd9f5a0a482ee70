// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One function a kernel file; formats as the kernel's sources give them. Each fills what it can read of `sample` and
// leaves the rest; a line that can't be read is passed over, never guessed at.
#pragma once

#include "core/model/samples.h"
#include "core/parse/file_lines.h"

namespace netopsy::parse {

using Lines = std::vector<FileLine>;

void procUptime(const Lines& lines, model::NodeSample& sample);
/// "cpu" and "cpuN" rows; user includes guest, which is therefore not added again.
void procStat(const Lines& lines, model::NodeSample& sample);
/// A heading of CPUs, then "NAME: n n …".
void procSoftirqs(const Lines& lines, model::NodeSample& sample);
/// Hexadecimal, 9 to 15 columns by kernel; column 13 is the CPU where it exists, else the row counts.
void procSoftnet(const Lines& lines, model::NodeSample& sample);
void procNetDev(const Lines& lines, model::NodeSample& sample);
/// /proc/net/snmp and netstat: pairs of lines, names then values, matched by name.
void procSnmp(const Lines& lines, model::NodeSample& sample);
void procSockstat(const Lines& lines, model::NodeSample& sample);
void procDiskstats(const Lines& lines, model::NodeSample& sample);
/// `name`: "cpu", "io" or "memory".
void procPressure(std::string_view name, const Lines& lines, model::NodeSample& sample);
/// nf_conntrack_count, _max, _buckets, and /proc/net/stat/nf_conntrack by its heading's names (three generations).
void procConntrack(const FileLines& files, model::NodeSample& sample);

} // namespace netopsy::parse
