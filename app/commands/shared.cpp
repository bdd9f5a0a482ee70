// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/commands.h"
#include "core/base/text.h"
#include "core/report/document.h"
#include "core/report/redact.h"
#include "core/store/case_file.h"
#include "core/tuning/tuning.h"

#ifdef NETOPSY_GUI
#include "ui/report/pdf.h"

#include <QGuiApplication>
#endif

#include <QCommandLineParser>
#include <QCoreApplication>

#include <cstdio>

namespace netopsy::app {

std::optional<int> parseArguments(QCommandLineParser& parser, const QStringList& args) {
    // Not addHelpOption(): its --help-all speaks of Qt's flags, which these commands don't take.
    parser.addOption({{QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("Shows this.")});
    if (!parser.parse(args))
        return usageError(parser, parser.errorText());
    if (parser.isSet(QStringLiteral("help"))) {
        // QCommandLineParser writes the program's name from QCoreApplication, which knows no subcommand.
        const QString text = parser.helpText();
        QString usage = QStringLiteral("[options]");
        for (const Command& command : commands())
            if (args.first().endsWith(QLatin1Char(' ') + QLatin1String(command.name)))
                usage = QLatin1String(command.usage);
        std::printf("Usage: %s %s\n%s\n", qPrintable(args.first()), qPrintable(usage),
                    qPrintable(text.mid(text.indexOf(QLatin1Char('\n')) + 1).trimmed()));
        return exitDone;
    }
    return std::nullopt;
}

int usageError(const QCommandLineParser&, const QString& problem) {
    std::fprintf(stderr, "netopsy: %s (netopsy help tells more)\n",
                 text::printable(problem.toStdString()).c_str());
    return exitUsage;
}

void printError(const Error& error) {
    std::fprintf(stderr, "netopsy: %s\n", text::printable(error.text()).c_str());
}

Result<model::Case> openCase(const QCommandLineParser& parser) {
    const QStringList files = parser.positionalArguments();
    if (files.size() != 1)
        return fail(files.isEmpty() ? "which case? name its file" : "one case at a time", {},
                    "netopsy help tells more");
    const auto reader = store::CaseReader::open(files.first().toStdString());
    if (!reader)
        return tl::unexpected(reader.error());
    return reader->read();
}

Result<std::optional<std::string>> onlyNode(const QCommandLineParser& parser, const model::Case& subject) {
    if (!parser.isSet(QStringLiteral("node")))
        return std::nullopt;
    const std::string name = parser.value(QStringLiteral("node")).toStdString();
    if (subject.findNode(name) == nullptr)
        return fail("the case has no node '" + name + "'", {}, "netopsy show CASE lists them");
    return name;
}

namespace {

/// Qt tells root, who often has no session, where it would put sockets that a headless run never makes.
QtMessageHandler otherMessages = nullptr;
void withoutRuntimeFolder(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    if (!text.startsWith(QStringLiteral("QStandardPaths: XDG_RUNTIME_DIR not set")))
        otherMessages(type, context, text);
}

} // namespace

std::unique_ptr<QCoreApplication> headlessApplication() {
    otherMessages = qInstallMessageHandler(withoutRuntimeFolder);
    static int argc = 1;
    static char name[] = "netopsy";
    static char* argv[] = {name, nullptr};
#ifdef NETOPSY_GUI
    // The report's fonts need a QGuiApplication; no window is shown, so no display is asked for.
    qputenv("QT_QPA_PLATFORM", "offscreen");
    return std::make_unique<QGuiApplication>(argc, argv);
#else
    return std::make_unique<QCoreApplication>(argc, argv);
#endif
}

Result<int> writeReport(const model::Case& subject, const analysis::Analysis& analysis, const QString& pdf,
                        bool redacted) {
#ifdef NETOPSY_GUI
    const auto profile = tuning::Profile::builtin("high-churn");
    if (!profile)
        return tl::unexpected(profile.error());
    const tuning::Plan plan = tuning::plan(subject, *profile, &analysis);
    report::Document document = report::build(subject, analysis, plan);
    if (redacted)
        report::redact(document, subject);
    return ui::writePdf(document, pdf);
#else
    static_cast<void>(subject);
    static_cast<void>(analysis);
    static_cast<void>(redacted);
    return fail("this build has no report (NETOPSY_GUI is off)", pdf.toStdString());
#endif
}

void addOutputFlag(QCommandLineParser& parser) {
    parser.addOption({{QStringLiteral("o"), QStringLiteral("output")},
                      QStringLiteral("text or json."),
                      QStringLiteral("FORMAT"),
                      QStringLiteral("text")});
}

std::optional<bool> wantsJson(const QCommandLineParser& parser) {
    const QString format = parser.value(QStringLiteral("output"));
    if (format != QStringLiteral("json") && format != QStringLiteral("text"))
        return std::nullopt;
    return format == QStringLiteral("json");
}

} // namespace netopsy::app
