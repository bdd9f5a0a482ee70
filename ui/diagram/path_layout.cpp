// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diagram/path_layout.h"

#include "ui/diagram/hop_layout.h"
#include "ui/diagram/row_breaks.h"

#include <QCoreApplication>

#include <algorithm>

namespace netopsy::ui::diagram {

namespace {

// In the body font's pixels.
constexpr double margin = 2, between = 1.8, nsPad = 0.7, nodePad = 0.7, rowGap = 2.2, calloutGap = 0.7,
                 widest = 30, badgeSize = 1.6, mostSpread = 2.5;

struct LayoutText {
    Q_DECLARE_TR_FUNCTIONS(netopsy::ui::diagram::LayoutText)
};

bool sameNode(const path::Hop& a, const path::Hop& b) {
    return a.node == b.node;
}
bool samePlace(const path::Hop& a, const path::Hop& b) {
    return sameNode(a, b) && a.netns == b.netns;
}

/// What a hop needs beside it for the borders of the frames that open (or close) there; `next` null: the row's end.
double border(const path::Hop& hop, const path::Hop* next) {
    if (hop.node.empty() || (next != nullptr && samePlace(hop, *next)))
        return 0;
    return (hop.netns.empty() ? 0 : nsPad) + (next != nullptr && sameNode(hop, *next) ? 0 : nodePad);
}

class Layout {
public:
    Layout(const path::Path& path, const std::vector<Mark>& marks, const Options& options)
        : m_path(path), m_marks(marks), m_type(options.font), m_em(m_type.em()),
          m_room(std::max(options.width - 2 * margin * m_em, 10 * m_em)), m_titled(options.titled),
          m_spread(options.spread), m_scene(m_type) {
        m_scene.width = options.width;
    }

    Scene run() {
        m_y = 0.6 * m_em;
        if (m_titled) {
            say(heading(m_path), Face::Heading, Ink::Text);
            m_y += 0.5 * m_em;
        }
        section(m_path.hops, 0);
        if (!m_path.back.empty()) {
            m_y += 0.6 * m_em;
            say(backHeading(m_path), Face::Bold, Ink::Text);
            m_y += 0.4 * m_em;
            section(m_path.back, m_path.hops.size());
        }
        legend();
        if (m_titled)
            for (const QString& remark : remarks(m_path))
                say(remark, Face::Body, Ink::Text);
        m_scene.size = {m_right + margin * m_em, m_y + 0.6 * m_em};
        return std::move(m_scene);
    }

private:
    void say(const QString& text, Face face, Ink ink) {
        for (const QString& line : m_type.wrap(face, text, m_room)) {
            m_scene.headings.push_back({{margin * m_em, m_y + m_type.ascent(face)}, line, face, ink});
            m_right = std::max(m_right, margin * m_em + m_type.width(face, line));
            m_y += m_type.lineHeight(face);
        }
    }

    void section(const std::vector<path::Hop>& hops, std::size_t first) {
        const auto headers = headersAlong(hops);
        const auto uses = mtuAlong(hops);
        m_boxes.clear();
        int packet = m_path.innerMtu.valueOr(0);
        for (std::size_t i = 0; i < hops.size(); ++i) {
            packet = uses[i] ? uses[i]->packet : packet;
            m_boxes.push_back(measure(m_type, hops[i], first + i, headers[i], packet, uses[i]));
        }
        const auto starts = rowStarts(
            hops.size(), m_room, [this](std::size_t from, std::size_t end) { return widthOf(from, end); },
            [&](std::size_t i) {
                return samePlace(hops[i - 1], hops[i]) ? 0.8 : sameNode(hops[i - 1], hops[i]) ? 0.5 : 0.0;
            });
        for (std::size_t r = 0; r < starts.size(); ++r) {
            const std::size_t end = r + 1 < starts.size() ? starts[r + 1] : hops.size();
            const std::size_t before = m_scene.hops.size();
            const double endOfLast = m_y - rowGap * m_em;
            row(starts[r], end);
            if (r > 0)
                onToNextRow(m_scene.hops[before - 1], m_scene.hops[before], endOfLast + rowGap * m_em / 2);
        }
    }

