// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a figure of the mesh becomes a colour and a word; shared by the map, its legend and the report. The ramps are
// made in OKLCH with evenly spaced lightness, so that equal steps look equal and stay in order for any eye and in
// grey. The worst always stands out most from the ground: dark on paper, bright on a dark theme.
#pragma once

#include "core/stats/mesh.h"

#include <QColor>
#include <QString>
#include <QVector>

#include <optional>

namespace netopsy::ui {

enum class MeshLayer { Underlay, Overlay, Difference, Loss };

/// Which figure of a pair is looked at.
struct MeshLens {
    MeshLayer layer = MeshLayer::Underlay;
    bool p99 = false;   ///< else the median
    bool clean = false; ///< of samples without taint alone
    bool operator==(const MeshLens&) const = default;
};

struct MeshValue {
    enum Kind { NotProbed, LostAll, Unknown, Known };
    Kind kind = NotProbed;
    double value = 0;    ///< nanoseconds, or percent for Loss
    bool unsure = false; ///< a difference whose interval holds zero
    bool lossy = false;  ///< some answers were lost; never set for Loss
};
/// `cell` may be nullptr: not probed. Loss is the worse plane's.
[[nodiscard]] MeshValue meshValue(const stats::MeshCell* cell, const MeshLens& lens);

[[nodiscard]] QString layerName(MeshLayer layer);

class MeshScale {
public:
    /// Underlay and overlay share their ends, so that switching between them compares.
    MeshScale(const stats::Mesh& mesh, const MeshLens& lens, bool dark);

    [[nodiscard]] bool empty() const { return m_empty; } ///< nothing in the mesh has a figure
    [[nodiscard]] double low() const { return m_low; }
    [[nodiscard]] double high() const { return m_high; }
    [[nodiscard]] double position(double value) const; ///< 0..1 along the legend
    [[nodiscard]] double valueAt(double position) const;
    [[nodiscard]] QColor colour(double value) const;
    [[nodiscard]] QColor inkOn(const QColor& ground) const; ///< black or white, whichever is read better
    [[nodiscard]] QVector<double> ticks() const; ///< the most needed first: where there is no room, leave the rest
    [[nodiscard]] QString tickWord(double value) const;  ///< word() without zeros at its end
    [[nodiscard]] QString word(double value) const;      ///< "312 µs", "+41 µs", "0.4 %"
    [[nodiscard]] QString shortWord(double value) const; ///< for small cells: "312µ", "+41µ", "1.2m", "0.4"
    [[nodiscard]] QString title() const;                 ///< "Round trip, underlay, median"

private:
    MeshLens m_lens;
    bool m_dark, m_empty = true;
    double m_low = 0, m_high = 1; ///< in the layer's unit
};

} // namespace netopsy::ui
