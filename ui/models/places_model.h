// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a node measured from: itself and the pods whose network namespace was entered. Three tables: the places with
// their figures, one place's own settings, and the look-ups of all.
#pragma once

#include "core/model/node.h"

#include <QAbstractTableModel>
#include <QString>
#include <QVector>

namespace netopsy::ui {

/// Rows of ready words; a row may be emphasised.
class WordsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    struct Cell {
        QString text, tip;
        bool operator==(const Cell&) const = default;
    };
    struct Row {
        QVector<Cell> cells;
        bool bold = false, warning = false;
        bool operator==(const Row&) const = default;
    };
    struct Column {
        QString title, tip;
        bool number = false;
    };
    WordsModel(QVector<Column> columns, QObject* parent = nullptr);
    void setRows(QVector<Row> rows);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVector<Column> m_columns;
    QVector<Row> m_rows;
};

/// A place a row: the node, then its pods in their order.
class PlacesModel : public WordsModel {
    Q_OBJECT
public:
    enum Column {
        Place,
        Interface,
        DnsP50,
        DnsP99,
        DnsLost,
        HalfLost,
        TripP50,
        TripP99,
        TripLost,
        Unlike,
        Remark
    };
    explicit PlacesModel(QObject* parent = nullptr);
    void setNode(const model::Node& node);
};

/// What is a pod's own: its sysctls beside the node's, and its counters' change over the run.
class OwnValuesModel : public WordsModel {
    Q_OBJECT
public:
    enum Column { Key, InPod, OnNode };
    explicit OwnValuesModel(QObject* parent = nullptr);
    void setPlace(const model::PodPlace& place, const model::Node& node);
};

/// Names looked up as a program does it, from each place of the node.
class LookupsModel : public WordsModel {
    Q_OBJECT
public:
    enum Column { From, Name, Tried, Queries, Median, P99, Unanswered, AskedAgain, Resolver };
    explicit LookupsModel(QObject* parent = nullptr);
    void setNode(const model::Node& node);
};

} // namespace netopsy::ui
