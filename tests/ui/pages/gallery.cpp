// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Saves a picture of each page over a made-up case, for looking at: ui_gallery FOLDER [NODES] [dark].
#include "../diagram/sample_paths.h"
#include "fake_session.h"
#include "ui/diagram/path_export.h"
#include "ui/main_window.h"
#include "ui/report/pdf.h"
#include "ui/widgets/mesh_map.h"
#include "ui/widgets/path_view.h"

#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QListView>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <cstdio>

using namespace netopsy;
using namespace netopsy::ui;

namespace {

void save(QWidget& window, const QString& folder, const char* name) {
    QTest::qWait(400);
    QElapsedTimer timer;
    timer.start();
    const bool saved = window.grab().save(folder + QLatin1Char('/') + QString::fromLatin1(name) + ".png");
    std::printf("%s %s: drawn in %lld ms\n", name, saved ? "saved" : "NOT saved", timer.elapsed());
}

void savePaths(const QString& folder) {
    const std::pair<const char*, fake::SamplePath> samples[] = {{"seven", fake::sevenHops()},
                                                                {"overlay", fake::overlay()},
                                                                {"problems", fake::problems()},
                                                                {"twenty", fake::twentyHops()},
                                                                {"ipv6", fake::ipv6()}};
    for (const auto& [name, sample] : samples) {
        PathView view;
        view.resize(1240, 760);
        view.setPath(sample.path, diagram::marksOf(sample.path, sample.findings));
        view.show();
        const QString file = QStringLiteral("path-%1").arg(QLatin1String(name));
        save(view, folder, qPrintable(file));
        view.setCurrentHop(3);
        view.fitWhole();
        save(view, folder, qPrintable(file + QStringLiteral("-fitted")));
        if (!diagram::save(sample.path, view.marks(), folder + QLatin1Char('/') + file + QStringLiteral(".svg")))
            std::printf("%s.svg NOT written\n", name);
        report::Document document;
        document.blocks = {report::Heading{1, "The packet's path"},
                           report::PathBlock{sample.path, sample.findings}};
        if (!writePdf(document, folder + QLatin1Char('/') + file + QStringLiteral(".pdf")))
            std::printf("%s.pdf NOT written\n", name);
    }
}

/// As a desktop's dark theme sets it.
void goDark() {
    QPalette palette;
    const QColor back(0x1f, 0x23, 0x28), fore(0xe6, 0xe8, 0xeb);
    for (const auto role : {QPalette::Window, QPalette::Base, QPalette::Button, QPalette::AlternateBase})
        palette.setColor(role, back);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(role, fore);
    QApplication::setPalette(palette);
}

void saveMesh(MainWindow& window, const QString& folder) {
    window.findChild<QDockWidget*>()->hide();
    window.findChild<QAction*>(QStringLiteral("meshAction"))->trigger();
    QTest::qWait(400);
    save(window, folder, "mesh");
    auto* map = window.findChild<MeshMap*>();
    for (const int layer : {2, 3, 4, 1}) {
        QTest::mouseClick(window.findChild<QToolButton*>(QStringLiteral("layer%1").arg(layer)), Qt::LeftButton);
        if (layer > 1)
            save(window, folder, qPrintable(QStringLiteral("mesh-layer%1").arg(layer)));
    }
    const QRect cell = map->cellRect(QStringLiteral("node1"), QStringLiteral("node2"));
    QTest::mouseClick(map->viewport(), Qt::LeftButton, {}, cell.center());
    save(window, folder, "mesh-pair");
    for (int i = 0; i < 4; ++i)
        QTest::keyClick(map, Qt::Key_Plus);
    save(window, folder, "mesh-zoomed");
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (argc < 2) {
        std::fputs("usage: ui_gallery FOLDER [NODES] [dark]\n", stderr);
        return 2;
    }
    const QString folder = QString::fromLocal8Bit(argv[1]);
    const int nodes = argc > 2 ? std::max(3, std::atoi(argv[2])) : 3;
    const bool dark = argc > 3 && qstrcmp(argv[3], "dark") == 0;
    if (dark)
        goDark();
    fake::Services services;
    MainWindow window(services);
    window.resize(1280, 800);
    window.show();
    ContextInfo context{QStringLiteral("lab"),
                        QStringLiteral("lab"),
                        QStringLiteral("https://192.0.2.1:6443"),
                        QStringLiteral("admin"),
                        QStringLiteral("config"),
                        true,
                        {},
                        {}};
    emit services.contextsReady({context}, {});
    save(window, folder, "start");
    window.showSession(new fake::Session(nodes));
    save(window, folder, "cluster");
    auto* list = window.findChild<QListView*>(QStringLiteral("findingsList"));
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(list->model()->index(0, 0)).center());
    save(window, folder, "finding");
    auto* table = window.findChild<QTableView*>(QStringLiteral("nodeTable"));
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                      table->visualRect(table->model()->index(1, 0)).center()); // the first one that was reached
    save(window, folder, "node");
    auto* tabs = window.findChild<QTabWidget*>(QStringLiteral("nodeTabs"));
    for (int tab = 1; tab < tabs->count(); ++tab) {
        tabs->setCurrentIndex(tab);
        save(window, folder, qPrintable(QStringLiteral("node-tab%1").arg(tab)));
    }
    saveMesh(window, folder);
    window.findChild<QAction*>(QStringLiteral("pathAction"))->trigger();
    save(window, folder, "path-page");
    auto* view = window.findChild<QWidget*>(QStringLiteral("pathPage"))->findChild<PathView*>();
    view->setFocus();
    QTest::keyClick(view, Qt::Key_End);
    QTest::keyClick(view, Qt::Key_Return);
    save(window, folder, "path-page-facts");
    window.showPath(QStringLiteral("node1"), QStringLiteral("default/nothing"));
    save(window, folder, "path-page-error");
    savePaths(folder);
    return 0;
}
