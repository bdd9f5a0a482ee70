// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A case made up for the window's tests: plausible figures, node 2 slow at DNS, the last node unreachable. The
// session and the backend record what the window asks of them and answer through the event loop, as app does.
#pragma once

#include "ui/backend.h"

#include <QPair>

namespace netopsy::ui::fake {

[[nodiscard]] std::shared_ptr<const model::Case> makeCase(int nodes, int ticks = 30);
[[nodiscard]] std::shared_ptr<const analysis::Analysis> makeAnalysis();

class Session : public CaseSession {
    Q_OBJECT
public:
    explicit Session(int nodes, bool live = false, QObject* parent = nullptr);

    std::shared_ptr<const model::Case> snapshot() const override { return subject; }
    std::shared_ptr<const analysis::Analysis> analysis() const override { return judged; }
    QString title() const override { return QStringLiteral("lab, 14:02"); }
    QString filePath() const override { return QStringLiteral("run.netopsy"); }
    bool isLive() const override { return live; }
    Progress progress() const override { return steps; }
    void cancel() override;
    void requestSection(const model::SectionRef& ref, QObject* context,
                        std::function<void(Result<model::RawSection>)> done) override;
    void requestSections(const QString& node, QObject* context,
                         std::function<void(Result<std::vector<model::RawSection>>)> done) override;

    std::shared_ptr<const model::Case> subject;
    std::shared_ptr<const analysis::Analysis> judged;
    Progress steps;
    bool live = false, cancelled = false;
};

class Services : public Backend {
    Q_OBJECT
public:
    using Backend::Backend;
    void requestContexts(const QString& kubeconfig) override { asked = kubeconfig; }
    QVector<RecentCase> recentCases() const override { return {}; }
    AutopsyRequest rememberedRequest(const QString& context) const override;
    QString exampleCase() const override { return {}; }
    CaseSession* start(const AutopsyRequest& request) override;
    void open(const QString& path) override { openedPath = path; }
    void exportReport(CaseSession*, const QString&) override {}
    void answerHostKey(int id, bool accept) override { hostKeys.append({id, accept}); }
    void answerPassphrase(int id, const QString& passphrase) override { passphrases.append({id, passphrase}); }

    QString asked, openedPath;
    QVector<AutopsyRequest> started;
    QVector<QPair<int, bool>> hostKeys;
    QVector<QPair<int, QString>> passphrases;
};

} // namespace netopsy::ui::fake
