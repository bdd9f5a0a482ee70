// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/stats/node_summary.h"

#include "core/base/text.h"
#include "core/stats/counter.h"
#include "core/stats/place.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>

namespace netopsy::stats {

namespace {

using Samples = std::vector<model::NodeSample>;

constexpr std::string_view tooFew = "one sample only: a change over the run needs two";
constexpr std::size_t maxNotes = 40; // veths come and go by the hundred

void note(NodeSummary& out, std::string text) {
    if (out.notes.size() < maxNotes)
        out.notes.push_back(std::move(text));
    else if (out.notes.size() == maxNotes)
        out.notes.push_back("more counters ran backwards; they have no figure either");
}

double spanOf(const Samples& samples) {
    const model::NodeSample &first = samples.front(), &last = samples.back();
    if (first.uptimeS && last.uptimeS && *last.uptimeS >= *first.uptimeS)
        return *last.uptimeS - *first.uptimeS;
    return std::max(0.0, static_cast<double>(last.at - first.at) / 1e9);
}

/// Why there is no figure over the run, when `seen` samples had what it takes.
Absent tooFewSamples(std::size_t seen, std::string reason) {
    return {seen == 1 ? std::string(tooFew) : std::move(reason)};
}

// ---- CPU

struct CpuField {
    const char* name;
    std::uint64_t model::CpuTimes::*ticks;
    double CpuShare::*share;
    /// The kernel corrects its estimate of these backwards (proc(5): "iowait … is not reliable … may
    /// decrease").
    bool estimated;
};
constexpr std::array<CpuField, 8> cpuFields{{{"user", &model::CpuTimes::user, &CpuShare::user, false},
                                             {"system", &model::CpuTimes::system, &CpuShare::system, false},
                                             {"nice", &model::CpuTimes::nice, &CpuShare::nice, false},
                                             {"idle", &model::CpuTimes::idle, &CpuShare::idle, true},
                                             {"iowait", &model::CpuTimes::iowait, &CpuShare::iowait, true},
                                             {"irq", &model::CpuTimes::irq, &CpuShare::irq, false},
                                             {"softirq", &model::CpuTimes::softirq, &CpuShare::softirq, false},
                                             {"steal", &model::CpuTimes::steal, &CpuShare::steal, false}}};

/// A share whose counter ran backwards is NaN, and its name goes to `backwards`.
Reading<CpuShare> cpuShare(const std::vector<const model::CpuTimes*>& times, std::vector<std::string>* backwards) {
    if (times.size() < 2)
        return tooFewSamples(times.size(), "not collected");
    std::array<Counter, cpuFields.size()> counters;
    for (const model::CpuTimes* t : times)
        for (std::size_t i = 0; i < cpuFields.size(); ++i)
            counters[i].add(t->*cpuFields[i].ticks);

    std::uint64_t steps = 0;
    for (const Counter& c : counters)
        steps += c.delta();
    std::array<std::optional<std::uint64_t>, cpuFields.size()> net;
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < cpuFields.size(); ++i) {
        const Counter& c = counters[i];
        // A correction of an estimate is small; its net is right to within the correction.
        const bool corrected = cpuFields[i].estimated && c.fallen() <= c.delta() && c.fallen() * 100 <= steps;
        if (c.ranBackwards() && !corrected)
            continue;
        net[i] = c.delta() - c.fallen();
        total += *net[i];
    }
    if (total == 0)
        return Absent{"the CPU counters did not move"};
    CpuShare share;
    for (std::size_t i = 0; i < cpuFields.size(); ++i) {
        share.*cpuFields[i].share = net[i] ? 100.0 * static_cast<double>(*net[i]) / static_cast<double>(total)
                                           : std::numeric_limits<double>::quiet_NaN();
        if (!net[i] && backwards != nullptr)
            backwards->emplace_back(cpuFields[i].name);
    }
    return share;
}

void summariseCpu(const Samples& samples, NodeSummary& out) {
    std::vector<const model::CpuTimes*> all;
    std::map<int, std::vector<const model::CpuTimes*>> each;
    for (const model::NodeSample& s : samples) {
        if (s.cpu)
            all.push_back(&*s.cpu);
        for (const auto& [cpu, times] : s.perCpu)
            each[cpu].push_back(&times);
    }
    out.cpu = cpuShare(all, &out.cpuBackwards);
    if (all.empty())
        out.cpu = Absent{samples.back().cpu.reason()};
    for (const std::string& name : out.cpuBackwards)
        note(out, "CPU " + name + ": the kernel's counter ran backwards, so it has no share");
    for (const auto& [cpu, times] : each)
        if (const auto share = cpuShare(times, nullptr))
            out.perCpu.emplace(cpu, *share);
}

// ---- softnet

void summariseSoftnet(const Samples& samples, NodeSummary& out) {
    struct Row {
        Counter processed{32}, dropped{32}, squeezed{32};
    };
    std::map<int, Row> rows;
    std::size_t seen = 0;
    for (const model::NodeSample& s : samples) {
        if (!s.softnet)
            continue;
        ++seen;
        for (const model::SoftnetCpu& cpu : *s.softnet) {
            Row& row = rows[cpu.cpu];
            row.processed.add(cpu.processed);
            row.dropped.add(cpu.dropped);
            row.squeezed.add(cpu.timeSqueeze);
        }
    }
    if (seen < 2) {
        out.softnet = tooFewSamples(seen, samples.back().softnet.reason());
        return;
    }
    SoftnetDelta sum;
    std::string backwards;
    for (const auto& [cpu, row] : rows) {
        if (!row.processed.moved())
            continue; // came online in the last sample, or left after the first
        if (row.processed.ranBackwards() || row.dropped.ranBackwards() || row.squeezed.ranBackwards()) {
            backwards = "softnet of CPU " + std::to_string(cpu) + " ran backwards";
            continue;
        }
        const SoftnetDelta one{row.processed.delta(), row.dropped.delta(), row.squeezed.delta()};
        out.softnetPerCpu.emplace(cpu, one);
        sum.processed += one.processed;
        sum.dropped += one.dropped;
        sum.timeSqueeze += one.timeSqueeze;
    }
    if (backwards.empty())
        out.softnet = sum;
    else
        out.softnet = Absent{backwards};
}

// ---- counters by name

/// Of each key the change over the run; a key that ran backwards is left out and noted as `what` + key.
std::map<std::string, std::uint64_t> deltas(const std::map<std::string, Counter>& counters, std::string_view what,
                                            NodeSummary& out) {
    std::map<std::string, std::uint64_t> result;
    for (const auto& [key, counter] : counters) {
        if (counter.ranBackwards())
            note(out, std::string(what) + key + " ran backwards, so it has no figure");
        else if (counter.moved())
            result.emplace(key, counter.delta());
    }
    return result;
}

void summariseConntrack(const Samples& samples, NodeSummary& out) {
    std::map<std::string, Counter> counters;
    std::optional<double> fill;
    bool anyMax = false, any = false;
    for (const model::NodeSample& s : samples) {
        if (!s.conntrack)
            continue;
        any = true;
        if (s.conntrack->max > 0) {
            anyMax = true;
            fill = std::max(fill.value_or(0),
                            static_cast<double>(s.conntrack->count) / static_cast<double>(s.conntrack->max));
        }
        for (const auto& [key, value] : s.conntrack->stats)
            if (key != "entries") // how many there are now, no counter
                counters.try_emplace(key, 32).first->second.add(value);
    }
    if (fill)
        out.conntrackFill = *fill;
    else if (any && !anyMax)
        out.conntrackFill = Absent{"nf_conntrack_max is 0: the table has no limit"};
    else
        out.conntrackFill = Absent{samples.back().conntrack.reason()};
    out.conntrackDelta = deltas(counters, "conntrack ", out);
}

bool isGauge(const std::string& key) {
    static const std::set<std::string> gauges{"Ip.Forwarding", "Ip.DefaultTTL", "Tcp.RtoAlgorithm", "Tcp.RtoMin",
                                              "Tcp.RtoMax",    "Tcp.MaxConn",   "Tcp.CurrEstab"};
    return gauges.contains(key);
}

void summariseNet(const Samples& samples, NodeSummary& out) {
    std::map<std::string, Counter> counters;
    for (const model::NodeSample& s : samples)
        for (const auto& [key, value] : s.netCounters)
            if (!isGauge(key))
                counters[key].add(value);
    out.netDelta = deltas(counters, "", out);

    const auto sent = out.netDelta.find("Tcp.OutSegs"), again = out.netDelta.find("Tcp.RetransSegs");
    if (sent == out.netDelta.end() || again == out.netDelta.end()) {
        const auto counter = counters.find("Tcp.OutSegs");
        out.tcpRetransPct = Absent{counter == counters.end() ? "TCP counters were not collected"
                                   : counter->second.moved() ? "a TCP counter ran backwards"
                                                             : std::string(tooFew)};
    } else if (sent->second == 0) {
        out.tcpRetransPct = Absent{"no TCP segment was sent during the run"};
    } else {
        out.tcpRetransPct = 100.0 * static_cast<double>(again->second) / static_cast<double>(sent->second);
    }
}

using LinkField = std::uint64_t model::LinkCounters::*;
constexpr std::array<LinkField, 13> linkFields{
    &model::LinkCounters::rxBytes,      &model::LinkCounters::txBytes,       &model::LinkCounters::rxPackets,
    &model::LinkCounters::txPackets,    &model::LinkCounters::rxErrors,      &model::LinkCounters::txErrors,
    &model::LinkCounters::rxDropped,    &model::LinkCounters::txDropped,     &model::LinkCounters::rxFifoErrors,
    &model::LinkCounters::txFifoErrors, &model::LinkCounters::rxFrameErrors, &model::LinkCounters::txCarrierErrors,
    &model::LinkCounters::collisions};

void summariseLinks(const Samples& samples, NodeSummary& out) {
    std::map<std::string, std::array<Counter, linkFields.size()>> links;
    for (const model::NodeSample& s : samples)
        for (const auto& [name, counters] : s.links)
            for (std::size_t i = 0; i < linkFields.size(); ++i)
                links[name][i].add(counters.*linkFields[i]);
    for (const auto& [name, counters] : links) {
        if (!counters[0].moved())
            continue;
        if (std::any_of(counters.begin(), counters.end(), [](const Counter& c) { return c.ranBackwards(); })) {
            note(out, "link " + name + ": counters ran backwards (made anew?), so it has no change over the run");
            continue;
        }
        model::LinkCounters delta;
        for (std::size_t i = 0; i < linkFields.size(); ++i)
            delta.*linkFields[i] = counters[i].delta();
        out.linkDelta.emplace(name, delta);
    }
}

// ---- disks

void summariseDisks(const model::Node& node, NodeSummary& out) {
    struct Sums {
        Counter reads, writes, readMs{32}, writeMs{32};
    };
    std::map<std::string, Sums> disks;
    for (const model::NodeSample& s : node.samples)
        for (const auto& [name, c] : s.disks) {
            Sums& sums = disks[name];
            sums.reads.add(c.reads);
            sums.writes.add(c.writes);
            sums.readMs.add(c.readMs);
            sums.writeMs.add(c.writeMs);
        }
    std::map<std::string, DiskSummary> byName;
    for (const model::Disk& disk : node.facts.disks)
        byName[disk.name] = {disk.name, disk.rotational, Absent{"not in /proc/diskstats"}};
    for (const auto& [name, sums] : disks) {
        DiskSummary& disk = byName[name];
        disk.name = name;
        const std::uint64_t requests = sums.reads.delta() + sums.writes.delta();
        if (!sums.reads.moved())
            disk.awaitMs = Absent{std::string(tooFew)};
        else if (sums.reads.ranBackwards() || sums.writes.ranBackwards() || sums.readMs.ranBackwards() ||
                 sums.writeMs.ranBackwards())
            disk.awaitMs = Absent{"its counters ran backwards"};
        else if (requests == 0)
            disk.awaitMs = Absent{"no request was completed during the run"};
        else
            disk.awaitMs =
                static_cast<double>(sums.readMs.delta() + sums.writeMs.delta()) / static_cast<double>(requests);
    }
    for (auto& [name, disk] : byName)
        out.disks.push_back(std::move(disk));
}

// ---- probes

void summariseDns(const model::Node& node, NodeSummary& out) {
    std::vector<const model::DnsSeries*> all;
    for (const model::DnsSeries& series : node.dns)
        all.push_back(&series);
    out.dnsAll = dnsStats(all);
    out.dnsInternal = internalDns(node.dns);
}

void summariseRtt(const model::Node& node, model::Plane plane, Reading<std::int64_t>& p50,
                  Reading<std::int64_t>& p99) {
    std::vector<std::int64_t> times;
    std::size_t sent = 0;
    for (const model::RttSeries& series : node.rtt) {
        if (series.plane != plane)
            continue;
        sent += series.samples.size();
        for (const model::RttSample& sample : series.samples)
            if (sample.rttNs >= 0)
                times.push_back(sample.rttNs);
    }
    if (const auto all = percentiles(times)) {
        p50 = all->p50;
        p99 = all->p99;
    } else {
        p50 = p99 = Absent{sent == 0 ? "no round trips were measured"
                                     : "all " + std::to_string(sent) + " probes were lost"};
    }
}

/// A few samples are always disturbed; past TaintShare::tooMuchPct of them the run says so.
void noteTaint(const model::Node& node, NodeSummary& out) {
    const TaintShare share = taintShare(node);
    if (share.pct() <= TaintShare::tooMuchPct || share.tainted < 20)
        return;
    std::vector<std::string> causes;
    const auto add = [&](std::size_t count, const char* what) {
        if (count * 10 >= share.tainted)
            causes.emplace_back(what);
    };
    add(share.late, "it sent over 1 ms late");
    add(share.starved, "it waited for a CPU");
    add(share.stolen, "the hypervisor took CPU time");
    add(share.throttled, "its cgroup was throttled");
    note(out, "active measurement: " + text::percent(share.pct()) +
                  " of its samples were disturbed by this node itself (" + text::join(causes, ", ") +
                  "); times without these stand beside those with them");
}

} // namespace

NodeSummary summariseCounters(const model::Node& node) {
    NodeSummary out;
    if (node.samples.empty()) {
        const Absent none{"no sample was taken"};
        out.cpu = none;
        out.softnet = none;
        out.conntrackFill = none;
        out.tcpRetransPct = none;
    } else {
        out.spanS = spanOf(node.samples);
        summariseCpu(node.samples, out);
        summariseSoftnet(node.samples, out);
        summariseConntrack(node.samples, out);
        summariseNet(node.samples, out);
        summariseLinks(node.samples, out);
        if (node.samples.size() == 1)
            note(out, std::string(tooFew));
    }
    summariseDisks(node, out);
    return out;
}

NodeSummary summarise(const model::Node& node) {
    NodeSummary out = summariseCounters(node);
    summariseDns(node, out);
    noteTaint(node, out);
    summariseRtt(node, model::Plane::Underlay, out.underlayP50Ns, out.underlayP99Ns);
    summariseRtt(node, model::Plane::Overlay, out.overlayP50Ns, out.overlayP99Ns);
    return out;
}

} // namespace netopsy::stats
