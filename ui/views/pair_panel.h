// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/case.h"

#include <QScrollArea>

#include <memory>

class QLabel;
class QPushButton;
class QTableWidget;

namespace netopsy::ui {

class SampleStrip;

/// Two nodes, both directions, both planes: figures with and without taint, what the overlay adds, the path MTU, and
/// every sample.
class PairPanel : public QScrollArea {
    Q_OBJECT
public:
    explicit PairPanel(QWidget* parent = nullptr);
    void setPair(const std::shared_ptr<const model::Case>& subject, const QString& from, const QString& to,
                 bool ipv6);

signals:
    void pathWanted(const QString& from, const QString& to);
    void nodeWanted(const QString& node);
    void closed(); ///< back to all pairs

private:
    QString m_from, m_to;
    QLabel *m_title, *m_difference, *m_pmtu, *m_remarks;
    QTableWidget* m_table;
    SampleStrip* m_strip;
    QPushButton *m_path, *m_pathBack, *m_openFrom, *m_openTo;
};

} // namespace netopsy::ui
