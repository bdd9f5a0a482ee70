// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "collectors/run/session.h"
#include "collectors/ssh/link.h"

namespace netopsy::ssh {

/// A session for commands over an authenticated link. `stop` ends a start() that hangs.
[[nodiscard]] std::unique_ptr<run::Session> makeSession(std::shared_ptr<Link> link, std::string description,
                                                        std::chrono::milliseconds startTimeout,
                                                        std::stop_token stop);

} // namespace netopsy::ssh
