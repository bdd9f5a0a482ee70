// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the diagram says of a hop and of a path, in words. All that a node sent is made plain here.
#pragma once

#include "core/analysis/finding.h"
#include "core/path/path.h"
#include "ui/diagram/packet.h"

#include <QString>
#include <QStringList>

#include <span>

namespace netopsy::ui::diagram {

/// A finding, or a problem of the path's own, that sits on a hop.
struct Mark {
    std::size_t hop = 0; ///< as hopAt() counts
    analysis::Severity severity = analysis::Severity::Warning;
    QString words;
    std::optional<std::size_t> finding; ///< its index among the findings; none for a problem
};
/// The findings by their place (analysis::locate; one that sits on the way out is not shown on the way back again), then
/// what the hops themselves say is wrong.
[[nodiscard]] std::vector<Mark> marksOf(const path::Path& path, std::span<const analysis::Finding> findings);

[[nodiscard]] QString onOneLine(const std::string& text); ///< plain, blanks folded
[[nodiscard]] QString bytes(int count);                   ///< "1,450 B"
[[nodiscard]] QString kindWords(path::HopKind kind);
[[nodiscard]] QString severityWords(analysis::Severity severity);

[[nodiscard]] QString title(const path::Hop& hop);    ///< the device, else what the hop does
[[nodiscard]] QString subtitle(const path::Hop& hop); ///< the rest of its label; empty when the title says it all
[[nodiscard]] QString place(const path::Hop& hop);    ///< the network namespace, as its frame is headed
/// Drops, errors, latency, offloads: what is worth a line on the block; nothing that is zero or not known.
struct Fact {
    QString words;
    bool bad = false;
};
[[nodiscard]] std::vector<Fact> facts(const path::Hop& hop);
/// "MTU 1,500 B" and "1,450 + 50 B: just fits".
[[nodiscard]] QStringList mtuWords(const path::Hop& hop, const std::optional<MtuUse>& use);

[[nodiscard]] QString heading(const path::Path& path);      ///< "a to b"
[[nodiscard]] QString backHeading(const path::Path& path);  ///< of the reply's own way
[[nodiscard]] QStringList problems(const path::Path& path); ///< "Problem: …", one an entry
/// The problems, "The largest packet …", and the notes, one an entry.
[[nodiscard]] QStringList remarks(const path::Path& path);
/// "path-node1-web-2": a file's name for the picture, without an ending.
[[nodiscard]] QString fileName(const path::Path& path);
/// All that is known of the hop, one fact a line.
[[nodiscard]] QString detail(const path::Path& path, std::size_t hop, std::span<const Mark> marks);
/// The picture in one sentence for who can't see it: "hop 3 of 11: cni0, bridge, on node1, MTU 1,450".
[[nodiscard]] QString spoken(const path::Path& path, std::size_t hop, std::span<const Mark> marks);

} // namespace netopsy::ui::diagram
