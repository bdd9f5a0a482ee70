// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Paints a scene. The palette alone differs between the window's themes and paper; shapes and words tell what colours
// tell, too.
#pragma once

#include "ui/diagram/scene.h"

#include <QColor>
#include <QPainter>

#include <array>

namespace netopsy::ui::diagram {

struct Palette {
    QColor page, text, faint, rule, node, space, block, accent, bad;
    std::array<QColor, 5> bars; ///< the inner packet, IP, transport, tunnel, Ethernet

    [[nodiscard]] static Palette screen(); ///< the application's, light or dark
    [[nodiscard]] static Palette paper();
};

/// `focus`: the hop with the keyboard's focus, drawn with a ring.
void paint(QPainter& painter, const Scene& scene, const Palette& palette,
           std::optional<std::size_t> focus = std::nullopt);

} // namespace netopsy::ui::diagram
