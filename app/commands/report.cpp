// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/commands.h"
#include "core/analysis/analyse.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <cstdio>

namespace netopsy::app {

int runReport(const QStringList& args) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Writes the autopsy as a PDF."));
    parser.addPositionalArgument(QStringLiteral("CASE"), QStringLiteral("A case file."));
    parser.addOption({QStringLiteral("pdf"), QStringLiteral("Where to."), QStringLiteral("FILE")});
    parser.addOption({QStringLiteral("redact"),
                      QStringLiteral("Put tokens in the place of names and addresses (node-1, address-2 …).")});
    if (const auto early = parseArguments(parser, args))
        return *early;
    if (!parser.isSet(QStringLiteral("pdf")))
        return usageError(parser, QStringLiteral("--pdf FILE is missing: where is the report to go?"));
    const auto subject = openCase(parser);
    if (!subject) {
        printError(subject.error());
        return exitUsage;
    }
    const auto application = headlessApplication();
    const auto pages = writeReport(*subject, analysis::analyse(*subject), parser.value(QStringLiteral("pdf")),
                                   parser.isSet(QStringLiteral("redact")));
    if (!pages) {
        printError(pages.error());
        return exitUsage;
    }
    std::fprintf(stderr, "netopsy: %s: %d pages\n", qPrintable(parser.value(QStringLiteral("pdf"))), *pages);
    return exitDone;
}

} // namespace netopsy::app
