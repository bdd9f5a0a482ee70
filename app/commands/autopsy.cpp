// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// netopsy autopsy: collect, analyse, save, report. Progress and warnings go to stderr, the findings to stdout.
#include "collectors/run/autopsy.h"

#include "app/cli/progress_printer.h"
#include "app/cli/reach_flags.h"
#include "app/commands/commands.h"
#include "collectors/kube/kubeconfig.h"
#include "collectors/node/script.h"
#include "collectors/ssh/connector.h"
#include "core/analysis/analyse.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <nlohmann/json.hpp>

#include <csignal>
#include <cstdio>
#include <thread>

namespace netopsy::app {

namespace {

volatile std::sig_atomic_t interrupted = 0;

/// Ctrl+C and a polite kill keep what was got; a second one ends the program at once.
void onSignal(int signal) {
    if (interrupted != 0)
        std::_Exit(128 + signal);
    interrupted = 1;
}

void printScript(const run::AutopsyOptions& options) {
    node::ScriptOptions script;
    script.nonce = "NONCE-DRAWN-FOR-EACH-NODE-AND-RUN";
    script.intervalS = options.plan.intervalS;
    script.samples = node::sampleCount(options.plan.durationS, options.plan.intervalS);
    script.sudo = options.plan.sudo;
    std::printf("# on each node: %s\n%s", node::command(script).c_str(), node::script(script).c_str());
}

/// What can be said before anything is reached: the files that were named can be read, and the context is in them.
Result<void> checkInput(const run::AutopsyOptions& options) {
    if (options.local)
        return {};
    const auto config = kube::loadKubeconfig(options.kubeconfig);
    if (!config)
        return tl::unexpected(config.error());
    if (!config->contexts.contains(options.context))
        return fail("the kubeconfig has no context \"" + options.context + "\"", {},
                    "netopsy contexts lists what there is");
    if (const auto ssh = ssh::makeConnector(options.ssh); !ssh)
        return tl::unexpected(ssh.error());
    return {};
}

int exitStatus(const model::Case& subject, const Result<void>& outcome) {
    if (!outcome)
        return exitNothing;
    std::size_t failed = 0, answered = 0;
    for (const model::Node& node : subject.nodes) {
        if (node.state != model::NodeState::Complete)
            ++failed;
        if (node.state == model::NodeState::Complete || node.state == model::NodeState::Partial)
            ++answered;
    }
    return answered == 0 ? exitNothing : failed > 0 ? exitSomeFailed : exitDone;
}

} // namespace

int runAutopsy(const QStringList& args) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Collects, analyses, saves and reports."));
    addReachFlags(parser);
    parser.addOption({QStringLiteral("case"), QStringLiteral("Save the case here (replaces an older case)."),
                      QStringLiteral("FILE")});
    parser.addOption({QStringLiteral("pdf"), QStringLiteral("Also write the report."), QStringLiteral("FILE")});
    parser.addOption({QStringLiteral("print-script"), QStringLiteral("Show what would run on a node, and stop.")});
    parser.addOption({{QStringLiteral("o"), QStringLiteral("output")},
                      QStringLiteral("text or json: how the findings are printed."),
                      QStringLiteral("FORMAT"),
                      QStringLiteral("text")});
    if (const auto early = parseArguments(parser, args))
        return *early;
    const QString format = parser.value(QStringLiteral("output"));
    if (format != QStringLiteral("text") && format != QStringLiteral("json"))
        return usageError(parser, QStringLiteral("-o takes text or json"));

    auto options = readReachFlags(parser);
    const bool scriptOnly = parser.isSet(QStringLiteral("print-script"));
    if (!options)
        return usageError(parser, QString::fromStdString(options.error().text()));
    if (scriptOnly) {
        printScript(*options);
        return exitDone;
    }
    if (!parser.isSet(QStringLiteral("case")))
        return usageError(parser, QStringLiteral("--case FILE is missing: where is the case to be saved?"));
    options->casePath = parser.value(QStringLiteral("case")).toStdString();
    options->overwrite = true;
    options->tool = "netopsy " NETOPSY_VERSION;

    if (const auto input = checkInput(*options); !input) {
        printError(input.error());
        return exitUsage;
    }

    const auto application = headlessApplication();
    ProgressPrinter printer(options->plan.durationS);
    options->ssh.warn = [&printer](const std::string& warning) { printer.warn(warning); };
    std::stop_source stop;
    run::AutopsyObserver observer = printer.observer();
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);

    run::Autopsy autopsy(std::move(*options), std::move(observer));
    Result<void> outcome;
    {
        // The engine wants a thread without an event loop; this one watches for Ctrl+C.
        std::atomic<bool> over = false;
        std::jthread engine([&] {
            outcome = autopsy.run(stop.get_token());
            over = true;
        });
        while (!over) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            if (interrupted != 0 && !stop.stop_requested()) {
                printer.warn("interrupted: keeping what was got (once more to end at once)");
                stop.request_stop();
            }
        }
    }
    printer.finish();
    if (!outcome) {
        printError(outcome.error());
        return exitNothing;
    }

    const auto subject = autopsy.snapshot();
    const analysis::Analysis judged = analysis::analyse(*subject);
    if (format == QStringLiteral("json"))
        std::printf("%s\n", analysis::findingsJson(judged).dump(2).c_str());
    else
        std::fputs(analysis::findingsText(judged).c_str(), stdout);
    int status = exitStatus(*subject, outcome);
    if (parser.isSet(QStringLiteral("pdf"))) {
        if (const auto written = writeReport(*subject, judged, parser.value(QStringLiteral("pdf"))); !written) {
            printError(written.error());
            status = exitUsage;
        }
    }
    if (status == exitNothing)
        printError({"no node answered", subject->cluster ? subject->cluster->server : std::string("this machine"),
                    "each node's own reason stands above and in the case"});
    return status;
}

} // namespace netopsy::app
