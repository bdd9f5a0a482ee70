// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/run/runner.h"

#include "collectors/run/node_job.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

namespace netopsy::run {

namespace {

using namespace std::chrono_literals;

/// Wakes a poll(2) from another thread.
class WakePipe {
public:
    WakePipe() {
        if (pipe2(m_ends, O_CLOEXEC | O_NONBLOCK) != 0)
            m_ends[0] = m_ends[1] = -1;
    }
    ~WakePipe() {
        if (m_ends[0] >= 0) {
            close(m_ends[0]);
            close(m_ends[1]);
        }
    }
    WakePipe(const WakePipe&) = delete;
    WakePipe& operator=(const WakePipe&) = delete;
    void wake() const {
        const char byte = 0;
        // A full pipe wakes just as well.
        [[maybe_unused]] const auto written = write(m_ends[1], &byte, 1);
    }
    void drain() const {
        char bytes[64];
        while (read(m_ends[0], bytes, sizeof bytes) > 0) {
        }
    }
    [[nodiscard]] int fd() const { return m_ends[0]; }

private:
    int m_ends[2] = {-1, -1};
};

class Run {
public:
    Run(const RunPlan& plan, Connector& connector, const RunnerEvents& events, std::stop_token stop)
        : m_plan(plan), m_connector(connector), m_events(events), m_stop(std::move(stop)),
          m_left(plan.nodes.size()) {}

    void go() {
        const std::size_t workers =
            std::clamp<std::size_t>(m_plan.nodes.size(), 1, static_cast<std::size_t>(std::max(1, m_plan.jobs)));
        const std::size_t loops = m_plan.nodes.size() > 16 ? 2 : 1;
        m_loops = std::vector<Loop>(loops);
        std::vector<std::jthread> threads;
        for (Loop& loop : m_loops)
            threads.emplace_back([this, &loop] { pollLoop(loop); });
        for (std::size_t i = 0; i < workers; ++i)
            threads.emplace_back([this] { connectNodes(); });
        {
            const std::stop_callback wake(m_stop, [this] {
                const std::lock_guard lock(
                    m_mutex); // or the notice could fall between the wait's check and its sleep
                m_changed.notify_all();
            });
            std::unique_lock lock(m_mutex);
            while (m_left > 0) {
                m_changed.wait_for(lock, 500ms);
                if (m_events.onTick)
                    m_events.onTick();
            }
        }
        m_over = true;
        for (Loop& loop : m_loops)
            loop.wake.wake();
    }

private:
    struct Loop {
        std::mutex mutex;
        std::vector<std::unique_ptr<NodeJob>> incoming;
        WakePipe wake;
    };

    void connectNodes() {
        for (std::size_t i = m_next++; i < m_plan.nodes.size(); i = m_next++) {
            const NodePlan& node = m_plan.nodes[i];
            const std::string& name = node.target.name;
            if (!node.problem.empty()) {
                end(name, {model::NodeState::Unreachable, node.problem, {}, {}});
                continue;
            }
            if (m_stop.stop_requested()) {
                end(name, {model::NodeState::Unreachable, "cancelled before it was reached", {}, {}});
                continue;
            }
            auto session = m_connector.connect(node.target, m_stop, [&](Step s) { step(name, s); });
            if (!session) {
                const std::string why =
                    m_stop.stop_requested() ? "cancelled before it was reached" : session.error().text();
                end(name, {model::NodeState::Unreachable, why, {}, {}});
                continue;
            }
            step(name, Step::Starting);
            auto job = NodeJob::start(node, m_plan, std::move(*session));
            if (!job) {
                end(name, {model::NodeState::Unreachable, job.error().text(), {}, {}});
                continue;
            }
            {
                const std::lock_guard lock(m_mutex);
                if (m_events.onStarted)
                    m_events.onStarted(name, wallClockNs());
                if (m_events.onStep)
                    m_events.onStep(name, Step::Collecting);
            }
            Loop& loop = m_loops[i % m_loops.size()];
            {
                const std::lock_guard lock(loop.mutex);
                loop.incoming.push_back(std::move(*job));
            }
            loop.wake.wake();
        }
    }

    void pollLoop(Loop& loop) {
        std::vector<std::unique_ptr<NodeJob>> jobs;
        std::vector<pollfd> fds;
        while (!m_over) {
            fds.assign(1, {loop.wake.fd(), POLLIN, 0});
            for (const auto& job : jobs)
                job->pollFds(fds);
            poll(fds.data(), fds.size(), patience(jobs));
            loop.wake.drain();
            {
                const std::lock_guard lock(loop.mutex);
                for (auto& job : loop.incoming)
                    jobs.push_back(std::move(job));
                loop.incoming.clear();
            }
            const bool cancel = m_stop.stop_requested();
            for (auto& job : jobs) {
                const std::vector<model::RawSection> sections = job->pump(cancel);
                if (!sections.empty()) {
                    const std::lock_guard lock(m_mutex);
                    for (const model::RawSection& section : sections)
                        m_events.onSection(section);
                }
                if (job->ended())
                    end(job->node(), job->end());
            }
            std::erase_if(jobs, [](const auto& job) { return job->ended(); });
        }
    }

    /// Milliseconds until some job has to be pumped, at most 200.
    static int patience(const std::vector<std::unique_ptr<NodeJob>>& jobs) {
        NodeJob::Clock::duration left = 200ms;
        const auto now = NodeJob::Clock::now();
        for (const auto& job : jobs)
            if (const auto wake = job->wakeAt())
                left = std::min(left, *wake - now);
        return std::max(0, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
    }

    void step(const std::string& node, Step step) {
        const std::lock_guard lock(m_mutex);
        if (m_events.onStep)
            m_events.onStep(node, step);
    }

    void end(const std::string& node, const RunnerEvents::End& how) {
        const std::lock_guard lock(m_mutex);
        if (m_events.onEnd)
            m_events.onEnd(node, how);
        if (m_events.onStep)
            m_events.onStep(node, Step::Done);
        --m_left;
        m_changed.notify_all();
    }

    const RunPlan& m_plan;
    Connector& m_connector;
    const RunnerEvents& m_events;
    const std::stop_token m_stop;
    std::vector<Loop> m_loops;
    std::atomic<std::size_t> m_next = 0;
    std::atomic<bool> m_over = false;
    std::mutex m_mutex; // one event at a time, and m_left
    std::condition_variable m_changed;
    std::size_t m_left;
};

} // namespace

void runPlan(const RunPlan& plan, Connector& connector, const RunnerEvents& events, std::stop_token stop) {
    Run(plan, connector, events, std::move(stop)).go();
}

} // namespace netopsy::run
