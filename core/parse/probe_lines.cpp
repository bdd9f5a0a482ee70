// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/parse/probe_lines.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace netopsy::parse::probe {

namespace {

constexpr std::size_t maxSamples = 1'000'000, maxSeries = 1024, maxPmtu = 256, maxNotes = 40, maxSpans = 10'000,
                      maxSearch = 32;

std::optional<model::Plane> planeOf(std::string_view field) {
    if (field == "underlay")
        return model::Plane::Underlay;
    return field == "overlay" ? std::optional(model::Plane::Overlay) : std::nullopt;
}

std::optional<model::DnsOutcome> outcomeOf(std::string_view field) {
    if (field == "a" || field == "c")
        return model::DnsOutcome::Answered;
    if (field == "t")
        return model::DnsOutcome::Timeout;
    return field == "f" ? std::optional(model::DnsOutcome::Failed) : std::nullopt;
}

// ---- series

bool sameSeries(const model::DnsSeries& a, const model::DnsSeries& b) {
    return a.resolver == b.resolver && a.role == b.role && a.name == b.name && a.type == b.type &&
           a.transport == b.transport;
}
bool sameSeries(const model::LookupSeries& a, const model::LookupSeries& b) {
    return a.resolver == b.resolver && a.role == b.role && a.name == b.name && a.ndots == b.ndots &&
           a.search == b.search;
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

bool readSeries(PlaceSink sink, const Fields& f) {
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
        return declare(sink.dns, *id, series);
    }
    if (f[2] == "lookup" && f.size() >= 7 && f.size() <= 7 + maxSearch) {
        const auto ndots = within(f[6], 0, 15);
        if (!ndots)
            return false;
        model::LookupSeries series;
        series.resolver = decoded(f[3]);
        series.role = decoded(f[4]);
        series.name = decoded(f[5]);
        series.ndots = static_cast<int>(*ndots);
        for (std::size_t i = 7; i < f.size(); ++i)
            series.search.push_back(decoded(f[i]));
        return declare(sink.lookups, *id, series);
    }
    const auto plane = f[2] == "rtt" && f.size() == 7 ? planeOf(f[5]) : std::nullopt;
    if (!plane)
        return false;
    if (!declare(sink.rtt, *id, model::RttSeries{decoded(f[3]), decoded(f[4]), *plane, decoded(f[6]), {}}))
        return false;
    model::RttSeries& series = sink.rtt[static_cast<std::size_t>(*id)];
    if (series.method == decoded(f[6]))
        return true;
    if (std::ranges::any_of(series.samples, [](const model::RttSample& s) { return s.rttNs >= 0; }))
        return false; // the probe leaves no method that had an answer
    series.samples.clear();
    series.method = decoded(f[6]);
    return true;
}

template<class Series>
Series* seriesAt(std::vector<Series>& all, std::string_view field) {
    const auto id = text::toUint(field);
    return id && *id < all.size() ? &all[static_cast<std::size_t>(*id)] : nullptr;
}

// ---- when a sample was under way, and what disturbed it then

std::int64_t endOf(const model::DnsSample& s, const model::DnsSeries& of) {
    return s.offsetNs + (s.rttNs >= 0 ? s.rttNs : s.outcome == model::DnsOutcome::Timeout ? of.timeoutNs : 0);
}
std::int64_t endOf(const model::LookupSample& s, const model::LookupSeries&) {
    return s.offsetNs + std::max<std::int64_t>(0, s.totalNs);
}
std::int64_t endOf(const model::RttSample& s, const model::RttSeries&) {
    return s.offsetNs + std::max<std::int64_t>(0, s.rttNs);
}

/// The spans stand in the order of their ends, so the last ones alone can touch a sample that ended just now.
template<class Series, class Sample>
std::uint8_t taintOf(const std::vector<model::TaintedSpan>& spans, const Series& series, const Sample& sample) {
    std::uint8_t causes = 0;
    for (auto span = spans.rbegin(); span != spans.rend() && span->toNs >= sample.offsetNs; ++span)
        if (span->fromNs <= endOf(sample, series))
            causes |= span->causes;
    return causes;
}

/// Samples stand in the order of their ends, too, but for a few: those that began long before the span are not looked
/// at.
template<class Series>
void taint(std::vector<Series>& all, const model::TaintedSpan& span) {
    constexpr std::int64_t longest = 15'000'000'000; // a sample's time-out, or a lookup of three tries
    for (Series& series : all)
        for (auto sample = series.samples.rbegin();
             sample != series.samples.rend() && sample->offsetNs + longest >= span.fromNs; ++sample)
            if (sample->offsetNs <= span.toNs && endOf(*sample, series) >= span.fromNs)
                sample->taint |= span.causes;
}

bool readTaint(const model::Node& node, PlaceSink sink, const Fields& f) {
    if (f.size() != 4)
        return false;
    const auto from = within(f[1], 0, maxOffsetNs), to = within(f[2], 0, maxOffsetNs),
               causes = within(f[3], 1, 15);
    if (!from || !to || !causes || *from > *to)
        return false;
    const model::TaintedSpan span{*from + node.probe.beganNs, *to + node.probe.beganNs,
                                  static_cast<std::uint8_t>(*causes)};
    if (!sink.tainted.empty() && sink.tainted.back().toNs > span.toNs)
        return false;
    if (sink.tainted.size() < maxSpans)
        sink.tainted.push_back(span);
    taint(sink.dns, span);
    taint(sink.lookups, span);
    taint(sink.rtt, span);
    return true;
}

// ---- samples

template<class Series, class Sample>
void append(model::Node& node, PlaceSink sink, Series& series, Sample sample) {
    if (++node.probe.samples > maxSamples) {
        if (node.probe.samples == maxSamples + 1)
            note(node, "active measurement: more than a million samples; the rest was left out");
        return;
    }
    sample.offsetNs += node.probe.beganNs;
    sample.taint = taintOf(sink.tainted, series, sample);
    series.samples.push_back(sample);
}

bool readDns(model::Node& node, PlaceSink sink, const Fields& f) {
    model::DnsSeries* series = f.size() == 7 || f.size() == 8 ? seriesAt(sink.dns, f[1]) : nullptr;
    const auto outcome = series != nullptr ? outcomeOf(f[3]) : std::nullopt;
    if (!outcome)
        return false;
    const auto offset = within(f[2], 0, maxOffsetNs), rtt = within(f[4], -1, maxRttNs),
               rcode = within(f[5], -1, 15), errnum = within(f[6], 0, 4095),
               pair = f.size() == 8 ? within(f[7], 0, 0x7FFF'FFFF) : std::optional<std::int64_t>(-1);
    if (!offset || !rtt || !rcode || !errnum || !pair || (*outcome == model::DnsOutcome::Answered && *rtt < 0))
        return false;
    append(node, sink, *series,
           model::DnsSample{*offset, *rtt, *outcome, static_cast<int>(*rcode), static_cast<int>(*errnum),
                            f[3] == "c", static_cast<std::int32_t>(*pair)});
    return true;
}

bool readDig(model::Node& node, PlaceSink sink, const Fields& f) {
    model::DnsSeries* series = f.size() == 6 ? seriesAt(sink.dns, f[1]) : nullptr;
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
    append(node, sink, *series, sample);
    return true;
}

bool readLookup(model::Node& node, PlaceSink sink, const Fields& f) {
    model::LookupSeries* series = f.size() == 9 ? seriesAt(sink.lookups, f[1]) : nullptr;
    const auto outcome = series != nullptr && f[3] != "c" ? outcomeOf(f[3]) : std::nullopt;
    if (!outcome)
        return false;
    const auto offset = within(f[2], 0, maxOffsetNs), total = within(f[4], -1, maxRttNs),
               queries = within(f[5], 0, 1000), candidates = within(f[6], 0, 100), retries = within(f[7], 0, 1000),
               rcode = within(f[8], -1, 15);
    if (!offset || !total || !queries || !candidates || !retries || !rcode || *retries > *queries ||
        (*outcome == model::DnsOutcome::Answered && *total < 0))
        return false;
    append(node, sink, *series,
           model::LookupSample{*offset, *total, static_cast<int>(*queries), static_cast<int>(*candidates),
                               static_cast<int>(*retries), *outcome, static_cast<int>(*rcode)});
    return true;
}

bool readRtt(model::Node& node, PlaceSink sink, const Fields& f) {
    model::RttSeries* series = f.size() == 4 || f.size() == 5 ? seriesAt(sink.rtt, f[1]) : nullptr;
    if (series == nullptr)
        return false;
    const auto offset = within(f[2], 0, maxOffsetNs), rtt = within(f[3], -1, maxRttNs);
    if (!offset || !rtt || (f.size() == 5 && f[4] != "o"))
        return false;
    append(node, sink, *series, model::RttSample{*offset, *rtt, 0, f.size() == 5});
    return true;
}

bool readPing(model::Node& node, PlaceSink sink, const Fields& f) {
    model::RttSeries* series = f.size() == 4 ? seriesAt(sink.rtt, f[1]) : nullptr;
    if (series == nullptr)
        return false;
    const auto offset = within(f[2], 0, maxOffsetNs / 1'000'000);
    const auto ms = f[3] == "-" ? std::optional(0.0) : text::toDouble(f[3]);
    if (!offset || !ms || !(*ms >= 0 && *ms <= 60'000))
        return false;
    append(node, sink, *series,
           model::RttSample{*offset * 1'000'000,
                            f[3] == "-" ? -1 : static_cast<std::int64_t>(std::llround(*ms * 1e6))});
    return true;
}

/// One answer more to a request that was answered already; one to a sample that is not there changes nothing.
bool readDuplicate(const model::Node& node, PlaceSink sink, const Fields& f) {
    model::RttSeries* series = f.size() == 3 ? seriesAt(sink.rtt, f[1]) : nullptr;
    const auto offset = series != nullptr ? within(f[2], 0, maxOffsetNs) : std::nullopt;
    if (!offset)
        return false;
    constexpr std::ptrdiff_t mostBack = 4096; // it comes within a second or two of its sample
    const std::int64_t sent = *offset + node.probe.beganNs;
    const auto from = series->samples.rbegin();
    const auto end = from + std::min(mostBack, std::ssize(series->samples));
    const auto sample = std::find_if(from, end, [&](const model::RttSample& s) { return s.offsetNs == sent; });
    if (sample != end && sample->duplicates < 1000)
        ++sample->duplicates;
    return true;
}

bool readPmtu(PlaceSink sink, const Fields& f) {
    const auto plane = f.size() == 7 ? planeOf(f[3]) : std::nullopt;
    if (!plane || (f[6] != "0" && f[6] != "1") || sink.pmtu.size() >= maxPmtu)
        return false;
    const auto mtu = within(f[4], 0, 65535), link = within(f[5], 0, 65535);
    if (!mtu || !link)
        return false;
    sink.pmtu.push_back(
        {decoded(f[1]), decoded(f[2]), *plane, static_cast<int>(*mtu), static_cast<int>(*link), f[6] == "1"});
    return true;
}

} // namespace

PlaceSink sinkOf(model::Node& node) {
    return {node.dns, node.lookups, node.rtt, node.pmtu, node.tainted};
}

PlaceSink sinkOf(model::PodPlace& place) {
    return {place.dns, place.lookups, place.rtt, place.pmtu, place.tainted};
}

bool readPlaceLine(model::Node& node, PlaceSink sink, const Fields& f) {
    if (f[0].size() != 1)
        return false;
    switch (f[0].front()) {
    case 'S':
        return readSeries(sink, f);
    case 'D':
        return readDns(node, sink, f);
    case 'L':
        return readLookup(node, sink, f);
    case 'R':
        return readRtt(node, sink, f);
    case 'U':
        return readDuplicate(node, sink, f);
    case 'P':
        return readPmtu(sink, f);
    case 'T':
        return readTaint(node, sink, f);
    case 'd':
        return readDig(node, sink, f);
    case 'r':
        return readPing(node, sink, f);
    default:
        return false;
    }
}

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

void note(model::Node& node, std::string text) {
    if (node.probe.notes++ < maxNotes && std::find(node.notes.begin(), node.notes.end(), text) == node.notes.end())
        node.notes.push_back(std::move(text));
}

} // namespace netopsy::parse::probe
