// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/commands.h"
#include "core/analysis/analyse.h"

#include <QCommandLineParser>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace netopsy::app {

namespace {
std::optional<analysis::Severity> severityFrom(const QString& name) {
    for (const auto severity :
         {analysis::Severity::Info, analysis::Severity::Warning, analysis::Severity::Critical})
        if (name == QLatin1String(analysis::severityName(severity)))
            return severity;
    return std::nullopt;
}
} // namespace

int runFindings(const QStringList& args) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Prints what the measurements mean."));
    parser.addPositionalArgument(QStringLiteral("CASE"), QStringLiteral("A case file."));
    parser.addOption({QStringLiteral("fail-on"),
                      QStringLiteral("Exit with 1 when a finding is this severe or worse."),
                      QStringLiteral("info|warning|critical")});
    addOutputFlag(parser);
    if (const auto early = parseArguments(parser, args))
        return *early;
    const auto json = wantsJson(parser);
    if (!json)
        return usageError(parser, QStringLiteral("-o takes text or json"));
    const QString wanted = parser.value(QStringLiteral("fail-on"));
    const auto limit = severityFrom(wanted);
    if (!wanted.isEmpty() && !limit)
        return usageError(parser, QStringLiteral("--fail-on takes info, warning or critical"));
    const auto subject = openCase(parser);
    if (!subject) {
        printError(subject.error());
        return exitUsage;
    }
    const analysis::Analysis judged = analysis::analyse(*subject);
    if (*json)
        std::printf(
            "%s\n",
            analysis::findingsJson(judged).dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    else
        std::fputs(analysis::findingsText(judged).c_str(), stdout);
    const bool met = limit && std::any_of(judged.findings.begin(), judged.findings.end(),
                                          [&](const auto& finding) { return finding.severity >= *limit; });
    return met ? exitFailOn : exitDone;
}

} // namespace netopsy::app
