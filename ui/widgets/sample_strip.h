// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVector>
#include <QWidget>

namespace netopsy::ui {

/// Every sample of some series on one log axis of time, a lane each: a histogram above, the samples themselves as ticks
/// below it, those with taint set lower and hollow in tone; median and p99 marked, what was lost in words.
class SampleStrip : public QWidget {
    Q_OBJECT
public:
    struct Lane {
        QString name;
        int colour = 0;                 ///< of theme::seriesColour
        QVector<double> clean, tainted; ///< nanoseconds
        int lost = 0;
        bool operator==(const Lane&) const = default;
    };
    explicit SampleStrip(QWidget* parent = nullptr);
    void setLanes(QVector<Lane> lanes);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVector<Lane> m_lanes;
};

} // namespace netopsy::ui
