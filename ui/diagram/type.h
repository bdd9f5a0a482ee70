// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The diagram's type: four faces from one base font, measured and broken into lines here, so that the painter only
// puts ready lines at ready places, on a screen as on paper.
#pragma once

#include <QFont>
#include <QStringList>

namespace netopsy::ui::diagram {

enum class Face { Heading, Bold, Body, Small };

class Type {
public:
    /// `base`: the body's font; its pixel size is the diagram's unit of length.
    explicit Type(const QFont& base);

    [[nodiscard]] double em() const { return m_em; }
    [[nodiscard]] QFont font(Face face) const;
    [[nodiscard]] double width(Face face, const QString& text) const;
    [[nodiscard]] double lineHeight(Face face) const;
    [[nodiscard]] double ascent(Face face) const;
    /// At word boundaries, within a word where it alone is too long; never empty, nothing is lost.
    [[nodiscard]] QStringList wrap(Face face, const QString& text, double width) const;

private:
    QFont m_base;
    double m_em;
};

} // namespace netopsy::ui::diagram
