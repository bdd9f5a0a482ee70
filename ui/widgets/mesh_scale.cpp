// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/mesh_scale.h"

#include "core/base/text.h"
#include "ui/format.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace netopsy::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("netopsy::ui::MeshScale", text);
}

constexpr double leastLoss = 0.05;  // percent: one of two thousand
constexpr double nearZero = 10'000; // ns: differences below are spread evenly, those above by their order

/// Ottosson's OKLCH (2020) to sRGB. What sRGB has no such strong colour for gets the strongest of the same lightness
/// and hue: cut off at the channels' ends instead, a ramp would have edges that are not in the data.
QColor oklch(double lightness, double chroma, double hueDegrees) {
    const double hue = hueDegrees * std::numbers::pi / 180;
    const auto linear = [&](double strength) {
        const double a = strength * std::cos(hue), b = strength * std::sin(hue);
        const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3),
                     m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3),
                     s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
        return std::array{4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
                          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
                          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
    };
    const auto fits = [&](double strength) {
        const auto rgb = linear(strength);
        return std::all_of(rgb.begin(), rgb.end(), [](double c) { return c >= 0 && c <= 1; });
    };
    if (!fits(chroma)) {
        double low = 0;
        for (double high = chroma; high - low > 1e-4;) {
            const double middle = (low + high) / 2;
            (fits(middle) ? low : high) = middle;
        }
        chroma = low;
    }
    const auto gamma = [](double value) {
        const double c = std::clamp(value, 0.0, 1.0);
        return float(c <= 0.0031308 ? 12.92 * c : 1.055 * std::pow(c, 1 / 2.4) - 0.055);
    };
    const auto rgb = linear(chroma);
    return QColor::fromRgbF(gamma(rgb[0]), gamma(rgb[1]), gamma(rgb[2]));
}

/// `t`: 0 recedes into the ground, 1 stands out.
QColor sequential(double t, bool dark) {
    const double hue = 105 + 180 * t; // yellow-green, teal, blue, violet
    const double chroma = 0.045 + 0.11 * std::sin(std::numbers::pi * (0.15 + 0.75 * t));
    return dark ? oklch(0.34 + 0.58 * t, 0.05 + 0.07 * t, 285 - 180 * t) : oklch(0.95 - 0.63 * t, chroma, hue);
}

/// `t`: -1 the overlay is faster, 0 alike, 1 slower.
QColor diverging(double t, bool dark) {
    const double far = std::abs(t);
    const double hue = t < 0 ? 250 : 55; // blue and orange, which every eye tells apart
    return dark ? oklch(0.34 + 0.5 * far, 0.14 * far, hue) : oklch(0.96 - 0.44 * far, 0.15 * far, hue);
}

/// Rounds outward to 1, 2 or 5 times a power of ten.
double nice(double value, bool up) {
    const double decade = std::pow(10, std::floor(std::log10(value)));
    constexpr std::array steps{1.0, 2.0, 5.0, 10.0};
    if (up) {
        for (const double step : steps)
            if (step * decade >= value * 0.999)
                return step * decade;
    } else {
        for (auto step = steps.rbegin(); step != steps.rend(); ++step)
            if (*step * decade <= value * 1.001)
                return *step * decade;
    }
    return value;
}

double spread(double value) {
    return std::copysign(std::log10(1 + std::abs(value) / nearZero), value);
}

MeshValue roundTrip(const stats::MeshPlane& plane, const MeshLens& lens) {
    if (!plane.probed())
        return {};
    if (plane.lostAll())
        return {MeshValue::LostAll};
    const auto& figures = lens.clean ? plane.clean : plane.all;
    if (!figures)
        return {MeshValue::Unknown};
    return {MeshValue::Known, static_cast<double>(lens.p99 ? figures->p99 : figures->p50), false, plane.lost > 0};
}

} // namespace

