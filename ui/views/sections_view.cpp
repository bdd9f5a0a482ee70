// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/sections_view.h"

#include "ui/format.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QTextBlock>
#include <QVBoxLayout>

namespace netopsy::ui {

namespace {
constexpr qsizetype shownBytes = 4 << 20;
constexpr int collectorRole = Qt::UserRole, seqRole = Qt::UserRole + 1;
} // namespace

SectionsView::SectionsView(QWidget* parent)
    : QWidget(parent), m_list(new QListWidget), m_search(new QLineEdit), m_text(new QPlainTextEdit),
      m_message(new QLabel) {
    m_list->setObjectName(QStringLiteral("sectionList"));
    m_list->setAccessibleName(tr("Raw sections"));
    m_search->setPlaceholderText(tr("Search in this section (Enter: next)"));
    m_search->setClearButtonEnabled(true);
    m_text->setObjectName(QStringLiteral("sectionText"));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_text->setFont(theme::mono());
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    auto* right = new QWidget;
    auto* rightLayout = new QVBoxLayout(right);
    rightLayout->setContentsMargins(0, 0, 0, 0);
    rightLayout->addWidget(m_search);
    rightLayout->addWidget(m_message);
    rightLayout->addWidget(m_text, 1);
    auto* splitter = new QSplitter;
    splitter->addWidget(m_list);
    splitter->addWidget(right);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({200, 700});
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->addWidget(splitter);
    connect(m_list, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        if (item == nullptr)
            return;
        model::SectionRef ref{m_node.toStdString(), item->data(collectorRole).toString().toStdString(),
                              item->data(seqRole).toUInt(), 0};
        if (ref.collector == m_wanted.collector && ref.seq == m_wanted.seq)
            ref.line = m_wanted.line;
        fetch(ref);
    });
    connect(m_search, &QLineEdit::returnPressed, this, &SectionsView::search);
}

void SectionsView::setNode(CaseSession* session, const QString& node) {
    m_session = session;
    m_node = node;
    m_wanted = {};
    m_list->clear();
    m_text->clear();
    m_message->setText(tr("Reading the list…"));
    session->requestSections(node, this, [this, node](const Result<std::vector<model::RawSection>>& sections) {
        if (node != m_node)
            return;
        if (!sections) {
            m_message->setText(QString::fromStdString(sections.error().text()));
            return;
        }
        m_message->setText(sections->empty() ? tr("This node has no sections.") : QString());
        for (const model::RawSection& section : *sections) {
            const bool many = section.collector == "sample" || section.collector == "probe";
            auto* item =
                new QListWidgetItem(many ? QStringLiteral("%1 #%2").arg(shown(section.collector)).arg(section.seq)
                                         : shown(section.collector));
            item->setData(collectorRole, QString::fromStdString(section.collector));
            item->setData(seqRole, section.seq);
            m_list->addItem(item);
        }
        if (m_wanted.collector.empty() && m_list->count() > 0)
            m_list->setCurrentRow(0);
        else
            show(m_wanted);
    });
}

void SectionsView::show(const model::SectionRef& ref) {
    m_wanted = ref;
    for (int row = 0; row < m_list->count(); ++row) {
        const QListWidgetItem* item = m_list->item(row);
        if (item->data(collectorRole).toString().toStdString() != ref.collector ||
            item->data(seqRole).toUInt() != ref.seq)
            continue;
        if (m_list->currentRow() == row)
            fetch(ref);
        else
            m_list->setCurrentRow(row);
        return;
    }
}

void SectionsView::fetch(const model::SectionRef& ref) {
    if (!m_session)
        return;
    m_message->setText(tr("Reading…"));
    m_session->requestSection(ref, this, [this, ref](const Result<model::RawSection>& section) {
        if (ref.node != m_node.toStdString())
            return;
        if (!section) {
            m_text->clear();
            m_message->setText(QString::fromStdString(section.error().text()));
            return;
        }
        const bool cut = static_cast<qsizetype>(section->body.size()) > shownBytes;
        m_text->setPlainText(shown(section->body.substr(0, static_cast<std::size_t>(shownBytes))));
        m_message->setText(cut                  ? tr("Only the first 4 MiB are shown.")
                           : section->truncated ? tr("The node sent more than the bound allows; it was cut.")
                                                : QString());
        highlight(ref.line);
    });
}

void SectionsView::highlight(int line) {
    QList<QTextEdit::ExtraSelection> marks;
    if (const QTextBlock block = m_text->document()->findBlockByNumber(line - 1); line > 0 && block.isValid()) {
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(block);
        mark.format.setBackground(
            theme::severityColour(analysis::Severity::Warning).lighter(theme::isDark() ? 60 : 170));
        mark.format.setProperty(QTextFormat::FullWidthSelection, true);
        marks << mark;
        m_text->setTextCursor(mark.cursor);
        m_text->centerCursor();
    }
    m_text->setExtraSelections(marks);
}

void SectionsView::search() {
    if (m_search->text().isEmpty())
        return;
    if (!m_text->find(m_search->text())) { // once around
        m_text->moveCursor(QTextCursor::Start);
        if (!m_text->find(m_search->text()))
            m_message->setText(tr("Not found: %1").arg(m_search->text()));
    }
}

} // namespace netopsy::ui
