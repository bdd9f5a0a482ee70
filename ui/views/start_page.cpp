// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/start_page.h"

#include "ui/theme.h"
#include "ui/widgets/plain_label.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

namespace netopsy::ui {

namespace {

QLabel* headingLabel(const QString& text) {
    auto* label = new QLabel(text);
    label->setFont(theme::heading());
    return label;
}

} // namespace

StartPage::StartPage(Backend& backend, QWidget* parent)
    : QWidget(parent), m_backend(backend), m_table(new QTableWidget(0, 4)), m_message(plainLabel()),
      m_recents(new QListWidget), m_noRecents(plainLabel()) {
    m_table->setObjectName(QStringLiteral("contexts"));
    m_table->setAccessibleName(tr("Kubernetes contexts"));
    m_table->setHorizontalHeaderLabels({tr("Context"), tr("Server"), tr("User"), tr("Last autopsy")});
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setShowGrid(false);
    m_table->setAlternatingRowColors(true);
    m_table->setTabKeyNavigation(false);
    m_message->setObjectName(QStringLiteral("contextsMessage"));
    m_recents->setObjectName(QStringLiteral("recents"));
    m_recents->setAccessibleName(tr("Recent cases"));
    m_recents->setAlternatingRowColors(true);
    m_noRecents->setText(tr("None yet. A finished autopsy is kept as a case and listed here."));

    auto* go = new QPushButton(tr("Autopsy this cluster…"));
    go->setObjectName(QStringLiteral("startContext"));
    go->setEnabled(false);
    auto* local = new QPushButton(tr("Autopsy this machine…"));
    local->setObjectName(QStringLiteral("startLocal"));
    auto* file = new QPushButton(tr("Open a case…"));
    file->setObjectName(QStringLiteral("openCase"));
    auto* example = new QPushButton(tr("Open the example"));
    example->setObjectName(QStringLiteral("openExample"));
    example->setVisible(!backend.exampleCase().isEmpty());
    example->setToolTip(tr("A recording of a small cluster with two faults in it"));

    auto* left = new QVBoxLayout;
    left->addWidget(headingLabel(tr("Clusters")));
    left->addWidget(m_message);
    left->addWidget(m_table, 1);
    left->addStretch(); // keeps the words on top while the list is hidden
    auto* leftButtons = new QHBoxLayout;
    leftButtons->addWidget(go);
    leftButtons->addWidget(local);
    leftButtons->addStretch();
    left->addLayout(leftButtons);
    auto* right = new QVBoxLayout;
    right->addWidget(headingLabel(tr("Cases")));
    right->addWidget(m_noRecents);
    right->addWidget(m_recents, 1);
    right->addStretch();
    auto* rightButtons = new QHBoxLayout;
    rightButtons->addWidget(file);
    rightButtons->addWidget(example);
    rightButtons->addStretch();
    right->addLayout(rightButtons);
    auto* columns = new QHBoxLayout(this);
    columns->setContentsMargins(24, 24, 24, 24);
    columns->setSpacing(32);
    columns->addLayout(left, 3);
    columns->addLayout(right, 2);

    m_message->setText(tr("Reading kubeconfig…"));
    connect(&backend, &Backend::contextsReady, this, &StartPage::showContexts);
    connect(&backend, &Backend::recentCasesChanged, this, &StartPage::showRecents);
    connect(m_table, &QTableWidget::cellActivated, this, [this](int row) { choose(row); });
    connect(m_table, &QTableWidget::itemSelectionChanged, this, [this, go] {
        const int row = m_table->currentRow();
        go->setEnabled(row >= 0 && row < m_contexts.size() && m_contexts[row].problem.isEmpty());
    });
    connect(go, &QPushButton::clicked, this, [this] { choose(m_table->currentRow()); });
    connect(local, &QPushButton::clicked, this, [this] {
        AutopsyRequest request;
        request.local = true;
        emit contextChosen(request);
    });
    connect(file, &QPushButton::clicked, this, &StartPage::browseRequested);
    connect(example, &QPushButton::clicked, this, [this] { emit openRequested(m_backend.exampleCase()); });
    connect(m_recents, &QListWidget::itemActivated, this,
            [this](QListWidgetItem* item) { emit openRequested(item->data(Qt::UserRole).toString()); });
    showRecents();
}

void StartPage::choose(int row) {
    if (row < 0 || row >= m_contexts.size() || !m_contexts[row].problem.isEmpty())
        return;
    AutopsyRequest request = m_backend.rememberedRequest(m_contexts[row].name);
    request.context = m_contexts[row].name;
    emit contextChosen(request);
}

void StartPage::showContexts(const QVector<ContextInfo>& contexts, const QString& problem) {
    m_contexts = contexts;
    if (!problem.isEmpty())
        m_message->setText(tr("kubeconfig can't be read: %1").arg(problem));
    else if (contexts.isEmpty())
        m_message->setText(
            tr("No contexts were found. Set $KUBECONFIG or put a kubeconfig at ~/.kube/config, drop one "
               "on this window, or autopsy this machine."));
    else
        m_message->setText(tr("Choose a context and press Enter. Nothing is reached before you say so."));
    m_table->setVisible(!contexts.isEmpty());
    m_table->setRowCount(static_cast<int>(contexts.size()));
    for (int row = 0; row < contexts.size(); ++row) {
        const ContextInfo& info = contexts[row];
        const QString last = info.lastAutopsy.isValid()
                                 ? QLocale().toString(info.lastAutopsy.toLocalTime(), QLocale::ShortFormat)
                                 : tr("never");
        const QStringList cells{info.current ? tr("%1 (current)").arg(info.name) : info.name, info.server,
                                info.user, last};
        for (int column = 0; column < cells.size(); ++column) {
            auto* item = new QTableWidgetItem(cells[column]);
            item->setToolTip(info.problem.isEmpty() ? info.file : info.problem);
            if (!info.problem.isEmpty())
                item->setForeground(theme::colours().faint);
            m_table->setItem(row, column, item);
        }
        if (!info.problem.isEmpty())
            m_table->item(row, 3)->setText(tr("can't be used: %1").arg(info.problem));
        if (info.current)
            m_table->selectRow(row);
    }
    // A kubeconfig needn't have a current-context; Enter and the button must mean something all the same.
    for (int row = 0; row < contexts.size() && !m_table->selectionModel()->hasSelection(); ++row)
        if (contexts[row].problem.isEmpty())
            m_table->selectRow(row);
    m_table->setFocus();
}

void StartPage::showRecents() {
    m_recents->clear();
    for (const RecentCase& recent : m_backend.recentCases()) {
        auto* item = new QListWidgetItem(QStringLiteral("%1\n%2").arg(recent.title, recent.path));
        item->setData(Qt::UserRole, recent.path);
        item->setToolTip(recent.path);
        m_recents->addItem(item);
    }
    m_recents->setVisible(m_recents->count() > 0);
    m_noRecents->setVisible(m_recents->count() == 0);
}

} // namespace netopsy::ui
