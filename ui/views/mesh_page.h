// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/background.h"
#include "ui/case_digest.h"
#include "ui/models/mesh_pairs_model.h"
#include "ui/views/path_page.h"

#include <QWidget>

class QCheckBox;
class QLabel;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace netopsy::ui {

class MeshLegend;
class MeshMap;
class PairPanel;

/// "Between whom?": every pair of nodes at a glance, the worst by name beside it, and one pair in full.
class MeshPage : public QWidget {
    Q_OBJECT
public:
    explicit MeshPage(QWidget* parent = nullptr);
    /// The matrix is derived in a worker, and only while it is looked at.
    void setDigest(const std::shared_ptr<const CaseDigest>& digest);
    void setPair(const QString& from, const QString& to); ///< both empty: all pairs
    void focusMap();

signals:
    void pairActivated(const QString& from, const QString& to); ///< both empty: all pairs
    void pathWanted(const PathChoice& choice);
    void nodeActivated(const QString& node);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void derive();
    void setLens(const MeshLens& lens);
    void tell(const QString& from, const QString& to);
    void sortByLayer();
    void setFamily(bool ipv6);
    [[nodiscard]] QWidget* toolbar();

    std::shared_ptr<const CaseDigest> m_digest, m_derived;
    std::shared_ptr<const stats::Mesh> m_mesh;
    Background m_work;
    MeshPairsModel m_pairs;
    QSortFilterProxyModel* m_sorted;
    MeshMap* m_map;
    MeshLegend* m_legend;
    QTableView* m_table;
    PairPanel* m_panel;
    QStackedWidget* m_side;
    QLabel *m_status, *m_nothing, *m_counts;
    QVector<QToolButton*> m_layers, m_figures, m_families;
    bool m_ipv6 = false; ///< asked for; what is shown is the mesh's own
    QCheckBox* m_clean;
    QString m_from, m_to;
};

} // namespace netopsy::ui
