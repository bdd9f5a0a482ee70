// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diagram/hop_layout.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

namespace netopsy::ui::diagram {

namespace {

struct HopText {
    Q_DECLARE_TR_FUNCTIONS(netopsy::ui::diagram::HopText)
};

// In the body font's pixels.
constexpr double pad = 0.7, topPad = 0.85, least = 8.6, most = 15, barHeight = 1.3, gaugeBar = 0.8, wireTop = 2.3;

double longestWord(const Type& type, Face face, const QString& text) {
    static const QRegularExpression breaks(QStringLiteral("[\\s/-]"));
    double widest = 0;
    for (const QString& word : text.split(breaks))
        widest = std::max(widest, type.width(face, word + QLatin1Char('-')));
    return widest;
}

QString barWords(const path::Header& header) {
    return QStringLiteral("%1 %2").arg(onOneLine(header.name), bytes(header.bytes));
}

QString packetWords(const HopBox& box) {
    return box.packet > 0 ? HopText::tr("packet %1").arg(bytes(box.packet)) : HopText::tr("packet");
}

QString totalWords(const HopBox& box) {
    return box.headers.empty() || box.packet <= 0
               ? QString()
               : HopText::tr("%1 in all").arg(bytes(box.packet + bytesOf(box.headers)));
}

double heightOf(const Type& type, const std::vector<HopBox::Words>& words) {
    double height = 0;
    for (const HopBox::Words& part : words)
        height += static_cast<double>(part.lines.size()) * type.lineHeight(part.face);
    return height;
}

void put(const Type& type, const std::vector<HopBox::Words>& words, double x, double y,
         std::vector<TextLine>& out) {
    for (const HopBox::Words& part : words)
        for (const QString& line : part.lines) {
            out.push_back({{x, y + type.ascent(part.face)}, line, part.face, part.ink});
            y += type.lineHeight(part.face);
        }
}

} // namespace

HopBox measure(const Type& type, const path::Hop& hop, std::size_t index, std::vector<path::Header> headers,
               int packet, const std::optional<MtuUse>& use) {
    HopBox box;
    box.hop = index;
    box.what = &hop;
    box.headers = std::move(headers);
    box.packet = packet;
    box.use = use;
    const double em = type.em();
    const QString name = title(hop), rest = subtitle(hop);
    const std::vector<Fact> told = facts(hop);
    const QStringList gauge = mtuWords(hop, use);

    // As wide as the words ask for, within bounds: a device's name on one line, the rest on about three.
    double wide = std::max(type.width(Face::Bold, name), longestWord(type, Face::Small, rest));
    wide = std::max(wide, type.width(Face::Small, rest) / 3 + em);
    for (const Fact& fact : told)
        wide = std::max(wide, type.width(Face::Small, fact.words) / 2 + em);
    wide += 2 * pad * em;
    for (const path::Header& header : box.headers)
        wide = std::max(wide, type.width(Face::Small, barWords(header)) + em);
    wide = std::max(wide, type.width(Face::Small, packetWords(box)) + em);
    for (const QString& words : gauge)
        wide = std::max(wide, std::min(type.width(Face::Small, words) + 1, 11 * em));
    box.width = std::clamp(wide, least * em, most * em);

    const double inner = box.width - 2 * pad * em;
    box.words.push_back({type.wrap(Face::Bold, name, inner), Face::Bold, Ink::Text});
    if (!rest.isEmpty())
        box.words.push_back({type.wrap(Face::Small, rest, inner), Face::Small, Ink::Faint});
    for (const Fact& fact : told)
        box.words.push_back(
            {type.wrap(Face::Small, fact.words, inner), Face::Small, fact.bad ? Ink::Bad : Ink::Text});
    for (const QString& words : gauge)
        box.gaugeWords.push_back({type.wrap(Face::Small, words, box.width), Face::Small,
                                  use && use->left() < 0 ? Ink::Bad : Ink::Faint});

    box.packetHeight = static_cast<double>(box.headers.size() + 1) * barHeight * em +
                       (totalWords(box).isEmpty() ? 0 : type.lineHeight(Face::Small));
    box.blockHeight =
        (hop.kind == path::HopKind::Wire ? wireTop : topPad) * em + heightOf(type, box.words) + pad * em;
    box.gaugeHeight = gauge.isEmpty() ? 0 : (gaugeBar + 0.25) * em + heightOf(type, box.gaugeWords);
    return box;
}

HopItem place(const Type& type, const HopBox& box, double x, const RowGrid& grid) {
    const double em = type.em();
    const path::Hop& hop = *box.what;
    HopItem item;
    item.hop = box.hop;
    item.wire = hop.kind == path::HopKind::Wire;
    item.assumed = hop.assumed;
    item.block = QRectF(x, grid.blockTop, box.width, grid.blockHeight);
    item.lineY = grid.blockTop + topPad * em + type.lineHeight(Face::Bold) / 2;
    put(type, box.words, x + pad * em, grid.blockTop + (item.wire ? wireTop : topPad) * em, item.lines);

    // The stack stands on the block; the outermost header is on top.
    double y = grid.packetBottom - static_cast<double>(box.headers.size() + 1) * barHeight * em;
    const auto bar = [&](const QString& words, int colour) {
        Bar made;
        made.rect = QRectF(x, y, box.width, barHeight * em - em / 12);
        made.colour = colour;
        const double w = type.width(Face::Small, words);
        const double rest = made.rect.height() - type.lineHeight(Face::Small);
        made.words = {
            {made.rect.center().x() - w / 2, y + rest / 2 + type.ascent(Face::Small)}, words, Face::Small};
        y += barHeight * em;
        item.packet.push_back(std::move(made));
    };
    const double top = y - box.packetHeight + static_cast<double>(box.headers.size() + 1) * barHeight * em;
    if (const QString total = totalWords(box); !total.isEmpty())
        item.lines.push_back(
            {{x + (box.width - type.width(Face::Small, total)) / 2, top + type.ascent(Face::Small)},
             total,
             Face::Small,
             Ink::Faint});
    for (const path::Header& header : box.headers)
        bar(barWords(header), headerColour(header.name));
    bar(packetWords(box), packetColour);

    item.ownBottom = item.wire ? grid.blockTop + box.blockHeight : item.block.bottom();
    if (!box.gaugeWords.empty()) {
        item.ownBottom = grid.gaugeTop + box.gaugeHeight;
        Gauge gauge;
        gauge.rect = QRectF(x, grid.gaugeTop, box.width, gaugeBar * em);
        gauge.known = box.use.has_value();
        if (box.use) {
            gauge.headers = double(box.use->headers) / box.use->mtu;
            gauge.packet = double(box.use->packet) / box.use->mtu;
        }
        item.gauge = gauge;
        put(type, box.gaugeWords, x, grid.gaugeTop + (gaugeBar + 0.25) * em, item.lines);
    }
    item.cell = QRectF(QPointF(x, top), QPointF(x + box.width, grid.bottom));
    return item;
}

int headerColour(const std::string& name) {
    if (name.starts_with("IP"))
        return 1;
    if (name == "UDP" || name == "TCP" || name == "GRE")
        return 2;
    return name == "Ethernet" ? 4 : 3;
}

} // namespace netopsy::ui::diagram
