// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window_chrome.h"

#include "ui/format.h"

#include <QAction>
#include <QLabel>
#include <QMainWindow>
#include <QMenuBar>
#include <QMessageBox>
#include <QToolBar>

namespace netopsy::ui {

WindowChrome::WindowChrome(QMainWindow& window, QAction* inspector) : QObject(&window), m_window(window) {
    const auto action = [this](const QString& text, const QList<QKeySequence>& keys, auto slot) {
        auto* made = new QAction(text, &m_window);
        made->setShortcuts(keys);
        connect(made, &QAction::triggered, this, slot);
        m_window.addAction(made);
        return made;
    };
    m_start = action(tr("Start page"), {QKeySequence(Qt::CTRL | Qt::Key_N)}, [this] { emit startWanted(); });
    auto* open = action(tr("Open a case…"), {QKeySequence::Open}, [this] { emit openWanted(); });
    m_report = action(tr("Export the report…"), {QKeySequence::Print}, [this] { emit reportWanted(); });
    auto* quit = action(tr("Quit"), {QKeySequence::Quit}, [this] { m_window.close(); });
    m_back =
        action(tr("Back"), {QKeySequence::Back, QKeySequence(Qt::Key_Escape)}, [this] { emit stepWanted(-1); });
    m_forward = action(tr("Forward"), {QKeySequence::Forward}, [this] { emit stepWanted(1); });
    m_cluster = action(tr("Cluster"), {QKeySequence(Qt::ALT | Qt::Key_Home)}, [this] { emit clusterWanted(); });
    m_mesh = action(tr("Mesh"), {QKeySequence(Qt::CTRL | Qt::Key_M)}, [this] { emit meshWanted(); });
    m_mesh->setObjectName(QStringLiteral("meshAction"));
    m_path = action(tr("Packet path"), {QKeySequence(Qt::ALT | Qt::Key_P)}, [this] { emit pathWanted(); });
    m_path->setObjectName(QStringLiteral("pathAction"));
    auto* previous =
        action(tr("Previous node"), {QKeySequence(Qt::Key_BracketLeft)}, [this] { emit neighbourWanted(-1); });
    auto* next =
        action(tr("Next node"), {QKeySequence(Qt::Key_BracketRight)}, [this] { emit neighbourWanted(1); });
    auto* filter = action(tr("Filter nodes"), {QKeySequence::Find, QKeySequence(Qt::Key_Slash)},
                          [this] { emit filterWanted(); });
    m_inspector = inspector;
    m_inspector->setText(tr("Finding panel"));
    m_inspector->setShortcut(QKeySequence(Qt::Key_F9));
    auto* keys = action(tr("Keys"), {QKeySequence(Qt::Key_F1)}, [this] {
        QMessageBox::information(
            &m_window, tr("Keys"),
            tr("Ctrl+O\topen a case\nCtrl+P\texport the report\nCtrl+F\tfilter nodes\n"
               "Enter\topen the selected node or finding\nAlt+Left, Esc\tback\n"
               "Alt+Right\tforward\nAlt+Home\tcluster\nCtrl+M\tmesh of round trips\n[ and ]\tprevious "
               "and next node\n"
               "Alt+P\tpacket path; there: arrows from hop to hop, F fits, + and − zoom\n"
               "F9\tfinding panel\nCtrl+N\tstart page\nCtrl+Q\tquit"));
    });

    QMenu* file = m_window.menuBar()->addMenu(tr("&File"));
    file->addActions({m_start, open, m_report});
    file->addSeparator();
    file->addAction(quit);
    QMenu* goMenu = m_window.menuBar()->addMenu(tr("&Go"));
    goMenu->addActions({m_back, m_forward, m_cluster, m_mesh, m_path, previous, next, filter});
    m_window.menuBar()->addMenu(tr("&View"))->addAction(m_inspector);
    m_window.menuBar()->addMenu(tr("&Help"))->addAction(keys);

    QToolBar* bar = m_window.addToolBar(tr("Places"));
    bar->setObjectName(QStringLiteral("placesBar"));
    bar->setMovable(false);
    bar->addActions({m_back, m_forward, m_cluster, m_mesh, m_path});
    m_trail = new QLabel;
    m_trail->setObjectName(QStringLiteral("crumbs"));
    m_trail->setTextFormat(Qt::PlainText);
    m_trail->setMargin(8);
    bar->addWidget(m_trail);
    auto* spacer = new QWidget;
    spacer->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(spacer);
    bar->addActions({m_inspector, m_report});
    showNoCase();
}

void WindowChrome::enable(bool inCase, bool back, bool forward) {
    m_back->setEnabled(back);
    m_forward->setEnabled(forward);
    for (QAction* action : {m_cluster, m_mesh, m_path, m_report, m_inspector})
        action->setEnabled(inCase);
}

void WindowChrome::showNoCase() {
    enable(false, false, false);
    m_trail->clear();
    m_window.setWindowTitle(tr("Netopsy"));
}

void WindowChrome::showCase(const QString& title, bool live, const History& history) {
    enable(true, history.has(-1), history.has(1));
    const Place& place = history.here();
    const QString open = QStringLiteral("  ›  ");
    QString trail = title;
    if (place.page == Place::Mesh)
        trail += open + tr("Mesh");
    if (place.page == Place::Path)
        trail += open + tr("Packet path");
    if (!place.from.isEmpty())
        trail +=
            open + QStringLiteral("%1 → %2").arg(shown(place.from.toStdString()), shown(place.to.toStdString()));
    if (!place.node.isEmpty())
        trail += open + place.node;
    if (live)
        trail += tr("  (live)");
    m_trail->setText(trail);
    m_window.setWindowTitle(tr("%1 – Netopsy").arg(title));
}

} // namespace netopsy::ui
