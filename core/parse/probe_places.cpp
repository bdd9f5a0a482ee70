// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lines of a pod's place. Its number counts 0, 1, 2 … in the order in which places say who they are.
#include "core/base/text.h"
#include "core/parse/probe_lines.h"

namespace netopsy::parse::probe {

namespace {

constexpr std::size_t maxPlaces = 64, maxKeys = 128, maxNames = 64;

bool readWho(model::Node& node, std::size_t place, const Fields& f) {
    if (f.size() != 4 || place != node.pods.size() || place >= maxPlaces)
        return false;
    model::PodPlace pod;
    pod.ns = decoded(f[1]);
    pod.name = decoded(f[2]);
    pod.address = decoded(f[3]);
    node.pods.push_back(std::move(pod));
    return true;
}

bool readProblem(model::PodPlace& pod, const Fields& f) {
    if (f.size() != 2 || decoded(f[1]).empty())
        return false;
    pod.problem = decoded(f[1]);
    return true;
}

bool readInterface(model::PodPlace& pod, const Fields& f) {
    if (f.size() != 5)
        return false;
    const auto inode = text::toUint(f[1]);
    const auto mtu = within(f[3], 0, 0x7FFF'FFFF), peer = within(f[4], 0, 0x7FFF'FFFF);
    if (!inode || !mtu || !peer)
        return false;
    pod.netns = *inode;
    pod.device = decoded(f[2]);
    pod.mtu = static_cast<int>(*mtu);
    pod.peerIndex = static_cast<int>(*peer);
    return true;
}

bool readResolvConf(model::PodPlace& pod, const Fields& f) {
    const auto ndots = f.size() >= 3 ? within(f[1], 0, 15) : std::nullopt;
    const auto servers = ndots ? within(f[2], 0, 16) : std::nullopt;
    if (!servers || f.size() > maxNames || f.size() - 3 < static_cast<std::size_t>(*servers))
        return false;
    pod.ndots = static_cast<int>(*ndots);
    pod.nameservers.clear();
    pod.search.clear();
    for (std::size_t i = 3; i < f.size(); ++i)
        (i - 3 < static_cast<std::size_t>(*servers) ? pod.nameservers : pod.search).push_back(decoded(f[i]));
    return true;
}

bool readSysctl(model::PodPlace& pod, const Fields& f) {
    if (f.size() != 3 || (pod.sysctl.size() >= maxKeys && !pod.sysctl.contains(decoded(f[1]))))
        return false;
    pod.sysctl.insert_or_assign(decoded(f[1]), text::foldBlanks(decoded(f[2])));
    return true;
}

bool readCounter(model::PodPlace& pod, const Fields& f) {
    if (f.size() != 4 || (f[1] != "0" && f[1] != "1"))
        return false;
    auto& counters = f[1] == "0" ? pod.countersFirst : pod.countersLast;
    const auto value = text::toUint(f[3]);
    if (!value || (counters.size() >= maxKeys && !counters.contains(decoded(f[2]))))
        return false;
    counters.insert_or_assign(decoded(f[2]), *value);
    return true;
}

} // namespace

bool readPodLine(model::Node& node, std::size_t place, const Fields& f) {
    if (f[0] == "W")
        return readWho(node, place, f);
    if (place >= node.pods.size())
        return false;
    model::PodPlace& pod = node.pods[place];
    if (f[0] == "X")
        return readProblem(pod, f);
    if (f[0] == "I")
        return readInterface(pod, f);
    if (f[0] == "V")
        return readResolvConf(pod, f);
    if (f[0] == "Y")
        return readSysctl(pod, f);
    if (f[0] == "C")
        return readCounter(pod, f);
    return readPlaceLine(node, sinkOf(pod), f);
}

} // namespace netopsy::parse::probe
