// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The picture of a path as plain geometry: every line of text, bar, block and badge at its place. The window, the SVG,
// the PNG and the PDF paint the same scene, and a test can read it.
#pragma once

#include "core/analysis/finding.h"
#include "ui/diagram/type.h"

#include <QLineF>
#include <QPolygonF>
#include <QRectF>

#include <optional>
#include <vector>

namespace netopsy::ui::diagram {

enum class Ink { Text, Faint, Accent, Bad };

struct TextLine {
    QPointF at; ///< left end of the baseline
    QString text;
    Face face = Face::Body;
    Ink ink = Ink::Text;
};

/// One header of the packet, or the inner packet.
struct Bar {
    QRectF rect;
    TextLine words;
    int colour = 0; ///< see PathPainter
};

/// Circle, triangle or octagon with the number that its callout has, too.
struct Badge {
    QRectF rect;
    analysis::Severity severity = analysis::Severity::Warning;
    QString number;
    std::optional<std::size_t> finding; ///< as in Mark
};

struct Gauge {
    QRectF rect; ///< the MTU
    bool known = false;
    double headers = 0, packet = 0; ///< of the MTU; together over 1 when the packet does not fit
};

struct HopItem {
    std::size_t hop = 0; ///< as hopAt() counts
    int row = 0;
    QRectF cell;          ///< packet, block and gauge: what a click on the hop may hit
    QRectF block;         ///< of a wire: where the cable runs and its words stand
    double lineY = 0;     ///< where links meet it
    double ownBottom = 0; ///< of its own words; the cell may reach lower
    bool wire = false, assumed = false;
    std::optional<analysis::Severity> worst;
    std::vector<Bar> packet;
    std::optional<Gauge> gauge;
    std::vector<TextLine> lines;
    std::vector<Badge> badges;
};

struct Frame {
    QRectF rect;
    bool node = false; ///< else a network namespace within it
    std::vector<TextLine> title;
};

struct Link {
    QPolygonF points; ///< an arrow stands at the last
};

/// A mark in words, below its hop.
struct Callout {
    QRectF rect;
    Badge badge;
    std::size_t hop = 0;
    std::vector<TextLine> lines;
    QLineF leader; ///< null where something stands between
};

struct LegendKey {
    enum Sample { Assumed, Headers, Packet, Free, Over, Info, Warning, Critical };
    QRectF rect;
    Sample sample = Assumed;
    TextLine words;
};

struct Scene {
    explicit Scene(const Type& faces) : type(faces) {}

    Type type;
    double width = 0; ///< that rows were broken at
    QSizeF size;
    std::vector<Frame> frames; ///< nodes before their namespaces
    std::vector<Link> links;
    std::vector<HopItem> hops;
    std::vector<Callout> callouts;
    std::vector<TextLine> headings;
    std::vector<LegendKey> legend;
    std::vector<double> cuts; ///< heights between rows, where a page may end

    [[nodiscard]] const HopItem* hopAt(QPointF at) const;
    /// The finding whose badge or callout is there.
    [[nodiscard]] std::optional<std::size_t> findingAt(QPointF at) const;
    [[nodiscard]] const HopItem* find(std::size_t hop) const;
};

} // namespace netopsy::ui::diagram
