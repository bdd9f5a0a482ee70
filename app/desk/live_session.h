// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A running autopsy as the window sees it. The engine runs in a thread of its own; a second thread takes
// snapshots about once a second, judges them, and hands both to the GUI thread by queued calls.
#pragma once

#include "app/desk/section_source.h"
#include "collectors/run/autopsy.h"
#include "ui/session.h"

#include <QMap>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace netopsy::app {

class LiveSession : public ui::CaseSession {
    Q_OBJECT
public:
    /// `options.ssh`'s callbacks are called from engine threads; `title` names the cluster or machine.
    LiveSession(run::AutopsyOptions options, QString title, QObject* parent);
    ~LiveSession() override; ///< stops the run and waits for its threads (well under a second)

    void start();

    [[nodiscard]] std::stop_token stopToken() const { return m_stop.get_token(); }
    [[nodiscard]] std::shared_ptr<const model::Case> snapshot() const override { return m_snapshot; }
    [[nodiscard]] std::shared_ptr<const analysis::Analysis> analysis() const override { return m_analysis; }
    [[nodiscard]] QString title() const override { return m_title; }
    [[nodiscard]] QString filePath() const override;
    [[nodiscard]] bool isLive() const override { return m_live; }
    [[nodiscard]] ui::Progress progress() const override;
    void cancel() override;
    void requestSection(const model::SectionRef& ref, QObject* context,
                        std::function<void(Result<model::RawSection>)> done) override;
    void requestSections(const QString& node, QObject* context,
                         std::function<void(Result<std::vector<model::RawSection>>)> done) override;

signals:
    void warned(const QString& warning);

private:
    struct NodeStatus {
        run::Step step = run::Step::Queued;
        bool ended = false;
        QString error;
    };

    void engine();
    void publish();
    void post(std::function<void()> work);
    void show(std::shared_ptr<const model::Case> snapshot, std::shared_ptr<const analysis::Analysis> analysis);
    void end(const Result<void>& outcome);

    const run::AutopsyOptions m_options;
    const QString m_title;
    std::unique_ptr<run::Autopsy> m_autopsy;
    SectionSource m_sections;
    std::stop_source m_stop;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_tick = false, m_over = false; // guarded by m_mutex
    std::jthread m_engine, m_publisher;

    // GUI thread only
    std::shared_ptr<const model::Case> m_snapshot;
    std::shared_ptr<const analysis::Analysis> m_analysis;
    QMap<QString, NodeStatus> m_nodes;
    QString m_phase;
    bool m_collecting = false; ///< the nodes are being reached
    bool m_live = true, m_cancelled = false;
};

} // namespace netopsy::app
