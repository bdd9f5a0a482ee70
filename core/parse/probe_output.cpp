// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/probe_output.h"

#include "core/base/text.h"
#include "core/parse/probe_lines.h"

#include <algorithm>

namespace netopsy::parse {

namespace {

using namespace probe;

constexpr std::size_t maxLine = 1200; // the probe's own bound

bool readEnd(model::Node& node, const Fields& f) {
    if (f.size() != 7)
        return false;
    const auto sends = text::toUint(f[2]), late = text::toUint(f[5]);
    const auto worst = within(f[4], 0, maxOffsetNs), cpuUs = within(f[6], 0, maxOffsetNs);
    if (!sends || !late || !worst || !cpuUs)
        return false;
    node.cost.nodeCpuMs = node.cost.nodeCpuMs.valueOr(0) + static_cast<double>(*cpuUs) / 1000;
    // A few are any machine's; and where spans are told, the samples themselves say what was disturbed.
    if (node.tainted.empty() && *late >= 20 && *late > *sends / 20)
        note(node, "active measurement: " + text::integer(*late) + " of " + text::integer(*sends) +
                       " probes were sent over 1 ms after their time, the worst " +
                       text::duration(static_cast<double>(*worst)) +
                       " after; the node is busy, and its own wake-ups may be in the times");
    return true;
}

bool readHeader(model::Node& node, const Fields& f, const model::RawSection& section) {
    if (f.size() != 3 || node.probe.begun)
        return false;
    if (f[1] != "1" && f[1] != "2") {
        note(node, "active measurement: its output has format " + decoded(f[1]) +
                       ", which this version can't read; open the case with a newer one");
        return false;
    }
    node.probe.begun = true;
    std::int64_t lastSent = 0;
    for (const std::string_view line : text::lines(section.body))
        if (line.starts_with("F "))
            lastSent = within(line.substr(2), 0, maxOffsetNs).value_or(lastSent);
    if (node.started > 0)
        node.probe.beganNs = std::clamp<std::int64_t>(section.at - lastSent - node.started, 0, maxOffsetNs);
    if (f[2] == "shell")
        note(node, "active measurement was done by the node's own dig and ping: DNS over UDP for A only, times as "
                   "these print them, and no path MTU");
    return true;
}

bool readLine(model::Node& node, std::string_view line, const model::RawSection& section) {
    if (line.size() > maxLine)
        return false;
    if (line.starts_with("netopsy-launch ")) {
        if (!node.probe.begun)
            note(node, text::printable(line.substr(15)));
        return true;
    }
    const Fields f = text::split(line, ' ');
    if (f[0] == "netopsy-probe")
        return readHeader(node, f, section);
    if (!node.probe.begun)
        return false; // the login's noise
    if (f[0] == "E")
        return readEnd(node, f);
    if (f[0] == "F")
        return f.size() == 2 && within(f[1], 0, maxOffsetNs);
    if (f[0] == "N" && line.size() > 2) {
        note(node, "active measurement: " + text::printable(line.substr(2)));
        return true;
    }
    if (f[0].starts_with('@')) {
        const auto place = text::toUint(f[0].substr(1));
        return place && f.size() > 1 && readPodLine(node, *place, {f.begin() + 1, f.end()});
    }
    return readPlaceLine(node, sinkOf(node), f);
}

} // namespace

void absorbProbe(model::Node& node, const model::RawSection& section) {
    if (section.seq < node.probe.nextSeq)
        return;
    node.probe.nextSeq = section.seq + 1;
    for (const std::string_view line : text::lines(section.body))
        if (!line.empty() && !readLine(node, line, section) && node.probe.begun && node.probe.badLines++ == 0)
            note(
                node,
                "active measurement: some of its output can't be read; the first such line is in section probe #" +
                    std::to_string(section.seq) + ": " + text::printable(line.substr(0, 80)));
}

} // namespace netopsy::parse
