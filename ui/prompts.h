// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend.h"

class QWidget;

namespace netopsy::ui {

/// Puts to the person at `window` what the backend asks during a run (host keys, passphrases), without stopping the window
/// or the run's other nodes, and answers it. Both must outlive the connection, which ends with the first of them.
void answerPrompts(Backend& backend, QWidget* window);

} // namespace netopsy::ui
