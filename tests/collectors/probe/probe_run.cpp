// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "probe_run.h"

#include "core/parse/probe_output.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>

namespace netopsy::test {

ProbeRun runProbe(const probe::ProbePlan& plan, const QStringList& through, const QString& nonce) {
    const probe::Launch launch = probe::launch(plan, nonce.toStdString());
    QProcess process;
    QStringList arguments = through.mid(1);
    arguments << QStringLiteral("-c") << QString::fromStdString(launch.command);
    process.start(through.first(), arguments);
    process.write(launch.input.data(), static_cast<qint64>(launch.input.size()));
    process.closeWriteChannel();
    process.waitForFinished(static_cast<int>(plan.durationS * 1000) + 25'000);
    ProbeRun run;
    run.exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    run.output = process.readAllStandardOutput();
    run.errors = process.readAllStandardError();
    model::RawSection section;
    section.collector = "probe";
    section.body = run.output.toStdString();
    parse::absorbProbe(run.node, section);
    return run;
}

void SetUp::sh(const QString& line) {
    QProcess process;
    process.start("sh", {"-c", line});
    process.waitForFinished(10'000);
    if (process.exitCode() != 0 && m_failed.isEmpty())
        m_failed = line + QStringLiteral(": ") + QString::fromUtf8(process.readAllStandardError());
}

QStringList leftovers(const QString& nonce) {
    QStringList found;
    for (const QString& place : {QStringLiteral("/dev/shm"), QStringLiteral("/var/tmp"), QStringLiteral("/tmp"),
                                 QDir::homePath(), QStringLiteral("/run/user/0")})
        if (QFileInfo::exists(place + QStringLiteral("/.netopsy-") + nonce))
            found << place;
    return found;
}

} // namespace netopsy::test
