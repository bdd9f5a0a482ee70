// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/background.h"
#include "ui/case_digest.h"
#include "ui/models/findings_model.h"
#include "ui/models/tuning_model.h"
#include "ui/session.h"

#include <QWidget>

class QLabel;
class QListView;
class QTabWidget;

namespace netopsy::ui {

class PathBoard;
class PlacesView;
class SectionsView;
class TimeChart;

/// "What is wrong here?": a node's series, its packet path, its tuning diff, its raw sections.
class NodePage : public QWidget {
    Q_OBJECT
public:
    enum Tab { Overview, Path, Places, Tuning, Raw };

    explicit NodePage(QWidget* parent = nullptr);
    void setNode(CaseSession* session, const std::shared_ptr<const CaseDigest>& digest, const QString& node);
    void showSection(const model::SectionRef& ref);
    void setTab(int tab);
    [[nodiscard]] int tab() const;

signals:
    void tabChanged(int tab);
    void findingActivated(const netopsy::analysis::Finding& finding);
    void pathRequested(const QString& from, const QString& to); ///< this path, with other ends to choose from

private:
    void deriveLater(const std::shared_ptr<const CaseDigest>& digest);

    QString m_node, m_pathFrom, m_pathTo;
    FindingsModel m_findings;
    TuningModel m_tuning;
    Background m_pathWork, m_tuningWork;
    QLabel *m_title, *m_facts, *m_taint, *m_tuningWords;
    QListView* m_list;
    QTabWidget* m_tabs;
    TimeChart* m_chart;
    QLabel* m_noSeries;
    PathBoard* m_path;
    PlacesView* m_places;
    SectionsView* m_sections;
};

} // namespace netopsy::ui
