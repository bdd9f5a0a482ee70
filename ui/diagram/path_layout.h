// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/diagram/scene.h"
#include "ui/diagram/words.h"

namespace netopsy::ui::diagram {

struct Options {
    QFont font;          ///< of the body; give it a pixel size, which is the unit of all lengths
    double width = 1000; ///< to break rows at; a single hop may be wider
    bool spread = false; ///< uses the spare width of a row, for longer links
    bool titled = false; ///< with the ends and the remarks, for a picture that stands alone
};

/// Rows from left to right, as the packet travels; the reply's own way below where it differs.
[[nodiscard]] Scene layOut(const path::Path& path, const std::vector<Mark>& marks, const Options& options);

} // namespace netopsy::ui::diagram
