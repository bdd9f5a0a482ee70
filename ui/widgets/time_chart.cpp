// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/time_chart.h"

#include "core/base/text.h"
#include "ui/format.h"
#include "ui/theme.h"
#include "ui/widgets/plot.h"

#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>
#include <qcustomplot.h>

#include <array>
#include <cmath>
#include <map>

namespace netopsy::ui {

namespace {

constexpr int rowHeight = 145;
const double gap = std::nan("");

double secondsOf(const model::Node& node, const model::NodeSample& sample) {
    return static_cast<double>(sample.at - node.started) / 1e9;
}

/// The difference of two counters as a rate a second; a gap where one ran backwards or is missing.
double rate(std::uint64_t before, std::uint64_t after, double seconds) {
    return after < before || seconds <= 0 ? gap : static_cast<double>(after - before) / seconds;
}

struct Points {
    QVector<double> x, y;
};

QCPGraph* addGraph(QCustomPlot& plot, QCPAxisRect& rect, const QString& name, int colour, const Points& points,
                   bool dots) {
    QCPGraph* graph = plot.addGraph(rect.axis(QCPAxis::atBottom), rect.axis(QCPAxis::atLeft));
    graph->setName(name);
    const QColor ink = theme::seriesColour(colour);
    graph->setPen(theme::line(ink));
    if (dots) {
        graph->setLineStyle(QCPGraph::lsNone);
        graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, theme::line(ink), QBrush(ink), 4));
    }
    graph->setData(points.x, points.y, false); // a resolver's points come from several series
    return graph;
}

void scaleRow(QCPAxisRect& rect, bool percent) {
    QCPAxis* axis = rect.axis(QCPAxis::atLeft);
    if (axis->scaleType() == QCPAxis::stLogarithmic)
        return;
    double high = 0;
    for (QCPGraph* graph : rect.graphs())
        for (const QCPGraphData& point : *graph->data())
            if (std::isfinite(point.value))
                high = std::max(high, point.value);
    axis->setRange(0, percent ? std::clamp(high * 1.2, 5.0, 100.0) : std::max(1.0, high * 1.2));
}

} // namespace

