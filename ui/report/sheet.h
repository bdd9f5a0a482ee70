// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The paper: pages of A4 with a header and a footer, a cursor that runs down them, the fonts and the colours. All
// lengths are tenths of a point, the PDF's device unit here, so that text needs no scaling and stays text.
#pragma once

#include <QColor>
#include <QFont>
#include <QPainter>
#include <QPdfWriter>
#include <QString>

#include <vector>

namespace netopsy::ui {

/// A heading's place, for the outline. `y` is measured from the page's top, in points.
struct OutlineEntry {
    int level = 1;
    QString text;
    int page = 0; ///< 0-based
    double y = 0;
};

class Sheet {
public:
    static constexpr int pt = 10; ///< units of a point
    static constexpr int width = 5950, height = 8420;
    static constexpr int left = 560, right = width - 560, top = 760, bottom = height - 720;
    static constexpr int contentWidth = right - left;

    /// `pages`: how many there will be, for "page 2 of 7"; 0 in the pass that counts them.
    Sheet(QPdfWriter& writer, QString title, QString footer, int pages);

    QPainter& painter() { return m_painter; }
    [[nodiscard]] bool ok() const { return m_painter.isActive(); }
    [[nodiscard]] int y() const { return m_y; }
    void advance(int by) { m_y += by; }
    void gap(int by); ///< space, but none at the top of a page
    [[nodiscard]] int room() const { return bottom - m_y; }
    /// Begins a new page unless `h` more units fit on this one (or nothing stands on it yet).
    void need(int h);
    void newPage();
    [[nodiscard]] int page() const { return m_page; } ///< 1-based
    void noteHeading(int level, const QString& text);
    [[nodiscard]] const std::vector<OutlineEntry>& outline() const { return m_outline; }
    bool end() { return m_painter.end(); }

    [[nodiscard]] static QFont font(double points, bool bold = false);
    [[nodiscard]] static QFont mono(double points);
    /// Height of `text` wrapped into `w`.
    int textHeight(const QFont& font, const QString& text, int w);
    /// Draws wrapped text at (x, y) and returns its height.
    int drawText(int x, int y, int w, const QFont& font, const QColor& colour, const QString& text,
                 Qt::Alignment align = Qt::AlignLeft);

private:
    void frame();

    QPdfWriter& m_writer;
    QString m_title, m_footer;
    int m_pages, m_page = 1, m_y = top;
    QPainter m_painter;
    std::vector<OutlineEntry> m_outline;
};

namespace ink {
inline const QColor text(0x1f, 0x23, 0x28), faint(0x6b, 0x72, 0x80), rule(0xd0, 0xd5, 0xdb),
    band(0xf3, 0xf5, 0xf7);
inline const QColor accent(0x2f, 0x5d, 0x9b);
inline const QColor info(0x00, 0x72, 0xb2), warning(0xc7, 0x7c, 0x02), critical(0xd5, 0x5e, 0x00);
} // namespace ink

} // namespace netopsy::ui
