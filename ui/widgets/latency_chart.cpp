// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/latency_chart.h"

#include "ui/format.h"
#include "ui/theme.h"
#include "ui/widgets/plot.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace netopsy::ui {

namespace {
constexpr double lowMs = 0.01, highMs = 10'000, thresholdMs = 2;
double msOf(std::int64_t ns) {
    return static_cast<double>(ns) / 1e6;
}
} // namespace

LatencyChart::LatencyChart(QWidget* parent) : QWidget(parent), m_plot(new QCustomPlot(this)) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Cluster DNS latency per node"));
    setMinimumHeight(220);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_plot);
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setMouseTracking(true);
    connect(m_plot, &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        setFocus();
        if (const int bar = barAt(event->pos()); bar >= 0)
            emit nodeActivated(m_bars[bar].node);
    });
    connect(m_plot, &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) {
        const int bar = barAt(event->pos());
        m_plot->setCursor(bar >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
        if (bar >= 0)
            QToolTip::showText(event->globalPosition().toPoint(), m_bars[bar].tip, m_plot);
        else
            QToolTip::hideText();
    });
}

void LatencyChart::setDigest(const std::shared_ptr<const CaseDigest>& digest) {
    const QString current = m_current >= 0 && m_current < m_bars.size() ? m_bars[m_current].node : QString();
    m_bars.clear();
    for (const NodeDigest& node : digest->nodes) {
        const stats::DnsStats& dns = node.summary.dnsInternal;
        Bar bar;
        bar.node = QString::fromStdString(node.node->name);
        bar.measured = dns.rtt.has_value();
        bar.rtt = dns.rtt.value_or(stats::Percentiles{});
        bar.lost = dns.timeouts + dns.failed;
        bar.tip = bar.measured ? tr("%1: p50 %2, p90 %3, p99 %4, max %5 of %6 queries; %7 lost")
                                     .arg(bar.node.toHtmlEscaped(), durationOf(dns.rtt, &stats::Percentiles::p50),
                                          durationOf(dns.rtt, &stats::Percentiles::p90),
                                          durationOf(dns.rtt, &stats::Percentiles::p99),
                                          durationOf(dns.rtt, &stats::Percentiles::max))
                                     .arg(dns.sent)
                                     .arg(bar.lost)
                               : tr("%1: no answer was measured").arg(bar.node.toHtmlEscaped());
        m_bars.push_back(bar);
    }
    std::stable_sort(m_bars.begin(), m_bars.end(), [](const Bar& a, const Bar& b) {
        return a.measured != b.measured ? a.measured : a.rtt.p99 > b.rtt.p99;
    });
    setCurrent(current);
}

void LatencyChart::setCurrent(const QString& node) {
    m_current = -1;
    for (int i = 0; i < m_bars.size(); ++i)
        if (!node.isEmpty() && m_bars[i].node == node)
            m_current = i;
    redraw();
}

int LatencyChart::barAt(const QPoint& position) const {
    if (!m_plot->axisRect()->rect().contains(position))
        return -1;
    const int bar = qRound(m_plot->xAxis->pixelToCoord(position.x()));
    return bar >= 0 && bar < m_bars.size() ? bar : -1;
}

void LatencyChart::redraw() {
    m_plot->clearPlottables();
    m_plot->clearItems();
    styleLogAxis(*m_plot->yAxis, lowMs, highMs);
    styleAxis(*m_plot->xAxis);
    m_plot->setBackground(theme::colours().surface);
    m_plot->xAxis->setRange(-0.6, std::max<double>(0.6, static_cast<double>(m_bars.size()) - 0.4));
    m_plot->xAxis->grid()->setVisible(false);

    QVector<double> x, p50, p90, p99, lostX, lostY;
    const auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    const qsizetype labelled = std::max<qsizetype>(1, m_bars.size() / 24);
    for (int i = 0; i < m_bars.size(); ++i) {
        if (i % labelled == 0)
            ticker->addTick(i, m_bars[i].node.size() > 26
                                   ? m_bars[i].node.left(12) + QStringLiteral("…") + m_bars[i].node.right(12)
                                   : m_bars[i].node);
        if (m_bars[i].measured) {
            x << i;
            p50 << msOf(m_bars[i].rtt.p50);
            p90 << msOf(m_bars[i].rtt.p90);
            p99 << msOf(m_bars[i].rtt.p99);
        }
        if (m_bars[i].lost > 0) {
            lostX << i;
            lostY << highMs * 0.7;
        }
    }
    m_plot->xAxis->setTicker(ticker);
    m_plot->xAxis->setTickLabelRotation(m_bars.size() > 8 ? 40 : 0);

    const theme::Colours c = theme::colours();
    for (int i = 0; i < x.size(); ++i) {
        auto* whisker = new QCPItemLine(m_plot);
        whisker->setPen(theme::line(c.accent));
        whisker->start->setCoords(x[i], p50[i]);
        whisker->end->setCoords(x[i], p99[i]);
        if (qRound(x[i]) == m_current)
            whisker->setPen(theme::line(theme::severityColour(analysis::Severity::Warning)));
    }
    const auto marks = [&](const QVector<double>& keys, const QVector<double>& values,
                           QCPScatterStyle::ScatterShape shape, double size, const QColor& colour,
                           const QString& name) {
        QCPGraph* graph = m_plot->addGraph();
        graph->setLineStyle(QCPGraph::lsNone);
        graph->setName(name);
        graph->setScatterStyle(QCPScatterStyle(shape, theme::line(colour), QBrush(colour), size));
        graph->setData(keys, values, true);
    };
    const double dot = m_bars.size() > 100 ? 4 : 8;
    marks(x, p50, QCPScatterStyle::ssDisc, dot, c.accent, tr("median"));
    marks(x, p90, QCPScatterStyle::ssDiamond, dot * 0.75, c.accent, tr("p90"));
    marks(x, p99, QCPScatterStyle::ssTriangleInverted, dot, c.accent, tr("p99"));
    marks(lostX, lostY, QCPScatterStyle::ssCross, 9, theme::severityColour(analysis::Severity::Critical),
          tr("lost"));
    styleLegend(*m_plot);

    auto* threshold = new QCPItemStraightLine(m_plot);
    threshold->setPen(theme::line(theme::severityColour(analysis::Severity::Warning), Qt::DashLine));
    threshold->point1->setCoords(0, thresholdMs);
    threshold->point2->setCoords(1, thresholdMs);
    auto* words = new QCPItemText(m_plot);
    words->setText(tr("2 ms: slow for the cluster's own names"));
    words->setColor(theme::severityColour(analysis::Severity::Warning));
    words->setPositionAlignment(Qt::AlignLeft | Qt::AlignBottom);
    words->position->setTypeX(QCPItemPosition::ptAxisRectRatio);
    words->position->setTypeY(QCPItemPosition::ptPlotCoords);
    words->position->setCoords(0.005, thresholdMs);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void LatencyChart::keyPressEvent(QKeyEvent* event) {
    if (m_bars.isEmpty())
        return QWidget::keyPressEvent(event);
    const int last = static_cast<int>(m_bars.size()) - 1;
    if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right) {
        m_current = std::clamp(m_current + (event->key() == Qt::Key_Right ? 1 : -1), 0, last);
        redraw();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && m_current >= 0) {
        emit nodeActivated(m_bars[m_current].node);
    } else {
        QWidget::keyPressEvent(event);
    }
}

} // namespace netopsy::ui
