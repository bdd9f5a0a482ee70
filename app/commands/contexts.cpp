// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// netopsy contexts: what kubeconfig offers, merged as kubectl merges it. Contexts that cannot be used are listed
// with the reason, because a person looks for them here.
#include "app/commands/commands.h"
#include "collectors/kube/kubeconfig.h"
#include "collectors/kube/kubeconfig_file.h"
#include "core/base/text.h"

#include <QCommandLineParser>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace netopsy::app {

namespace {

std::string serverOf(const kube::Kubeconfig& config, const kube::Context& context) {
    const auto cluster = config.clusters.find(context.cluster);
    return cluster == config.clusters.end() ? std::string{} : cluster->second.server;
}

void printJson(const kube::Kubeconfig& config) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& [name, context] : config.contexts) {
        const std::string problem = kube::contextProblem(config, context);
        list.push_back(
            {{"name", name},
             {"cluster", context.cluster},
             {"user", context.user},
             {"namespace", context.ns},
             {"server", serverOf(config, context)},
             {"current", name == config.currentContext},
             {"problem", problem.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(problem)},
             {"file", context.source.string()}});
    }
    const nlohmann::ordered_json out{{"contexts", std::move(list)}, {"current", config.currentContext}};
    std::printf("%s\n", out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

using Row = std::array<std::string, 6>;

std::size_t columns(const std::string& s) {
    return static_cast<std::size_t>(
        std::count_if(s.begin(), s.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void printTable(const kube::Kubeconfig& config) {
    std::vector<Row> rows{{"CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE", "SERVER"}};
    for (const auto& [name, context] : config.contexts)
        rows.push_back({name == config.currentContext ? "*" : "", name, context.cluster, context.user, context.ns,
                        serverOf(config, context)});
    std::array<std::size_t, std::tuple_size_v<Row>> widths{};
    for (Row& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i] = text::printable(row[i]);
            widths[i] = std::max(widths[i], columns(row[i]));
        }
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += row[i] + std::string(i + 1 < row.size() ? widths[i] - columns(row[i]) + 3 : 0, ' ');
        std::printf("%s\n", line.substr(0, line.find_last_not_of(' ') + 1).c_str());
    }
    for (const auto& [name, context] : config.contexts)
        if (const std::string problem = kube::contextProblem(config, context); !problem.empty())
            std::fprintf(stderr, "netopsy: context %s: %s\n", text::printable(name).c_str(),
                         text::printable(problem).c_str());
}

} // namespace

int runContexts(const QStringList& args) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Lists the contexts of kubeconfig, merged as kubectl merges."));
    parser.addOption({QStringLiteral("kubeconfig"),
                      QStringLiteral("This file alone (else $KUBECONFIG's list, else ~/.kube/config)."),
                      QStringLiteral("FILE")});
    parser.addOption({{QStringLiteral("o"), QStringLiteral("output")},
                      QStringLiteral("table or json."),
                      QStringLiteral("FORMAT"),
                      QStringLiteral("table")});
    if (const auto early = parseArguments(parser, args))
        return *early;
    const QString format = parser.value(QStringLiteral("output"));
    if (format != QStringLiteral("table") && format != QStringLiteral("json"))
        return usageError(parser, QStringLiteral("-o takes table or json"));
    if (!parser.positionalArguments().isEmpty())
        return usageError(parser, QStringLiteral("contexts takes no arguments"));

    std::optional<std::filesystem::path> file;
    if (parser.isSet(QStringLiteral("kubeconfig")))
        file = parser.value(QStringLiteral("kubeconfig")).toStdString();
    const auto config = kube::loadKubeconfig(file);
    if (!config) {
        printError(config.error());
        return exitUsage;
    }
    for (const std::string& warning : config->warnings)
        std::fprintf(stderr, "netopsy: %s\n", text::printable(warning).c_str());
    if (format == QStringLiteral("json"))
        printJson(*config);
    else
        printTable(*config);
    return exitDone;
}

} // namespace netopsy::app
