// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/path_board.h"

#include "ui/diagram/path_painter.h"
#include "ui/theme.h"
#include "ui/widgets/path_view.h"
#include "ui/widgets/plain_label.h"

#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace netopsy::ui {

namespace {

constexpr double zoomStep = 1.2;

QLabel* plain(const char* name) {
    QLabel* label = copyableLabel();
    label->setObjectName(QString::fromLatin1(name));
    return label;
}

} // namespace

PathBoard::PathBoard(QWidget* parent)
    : QWidget(parent), m_stack(new QStackedWidget), m_message(plain("pathMessage")),
      m_heading(plain("pathHeading")), m_problems(plain("pathProblems")), m_remarks(plain("pathRemarks")),
      m_view(new PathView), m_detail(new QWidget), m_facts(new QPlainTextEdit), m_tools(new QHBoxLayout),
      m_findings(new QHBoxLayout) {
    m_message->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_message->setMargin(12);
    QFont bold = m_heading->font();
    bold.setBold(true);
    m_heading->setFont(bold);

    m_tools->setSpacing(4);
    m_tools->addStretch();
    const auto tool = [this](const char* name, const QString& words, const QString& tip, auto slot) {
        auto* button = new QToolButton;
        button->setObjectName(QString::fromLatin1(name));
        button->setText(words);
        button->setToolTip(tip);
        button->setAccessibleName(tip);
        connect(button, &QToolButton::clicked, m_view, slot);
        m_tools->addWidget(button);
    };
    tool("zoomOut", QStringLiteral("−"), tr("Zoom out (−)"), [this] { m_view->zoomBy(1 / zoomStep); });
    tool("zoomIn", QStringLiteral("+"), tr("Zoom in (+)"), [this] { m_view->zoomBy(zoomStep); });
    tool("fitWhole", tr("Fit"), tr("Fit all of the path in (F)"), &PathView::fitWhole);
    tool("fitWidth", tr("Own size"), tr("Own size, rows as wide as the window (Ctrl+1)"), &PathView::fitWidth);
    tool("copyPath", tr("Copy as text"), tr("Copy the path as text (Ctrl+C)"), &PathView::copyText);
    tool("savePath", tr("Save picture…"), tr("Save the picture as SVG or PNG"), &PathView::askToSave);

    m_facts->setObjectName(QStringLiteral("hopFacts"));
    m_facts->setAccessibleName(tr("All that is known of this hop"));
    m_facts->setReadOnly(true);
    m_facts->setFrameShape(QFrame::NoFrame);
    m_facts->installEventFilter(this);
    auto* row = new QHBoxLayout;
    auto* copy = new QPushButton(tr("Copy"));
    copy->setObjectName(QStringLiteral("copyHop"));
    copy->setToolTip(tr("Copy this hop's facts"));
    auto* close = new QPushButton(tr("Close"));
    close->setObjectName(QStringLiteral("closeHop"));
    connect(copy, &QPushButton::clicked, m_view, &PathView::copyHop);
    connect(close, &QPushButton::clicked, this, [this] { showDetail(false); });
    row->addLayout(m_findings);
    row->addStretch();
    row->addWidget(copy);
    row->addWidget(close);
    auto* detailLayout = new QVBoxLayout(m_detail);
    detailLayout->setContentsMargins(0, 0, 0, 0);
    detailLayout->addWidget(m_facts, 1);
    detailLayout->addLayout(row);
    m_detail->hide();

    auto* split = new QSplitter(Qt::Vertical);
    split->addWidget(m_view);
    split->addWidget(m_detail);
    split->setStretchFactor(0, 1);
    split->setChildrenCollapsible(false);
    split->setSizes({500, 200});
    auto* board = new QWidget;
    auto* boardLayout = new QVBoxLayout(board);
    boardLayout->setContentsMargins(0, 4, 0, 0);
    boardLayout->setSpacing(6);
    auto* head = new QHBoxLayout;
    head->addWidget(m_heading, 1);
    head->addLayout(m_tools);
    boardLayout->addLayout(head);
    boardLayout->addWidget(m_problems);
    boardLayout->addWidget(m_remarks);
    boardLayout->addWidget(split, 1);
    m_stack->addWidget(m_message);
    m_stack->addWidget(board);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);

    connect(m_view, &PathView::currentHopChanged, this, &PathBoard::fillDetail);
    connect(m_view, &PathView::findingActivated, this, &PathBoard::activateFinding);
    connect(m_view, &PathView::hopActivated, this, [this] { showDetail(true); });
}

void PathBoard::addTool(QWidget* tool) {
    m_tools->insertWidget(0, tool);
}

void PathBoard::setPath(const path::Path& way, std::shared_ptr<const analysis::Analysis> analysis) {
    m_analysis = std::move(analysis);
    m_heading->setText(diagram::heading(way));
    const QStringList problems = diagram::problems(way);
    m_problems->setText(problems.join(QLatin1Char('\n')));
    m_problems->setVisible(!problems.isEmpty());
    QPalette bad = palette();
    bad.setColor(QPalette::WindowText, diagram::Palette::screen().bad);
    m_problems->setPalette(bad);
    m_remarks->setText(diagram::remarks(way).mid(problems.size()).join(QLatin1Char('\n')));
    m_stack->setCurrentIndex(1);
    m_view->setPath(way, diagram::marksOf(way, m_analysis->findings));
}

void PathBoard::setMessage(const QString& why) {
    m_message->setText(why);
    m_stack->setCurrentIndex(0);
}

bool PathBoard::lightUp(const analysis::Finding& finding) {
    for (const diagram::Mark& mark : m_view->marks())
        if (mark.finding && m_analysis->findings[*mark.finding].rule == finding.rule &&
            m_analysis->findings[*mark.finding].nodes == finding.nodes) {
            m_view->setCurrentHop(mark.hop);
            m_view->setFocus();
            return true;
        }
    return false;
}

void PathBoard::fillDetail() {
    if (!m_view->currentHop()) {
        showDetail(false);
        return;
    }
    if (const QString facts = m_view->currentDetail(); facts != m_facts->toPlainText())
        m_facts->setPlainText(facts);
    while (QLayoutItem* item = m_findings->takeAt(0)) {
        if (item->widget() != nullptr)
            item->widget()->deleteLater();
        delete item;
    }
    for (const diagram::Mark& mark : m_view->marks())
        if (mark.hop == *m_view->currentHop() && mark.finding) {
            auto* show = new QPushButton(theme::severityIcon(mark.severity), tr("Show the finding"));
            show->setObjectName(QStringLiteral("showFinding"));
            show->setToolTip(QStringLiteral("<p>%1</p>").arg(mark.words.toHtmlEscaped()));
            show->setAccessibleName(tr("Show the finding: %1").arg(mark.words));
            connect(show, &QPushButton::clicked, this, [this, index = *mark.finding] { activateFinding(index); });
            m_findings->addWidget(show);
        }
}

void PathBoard::showDetail(bool open) {
    if (!open && m_detail->isAncestorOf(focusWidget()))
        m_view->setFocus();
    m_detail->setVisible(open);
}

void PathBoard::activateFinding(std::size_t index) {
    if (m_analysis && index < m_analysis->findings.size())
        emit findingActivated(m_analysis->findings[index]);
}

bool PathBoard::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_facts && event->type() == QEvent::ShortcutOverride &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept(); // it is the window's "back" elsewhere
        return true;
    }
    if (watched == m_facts && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        showDetail(false);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace netopsy::ui
