// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs the built program as a person or a script would.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>

namespace netopsy::tests {

struct Ran {
    int status = -1; ///< -1: it did not end by itself
    QByteArray out, err;

    /// The one JSON document that standard output is; null when it is anything else or more.
    [[nodiscard]] QJsonObject json() const {
        QJsonParseError problem;
        const QJsonDocument document = QJsonDocument::fromJson(out, &problem);
        return problem.error == QJsonParseError::NoError ? document.object() : QJsonObject();
    }
};

inline QProcessEnvironment plainEnvironment() {
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"KUBECONFIG", "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        environment.remove(name);
    return environment;
}

inline Ran runNetopsy(const QStringList& arguments, int timeoutMs = 60'000) {
    QProcess process;
    process.setProcessEnvironment(plainEnvironment());
    process.start(QStringLiteral(NETOPSY_BINARY), arguments);
    if (!process.waitForFinished(timeoutMs) || process.exitStatus() != QProcess::NormalExit) {
        const QByteArray err = process.readAllStandardError();
        process.kill();
        process.waitForFinished();
        return {-1, {}, err};
    }
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

} // namespace netopsy::tests
