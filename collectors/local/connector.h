// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collectors/run/session.h"

namespace netopsy::local {

/// This machine: commands run under /bin/sh, in a process group of their own.
[[nodiscard]] std::unique_ptr<run::Connector> makeConnector();

} // namespace netopsy::local
