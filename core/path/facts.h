// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is known of the hops of a path once they are laid: the room that encapsulation leaves, their share of the
// measured round trip, and what contradicts them.
#pragma once

#include "core/path/way.h"

namespace netopsy::path {

/// Sets each hop's mtuLeft.
void addRoom(std::vector<Hop>& hops);
/// The round trip between two nodes is told apart by the two planes: what the underlay takes is the wire's (and both
/// ends' stacks), what the overlay takes more is the tunnel's. Other hops stay without a figure.
void addLatency(std::vector<Hop>& hops, const Ends& ends);
/// A Service's hop against the API: a backend of the node's own rules that no ready endpoint has, or one that is missing.
void compareBackends(std::vector<Hop>& hops, const model::Case& subject, const Ends& ends);

} // namespace netopsy::path
