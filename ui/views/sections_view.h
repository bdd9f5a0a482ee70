// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QListWidget;
class QPlainTextEdit;

namespace netopsy::ui {

/// The raw sections of a node: a list, the text, a search, and the line that evidence rests on.
class SectionsView : public QWidget {
    Q_OBJECT
public:
    explicit SectionsView(QWidget* parent = nullptr);
    void setNode(CaseSession* session, const QString& node);
    void show(const model::SectionRef& ref);
    using QWidget::show;

private:
    void fetch(const model::SectionRef& ref);
    void highlight(int line);
    void search();

    QPointer<CaseSession> m_session;
    QString m_node;
    model::SectionRef m_wanted;
    QListWidget* m_list;
    QLineEdit* m_search;
    QPlainTextEdit* m_text;
    QLabel* m_message;
};

} // namespace netopsy::ui
