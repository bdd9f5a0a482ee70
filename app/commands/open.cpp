// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// netopsy open: the window, on the start page or on a case.
#include "app/commands/commands.h"
#include "app/desk/desk.h"
#include "ui/main_window.h"

#include <QApplication>
#include <QCommandLineParser>

#include <cstdio>

namespace netopsy::app {

namespace {

bool haveDisplay() {
    return !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") ||
           !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM");
}

} // namespace

int runOpen(const QStringList& args) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Opens the window: the start page, a case, or a context."));
    parser.addPositionalArgument(QStringLiteral("CASE"), QStringLiteral("A case file."), QStringLiteral("[CASE]"));
    parser.addOption(
        {QStringLiteral("kubeconfig"), QStringLiteral("Offer this file's contexts."), QStringLiteral("FILE")});
    parser.addOption(
        {QStringLiteral("context"), QStringLiteral("Start with this context chosen."), QStringLiteral("NAME")});
    if (const auto early = parseArguments(parser, args))
        return *early;
    if (parser.positionalArguments().size() > 1)
        return usageError(parser, QStringLiteral("one case at a time"));
    if (!haveDisplay()) {
        std::fputs("netopsy: there is no display for the window (neither DISPLAY nor WAYLAND_DISPLAY is set).\n"
                   "Without one, autopsy this machine headless:\n\n"
                   "    packaging/run autopsy --local --case this.netopsy --pdf this.pdf\n\n"
                   "or a cluster: packaging/run autopsy --context NAME --case run.netopsy (packaging/run help "
                   "tells more).\n",
                   stderr);
        return exitUsage;
    }

    int argc = 1;
    char name[] = "netopsy";
    char* argv[] = {name, nullptr};
    QApplication application(argc, argv);
    QApplication::setApplicationDisplayName(QStringLiteral("Netopsy"));
    QApplication::setDesktopFileName(QStringLiteral("netopsy"));

    Desk desk;
    ui::MainWindow window(desk);
    window.show();
    const QString kubeconfig = parser.value(QStringLiteral("kubeconfig"));
    desk.requestContexts(kubeconfig);
    if (const QStringList files = parser.positionalArguments(); !files.isEmpty())
        desk.open(files.first());
    else if (const QString context = parser.value(QStringLiteral("context")); !context.isEmpty())
        window.prepareAutopsy(desk.rememberedRequest(context));
    return QApplication::exec();
}

} // namespace netopsy::app
