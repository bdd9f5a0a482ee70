// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/live_session.h"

#include "core/analysis/analyse.h"

#include <algorithm>

namespace netopsy::app {

using namespace std::chrono_literals;

LiveSession::LiveSession(run::AutopsyOptions options, QString title, QObject* parent)
    : ui::CaseSession(parent), m_options(std::move(options)), m_title(std::move(title)),
      m_sections(QString::fromStdString(m_options.casePath.string())),
      m_snapshot(std::make_shared<const model::Case>()), m_analysis(std::make_shared<const analysis::Analysis>()) {
}

LiveSession::~LiveSession() {
    m_stop.request_stop();
    if (m_engine.joinable())
        m_engine.join();
    if (m_publisher.joinable())
        m_publisher.join();
}

void LiveSession::post(std::function<void()> work) {
    QMetaObject::invokeMethod(this, std::move(work), Qt::QueuedConnection);
}

void LiveSession::start() {
    run::AutopsyObserver observer;
    observer.onPhase = [this](run::Phase phase, const std::string& detail) {
        const QString text = QString::fromStdString(detail);
        post([this, phase, text] {
            m_collecting = m_collecting || phase == run::Phase::Collecting;
            m_phase = phase == run::Phase::ReadingCluster ? text
                      : phase == run::Phase::Collecting   ? tr("Collecting")
                                                          : tr("Saving");
            emit progressChanged();
        });
    };
    observer.onStep = [this](const std::string& node, run::Step step) {
        const QString name = QString::fromStdString(node);
        post([this, name, step] {
            m_nodes[name].step = step;
            emit progressChanged();
        });
    };
    observer.onNodeEnd = [this](const std::string& node, model::NodeState, const std::string& error) {
        const QString name = QString::fromStdString(node), text = QString::fromStdString(error);
        post([this, name, text] {
            m_nodes[name].ended = true;
            m_nodes[name].error = text;
            emit progressChanged();
        });
    };
    observer.onWarning = [this](const std::string& warning) {
        const QString text = QString::fromStdString(warning);
        post([this, text] { emit warned(text); });
    };
    observer.onTick = [this] {
        const std::lock_guard lock(m_mutex);
        m_tick = true;
        m_wake.notify_one();
    };
    m_autopsy = std::make_unique<run::Autopsy>(m_options, std::move(observer));
    m_publisher = std::jthread([this] { publish(); });
    m_engine = std::jthread([this] { engine(); });
}

void LiveSession::engine() {
    const Result<void> outcome = m_autopsy->run(m_stop.get_token());
    {
        const std::lock_guard lock(m_mutex);
        m_over = true;
        m_wake.notify_one();
    }
    m_publisher.join(); // so that the last snapshot is shown before the end is
    post([this, outcome] { end(outcome); });
}

void LiveSession::publish() {
    for (bool over = false; !over;) {
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_tick || m_over; });
            m_tick = false;
            over = m_over;
        }
        const auto snapshot = m_autopsy->snapshot();
        const auto judged = std::make_shared<const analysis::Analysis>(analysis::analyse(*snapshot));
        post([this, snapshot, judged] { show(snapshot, judged); });
        if (!over) {
            std::unique_lock lock(m_mutex);
            m_wake.wait_for(lock, 700ms, [this] { return m_over; });
        }
    }
}

void LiveSession::show(std::shared_ptr<const model::Case> snapshot,
                       std::shared_ptr<const analysis::Analysis> analysis) {
    m_snapshot = std::move(snapshot);
    m_analysis = std::move(analysis);
    emit changed();
    emit progressChanged(); // its times move even when no step does
}

void LiveSession::end(const Result<void>& outcome) {
    m_live = false;
    m_phase = m_cancelled ? tr("Cancelled") : outcome ? tr("Done") : tr("Failed");
    emit changed();
    emit progressChanged();
    emit finished(outcome || m_cancelled ? QString() : QString::fromStdString(outcome.error().text()));
}

QString LiveSession::filePath() const {
    return QString::fromStdString(m_options.casePath.string());
}

void LiveSession::cancel() {
    if (!m_live)
        return;
    m_cancelled = true;
    m_phase = tr("Cancelling");
    m_stop.request_stop();
    emit progressChanged();
}

ui::Progress LiveSession::progress() const {
    ui::Progress progress;
    progress.phase = m_phase;
    const double planned = m_options.plan.durationS;
    double sum = 0, most = 0; // of the nodes' shares done; the seconds that the last of them still takes
    for (auto it = m_nodes.begin(); it != m_nodes.end(); ++it) {
        ui::NodeProgress node;
        node.node = it.key();
        node.doing = QString::fromUtf8(run::stepName(it->step));
        node.done = it->ended;
        node.failed = it->ended && !it->error.isEmpty();
        node.fraction = it->ended ? 1.0 : 0.0;
        if (it->step == run::Step::Collecting && !it->ended) {
            const model::Node* seen = m_snapshot->findNode(it.key().toStdString());
            const double s = seen ? static_cast<double>(seen->samples.size()) * m_options.plan.intervalS : 0.0;
            node.fraction = std::min(1.0, s / std::max(planned, 1.0));
            node.doing = tr("collecting (%1 of %2 s)").arg(qRound(s)).arg(qRound(planned));
        }
        if (node.failed)
            node.doing = tr("failed: %1").arg(it->error);
        sum += node.fraction;
        if (!node.done)
            most = std::max(most, planned * (1 - node.fraction));
        progress.nodes.push_back(node);
    }
    progress.fraction = !m_live ? 1.0 : m_nodes.isEmpty() ? 0.0 : sum / static_cast<double>(m_nodes.size());
    if (m_live && m_collecting)
        progress.remainingS = most;
    return progress;
}

void LiveSession::requestSection(const model::SectionRef& ref, QObject* context,
                                 std::function<void(Result<model::RawSection>)> done) {
    m_sections.section(ref, context, std::move(done));
}

void LiveSession::requestSections(const QString& node, QObject* context,
                                  std::function<void(Result<std::vector<model::RawSection>>)> done) {
    m_sections.sections(node, context, std::move(done));
}

} // namespace netopsy::app
