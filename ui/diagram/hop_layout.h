// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One hop of the picture: how much room its words take, then its parts at their place.
#pragma once

#include "ui/diagram/scene.h"
#include "ui/diagram/words.h"

namespace netopsy::ui::diagram {

struct HopBox {
    struct Words {
        QStringList lines;
        Face face = Face::Small;
        Ink ink = Ink::Text;
    };
    std::size_t hop = 0;
    const path::Hop* what = nullptr;
    std::vector<path::Header> headers; ///< on the packet as it leaves
    int packet = 0;                    ///< bytes of the inner packet; 0: not known
    std::optional<MtuUse> use;
    std::vector<Words> words, gaugeWords;
    double width = 0, packetHeight = 0, blockHeight = 0, gaugeHeight = 0;
};

[[nodiscard]] HopBox measure(const Type& type, const path::Hop& hop, std::size_t index,
                             std::vector<path::Header> headers, int packet, const std::optional<MtuUse>& use);

/// The heights that all hops of a row share.
struct RowGrid {
    double packetBottom = 0, blockTop = 0, blockHeight = 0, gaugeTop = 0, bottom = 0;
};
[[nodiscard]] HopItem place(const Type& type, const HopBox& box, double x, const RowGrid& grid);

/// Which of the painter's colours a header has, by its name.
[[nodiscard]] int headerColour(const std::string& name);
inline constexpr int packetColour = 0;

} // namespace netopsy::ui::diagram
