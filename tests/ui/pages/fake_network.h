// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/case.h"

namespace netopsy::ui::fake {

/// Gives the nodes that were reached Flannel's links and routes, and each a pod "default/web-N" (dual stack), and the
/// cluster the Service "default/web" of them all.
void addNetwork(model::Case& subject);

} // namespace netopsy::ui::fake
