// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What stands around the pages: menus, keys, the bar of places and the trail. What they lead to is the window's own.
#pragma once

#include "ui/history.h"

#include <QObject>

class QAction;
class QLabel;
class QMainWindow;

namespace netopsy::ui {

class WindowChrome : public QObject {
    Q_OBJECT
public:
    /// `inspector` shows and hides the finding panel.
    WindowChrome(QMainWindow& window, QAction* inspector);

    /// Outside a case: nothing leads anywhere in it.
    void showNoCase();
    void showCase(const QString& title, bool live, const History& history);

signals:
    void startWanted();
    void openWanted();
    void reportWanted();
    void stepWanted(int step); ///< -1 is back, 1 forward
    void clusterWanted();
    void meshWanted();
    void pathWanted();
    void filterWanted();
    void neighbourWanted(int step); ///< -1 is the node before in the list, 1 the next one

private:
    void enable(bool inCase, bool back, bool forward);

    QMainWindow& m_window;
    QAction *m_start = nullptr, *m_report = nullptr, *m_back = nullptr, *m_forward = nullptr, *m_cluster = nullptr,
            *m_mesh = nullptr, *m_path = nullptr, *m_inspector = nullptr;
    QLabel* m_trail = nullptr;
};

} // namespace netopsy::ui