TimeChart::TimeChart(QWidget* parent) : QWidget(parent), m_plot(new QCustomPlot(this)) {
    setAccessibleName(tr("Series over the run"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_plot);
    m_plot->installEventFilter(this);
    m_plot->setMouseTracking(true);
    m_plot->setSelectionRectMode(QCP::srmZoom);
}

int TimeChart::rowCount() const {
    return m_plot->axisRectCount();
}

void TimeChart::setNode(const model::Node& node) {
    // While a run goes on the same node comes again and again; what she zoomed into stays.
    const std::optional<QCPRange> kept =
        m_node == node.name && rowCount() > 0 && m_plot->axisRect(0)->axis(QCPAxis::atBottom)->range() != whole()
            ? std::optional(m_plot->axisRect(0)->axis(QCPAxis::atBottom)->range())
            : std::nullopt;
    m_node = node.name;
    m_plot->clearPlottables();
    m_plot->clearItems();
    m_plot->plotLayout()->clear();
    m_plot->setBackground(theme::colours().surface);
    m_end = 1;
    addDns(node);
    addRtt(node);
    addConntrack(node);
    addCpu(node);
    addDrops(node);
    // One axis for all: moving one moves the others.
    const QList<QCPAxisRect*> rects = m_plot->axisRects();
    auto* margins = new QCPMarginGroup(m_plot);
    for (QCPAxisRect* rect : rects) {
        rect->setMarginGroup(QCP::msLeft | QCP::msRight, margins);
        rect->axis(QCPAxis::atBottom)->setTickLabels(rect == rects.last());
        for (QCPAxisRect* other : rects)
            if (other != rect)
                connect(rect->axis(QCPAxis::atBottom), qOverload<const QCPRange&>(&QCPAxis::rangeChanged),
                        other->axis(QCPAxis::atBottom), qOverload<const QCPRange&>(&QCPAxis::setRange));
    }
    if (!rects.isEmpty())
        rects.last()->axis(QCPAxis::atBottom)->setLabel(tr("seconds since the run began on this node"));
    setMinimumHeight(std::max(1, rowCount()) * rowHeight);
    setRange(kept.value_or(whole()));
}

QCPAxisRect* TimeChart::addRow(const QString& label, bool logScale) {
    // The legend stands above its row, where it hides no sample.
    auto* legend = new QCPLegend;
    auto* head = new QCPLayoutGrid; // the legend at its own width, then nothing
    m_plot->plotLayout()->addElement(m_plot->plotLayout()->rowCount(), 0, head);
    head->addElement(0, 0, legend);
    head->addElement(0, 1, new QCPLayoutElement);
    head->setColumnStretchFactor(0, 0.001);
    head->setMargins({60, 0, 0, 0});
    auto* rect = new QCPAxisRect(m_plot);
    m_plot->plotLayout()->addElement(m_plot->plotLayout()->rowCount(), 0, rect);
    m_plot->plotLayout()->setRowStretchFactor(m_plot->plotLayout()->rowCount() - 2, 0.01);
    m_plot->plotLayout()->setRowSpacing(2);
    rect->setRangeDrag({});
    rect->setRangeZoom(Qt::Horizontal);
    QCPAxis* left = rect->axis(QCPAxis::atLeft);
    styleAxis(*rect->axis(QCPAxis::atBottom));
    if (logScale)
        styleLogAxis(*left, 0.001, 10'000);
    else
        styleAxis(*left);
    left->setLabel(label);
    legend->setLayer(QStringLiteral("legend"));
    legend->setBrush(Qt::NoBrush);
    legend->setBorderPen(Qt::NoPen);
    legend->setTextColor(theme::colours().faint);
    legend->setFillOrder(QCPLegend::foColumnsFirst);
    m_plot->setAutoAddPlottableToLegend(false);
    rect->setProperty("legend", QVariant::fromValue(static_cast<void*>(legend)));
    return rect;
}

namespace {
void name(QCPAxisRect& rect, QCPGraph* graph) {
    graph->addToLegend(static_cast<QCPLegend*>(rect.property("legend").value<void*>()));
}
} // namespace

void TimeChart::addDns(const model::Node& node) {
    std::map<QString, Points> byResolver;
    Points lost;
    for (const model::DnsSeries& series : node.dns) {
        Points& points = byResolver[QStringLiteral("%1 %2").arg(shown(series.role), shown(series.resolver))];
        for (const model::DnsSample& sample : series.samples) {
            const double at = static_cast<double>(sample.offsetNs) / 1e9;
            m_end = std::max(m_end, at);
            if (sample.rttNs >= 0) {
                points.x << at;
                points.y << static_cast<double>(sample.rttNs) / 1e6;
            } else {
                lost.x << at;
                lost.y << 7000;
            }
        }
    }
    if (byResolver.empty())
        return;
    QCPAxisRect* rect = addRow(tr("DNS"), true);
    int colour = 0;
    for (const auto& [resolver, points] : byResolver)
        name(*rect, addGraph(*m_plot, *rect, resolver, colour++, points, true));
    if (!lost.x.isEmpty()) {
        QCPGraph* graph = addGraph(*m_plot, *rect, tr("lost"), 5, lost, true);
        graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCross,
                                               theme::line(theme::severityColour(analysis::Severity::Critical)),
                                               Qt::NoBrush, 7));
        name(*rect, graph);
    }
}

void TimeChart::addRtt(const model::Node& node) {
    std::array<Points, 2> planes;
    for (const model::RttSeries& series : node.rtt)
        for (const model::RttSample& sample : series.samples)
            if (sample.rttNs >= 0) {
                Points& points = planes[series.plane == model::Plane::Overlay ? 1 : 0];
                points.x << static_cast<double>(sample.offsetNs) / 1e9;
                points.y << static_cast<double>(sample.rttNs) / 1e6;
                m_end = std::max(m_end, points.x.last());
            }
    if (planes[0].x.isEmpty() && planes[1].x.isEmpty())
        return;
    QCPAxisRect* rect = addRow(tr("Round trip"), true);
    // Several series merge here, so the points are not in order any more.
    for (int plane = 0; plane < 2; ++plane) {
        QCPGraph* graph = addGraph(*m_plot, *rect, plane == 0 ? tr("underlay") : tr("overlay"), plane, {}, true);
        graph->setData(planes[static_cast<std::size_t>(plane)].x, planes[static_cast<std::size_t>(plane)].y,
                       false);
        name(*rect, graph);
    }
}

void TimeChart::addConntrack(const model::Node& node) {
    Points fill;
    for (const model::NodeSample& sample : node.samples) {
        fill.x << secondsOf(node, sample);
        m_end = std::max(m_end, fill.x.last());
        fill.y << (sample.conntrack && sample.conntrack->max > 0
                       ? 100.0 * static_cast<double>(sample.conntrack->count) /
                             static_cast<double>(sample.conntrack->max)
                       : gap);
    }
    if (fill.x.isEmpty())
        return;
    QCPAxisRect* rect = addRow(tr("Conntrack %"), false);
    name(*rect, addGraph(*m_plot, *rect, tr("count / max"), 2, fill, false));
    scaleRow(*rect, true);
}

