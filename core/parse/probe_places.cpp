// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lines of a pod's place. Its number counts 0, 1, 2 … in the order in which places say who they are.
#include "core/parse/probe_lines.h"

namespace netopsy::parse::probe {

namespace {

constexpr std::size_t maxPlaces = 64;

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

} // namespace

bool readPodLine(model::Node& node, std::size_t place, const Fields& f) {
    if (f[0] == "W")
        return readWho(node, place, f);
    return place < node.pods.size() && readPlaceLine(node, sinkOf(node.pods[place]), f);
}

} // namespace netopsy::parse::probe
