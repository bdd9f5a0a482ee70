// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector.h"

#include "ui/format.h"
#include "ui/theme.h"
#include "ui/widgets/plain_label.h"

#include <QGuiApplication>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace netopsy::ui {

Inspector::Inspector(QWidget* parent) : QScrollArea(parent) {
    setObjectName(QStringLiteral("inspector"));
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setMinimumWidth(300);
    auto* empty = new QLabel(tr("Choose a finding to see its evidence."));
    empty->setWordWrap(true);
    empty->setMargin(12);
    empty->setAlignment(Qt::AlignTop);
    setWidget(empty);
}

void Inspector::addText(const QString& text, bool bold, const QColor& colour) {
    if (text.isEmpty())
        return;
    QLabel* label = copyableLabel(text);
    if (bold) {
        QFont font = label->font();
        font.setBold(true);
        label->setFont(font);
    }
    if (colour.isValid()) {
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, colour);
        label->setPalette(palette);
    }
    m_layout->addWidget(label);
}

void Inspector::addEvidence(const QString& heading, const std::vector<analysis::Evidence>& evidence) {
    if (evidence.empty())
        return;
    m_layout->addSpacing(8);
    addText(heading, true);
    for (const analysis::Evidence& item : evidence) {
        QString line = QStringLiteral("%1: %2").arg(shown(item.what), shown(item.value));
        if (item.threshold)
            line += tr(" (threshold %1)").arg(shown(*item.threshold));
        addText(line);
        if (item.ref) {
            auto* link = new QPushButton(tr("Show %1").arg(shown(item.ref->text())));
            link->setObjectName(QStringLiteral("evidenceLink"));
            link->setFlat(true);
            link->setCursor(Qt::PointingHandCursor);
            link->setStyleSheet(QStringLiteral("text-align: left; color: %1; padding: 0 0 4px 0")
                                    .arg(theme::colours().accent.name()));
            connect(link, &QPushButton::clicked, this, [this, ref = *item.ref] { emit sectionRequested(ref); });
            m_layout->addWidget(link);
        } else {
            addText(shown(item.source), false, theme::colours().faint);
        }
    }
}

void Inspector::follow(const analysis::Analysis& analysis) {
    if (!m_shown || QGuiApplication::mouseButtons() != Qt::NoButton) // what she is clicking on must not go away
        return;
    const auto same =
        std::find_if(analysis.findings.begin(), analysis.findings.end(), [this](const analysis::Finding& f) {
            return f.rule == m_shown->rule && f.nodes == m_shown->nodes;
        });
    const bool gone = same == analysis.findings.end();
    if (gone ? m_gone : !m_gone && same->evidence == m_shown->evidence && same->title == m_shown->title)
        return;
    const int place = verticalScrollBar()->value();
    m_gone = gone;
    if (!gone)
        m_shown = *same;
    rebuild();
    widget()->layout()->activate();
    verticalScrollBar()->setValue(place);
}

void Inspector::setFinding(const analysis::Finding& finding) {
    m_gone = false;
    m_shown = finding;
    rebuild();
}

void Inspector::rebuild() {
    const analysis::Finding& finding = *m_shown;
    auto* page = new QWidget;
    m_layout = new QVBoxLayout(page);
    m_layout->setContentsMargins(12, 12, 12, 12);
    m_layout->setSpacing(6);
    addText(QStringLiteral("%1  ·  %2")
                .arg(QString::fromUtf8(analysis::severityName(finding.severity)), shown(finding.rule)),
            false, theme::severityColour(finding.severity));
    if (m_gone)
        addText(tr("The newest data do not show it any more."), false, theme::colours().faint);
    addText(shown(finding.title), true);
    addText(shown(finding.explanation));
    for (const std::string& node : finding.nodes) {
        if (&node - finding.nodes.data() >= 8)
            break; // the title says how many there are
        auto* open = new QPushButton(tr("Open %1").arg(shown(node)));
        open->setObjectName(QStringLiteral("openNode"));
        connect(open, &QPushButton::clicked, this,
                [this, node] { emit nodeActivated(QString::fromStdString(node)); });
        m_layout->addWidget(open, 0, Qt::AlignLeft);
    }
    if (!finding.where.empty()) {
        auto* onPath = new QPushButton(tr("Show on the path"));
        onPath->setObjectName(QStringLiteral("showOnPath"));
        connect(onPath, &QPushButton::clicked, this, [this] { emit pathRequested(*m_shown); });
        m_layout->addWidget(onPath, 0, Qt::AlignLeft);
    }
    addEvidence(tr("Evidence"), finding.evidence);
    addEvidence(tr("Checked against it"), finding.counterEvidence);
    if (!finding.remedy.empty()) {
        m_layout->addSpacing(8);
        addText(tr("What to do"), true);
        addText(shown(finding.remedy));
    }
    if (!finding.references.empty()) {
        m_layout->addSpacing(8);
        addText(tr("References"), true);
        for (const std::string& reference : finding.references)
            addText(shown(reference), false, theme::colours().faint);
    }
    m_layout->addStretch();
    setWidget(page);
}

} // namespace netopsy::ui