void TimeChart::addCpu(const model::Node& node) {
    if (node.samples.size() < 2)
        return;
    QCPAxisRect* rect = addRow(tr("CPU %"), false);
    constexpr std::array<std::pair<const char*, std::uint64_t model::CpuTimes::*>, 4> modes{
        {{"user", &model::CpuTimes::user},
         {"softirq", &model::CpuTimes::softirq},
         {"iowait", &model::CpuTimes::iowait},
         {"steal", &model::CpuTimes::steal}}};
    int colour = 0;
    for (const auto& [mode, field] : modes) {
        Points points;
        for (std::size_t i = 1; i < node.samples.size(); ++i) {
            const model::NodeSample &a = node.samples[i - 1], &b = node.samples[i];
            points.x << secondsOf(node, b);
            const bool known =
                a.cpu && b.cpu && b.cpu->total() > a.cpu->total() && (*b.cpu).*field >= (*a.cpu).*field;
            points.y << (known ? 100.0 * static_cast<double>((*b.cpu).*field - (*a.cpu).*field) /
                                     static_cast<double>(b.cpu->total() - a.cpu->total())
                               : gap);
        }
        name(*rect, addGraph(*m_plot, *rect, QString::fromUtf8(mode), colour++, points, false));
    }
    scaleRow(*rect, true);
}

void TimeChart::addDrops(const model::Node& node) {
    if (node.samples.size() < 2)
        return;
    Points drops, retransmits;
    for (std::size_t i = 1; i < node.samples.size(); ++i) {
        const model::NodeSample &a = node.samples[i - 1], &b = node.samples[i];
        const double at = secondsOf(node, b), seconds = at - secondsOf(node, a);
        double all = 0;
        for (const auto& [link, counters] : b.links)
            if (const auto before = a.links.find(link); before != a.links.end())
                all += rate(before->second.rxDropped + before->second.txDropped,
                            counters.rxDropped + counters.txDropped, seconds);
        drops.x << at;
        drops.y << all;
        const auto was = a.netCounters.find("Tcp.RetransSegs"), is = b.netCounters.find("Tcp.RetransSegs");
        retransmits.x << at;
        retransmits.y << (was != a.netCounters.end() && is != b.netCounters.end()
                              ? rate(was->second, is->second, seconds)
                              : gap);
    }
    QCPAxisRect* rect = addRow(tr("a second"), false);
    name(*rect, addGraph(*m_plot, *rect, tr("packets dropped by interfaces"), 5, drops, false));
    name(*rect, addGraph(*m_plot, *rect, tr("TCP segments retransmitted"), 3, retransmits, false));
    scaleRow(*rect, false);
}

QCPRange TimeChart::whole() const {
    return {0, m_end * 1.01};
}

void TimeChart::setRange(const QCPRange& seconds) {
    for (QCPAxisRect* rect : m_plot->axisRects()) {
        const QSignalBlocker quiet(rect->axis(QCPAxis::atBottom));
        rect->axis(QCPAxis::atBottom)->setRange(seconds);
    }
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void TimeChart::showSampleAt(const QPoint& position) {
    double best = 12; // pixels
    QString tip;
    for (int i = 0; i < m_plot->graphCount(); ++i) {
        const QCPGraph* graph = m_plot->graph(i);
        QVariant details;
        const double distance = graph->selectTest(position, false, &details);
        if (distance < 0 || distance >= best)
            continue;
        const QCPDataSelection selection = details.value<QCPDataSelection>();
        if (selection.isEmpty())
            continue;
        const auto point = graph->data()->at(selection.dataRange().begin());
        const bool time = graph->valueAxis()->scaleType() == QCPAxis::stLogarithmic;
        const QString value =
            time ? duration(point->value * 1e6) : QString::fromStdString(text::number(point->value));
        tip = tr("%1 at %2 s: %3").arg(graph->name().toHtmlEscaped(), QString::number(point->key, 'f', 3), value);
        best = distance;
    }
    if (tip.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(m_plot->mapToGlobal(position), tip, m_plot);
}

bool TimeChart::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::MouseMove)
        showSampleAt(static_cast<QMouseEvent*>(event)->pos());
    else if (event->type() == QEvent::MouseButtonDblClick)
        setRange(whole());
    else if (event->type() == QEvent::Wheel) {
        // Plain wheel scrolls the page as everywhere; with Ctrl it zooms time at the cursor.
        auto* wheel = static_cast<QWheelEvent*>(event);
        if (!(wheel->modifiers() & Qt::ControlModifier)) {
            event->ignore();
            return true;
        }
        if (m_plot->axisRectCount() > 0) { // the other rows follow the first
            QCPAxis* axis = m_plot->axisRect(0)->axis(QCPAxis::atBottom);
            axis->scaleRange(wheel->angleDelta().y() > 0 ? 0.8 : 1.25, axis->pixelToCoord(wheel->position().x()));
        }
        m_plot->replot(QCustomPlot::rpQueuedReplot);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace netopsy::ui
