// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The command line's registry: a command is one file, one declaration here and one line in registry.cpp. What all
// of them share stands below: exit status, usage errors, and where words go (stderr) and documents (stdout).
#pragma once

#include "core/analysis/finding.h"
#include "core/base/result.h"
#include "core/model/case.h"

#include <QStringList>

#include <memory>
#include <optional>
#include <span>

class QCommandLineParser;
class QCoreApplication;

namespace netopsy::app {

enum ExitStatus : int { exitDone = 0, exitFailOn = 1, exitUsage = 2, exitSomeFailed = 3, exitNothing = 4 };

struct Command {
    const char* name;
    const char* usage;                   ///< what follows the name
    const char* summary;                 ///< one line
    int (*run)(const QStringList& args); ///< args[0] is "netopsy NAME"
};

[[nodiscard]] std::span<const Command> commands();

int runAutopsy(const QStringList& args);
int runContexts(const QStringList& args);
int runFindings(const QStringList& args);
int runOpen(const QStringList& args);
int runPath(const QStringList& args);
int runReport(const QStringList& args);
int runShow(const QStringList& args);
int runTuning(const QStringList& args);

/// Parses and answers --help; a value means: stop with this exit status.
[[nodiscard]] std::optional<int> parseArguments(QCommandLineParser& parser, const QStringList& args);
/// One line on stderr, with where to read more; returns exitUsage.
int usageError(const QCommandLineParser& parser, const QString& problem);
void printError(const Error& error);

/// Opens the one CASE among the positional arguments.
[[nodiscard]] Result<model::Case> openCase(const QCommandLineParser& parser);
/// For commands that speak HTTP or paint: Qt wants one of these to exist, though nothing is shown.
[[nodiscard]] std::unique_ptr<QCoreApplication> headlessApplication();
/// Derives and paints the report; returns its pages. Says how to get the GUI build where there is none.
[[nodiscard]] Result<int> writeReport(const model::Case& subject, const analysis::Analysis& analysis,
                                      const QString& pdf, bool redacted = false);
/// What --node names; nullopt without it.
[[nodiscard]] Result<std::optional<std::string>> onlyNode(const QCommandLineParser& parser,
                                                          const model::Case& subject);
/// Adds "-o text|json" and reads it back; nullopt when it is neither.
void addOutputFlag(QCommandLineParser& parser);
[[nodiscard]] std::optional<bool> wantsJson(const QCommandLineParser& parser);

} // namespace netopsy::app
