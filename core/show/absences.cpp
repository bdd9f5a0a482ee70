// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/show/absences.h"

#include "core/base/text.h"

#include <algorithm>

namespace netopsy::show {

namespace {

constexpr std::size_t namedDevices = 6;

/// Devices by "figure" and reason, in the order first seen.
class Grouped {
public:
    void add(const std::string& figure, const std::string& device, const std::string& reason) {
        if (reason.empty())
            return;
        auto group = std::find_if(m_groups.begin(), m_groups.end(),
                                  [&](const Group& g) { return g.figure == figure && g.reason == reason; });
        if (group == m_groups.end())
            group = m_groups.insert(m_groups.end(), {figure, reason, {}});
        group->devices.push_back(device);
    }
    void into(std::vector<std::string>& notes) {
        for (Group& group : m_groups) {
            const std::size_t all = group.devices.size();
            group.devices.resize(std::min(all, namedDevices));
            notes.push_back(group.figure + " of " + text::join(group.devices, ", ") +
                            (all > namedDevices ? " and " + std::to_string(all - namedDevices) + " more" : "") +
                            ": " + group.reason);
        }
    }

private:
    struct Group {
        std::string figure, reason;
        std::vector<std::string> devices;
    };
    std::vector<Group> m_groups;
};

} // namespace

std::vector<std::string> absences(const model::Node& node, const stats::NodeSummary& summary) {
    std::vector<std::string> notes;
    const auto add = [&](const char* figure, const std::string& reason) {
        if (!reason.empty())
            notes.push_back(std::string(figure) + ": " + reason);
    };
    add("kernel", node.facts.kernel.reason());
    add("os", node.facts.os.reason());
    add("cpus", node.facts.cpus.reason());
    add("cpu", summary.cpu.reason());
    add("softnet", summary.softnet.reason());
    add("conntrack", summary.conntrackFill.reason());
    add("tcp.retrans_pct", summary.tcpRetransPct.reason());
    add("cost.node_cpu_ms", node.cost.nodeCpuMs.reason());

    Grouped devices;
    for (const model::Link& link : node.facts.links) {
        if (link.driver.empty())
            devices.add("driver", link.name, "no device stands behind the link");
        devices.add("speed_mbps", link.name, link.speedMbps.reason());
        if (!node.samples.empty() && !node.samples.back().links.contains(link.name))
            devices.add("counters", link.name, "not in /proc/net/dev at the last sample");
    }
    for (const stats::DiskSummary& disk : summary.disks) {
        devices.add("rotational", disk.name, disk.rotational.reason());
        devices.add("await_ms", disk.name, disk.awaitMs.reason());
    }
    devices.into(notes);
    return notes;
}

} // namespace netopsy::show
