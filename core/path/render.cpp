// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/text.h"
#include "core/path/path.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace netopsy::path {

namespace {

template<class T>
nlohmann::json orNull(const Reading<T>& reading) {
    return reading ? nlohmann::json(*reading) : nlohmann::json();
}

nlohmann::json headersJson(const std::vector<Header>& headers) {
    nlohmann::json out = nlohmann::json::array();
    for (const Header& header : headers)
        out.push_back({{"name", header.name}, {"bytes", header.bytes}});
    return out;
}

nlohmann::json hopsJson(const std::vector<Hop>& path) {
    nlohmann::json hops = nlohmann::json::array();
    for (const Hop& hop : path)
        hops.push_back(
            {{"kind", kindName(hop.kind)},
             {"node", hop.node.empty() ? nlohmann::json() : nlohmann::json(hop.node)},
             {"netns", hop.netns.empty() ? nlohmann::json() : nlohmann::json(hop.netns)},
             {"device", hop.device.empty() ? nlohmann::json() : nlohmann::json(text::printable(hop.device))},
             {"label", text::printable(hop.label)},
             {"mtu", orNull(hop.mtu)},
             {"encapsulates", headersJson(hop.encapsulates)},
             {"decapsulates", headersJson(hop.decapsulates)},
             {"header_bytes", hop.headerBytes},
             {"mtu_left", orNull(hop.mtuLeft)},
             {"drops", orNull(hop.drops)},
             {"errors", orNull(hop.errors)},
             {"offloads", hop.offloads},
             {"latency_ns", orNull(hop.latencyNs)},
             {"latency_source", hop.latencyNs ? nlohmann::json(hop.latencySource) : nlohmann::json()},
             {"problems", hop.problems},
             {"assumed", hop.assumed},
             {"source", text::printable(hop.source)}});
    return hops;
}

std::string stack(const std::vector<Header>& headers) {
    std::string out;
    for (const Header& header : headers)
        out += (out.empty() ? "" : ", ") + header.name + " " + std::to_string(header.bytes);
    return out;
}

std::string hopsText(const std::vector<Hop>& hops) {
    std::string out, node = "-";
    for (const Hop& hop : hops) {
        if (hop.node != node)
            out += hop.node.empty() ? "\n" : "\n" + hop.node + "\n";
        node = hop.node;
        out += std::string(hop.kind == HopKind::Wire ? "  ~~ " : "  ") + (hop.assumed ? "? " : "") + hop.label;
        if (hop.mtu)
            out += "  MTU " + text::integer(static_cast<std::uint64_t>(*hop.mtu < 0 ? 0 : *hop.mtu));
        if (!hop.encapsulates.empty())
            out += "  + " + stack(hop.encapsulates);
        if (!hop.decapsulates.empty())
            out += "  - " + stack(hop.decapsulates);
        if (hop.drops && *hop.drops > 0)
            out += "  drops " + text::integer(*hop.drops);
        if (hop.errors && *hop.errors > 0)
            out += "  errors " + text::integer(*hop.errors);
        if (hop.latencyNs)
            out += "  takes " + text::duration(static_cast<double>(*hop.latencyNs));
        out += "\n";
    }
    return out;
}

} // namespace

const char* kindName(HopKind kind) {
    switch (kind) {
    case HopKind::PodInterface:
        return "pod-interface";
    case HopKind::Veth:
        return "veth";
    case HopKind::Bridge:
        return "bridge";
    case HopKind::Routing:
        return "routing";
    case HopKind::Conntrack:
        return "conntrack";
    case HopKind::ServiceNat:
        return "service-nat";
    case HopKind::Tunnel:
        return "tunnel";
    case HopKind::Nic:
        return "nic";
    case HopKind::Wire:
        break;
    case HopKind::Ebpf:
        return "ebpf";
    case HopKind::Switch:
        return "switch";
    case HopKind::Outside:
        return "outside";
    }
    return "wire";
}

nlohmann::json pathJson(const Path& path) {
    nlohmann::json out = {{"schema", "netopsy.path/1"},
                          {"from", path.from},
                          {"to", path.to},
                          {"family", path.ipv6 ? "ipv6" : "ipv4"},
                          {"hops", hopsJson(path.hops)},
                          {"back", hopsJson(path.back)},
                          {"inner_mtu", orNull(path.innerMtu)},
                          {"problems", path.problems},
                          {"notes", path.notes}};
    return out;
}

std::string pathText(const Path& path) {
    std::string out = path.from + "  to  " + path.to + (path.ipv6 ? "  (IPv6)\n" : "\n") + hopsText(path.hops);
    if (!path.back.empty())
        out += "\nThe reply takes another way:\n" + hopsText(path.back);
    out += "\nLargest inner packet: ";
    out += path.innerMtu
               ? text::integer(static_cast<std::uint64_t>(*path.innerMtu < 0 ? 0 : *path.innerMtu)) + " B\n"
               : "not known (" + path.innerMtu.reason() + ")\n";
    for (const std::string& problem : path.problems)
        out += "Problem: " + problem + "\n";
    for (const std::string& note : path.notes)
        out += "Note: " + note + "\n";
    const auto assumed = [](const Hop& hop) { return hop.assumed; };
    if (std::any_of(path.hops.begin(), path.hops.end(), assumed) ||
        std::any_of(path.back.begin(), path.back.end(), assumed))
        out += "? marks what is assumed, not seen.\n";
    return text::printable(out);
}

} // namespace netopsy::path
