// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tuning/tuning.h"

#include "app/commands/commands.h"
#include "core/analysis/analyse.h"

#include <QCommandLineParser>
#include <QFile>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace netopsy::app {

namespace {

constexpr qint64 maxProfile = 1 << 20;

/// A built-in name, else a file.
Result<tuning::Profile> readProfile(const QString& nameOrPath) {
    const auto names = tuning::Profile::builtinNames();
    const std::string name = nameOrPath.toStdString();
    if (std::find(names.begin(), names.end(), name) != names.end())
        return tuning::Profile::builtin(name);
    QFile file(nameOrPath);
    if (!file.open(QIODevice::ReadOnly)) {
        std::string known;
        for (const std::string& each : names)
            known += (known.empty() ? "" : ", ") + each;
        return fail("there is neither a built-in profile nor a readable file of this name", name,
                    "built in: " + known);
    }
    const QByteArray yaml = file.read(maxProfile + 1);
    if (yaml.size() > maxProfile)
        return fail("a profile of over 1 MiB is refused", name);
    return tuning::Profile::parse(std::string_view(yaml.constData(), std::size_t(yaml.size())), name);
}

} // namespace

int runTuning(const QStringList& args) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Prints which settings would change, and why. Changes nothing."));
    parser.addPositionalArgument(QStringLiteral("CASE"), QStringLiteral("A case file."));
    parser.addOption({QStringLiteral("profile"), QStringLiteral("A built-in profile or a YAML file (high-churn)."),
                      QStringLiteral("NAME|FILE"), QStringLiteral("high-churn")});
    parser.addOption({QStringLiteral("node"), QStringLiteral("Only this node."), QStringLiteral("NAME")});
    parser.addOption({QStringLiteral("format"), QStringLiteral("text, diff, json, sysctl or daemonset."),
                      QStringLiteral("FORMAT"), QStringLiteral("text")});
    if (const auto early = parseArguments(parser, args))
        return *early;
    const QString format = parser.value(QStringLiteral("format"));
    const QStringList formats{QStringLiteral("text"), QStringLiteral("diff"), QStringLiteral("json"),
                              QStringLiteral("sysctl"), QStringLiteral("daemonset")};
    if (!formats.contains(format))
        return usageError(parser, QStringLiteral("--format takes text, diff, json, sysctl or daemonset"));
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
    const auto profile = readProfile(parser.value(QStringLiteral("profile")));
    if (!profile) {
        printError(profile.error());
        return exitUsage;
    }
    const analysis::Analysis judged = analysis::analyse(*subject);
    const tuning::Plan plan = tuning::plan(*subject, *profile, &judged, *only);
    const std::string out = format == QStringLiteral("json")        ? tuning::planJson(plan).dump(2) + "\n"
                            : format == QStringLiteral("sysctl")    ? tuning::planSysctl(plan)
                            : format == QStringLiteral("daemonset") ? tuning::planDaemonSet(plan)
                            : format == QStringLiteral("diff")      ? tuning::planDiff(plan)
                                                                    : tuning::planText(plan);
    std::fputs(out.c_str(), stdout);
    return exitDone;
}

} // namespace netopsy::app
