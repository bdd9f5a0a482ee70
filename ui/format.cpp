// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/format.h"

#include "core/base/text.h"

#include <cmath>

namespace netopsy::ui {

QString shown(const std::string& text) {
    return QString::fromStdString(text::printable(text));
}

QString duration(double ns) {
    return QString::fromStdString(text::duration(ns));
}

QString durationOf(const std::optional<stats::Percentiles>& rtt, std::int64_t stats::Percentiles::*which) {
    return rtt ? duration(static_cast<double>((*rtt).*which)) : QStringLiteral("–");
}

QString percent(double value) {
    return std::isfinite(value) ? QString::fromStdString(text::percent(value)) : QStringLiteral("–");
}

} // namespace netopsy::ui
