// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/plot.h"

#include "ui/format.h"
#include "ui/theme.h"

#include <QApplication>
#include <qcustomplot.h>

#include <cmath>

namespace netopsy::ui {

void styleAxis(QCPAxis& axis) {
    const theme::Colours c = theme::colours();
    QFont small = QApplication::font();
    small.setPointSizeF(small.pointSizeF() * 0.88);
    axis.setBasePen(theme::line(c.rule));
    axis.setTickPen(theme::line(c.rule));
    axis.setSubTickPen(Qt::NoPen);
    axis.setTickLabelColor(c.faint);
    axis.setLabelColor(c.faint);
    axis.setTickLabelFont(small);
    axis.setLabelFont(small);
    axis.grid()->setPen(theme::line(c.rule));
    axis.grid()->setZeroLinePen(Qt::NoPen);
}

void styleLogAxis(QCPAxis& axis, double lowMs, double highMs) {
    styleAxis(axis);
    axis.setScaleType(QCPAxis::stLogarithmic);
    const auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    const int low = qRound(std::log10(lowMs)), high = qRound(std::log10(highMs));
    for (int power = low; power <= high; ++power) {
        const double decade = std::pow(10, power);
        QString label = duration(decade * 1e6);
        label.remove(QStringLiteral(".00")).remove(QStringLiteral(".0"));
        ticker->addTick(decade, label);
    }
    axis.setTicker(ticker);
    axis.setRange(lowMs, highMs);
}

void styleLegend(QCustomPlot& plot) {
    const theme::Colours c = theme::colours();
    QFont small = QApplication::font();
    small.setPointSizeF(small.pointSizeF() * 0.88);
    plot.legend->setVisible(true);
    plot.legend->setBrush(Qt::NoBrush);
    plot.legend->setBorderPen(Qt::NoPen);
    plot.legend->setFont(small);
    plot.legend->setTextColor(c.faint);
    plot.legend->setFillOrder(QCPLegend::foColumnsFirst);
    if (plot.axisRect()->insetLayout()->elementCount() == 0)
        return; // moved before
    auto* head =
        new QCPLayoutGrid; // above the plot, where it hides no sample: a space, then the legend at its own width
    plot.plotLayout()->insertRow(0);
    plot.plotLayout()->addElement(0, 0, head);
    plot.plotLayout()->setRowStretchFactor(0, 0.001);
    head->addElement(0, 0, new QCPLayoutElement);
    head->addElement(0, 1, plot.legend);
    head->setColumnStretchFactor(1, 0.001);
}

} // namespace netopsy::ui
