// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/commands.h"

#include <QFile>

#include <cstdio>
#include <cstring>

using namespace netopsy::app;

namespace {

void printHelp() {
    std::puts("netopsy: Kubernetes network autopsies\n\nUsage:");
    for (const Command& command : commands())
        std::printf("  netopsy %s %s\n      %s\n", command.name, command.usage, command.summary);
    std::puts(
        "\n  netopsy help COMMAND   every flag of a command\n  netopsy --version\n\n"
        "Exit status: 0 done; 1 --fail-on met; 2 usage, or a file that can't be read; 3 done, but some nodes\n"
        "failed; 4 nothing could be collected.");
}

int run(const Command& command, QStringList args) {
    args.prepend(QStringLiteral("netopsy ") + QLatin1String(command.name));
    return command.run(args);
}

} // namespace

int main(int argc, char** argv) {
    QStringList args;
    for (int i = 1; i < argc; ++i)
        args << QString::fromLocal8Bit(argv[i]);
    const QString first = args.value(0);
    if (first == QStringLiteral("--version")) {
        std::puts("netopsy " NETOPSY_VERSION);
        return exitDone;
    }
    const bool help =
        first == QStringLiteral("help") || first == QStringLiteral("--help") || first == QStringLiteral("-h");
    if (help && args.size() < 2) {
        printHelp();
        return exitDone;
    }
    const QString name = help ? args[1] : first;
    for (const Command& command : commands()) {
        if (name == QLatin1String(command.name))
            return run(command, help ? QStringList{QStringLiteral("--help")} : args.mid(1));
    }
    // Without a command: the window, with the case or the flags that were given.
    if (first.isEmpty() || first.startsWith(QLatin1Char('-')) || first.endsWith(QStringLiteral(".netopsy")) ||
        QFile::exists(first))
        return run(commands().front(), args);
    std::fprintf(stderr, "netopsy: there is no command '%s' (netopsy help lists them)\n", qPrintable(name));
    return exitUsage;
}
