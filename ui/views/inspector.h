// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/finding.h"

#include <QScrollArea>

#include <optional>

class QVBoxLayout;

namespace netopsy::ui {

/// A finding in full: cause, evidence, what was checked against it, remedy, references. Evidence that rests on a raw
/// line leads there.
class Inspector : public QScrollArea {
    Q_OBJECT
public:
    explicit Inspector(QWidget* parent = nullptr);
    void setFinding(const analysis::Finding& finding);
    /// While a run goes on: shows the same finding (rule and nodes) as the newest data have it, or says that it is gone.
    void follow(const analysis::Analysis& analysis);

signals:
    void sectionRequested(const netopsy::model::SectionRef& ref);
    void nodeActivated(const QString& node);
    void pathRequested(const netopsy::analysis::Finding& finding); ///< where it sits on a packet's way

private:
    void rebuild();
    void addText(const QString& text, bool bold = false, const QColor& colour = {});
    void addEvidence(const QString& heading, const std::vector<analysis::Evidence>& evidence);

    QVBoxLayout* m_layout = nullptr;
    std::optional<analysis::Finding> m_shown;
    bool m_gone = false;
};

} // namespace netopsy::ui
