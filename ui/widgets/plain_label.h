// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Labels for words that a node, an API server or a file may have a part in: QLabel would take markup in them for rich
// text, so they are told that it is plain.
#pragma once

#include <QString>

class QLabel;

namespace netopsy::ui {

[[nodiscard]] QLabel* plainLabel(const QString& text = {});    ///< wraps; the caller's layout owns it
[[nodiscard]] QLabel* copyableLabel(const QString& text = {}); ///< the same, to be marked and copied

} // namespace netopsy::ui