MeshValue meshValue(const stats::MeshCell* cell, const MeshLens& lens) {
    if (cell == nullptr)
        return {};
    const stats::MeshPlane &under = cell->underlay, &over = cell->overlay;
    switch (lens.layer) {
    case MeshLayer::Underlay:
        return roundTrip(under, lens);
    case MeshLayer::Overlay:
        return roundTrip(over, lens);
    case MeshLayer::Loss: // a plane that loses all must not hide behind one that loses nothing
        if (!under.probed() && !over.probed())
            return {};
        if (under.lostAll() || over.lostAll())
            return {MeshValue::LostAll, 100};
        return {MeshValue::Known, std::max(under.lossPct(), over.lossPct())};
    case MeshLayer::Difference:
        break;
    }
    if (under.lostAll() || over.lostAll())
        return {MeshValue::LostAll};
    const bool lossy = under.lost + over.lost > 0;
    if (!cell->difference)
        return {under.probed() && over.probed() ? MeshValue::Unknown : MeshValue::NotProbed};
    if (lens.p99) {
        const MeshValue a = roundTrip(under, lens), b = roundTrip(over, lens);
        if (a.kind != MeshValue::Known || b.kind != MeshValue::Known)
            return {MeshValue::Unknown};
        return {MeshValue::Known, b.value - a.value, false, lossy};
    }
    const stats::MedianDifference& d = *cell->difference;
    return {MeshValue::Known, d.median, d.low95 <= 0 && d.high95 >= 0, lossy};
}

QString layerName(MeshLayer layer) {
    switch (layer) {
    case MeshLayer::Underlay:
        return tr("Underlay");
    case MeshLayer::Overlay:
        return tr("Overlay");
    case MeshLayer::Difference:
        return tr("Difference");
    case MeshLayer::Loss:
        break;
    }
    return tr("Loss");
}

MeshScale::MeshScale(const stats::Mesh& mesh, const MeshLens& lens, bool dark) : m_lens(lens), m_dark(dark) {
    double low = std::numeric_limits<double>::max(), high = std::numeric_limits<double>::lowest();
    const bool trips = lens.layer == MeshLayer::Underlay || lens.layer == MeshLayer::Overlay;
    const auto take = [&](const stats::MeshCell& cell, MeshLayer layer) {
        MeshLens one = lens;
        one.layer = layer;
        const MeshValue value = meshValue(&cell, one);
        if (value.kind != MeshValue::Known)
            return;
        low = std::min(low, value.value);
        high = std::max(high, value.value);
    };
    for (const stats::MeshCell& cell : mesh.cells) {
        take(cell, trips ? MeshLayer::Underlay : lens.layer);
        if (trips)
            take(cell, MeshLayer::Overlay);
    }
    m_empty = low > high;
    if (lens.layer == MeshLayer::Loss) {
        m_low = 0;
        m_high = 100; // always: a per cent must not look like a catastrophe because it is the worst
        return;
    }
    if (m_empty) {
        m_low = trips ? 1e5 : -1e5;
        m_high = trips ? 1e6 : 1e5;
        return;
    }
    if (lens.layer == MeshLayer::Difference) {
        m_high = nice(std::max({std::abs(low), std::abs(high), 2 * nearZero}), true);
        m_low = -m_high;
        return;
    }
    m_low = nice(std::max(low, 1.0), false);
    m_high = nice(std::max(high, 2.0), true);
    // At least a decade: noise among equals must not be painted as a difference.
    if (m_high < 10 * m_low)
        m_high = 10 * m_low;
}

double MeshScale::position(double value) const {
    double at = 0;
    if (m_lens.layer == MeshLayer::Loss)
        at = value <= 0
                 ? 0
                 : 0.1 + 0.9 * std::log10(std::max(value, leastLoss) / leastLoss) / std::log10(100 / leastLoss);
    else if (m_lens.layer == MeshLayer::Difference)
        at = 0.5 + 0.5 * spread(value) / spread(m_high);
    else
        at = value <= 0 ? 0 : std::log10(value / m_low) / std::log10(m_high / m_low);
    return std::clamp(at, 0.0, 1.0);
}

double MeshScale::valueAt(double at) const {
    if (m_lens.layer == MeshLayer::Loss)
        return at < 0.1 ? 0 : leastLoss * std::pow(100 / leastLoss, (at - 0.1) / 0.9);
    if (m_lens.layer == MeshLayer::Difference) {
        const double s = (2 * at - 1) * spread(m_high);
        return std::copysign(nearZero * (std::pow(10, std::abs(s)) - 1), s);
    }
    return m_low * std::pow(m_high / m_low, at);
}

