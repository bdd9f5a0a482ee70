// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/report/document.h"

#include <QString>

namespace netopsy::ui {

/// Paints the document as a PDF (vectors, searchable text, outline, metadata), written beside the target and
/// moved into place. Returns the number of pages. Needs a QGuiApplication; call it in the GUI thread.
[[nodiscard]] Result<int> writePdf(const report::Document& document, const QString& path);

} // namespace netopsy::ui
