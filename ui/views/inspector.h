// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/finding.h"

#include <QScrollArea>

class QVBoxLayout;

namespace netopsy::ui {

/// A finding in full: cause, evidence, what was checked against it, remedy, references. Evidence that rests on a raw
/// line leads there.
class Inspector : public QScrollArea {
    Q_OBJECT
public:
    explicit Inspector(QWidget* parent = nullptr);
    void setFinding(const analysis::Finding& finding);

signals:
    void sectionRequested(const netopsy::model::SectionRef& ref);
    void nodeActivated(const QString& node);

private:
    void addText(const QString& text, bool bold = false, const QColor& colour = {});
    void addEvidence(const QString& heading, const std::vector<analysis::Evidence>& evidence);

    QVBoxLayout* m_layout = nullptr;
};

} // namespace netopsy::ui