    [[nodiscard]] double gap(std::size_t i) const { ///< between box i and the next
        const path::Hop &a = *m_boxes[i].what, &b = *m_boxes[i + 1].what;
        return (border(a, &b) + between + border(b, &a)) * m_em;
    }
    [[nodiscard]] double widthOf(std::size_t from, std::size_t end) const {
        double width = (border(*m_boxes[from].what, nullptr) + border(*m_boxes[end - 1].what, nullptr)) * m_em;
        for (std::size_t i = from; i < end; ++i)
            width += m_boxes[i].width + (i + 1 < end ? gap(i) : 0);
        return width;
    }

    /// Runs of hops that share a frame, with the frame's sides and its title's lines.
    struct Run {
        std::size_t from, end;
        double left, right;
        QStringList title;
    };
    template<class Same, class Title>
    std::vector<Run> runs(std::size_t from, std::size_t end, const std::vector<double>& x, double by, Face face,
                          Same same, Title title) const {
        std::vector<Run> out;
        for (std::size_t i = from, next = from; i < end; i = next) {
            for (next = i + 1; next < end && same(*m_boxes[i].what, *m_boxes[next].what);)
                ++next;
            const QString words = title(*m_boxes[i].what, i);
            if (words.isEmpty())
                continue;
            const double left = x[i - from] - by, right = x[next - 1 - from] + m_boxes[next - 1].width + by;
            out.push_back({i, next, left, right, m_type.wrap(face, words, right - left - 1.2 * m_em)});
        }
        return out;
    }

    void row(std::size_t from, std::size_t end) {
        std::vector<double> x;
        double at = margin * m_em + border(*m_boxes[from].what, nullptr) * m_em;
        const double extra =
            m_spread && end > from + 1
                ? std::clamp((m_room - widthOf(from, end)) / double(end - from - 1), 0.0, mostSpread * m_em)
                : 0;
        for (std::size_t i = from; i < end; ++i) {
            x.push_back(at);
            at += m_boxes[i].width + (i + 1 < end ? gap(i) + extra : 0);
        }
        m_right = std::max(m_right, at + border(*m_boxes[end - 1].what, nullptr) * m_em);

        const auto spaces =
            runs(from, end, x, nsPad * m_em, Face::Small, samePlace,
                 [](const path::Hop& hop, std::size_t) { return hop.node.empty() ? QString() : place(hop); });
        const auto nodes = runs(from, end, x, (nsPad + nodePad) * m_em, Face::Bold, sameNode,
                                [&](const path::Hop& hop, std::size_t i) {
                                    const QString name = onOneLine(hop.node);
                                    return i > 0 && !name.isEmpty() && sameNode(*m_boxes[i - 1].what, hop)
                                               ? LayoutText::tr("%1, continued").arg(name)
                                               : name;
                                });
        const auto tallest = [](const std::vector<Run>& all) {
            qsizetype lines = 0;
            for (const Run& run : all)
                lines = std::max(lines, run.title.size());
            return static_cast<double>(lines);
        };
        const double top = m_y;
        const double spaceTop =
            top + (nodes.empty() ? 0 : 0.8 * m_em + tallest(nodes) * m_type.lineHeight(Face::Bold));
        double packets = 0, gauges = 0;
        RowGrid grid;
        for (std::size_t i = from; i < end; ++i) {
            packets = std::max(packets, m_boxes[i].packetHeight);
            gauges = std::max(gauges, m_boxes[i].gaugeHeight);
            grid.blockHeight = std::max(grid.blockHeight, m_boxes[i].blockHeight);
        }
        grid.packetBottom = spaceTop +
                            (spaces.empty() ? 0 : 0.8 * m_em + tallest(spaces) * m_type.lineHeight(Face::Small)) +
                            packets;
        grid.blockTop = grid.packetBottom + 1.1 * m_em;
        grid.gaugeTop = grid.blockTop + grid.blockHeight + 0.7 * m_em;
        grid.bottom = grid.gaugeTop + gauges;
        const double spaceBottom = grid.bottom + 0.6 * m_em, bottom = spaceBottom + nodePad * m_em;

        for (const Run& run : nodes)
            frame(run, top, bottom, Face::Bold, true);
        for (const Run& run : spaces)
            frame(run, spaceTop, spaceBottom, Face::Small, false);
        const std::size_t first = m_scene.hops.size();
        for (std::size_t i = from; i < end; ++i) {
            m_scene.hops.push_back(place(m_type, m_boxes[i], x[i - from], grid));
            HopItem& item = m_scene.hops.back();
            item.row = m_rows;
            if (i > from) {
                const HopItem& last = m_scene.hops[m_scene.hops.size() - 2];
                const QPointF leaves(last.block.right(), item.lineY), enters(item.block.left(), item.lineY);
                m_scene.links.push_back({QPolygonF(QList<QPointF>{leaves, enters})});
            }
        }
        ++m_rows;
        m_y = bottom;
        callouts(first);
        m_scene.cuts.push_back(m_y + 0.3 * m_em);
        m_y += rowGap * m_em;
    }

