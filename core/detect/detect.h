// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which CNI, service proxy and DNS a cluster runs, told from API objects first and from nodes' links and
// routes second (names of links can outlive an uninstall). Each verdict carries the evidence it rests on;
// what can't be told is "unknown".
#pragma once

#include "core/model/case.h"

namespace netopsy::detect {

/// Fills cni, proxy and dns of `inventory` from its own objects and, where given, from what nodes told.
void detect(model::Inventory& inventory, const std::vector<model::Node>& nodes = {});

} // namespace netopsy::detect
