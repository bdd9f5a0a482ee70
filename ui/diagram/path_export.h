// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The picture as a file or an image that stands alone: titled, with its remarks, in paper's colours whatever the
// window's theme is.
#pragma once

#include "core/base/result.h"
#include "ui/diagram/words.h"

#include <QImage>

namespace netopsy::ui::diagram {

[[nodiscard]] QByteArray svg(const path::Path& path, const std::vector<Mark>& marks);
[[nodiscard]] QImage image(const path::Path& path, const std::vector<Mark>& marks, double scale = 2);

/// By the file's ending, .svg or .png; an older file is replaced whole or not at all.
[[nodiscard]] Result<void> save(const path::Path& path, const std::vector<Mark>& marks, const QString& file);

} // namespace netopsy::ui::diagram
