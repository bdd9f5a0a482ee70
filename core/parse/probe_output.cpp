// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/probe_output.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace netopsy::parse {

namespace {

using Fields = std::vector<std::string_view>;

constexpr std::size_t maxSamples = 1'000'000, maxSeries = 1024, maxPmtu = 256, maxNotes = 40;
constexpr std::size_t maxLine = 1200; // the probe's own bound
constexpr std::int64_t maxOffsetNs = 7'200'000'000'000, maxRttNs = 60'000'000'000;

std::string decoded(std::string_view field) {
    std::string bytes;
    for (std::size_t i = 0; i < field.size(); ++i) {
        std::optional<std::uint64_t> code;
        if (field[i] == '%' && i + 2 < field.size())
            code = text::toUint(field.substr(i + 1, 2), 16);
        if (code) {
            bytes += static_cast<char>(*code);
            i += 2;
        } else if (field != "%") { // a lone one stands for an empty field
            bytes += field[i];
        }
    }
    return text::printable(bytes);
}

std::optional<std::int64_t> within(std::string_view field, std::int64_t least, std::int64_t most) {
    const auto value = text::toInt(field);
    return value && *value >= least && *value <= most ? value : std::nullopt;
}

std::optional<model::Plane> planeOf(std::string_view field) {
    if (field == "underlay")
        return model::Plane::Underlay;
    return field == "overlay" ? std::optional(model::Plane::Overlay) : std::nullopt;
}

void note(model::Node& node, std::string text) {
    if (node.probe.notes++ < maxNotes && std::find(node.notes.begin(), node.notes.end(), text) == node.notes.end())
        node.notes.push_back(std::move(text));
}

bool sameSeries(const model::DnsSeries& a, const model::DnsSeries& b) {
    return a.resolver == b.resolver && a.role == b.role && a.name == b.name && a.type == b.type &&
           a.transport == b.transport;
}
bool sameSeries(const model::RttSeries& a, const model::RttSeries& b) {
    return a.peer == b.peer && a.address == b.address && a.plane == b.plane;
}

/// Adds the series when its id is the next; false when the id is another's or out of turn.
template<class Series>
bool declare(std::vector<Series>& all, std::int64_t id, const Series& series) {
    const auto index = static_cast<std::size_t>(id);
    if (index == all.size() && all.size() < maxSeries)
        all.push_back(series);
    return index < all.size() && sameSeries(all[index], series);
}

bool readSeries(model::Node& node, const Fields& f) {
    const auto id = f.size() > 2 ? within(f[1], 0, maxSeries - 1) : std::nullopt;
    if (!id)
        return false;
    if (f[2] == "dns" && f.size() == 10) {
        const auto timeout = within(f[9], 1, maxRttNs);
        const bool known =
            (f[5] == "0" || f[5] == "1") && (f[7] == "A" || f[7] == "AAAA") && (f[8] == "udp" || f[8] == "tcp");
        if (!timeout || !known)
            return false;
        model::DnsSeries series;
        series.resolver = decoded(f[3]);
        series.role = decoded(f[4]);
        series.internal = f[5] == "1";
        series.name = decoded(f[6]);
        series.type = f[7] == "A" ? model::DnsType::A : model::DnsType::AAAA;
        series.transport = f[8] == "udp" ? model::DnsTransport::Udp : model::DnsTransport::Tcp;
        series.timeoutNs = *timeout;
        return declare(node.dns, *id, series);
    }
    const auto plane = f[2] == "rtt" && f.size() == 7 ? planeOf(f[5]) : std::nullopt;
    if (!plane)
        return false;
    return declare(node.rtt, *id, model::RttSeries{decoded(f[3]), decoded(f[4]), *plane, decoded(f[6]), {}});
}

template<class Series>
Series* seriesAt(std::vector<Series>& all, std::string_view field) {
    const auto id = text::toUint(field);
    return id && *id < all.size() ? &all[static_cast<std::size_t>(*id)] : nullptr;
}

template<class Series, class Sample>
void append(model::Node& node, Series& series, Sample sample) {
    if (++node.probe.samples > maxSamples) {
        if (node.probe.samples == maxSamples + 1)
            note(node, "active measurement: more than a million samples; the rest was left out");
        return;
    }
    sample.offsetNs += node.probe.beganNs;
    series.samples.push_back(sample);
}

bool readDns(model::Node& node, const Fields& f) {
    model::DnsSeries* series = f.size() == 7 ? seriesAt(node.dns, f[1]) : nullptr;
    if (series == nullptr || f[3].size() != 1)
        return false;
    const auto offset = within(f[2], 0, maxOffsetNs), rtt = within(f[4], -1, maxRttNs),
               rcode = within(f[5], -1, 15), errnum = within(f[6], 0, 4095);
    if (!offset || !rtt || !rcode || !errnum)
        return false;
    model::DnsSample sample{*offset, *rtt, model::DnsOutcome::Failed, static_cast<int>(*rcode),
                            static_cast<int>(*errnum)};
    switch (f[3].front()) {
    case 'c':
        sample.truncated = true;
        [[fallthrough]];
    case 'a':
        sample.outcome = model::DnsOutcome::Answered;
        if (*rtt < 0)
            return false;
        break;
    case 't':
        sample.outcome = model::DnsOutcome::Timeout;
        break;
    case 'f':
        break;
    default:
        return false;
    }
    append(node, *series, sample);
    return true;
}

bool readDig(model::Node& node, const Fields& f) {
    model::DnsSeries* series = f.size() == 6 ? seriesAt(node.dns, f[1]) : nullptr;
    if (series == nullptr)
        return false;
    const auto offset = within(f[2], 0, maxOffsetNs / 1'000'000);
    const auto time = within(f[4], 0, 60'000'000);
    if (!offset || !time || (f[5] != "usec" && f[5] != "msec"))
        return false;
    const std::int64_t rtt = *time * (f[5] == "usec" ? 1'000 : 1'000'000);
    model::DnsSample sample{*offset * 1'000'000, rtt, model::DnsOutcome::Failed, -1, 0};
    static constexpr std::array<std::string_view, 6> rcodes{"NOERROR",  "FORMERR", "SERVFAIL",
                                                            "NXDOMAIN", "NOTIMP",  "REFUSED"};
    if (f[3] == "TIMEOUT") {
        sample.outcome = model::DnsOutcome::Timeout;
        sample.rttNs = -1;
    } else if (const auto at = std::find(rcodes.begin(), rcodes.end(), f[3]); at != rcodes.end()) {
        sample.rcode = static_cast<int>(at - rcodes.begin());
        if (sample.rcode == 0 || sample.rcode == 3)
            sample.outcome = model::DnsOutcome::Answered;
    }
    append(node, *series, sample);
    return true;
}

bool readRtt(model::Node& node, const Fields& f) {
    model::RttSeries* series = f.size() == 4 ? seriesAt(node.rtt, f[1]) : nullptr;
    if (series == nullptr)
        return false;
    if (f[0] == "R") {
        const auto offset = within(f[2], 0, maxOffsetNs), rtt = within(f[3], -1, maxRttNs);
        if (!offset || !rtt)
            return false;
        append(node, *series, model::RttSample{*offset, *rtt});
        return true;
    }
    const auto offset = within(f[2], 0, maxOffsetNs / 1'000'000);
    const auto ms = f[3] == "-" ? std::optional(0.0) : text::toDouble(f[3]);
    if (!offset || !ms || !(*ms >= 0 && *ms <= 60'000))
        return false;
    append(node, *series,
           model::RttSample{*offset * 1'000'000,
                            f[3] == "-" ? -1 : static_cast<std::int64_t>(std::llround(*ms * 1e6))});
    return true;
}

bool readPmtu(model::Node& node, const Fields& f) {
    const auto plane = f.size() == 7 ? planeOf(f[3]) : std::nullopt;
    if (!plane || (f[6] != "0" && f[6] != "1") || node.pmtu.size() >= maxPmtu)
        return false;
    const auto mtu = within(f[4], 0, 65535), link = within(f[5], 0, 65535);
    if (!mtu || !link)
        return false;
    node.pmtu.push_back(
        {decoded(f[1]), decoded(f[2]), *plane, static_cast<int>(*mtu), static_cast<int>(*link), f[6] == "1"});
    return true;
}

bool readEnd(model::Node& node, const Fields& f) {
    if (f.size() != 7)
        return false;
    const auto sends = text::toUint(f[2]), late = text::toUint(f[5]);
    const auto worst = within(f[4], 0, maxOffsetNs), cpuUs = within(f[6], 0, maxOffsetNs);
    if (!sends || !late || !worst || !cpuUs)
        return false;
    node.cost.nodeCpuMs = node.cost.nodeCpuMs.valueOr(0) + static_cast<double>(*cpuUs) / 1000;
    if (*late >= 20 && *late > *sends / 20) // a few are any machine's
        note(node, "active measurement: " + text::integer(*late) + " of " + text::integer(*sends) +
                       " probes were sent over 1 ms after their time, the worst " +
                       text::duration(static_cast<double>(*worst)) +
                       " after; the node is busy, and its own wake-ups may be in the times");
    return true;
}

bool readHeader(model::Node& node, const Fields& f, const model::RawSection& section) {
    if (f.size() != 3 || node.probe.begun)
        return false;
    if (f[1] != "1") {
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
    if (f[0] == "D")
        return readDns(node, f);
    if (f[0] == "R" || f[0] == "r")
        return readRtt(node, f);
    if (f[0] == "d")
        return readDig(node, f);
    if (f[0] == "S")
        return readSeries(node, f);
    if (f[0] == "P")
        return readPmtu(node, f);
    if (f[0] == "E")
        return readEnd(node, f);
    if (f[0] == "F")
        return f.size() == 2 && within(f[1], 0, maxOffsetNs);
    if (f[0] == "N" && line.size() > 2) {
        note(node, "active measurement: " + text::printable(line.substr(2)));
        return true;
    }
    return false;
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
