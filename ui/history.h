// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Places that were visited, and the way back to them.
#pragma once

#include "ui/views/node_page.h"
#include "ui/views/path_page.h"

#include <QString>
#include <QVector>

namespace netopsy::ui {

/// Where she is: the cluster, a node with the tab that was open, the mesh, maybe with a pair of nodes, or a path.
struct Place {
    enum Page { Cluster, Node, Mesh, Path };
    Page page = Cluster;
    QString node = {};
    int tab = NodePage::Overview;
    QString from = {}, to = {}; ///< the mesh's pair; empty: all pairs
    PathChoice path = {};
    bool operator==(const Place&) const = default;

    static Place ofNode(const QString& name, int tab = NodePage::Overview) { return {Node, name, tab}; }
    static Place mesh(const QString& from = {}, const QString& to = {}) { return {Mesh, {}, 0, from, to}; }
    static Place ofPath(const PathChoice& choice = {}) { return {Path, {}, 0, {}, {}, choice}; }
};

/// As a browser's: to go somewhere forgets what lay ahead.
class History {
public:
    [[nodiscard]] Place& here() { return m_places[m_current]; }
    [[nodiscard]] const Place& here() const { return m_places[m_current]; }
    [[nodiscard]] bool has(int step) const { return m_current + step >= 0 && m_current + step < m_places.size(); }
    [[nodiscard]] const Place& at(int step) const { return m_places[m_current + step]; } ///< where has(step)
    void go(const Place& place) {
        m_places.resize(m_current + 1);
        m_places.push_back(place);
        ++m_current;
    }
    void move(int step) { m_current += step; } ///< where has(step)

private:
    QVector<Place> m_places{Place{}}; ///< never empty
    qsizetype m_current = 0;
};

} // namespace netopsy::ui
