// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/path/path.h"

#include "app/commands/commands.h"
#include "core/analysis/analyse.h"
#include "core/analysis/path_report.h"

#include <QCommandLineParser>

#include <nlohmann/json.hpp>

#include <cstdio>

namespace netopsy::app {

int runPath(const QStringList& args) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Prints the packet's way, hop by hop."));
    parser.addPositionalArgument(QStringLiteral("CASE"), QStringLiteral("A case file."));
    parser.addOption({QStringLiteral("from"), QStringLiteral("Where it starts."), QStringLiteral("NODE[/POD]")});
    parser.addOption(
        {QStringLiteral("to"), QStringLiteral("Where it goes."), QStringLiteral("NODE|POD|SERVICE|ADDRESS")});
    parser.addOption({QStringLiteral("family"), QStringLiteral("Which addresses of two ends that have both."),
                      QStringLiteral("any|ipv4|ipv6"), QStringLiteral("any")});
    addOutputFlag(parser);
    if (const auto early = parseArguments(parser, args))
        return *early;
    const auto json = wantsJson(parser);
    if (!json)
        return usageError(parser, QStringLiteral("-o takes text or json"));
    if (!parser.isSet(QStringLiteral("from")) || !parser.isSet(QStringLiteral("to")))
        return usageError(parser, QStringLiteral("both --from and --to are needed"));
    const QString asked = parser.value(QStringLiteral("family"));
    if (asked != QLatin1String("any") && asked != QLatin1String("ipv4") && asked != QLatin1String("ipv6"))
        return usageError(parser, QStringLiteral("--family takes any, ipv4 or ipv6"));
    const path::Family family = asked == QLatin1String("ipv4")   ? path::Family::V4
                                : asked == QLatin1String("ipv6") ? path::Family::V6
                                                                 : path::Family::Any;
    const auto subject = openCase(parser);
    if (!subject) {
        printError(subject.error());
        return exitUsage;
    }
    const auto way = path::derive(*subject, parser.value(QStringLiteral("from")).toStdString(),
                                  parser.value(QStringLiteral("to")).toStdString(), family);
    if (!way) {
        printError(way.error());
        return exitUsage;
    }
    const analysis::Analysis judged = analysis::analyse(*subject);
    if (*json)
        std::printf("%s\n", analysis::pathJson(*way, judged.findings)
                                .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                                .c_str());
    else
        std::fputs(analysis::pathText(*way, judged.findings).c_str(), stdout);
    return exitDone;
}

} // namespace netopsy::app
