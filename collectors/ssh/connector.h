// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collectors/run/session.h"
#include "collectors/ssh/options.h"

namespace netopsy::ssh {

/// Reads configuration and known_hosts once. An error names file and line.
[[nodiscard]] Result<std::unique_ptr<run::Connector>> makeConnector(Options options);

} // namespace netopsy::ssh
