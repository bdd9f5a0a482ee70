// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/node.h"

#include <QWidget>

class QCPAxisRect;
class QCPRange;
class QCustomPlot;

namespace netopsy::ui {

/// A node's series stacked on one time axis: DNS, round trips, conntrack, CPU, drops. Drag selects a range, the wheel
/// zooms at the cursor, a double click shows all; hovering gives the very sample. A gap is drawn as a gap.
class TimeChart : public QWidget {
    Q_OBJECT
public:
    explicit TimeChart(QWidget* parent = nullptr);
    void setNode(const model::Node& node);
    [[nodiscard]] int rowCount() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QCPAxisRect* addRow(const QString& label, bool logScale);
    void addDns(const model::Node& node);
    void addRtt(const model::Node& node);
    void addConntrack(const model::Node& node);
    void addCpu(const model::Node& node);
    void addDrops(const model::Node& node);
    void showSampleAt(const QPoint& position);
    [[nodiscard]] QCPRange whole() const;
    void setRange(const QCPRange& seconds);

    QCustomPlot* m_plot;
    double m_end = 1; ///< seconds
    std::string m_node;
};

} // namespace netopsy::ui
