// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/path/path.h"

#include <QWidget>

namespace netopsy::ui {

/// A packet's way, device by device: MTU, headers added and taken off, drops. Assumed hops are hatched, hops that a
/// problem names are outlined.
class PathView : public QWidget {
    Q_OBJECT
public:
    explicit PathView(QWidget* parent = nullptr);
    void setPath(path::Path way);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override; ///< tooltips: each hop's source

private:
    [[nodiscard]] QVector<QRect> layoutHops(int width) const;
    path::Path m_path;
};

} // namespace netopsy::ui
