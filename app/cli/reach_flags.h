// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The flags shared by every command that reaches a cluster (or this machine), as interface.md lists them.
#pragma once

#include "collectors/run/autopsy.h"
#include "core/base/result.h"

#include <QCommandLineParser>

namespace netopsy::app {

void addReachFlags(QCommandLineParser& parser);

/// Fills everything but casePath, overwrite and tool. An error names the flag and what it takes.
[[nodiscard]] Result<run::AutopsyOptions> readReachFlags(const QCommandLineParser& parser);

} // namespace netopsy::app
