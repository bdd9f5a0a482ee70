// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/show/show.h"

#include "app/commands/commands.h"

#include <QCommandLineParser>

#include <nlohmann/json.hpp>

#include <cstdio>

namespace netopsy::app {

int runShow(const QStringList& args) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Prints what was measured."));
    parser.addPositionalArgument(QStringLiteral("CASE"), QStringLiteral("A case file."));
    parser.addOption({QStringLiteral("node"), QStringLiteral("Only this node."), QStringLiteral("NAME")});
    addOutputFlag(parser);
    if (const auto early = parseArguments(parser, args))
        return *early;
    const auto json = wantsJson(parser);
    if (!json)
        return usageError(parser, QStringLiteral("-o takes text or json"));
    const auto subject = openCase(parser);
    if (!subject) {
        printError(subject.error());
        return exitUsage;
    }
    const auto only = onlyNode(parser, *subject);
    if (!only) {
        printError(only.error());
        return exitUsage;
    }
    if (*json)
        std::printf(
            "%s\n",
            show::caseJson(*subject, *only).dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    else
        std::fputs(show::caseText(*subject, *only).c_str(), stdout);
    return exitDone;
}

} // namespace netopsy::app