    void frame(const Run& run, double top, double bottom, Face face, bool node) {
        Frame made;
        made.rect = QRectF(QPointF(run.left, top), QPointF(run.right, bottom));
        made.node = node;
        double y = top + 0.35 * m_em;
        for (const QString& line : run.title) {
            made.title.push_back(
                {{run.left + 0.7 * m_em, y + m_type.ascent(face)}, line, face, node ? Ink::Accent : Ink::Faint});
            y += m_type.lineHeight(face);
        }
        m_scene.frames.push_back(std::move(made));
    }

    /// Around the end of one row and back to the start of the next, between the frames.
    void onToNextRow(const HopItem& last, const HopItem& next, double middle) {
        const double out = m_right + 0.9 * m_em, in = 0.9 * m_em;
        m_scene.links.push_back({QPolygonF({{last.block.right(), last.lineY},
                                            {out, last.lineY},
                                            {out, middle},
                                            {in, middle},
                                            {in, next.lineY},
                                            {next.block.left(), next.lineY}})});
    }

    [[nodiscard]] Badge badge(const Mark& mark, std::size_t number, QPointF centre) const {
        const double size = badgeSize * m_em;
        return {QRectF(centre.x() - size / 2, centre.y() - size / 2, size, size), mark.severity,
                QString::number(number), mark.finding};
    }

    /// Below the row, each as near to its hop as those before leave room.
    void callouts(std::size_t first) {
        const double top = m_y + calloutGap * m_em;
        double lowest = m_y;
        const std::size_t before = m_scene.callouts.size();
        for (std::size_t h = first; h < m_scene.hops.size(); ++h) {
            HopItem& item = m_scene.hops[h];
            // In the order of their numbers, with the last one at the corner.
            const double badgeStep = (badgeSize + 0.2) * m_em;
            const auto here = std::count_if(m_marks.begin(), m_marks.end(),
                                            [&](const Mark& mark) { return mark.hop == item.hop; });
            double corner = item.block.right() - 0.6 * m_em - static_cast<double>(here - 1) * badgeStep;
            for (const Mark& mark : m_marks) {
                if (mark.hop != item.hop)
                    continue;
                item.worst = std::max(item.worst.value_or(mark.severity), mark.severity);
                const std::size_t number = ++m_marked;
                item.badges.push_back(badge(mark, number, {corner, item.block.top()}));
                corner += badgeStep;

                Callout made;
                made.hop = item.hop;
                const double text = std::min(
                    {m_type.width(Face::Body, mark.words) + 1, widest * m_em, m_room - (badgeSize + 2) * m_em});
                const QStringList lines = m_type.wrap(Face::Body, mark.words, text);
                const double height =
                    std::max(static_cast<double>(lines.size()) * m_type.lineHeight(Face::Body), badgeSize * m_em) +
                    m_em;
                const double width = text + (badgeSize + 1.6) * m_em;
                const double x =
                    std::max(margin * m_em, std::min(item.block.left(), margin * m_em + m_room - width));
                double y = top;
                for (std::size_t c = before; c < m_scene.callouts.size(); ++c)
                    if (const QRectF& other = m_scene.callouts[c].rect;
                        other.left() < x + width + calloutGap * m_em && x < other.right() + calloutGap * m_em)
                        y = std::max(y, other.bottom() + calloutGap * m_em);
                made.rect = QRectF(x, y, width, height);
                made.badge = badge(mark, number, {x + (0.5 + badgeSize / 2) * m_em, made.rect.center().y()});
                double baseline = made.rect.center().y() -
                                  static_cast<double>(lines.size()) * m_type.lineHeight(Face::Body) / 2 +
                                  m_type.ascent(Face::Body);
                for (const QString& line : lines) {
                    made.lines.push_back({{x + (badgeSize + 1) * m_em, baseline}, line, Face::Body, Ink::Text});
                    baseline += m_type.lineHeight(Face::Body);
                }
                if (const double middle = item.block.center().x(); y == top && middle > x && middle < x + width)
                    made.leader = QLineF(middle, item.ownBottom, middle, y);
                lowest = std::max(lowest, made.rect.bottom());
                m_right = std::max(m_right, made.rect.right());
                m_scene.callouts.push_back(std::move(made));
            }
        }
        m_y = lowest;
    }

