// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/report/document.h"
#include "ui/report/sheet.h"

#include <string>
#include <vector>

namespace netopsy::ui {

/// Adds to a PDF what QPdfWriter can't: the outline and the full document information. Rewrites `file` in place.
[[nodiscard]] Result<void> addOutline(const std::string& file, const std::vector<OutlineEntry>& entries,
                                      const report::Document& document);

} // namespace netopsy::ui
