// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/case_digest.h"

#include <QWidget>

class QCustomPlot;

namespace netopsy::ui {

/// Latency per node on a log axis from 10 µs to 10 s: median as a dot, p90 and p99 as whiskers, lost queries as marks on
/// top, worst first. A click or Enter on a node opens it.
class LatencyChart : public QWidget {
    Q_OBJECT
public:
    explicit LatencyChart(QWidget* parent = nullptr);
    void setDigest(const std::shared_ptr<const CaseDigest>& digest);
    void setCurrent(const QString& node); ///< highlights it

signals:
    void nodeActivated(const QString& node);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Bar {
        QString node, tip;
        stats::Percentiles rtt;
        bool measured = false;
        std::size_t lost = 0;
    };
    void redraw();
    [[nodiscard]] int barAt(const QPoint& position) const; ///< -1: none

    QCustomPlot* m_plot;
    QVector<Bar> m_bars;
    int m_current = -1;
};

} // namespace netopsy::ui