    /// Only what occurs is explained.
    void legend() {
        bool assumed = false, headers = false, free = false, over = false;
        for (const HopItem& item : m_scene.hops) {
            assumed = assumed || item.assumed;
            if (!item.gauge || !item.gauge->known)
                continue;
            const double full = item.gauge->headers + item.gauge->packet;
            headers = headers || item.gauge->headers > 0;
            free = free || full < 1;
            over = over || full > 1;
        }
        const auto marked = [this](analysis::Severity severity) {
            return std::any_of(m_marks.begin(), m_marks.end(),
                               [&](const Mark& m) { return m.severity == severity; });
        };
        double x = margin * m_em;
        m_y -= rowGap * m_em - 0.9 * m_em;
        const auto key = [&](bool occurs, LegendKey::Sample sample, const QString& words) {
            if (!occurs)
                return;
            const double width = 2.4 * m_em + m_type.width(Face::Small, words);
            if (x > margin * m_em && x + width > margin * m_em + m_room) {
                x = margin * m_em;
                m_y += 1.5 * m_em;
            }
            m_scene.legend.push_back({QRectF(x, m_y, 1.8 * m_em, m_em),
                                      sample,
                                      {{x + 2.2 * m_em, m_y + 0.88 * m_em}, words, Face::Small, Ink::Faint}});
            m_right = std::max(m_right, x + width);
            x += width + 1.4 * m_em;
        };
        key(!m_scene.hops.empty(), LegendKey::Packet, LayoutText::tr("packet, of the MTU"));
        key(headers, LegendKey::Headers, LayoutText::tr("outer headers"));
        key(free, LegendKey::Free, LayoutText::tr("left"));
        key(over, LegendKey::Over, LayoutText::tr("too large"));
        key(assumed, LegendKey::Assumed, LayoutText::tr("assumed from the CNI's design, not seen"));
        key(marked(analysis::Severity::Critical), LegendKey::Critical, LayoutText::tr("critical"));
        key(marked(analysis::Severity::Warning), LegendKey::Warning, LayoutText::tr("warning"));
        key(marked(analysis::Severity::Info), LegendKey::Info, LayoutText::tr("info"));
        m_y += 1.8 * m_em;
    }

    const path::Path& m_path;
    const std::vector<Mark>& m_marks;
    Type m_type;
    double m_em, m_room;
    bool m_titled, m_spread;
    Scene m_scene;
    std::vector<HopBox> m_boxes; ///< of the section that is laid out
    std::size_t m_marked = 0;
    int m_rows = 0;
    double m_y = 0, m_right = 0;
};

} // namespace

const HopItem* Scene::hopAt(QPointF at) const {
    for (const HopItem& item : hops)
        if (item.cell.contains(at))
            return &item;
    for (const Callout& callout : callouts)
        if (callout.rect.contains(at))
            return find(callout.hop);
    return nullptr;
}

std::optional<std::size_t> Scene::findingAt(QPointF at) const {
    for (const Callout& callout : callouts)
        if (callout.rect.contains(at))
            return callout.badge.finding;
    for (const HopItem& item : hops)
        for (const Badge& badge : item.badges)
            if (badge.rect.contains(at))
                return badge.finding;
    return std::nullopt;
}

const HopItem* Scene::find(std::size_t hop) const {
    for (const HopItem& item : hops)
        if (item.hop == hop)
            return &item;
    return nullptr;
}

Scene layOut(const path::Path& path, const std::vector<Mark>& marks, const Options& options) {
    return Layout(path, marks, options).run();
}

} // namespace netopsy::ui::diagram
