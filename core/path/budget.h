// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How large a packet fits a path, by its hops' MTUs and what encapsulation adds, and by what was measured.
#pragma once

#include "core/path/way.h"

namespace netopsy::path {

/// Sets the largest inner packet that fits, and says where the sender's own packets would not.
void judgeBudget(Path& path, const std::string& sender);
/// Adds what probes found to get through between the two nodes.
void compareWithMeasured(Path& path, const Ends& ends);

} // namespace netopsy::path
