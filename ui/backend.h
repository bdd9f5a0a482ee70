// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The services behind the start page: contexts, recent cases, starting and opening. Implemented in app.
#pragma once

#include "ui/session.h"

#include <QDateTime>
#include <QStringList>

namespace netopsy::ui {

struct ContextInfo {
    QString name, cluster, server, user, file;
    bool current = false;
    QString problem;       ///< why it can't be used; empty when it can
    QDateTime lastAutopsy; ///< invalid when never
};

struct RecentCase {
    QString path, title;
    QDateTime when;
};

/// What the sheet before a run asks for; a default-made one runs with the defaults of the command line.
struct AutopsyRequest {
    bool local = false;
    QString kubeconfig; ///< empty: kubectl's rules
    QString context;
    QString sshUser, identity, sshConfig, knownHosts;
    int sshPort = 0;
    QString addressType = QStringLiteral("InternalIP");
    QStringList nodes; ///< empty: all
    QStringList dnsNames;
    double durationS = 30, intervalS = 1;
    bool activeProbes = true;
    int podsPerNode = 1; ///< measured from, where the node's root is had
    QStringList pods;    ///< "ns/name": measured from in any case; not remembered, for pods come and go
    bool sudo = false;
    QString casePath; ///< empty: the backend chooses one in the user's data folder
};

struct HostKeyPrompt {
    QString host, keyType, fingerprint;
};

class Backend : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    virtual void requestContexts(const QString& kubeconfig) = 0; ///< answered by contextsReady
    [[nodiscard]] virtual QVector<RecentCase> recentCases() const = 0;
    [[nodiscard]] virtual AutopsyRequest rememberedRequest(const QString& context) const = 0;
    [[nodiscard]] virtual QString exampleCase() const = 0; ///< empty when it is not installed
    /// The session's parent is this backend until reparented. Never null; failures arrive by finished().
    virtual CaseSession* start(const AutopsyRequest& request) = 0;
    virtual void open(const QString& path) = 0;                              ///< answered by opened or openFailed
    virtual void exportReport(CaseSession* session, const QString& pdf) = 0; ///< answered by reportDone

    virtual void answerHostKey(int id, bool accept) = 0;
    virtual void answerPassphrase(int id, const QString& passphrase) = 0; ///< empty: skip the key

signals:
    void contextsReady(const QVector<netopsy::ui::ContextInfo>& contexts, const QString& problem);
    void opened(netopsy::ui::CaseSession* session);
    void openFailed(const QString& path, const QString& problem);
    void reportDone(const QString& pdf, int pages, const QString& problem);
    void recentCasesChanged();
    void hostKeyAsked(int id, const netopsy::ui::HostKeyPrompt& prompt);
    void passphraseAsked(int id, const QString& keyFile);
};

} // namespace netopsy::ui
