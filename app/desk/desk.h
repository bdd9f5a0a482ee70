// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window's services over the engine and the store: what ui::Backend promises, each piece off the GUI
// thread.
#pragma once

#include "app/desk/memory.h"
#include "app/desk/questions.h"
#include "ui/backend.h"

#include <QThreadPool>

namespace netopsy::app {

class Desk : public ui::Backend {
    Q_OBJECT
public:
    explicit Desk(QObject* parent = nullptr);
    ~Desk() override;

    void requestContexts(const QString& kubeconfig) override;
    [[nodiscard]] QVector<ui::RecentCase> recentCases() const override { return m_memory.recentCases(); }
    [[nodiscard]] ui::AutopsyRequest rememberedRequest(const QString& context) const override {
        return m_memory.request(context);
    }
    [[nodiscard]] QString exampleCase() const override;
    ui::CaseSession* start(const ui::AutopsyRequest& request) override;
    void open(const QString& path) override;
    void exportReport(ui::CaseSession* session, const QString& pdf) override;
    void answerHostKey(int id, bool accept) override;
    void answerPassphrase(int id, const QString& passphrase) override;

private:
    void offerContexts(QVector<ui::ContextInfo> contexts, const QString& problem);

    Memory m_memory;
    Questions m_questions;
    QThreadPool m_pool;
};

} // namespace netopsy::app
