// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who we are, told by keys alone: those named on the command line and in ssh_config, then the agent's, then
// ssh's default files. A key that the agent holds is used through the agent, so that nobody is asked for its
// passphrase. Passwords and keyboard-interactive are not supported, on purpose: nothing here should ever hold
// one.
#pragma once

#include "collectors/ssh/key_store.h"
#include "collectors/ssh/link.h"

namespace netopsy::ssh {

/// The error names the user, the methods that the server offers, and each key with what came of it.
[[nodiscard]] Result<void> authenticate(const Link& link, const HostConfig& host, const Options& options,
                                        const std::filesystem::path& home, KeyStore& keys,
                                        const Patience& patience, const std::string& where);

} // namespace netopsy::ssh
