// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collectors/run/autopsy.h"
#include "ui/backend.h"

namespace netopsy::app {

/// What the window asked for, in the engine's terms.
[[nodiscard]] run::AutopsyOptions toOptions(const ui::AutopsyRequest& request);

} // namespace netopsy::app
