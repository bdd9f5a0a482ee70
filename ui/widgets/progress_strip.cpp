// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/progress_strip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace netopsy::ui {

ProgressStrip::ProgressStrip(QWidget* parent)
    : QWidget(parent), m_words(new QLabel), m_bar(new QProgressBar), m_nodes(new QPushButton(tr("Per node"))),
      m_cancel(new QPushButton(tr("Cancel"))), m_list(new QListWidget) {
    setObjectName(QStringLiteral("progressStrip"));
    m_words->setTextFormat(Qt::PlainText);
    m_words->setObjectName(QStringLiteral("progressWords"));
    m_bar->setRange(0, 1000);
    m_bar->setTextVisible(false);
    m_bar->setMaximumHeight(8);
    m_nodes->setCheckable(true);
    m_nodes->setChecked(true);
    m_cancel->setObjectName(QStringLiteral("cancelRun"));
    m_cancel->setToolTip(tr("Ends the run and keeps what was got"));
    m_list->setObjectName(QStringLiteral("progressNodes"));
    m_list->setAccessibleName(tr("Progress per node"));
    m_list->setMaximumHeight(110);
    m_list->setSelectionMode(QAbstractItemView::NoSelection);
    auto* row = new QHBoxLayout;
    row->addWidget(m_words);
    row->addWidget(m_bar, 1);
    row->addWidget(m_nodes);
    row->addWidget(m_cancel);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 4, 16, 8);
    layout->addWidget(m_list);
    layout->addLayout(row);
    connect(m_nodes, &QPushButton::toggled, m_list, &QWidget::setVisible);
    connect(m_cancel, &QPushButton::clicked, this, &ProgressStrip::cancelRequested);
}

void ProgressStrip::setProgress(const Progress& progress, bool live) {
    QString words = progress.phase;
    if (live && progress.remainingS >= 0)
        words += tr("  ·  about %1 s left").arg(qRound(progress.remainingS));
    int failed = 0;
    for (const NodeProgress& node : progress.nodes)
        failed += node.failed;
    if (failed > 0)
        words += failed == 1 ? tr("  ·  one node failed") : tr("  ·  %n nodes failed", nullptr, failed);
    m_words->setText(words);
    m_bar->setValue(qRound(progress.fraction * 1000));
    m_cancel->setVisible(live);
    m_bar->setVisible(live);
    m_nodes->setVisible(live && !progress.nodes.isEmpty());
    m_list->setVisible(m_nodes->isChecked() && !progress.nodes.isEmpty() && live);
    while (m_list->count() < progress.nodes.size())
        m_list->addItem(QString());
    while (m_list->count() > progress.nodes.size())
        delete m_list->takeItem(m_list->count() - 1);
    for (int row = 0; row < progress.nodes.size(); ++row)
        m_list->item(row)->setText(
            QStringLiteral("%1   %2").arg(progress.nodes[row].node, progress.nodes[row].doing));
}

} // namespace netopsy::ui
