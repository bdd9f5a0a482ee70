// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace netopsy::ui {

/// Tells assistive tools of each hop of a PathView: a list whose items have the hop's words and its place on the screen.
/// Once, before the first PathView; more often does no harm.
void installPathAccessibility();

} // namespace netopsy::ui