QColor MeshScale::colour(double value) const {
    if (m_lens.layer == MeshLayer::Loss && value <= 0) // nothing wrong, nothing loud
        return m_dark ? oklch(0.3, 0.02, 285) : oklch(0.965, 0.012, 105);
    const double at = position(value);
    return m_lens.layer == MeshLayer::Difference ? diverging(2 * at - 1, m_dark) : sequential(at, m_dark);
}

QColor MeshScale::inkOn(const QColor& ground) const {
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    const double luminance =
        0.2126 * linear(ground.redF()) + 0.7152 * linear(ground.greenF()) + 0.0722 * linear(ground.blueF());
    // WCAG's contrast of black is (l + 0.05) / 0.05, of white 1.05 / (l + 0.05).
    return luminance > 0.179 ? QColor(Qt::black) : QColor(Qt::white);
}

QString MeshScale::tickWord(double value) const {
    QString out = word(value);
    const auto point = out.indexOf(QLatin1Char('.'));
    if (point < 0)
        return out;
    auto end = out.indexOf(QLatin1Char(' '), point);
    const QString unit = end < 0 ? QString() : out.mid(end);
    out.truncate(end < 0 ? out.size() : end);
    while (out.endsWith(QLatin1Char('0')))
        out.chop(1);
    if (out.endsWith(QLatin1Char('.')))
        out.chop(1);
    return out + unit;
}

QVector<double> MeshScale::ticks() const {
    if (m_lens.layer == MeshLayer::Loss)
        return {0, 100, 1, 10, 0.1};
    QVector<double> out;
    if (m_lens.layer == MeshLayer::Difference) {
        out << 0 << -m_high << m_high;
        for (double v = std::pow(10, std::floor(std::log10(m_high * 0.999))); v >= 0.999e4; v /= 10)
            out << -v << v;
        return out;
    }
    out << m_low << m_high;
    for (const double step : {1.0, 2.0, 5.0})
        for (double v = step * std::pow(10, std::floor(std::log10(m_low))); v < m_high * 0.999; v *= 10)
            if (v > m_low * 1.001)
                out << v;
    return out;
}

QString MeshScale::word(double value) const {
    if (m_lens.layer == MeshLayer::Loss)
        return value > 0 ? percent(value) : QStringLiteral("0 %");
    if (m_lens.layer == MeshLayer::Difference)
        return value == 0 ? QStringLiteral("0")
                          : (value > 0 ? QStringLiteral("+") : QString(QChar(0x2212))) + duration(std::abs(value));
    return duration(value);
}

QString MeshScale::shortWord(double value) const {
    if (m_lens.layer == MeshLayer::Loss)
        return value > 0 && value < 9.95 ? QString::number(value, 'f', value < 0.095 ? 2 : 1)
                                         : QString::number(value, 'f', 0);
    if (value == 0)
        return QStringLiteral("0");
    double size = std::abs(value) / 1e3;
    QString suffix = QStringLiteral("µ");
    if (size >= 999.5) {
        size /= 1e3;
        suffix = QStringLiteral("m");
    }
    if (size >= 999.5) {
        size /= 1e3;
        suffix = QStringLiteral("s");
    }
    QString out = QString::number(size, 'f', size < 9.95 ? 1 : 0) + suffix;
    if (m_lens.layer == MeshLayer::Difference)
        out.prepend(value > 0 ? QLatin1Char('+') : QChar(0x2212));
    return out;
}

QString MeshScale::title() const {
    const QString figure = m_lens.p99 ? tr("99th percentile") : tr("median");
    QString out;
    switch (m_lens.layer) {
    case MeshLayer::Underlay:
        out = tr("Round trip between the nodes' addresses, %1").arg(figure);
        break;
    case MeshLayer::Overlay:
        out = tr("Round trip to the pods' network, %1").arg(figure);
        break;
    case MeshLayer::Difference:
        out = m_lens.p99 ? tr("What the overlay adds: difference of the 99th percentiles")
                         : tr("What the overlay adds: difference of the medians, of samples without taint");
        return out;
    case MeshLayer::Loss:
        return tr("Probes without an answer, on the worse of both planes");
    }
    return m_lens.clean ? tr("%1, of samples without taint").arg(out) : out;
}

} // namespace netopsy::ui
