// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Runs a probe plan on this machine as a node would be: the real shell line, the real program, the real parser.
#pragma once

#include "collectors/probe/probe.h"
#include "core/model/node.h"

#include <QString>
#include <QStringList>

namespace netopsy::test {

struct ProbeRun {
    int exitCode = -1;
    QByteArray output, errors;
    model::Node node; ///< what the parser made of the output, given to it as one section
};
/// `through`: the shell and what stands before it, e.g. {"busybox", "sh"} or {"ip", "netns", "exec", "x", "sh"}.
ProbeRun runProbe(const probe::ProbePlan& plan, const QStringList& through = {QStringLiteral("sh")},
                  const QString& nonce = QStringLiteral("test"));
/// For tests that set up namespaces: shell lines, of which the first that failed is kept.
class SetUp {
protected:
    void sh(const QString& line);
    QString m_failed; ///< the line and what it said; empty while all is well
};
/// Directories of a probe's delivery that are still there.
QStringList leftovers(const QString& nonce = QStringLiteral("test"));

} // namespace netopsy::test
