// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session.h"

#include <QWidget>

class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;

namespace netopsy::ui {

/// The bottom of a live window: what is being done, how far, each node's step on demand, and Cancel.
class ProgressStrip : public QWidget {
    Q_OBJECT
public:
    explicit ProgressStrip(QWidget* parent = nullptr);
    void setProgress(const Progress& progress, bool live);

signals:
    void cancelRequested();

private:
    QLabel* m_words;
    QProgressBar* m_bar;
    QPushButton *m_nodes, *m_cancel;
    QListWidget* m_list;
};

} // namespace netopsy::ui
