// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Saves a picture of each page over a made-up case, for looking at: ui_gallery FOLDER [NODES].
#include "fake_session.h"
#include "ui/main_window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QListView>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

#include <cstdio>

using namespace netopsy::ui;

namespace {

void save(QWidget& window, const QString& folder, const char* name) {
    QTest::qWait(400);
    QElapsedTimer timer;
    timer.start();
    const bool saved = window.grab().save(folder + QLatin1Char('/') + QString::fromLatin1(name) + ".png");
    std::printf("%s %s: drawn in %lld ms\n", name, saved ? "saved" : "NOT saved", timer.elapsed());
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (argc < 2) {
        std::fputs("usage: ui_gallery FOLDER [NODES]\n", stderr);
        return 2;
    }
    const QString folder = QString::fromLocal8Bit(argv[1]);
    const int nodes = argc > 2 ? std::max(3, std::atoi(argv[2])) : 3;
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
                      table->visualRect(table->model()->index(0, 0)).center());
    save(window, folder, "node");
    auto* tabs = window.findChild<QTabWidget*>(QStringLiteral("nodeTabs"));
    for (int tab = 1; tab < tabs->count(); ++tab) {
        tabs->setCurrentIndex(tab);
        save(window, folder, qPrintable(QStringLiteral("node-tab%1").arg(tab)));
    }
    return 0;
}
