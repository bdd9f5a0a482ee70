// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/node.h"
#include "ui/models/places_model.h"

#include <QWidget>

#include <memory>

class QLabel;
class QTableView;

namespace netopsy::ui {

/// "Is it the same from a pod?": the node's figures beside those of the pods that were entered, what is a pod's own,
/// and what a name costs through the search list.
class PlacesView : public QWidget {
    Q_OBJECT
public:
    explicit PlacesView(QWidget* parent = nullptr);
    void setNode(std::shared_ptr<const model::Node> node);

private:
    void showOwn(int row);

    std::shared_ptr<const model::Node> m_node;
    PlacesModel m_places;
    OwnValuesModel m_own;
    LookupsModel m_lookups;
    QLabel *m_noPods, *m_ownTitle, *m_remark, *m_lookupsTitle, *m_noLookups;
    QTableView *m_placesTable, *m_ownTable, *m_lookupsTable;
};

} // namespace netopsy::ui
