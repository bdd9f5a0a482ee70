// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The runner against sessions that misbehave in every way a node can, and against this very machine. What is
// proved: one bad node costs only itself, every node gets exactly one last word, and cancelling keeps what
// was got.
#include "collectors/local/connector.h"
#include "collectors/run/runner.h"

#include <QTest>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

using namespace netopsy;
using namespace netopsy::run;
using namespace std::chrono_literals;

namespace {

/// "hang", "lost", "early", "refused", "stuck" (in connect): how the fake node of that name behaves.
class FakeProcess : public Process {
public:
    explicit FakeProcess(std::string behaviour) : m_behaviour(std::move(behaviour)) {}
    void write(std::string_view) override {}
    void closeInput() override {}
    Result<Chunk> read() override {
        if (m_behaviour == "lost")
            return fail("Connection reset by peer");
        if (m_behaviour == "early")
            return Chunk{"", "sh: 1: no such shell\n", true};
        return Chunk{};
    }
    std::optional<int> exitStatus() const override {
        return m_behaviour == "early" ? std::optional(127) : std::nullopt;
    }
    void end() override {}

private:
    std::string m_behaviour;
};

class FakeSession : public Session {
public:
    explicit FakeSession(std::string behaviour) : m_behaviour(std::move(behaviour)) {}
    Result<std::unique_ptr<Process>> start(const std::string&) override {
        return std::make_unique<FakeProcess>(m_behaviour);
    }
    void pollFds(std::vector<pollfd>&) const override {}
    Traffic traffic() const override { return {10, 20}; }
    std::string description() const override { return m_behaviour; }

private:
    std::string m_behaviour;
};

/// Behaves as the script does: a sample at once, and one more for each line on its input. `damaged` loses the mark that
/// ends its second sample.
class FedProcess : public Process {
public:
    struct Log {
        std::vector<std::chrono::steady_clock::time_point> ticks;
        bool closed = false;
    };
    FedProcess(Log& log, bool damaged) : m_log(log), m_damaged(damaged) {}
    void write(std::string_view bytes) override {
        if (m_nonce.empty()) {
            m_nonce = bytes.substr(bytes.find('\'') + 1, 32);
            m_samples = std::stoi(std::string(bytes.substr(bytes.find("samples=") + 8, 3)));
        } else {
            m_log.ticks.push_back(std::chrono::steady_clock::now());
        }
        sample();
    }
    void closeInput() override { m_log.closed = true; }
    Result<Chunk> read() override {
        Chunk chunk;
        chunk.out.swap(m_said);
        chunk.ended = m_seq == m_samples;
        return chunk;
    }
    std::optional<int> exitStatus() const override { return 0; }
    void end() override {}

private:
    void sample() {
        const std::string mark = "\n@@" + m_nonce, name = "sample " + std::to_string(m_seq);
        m_said += mark + " begin " + name + "\nbody" +
                  (m_damaged && m_seq == 1 ? "" : mark + " end " + name + " 0") + "\n";
        if (++m_seq == m_samples)
            m_said += mark + " bye\n";
    }
    Log& m_log;
    const bool m_damaged;
    std::string m_nonce, m_said;
    int m_seq = 0, m_samples = -1;
};

class FedConnector : public Connector {
public:
    Result<std::unique_ptr<Session>> connect(const Target& target, std::stop_token, const StepFn&) override {
        class FedSession : public Session {
        public:
            FedSession(FedProcess::Log& log, bool damaged) : m_log(log), m_damaged(damaged) {}
            Result<std::unique_ptr<Process>> start(const std::string&) override {
                return std::make_unique<FedProcess>(m_log, m_damaged);
            }
            void pollFds(std::vector<pollfd>&) const override {}
            Traffic traffic() const override { return {}; }
            std::string description() const override { return "fed"; }

        private:
            FedProcess::Log& m_log;
            bool m_damaged;
        };
        return std::make_unique<FedSession>(log, target.name == "damaged");
    }
    FedProcess::Log log;
};

class FakeConnector : public Connector {
public:
    Result<std::unique_ptr<Session>> connect(const Target& target, std::stop_token stop,
                                             const StepFn& step) override {
        step(Step::Connecting);
        if (target.name == "refused")
            return fail("connection refused", target.host);
        if (target.name == "stuck") {
            std::mutex mutex;
            std::condition_variable_any changed;
            std::unique_lock lock(mutex);
            changed.wait(lock, stop, [] { return false; });
            return fail("cancelled");
        }
        return std::make_unique<FakeSession>(target.name);
    }
};

struct Seen {
    std::map<std::string, std::vector<RunnerEvents::End>> ends;
    std::map<std::string, std::vector<model::RawSection>> sections;
    std::atomic<int> inside = 0;
    bool overlapped = false;

    RunnerEvents events() {
        RunnerEvents e;
        e.onSection = [this](const model::RawSection& s) {
            const Guard guard(*this);
            sections[s.node].push_back(s);
        };
        e.onEnd = [this](const std::string& node, const RunnerEvents::End& end) {
            const Guard guard(*this);
            ends[node].push_back(end);
        };
        e.onStep = [this](const std::string&, Step) { const Guard guard(*this); };
        return e;
    }
    struct Guard {
        explicit Guard(Seen& s) : seen(s) { seen.overlapped |= seen.inside++ != 0; }
        ~Guard() { --seen.inside; }
        Seen& seen;
    };
};

RunPlan planOf(const std::vector<std::string>& names) {
    RunPlan plan;
    for (const std::string& name : names)
        plan.nodes.push_back({{name, "192.0.2.1", 0}, {}, {}});
    return plan;
}

} // namespace

class TestRunner : public QObject {
    Q_OBJECT
private slots:
    void failures_data() {
        QTest::addColumn<QString>("node");
        QTest::addColumn<QString>("says");
        QTest::newRow("refused") << "refused"
                                 << "connection refused";
        QTest::newRow("lost") << "lost"
                              << "connection was lost";
        QTest::newRow("no shell") << "early"
                                  << "no such shell";
    }
    void failures() {
        QFETCH(QString, node);
        QFETCH(QString, says);
        FakeConnector connector;
        Seen seen;
        runPlan(planOf({node.toStdString()}), connector, seen.events(), {});
        const auto& ends = seen.ends[node.toStdString()];
        QCOMPARE(ends.size(), std::size_t{1});
        QCOMPARE(ends[0].state, model::NodeState::Unreachable);
        QVERIFY2(QString::fromStdString(ends[0].error).contains(says), ends[0].error.c_str());
    }

    void problemInThePlanIsTheNodesLastWord() {
        RunPlan plan = planOf({"n"});
        plan.nodes[0].problem = "the API names no InternalIP for it";
        FakeConnector connector;
        Seen seen;
        runPlan(plan, connector, seen.events(), {});
        QCOMPARE(seen.ends["n"][0].error, plan.nodes[0].problem);
    }

    void cancelEndsWhatHangsAndWhatIsConnecting() {
        FakeConnector connector;
        Seen seen;
        std::stop_source stop;
        std::jthread later([&] {
            std::this_thread::sleep_for(300ms);
            stop.request_stop();
        });
        RunPlan plan = planOf({"hang", "stuck", "refused", "lost", "never"});
        plan.jobs = 2; // "never" waits behind "stuck" and is not reached
        const auto begin = std::chrono::steady_clock::now();
        runPlan(plan, connector, seen.events(), stop.get_token());
        QVERIFY(std::chrono::steady_clock::now() - begin < 10s);
        QCOMPARE(seen.ends.size(), plan.nodes.size());
        for (const auto& [name, ends] : seen.ends)
            QCOMPARE(ends.size(), std::size_t{1});
        QVERIFY(seen.ends["hang"][0].error.find("cancelled") != std::string::npos);
        QVERIFY(seen.ends["stuck"][0].error.find("cancelled") != std::string::npos);
        QVERIFY(!seen.overlapped);
    }

    void ticksKeepTheInterval_data() {
        QTest::addColumn<QString>("node");
        QTest::newRow("every sample comes") << "sound";
        QTest::newRow("one sample's end is lost") << "damaged";
    }
    void ticksKeepTheInterval() {
        QFETCH(QString, node);
        RunPlan plan = planOf({node.toStdString()});
        plan.durationS = 0.5;
        plan.intervalS = 0.1;
        FedConnector connector;
        Seen seen;
        const auto begin = std::chrono::steady_clock::now();
        runPlan(plan, connector, seen.events(), {});
        QCOMPARE(seen.ends[node.toStdString()].size(), std::size_t{1});
        QVERIFY2(seen.ends[node.toStdString()][0].state == model::NodeState::Complete,
                 seen.ends[node.toStdString()][0].error.c_str());
        const auto& ticks = connector.log.ticks;
        QCOMPARE(ticks.size(), std::size_t{4});        // the first of five samples asks for none
        for (std::size_t i = 0; i < ticks.size(); ++i) // a late one is no reason for an early one
            QVERIFY(ticks[i] - begin >= (i + 1) * 100ms);
        if (node == "sound")
            QVERIFY(connector.log.closed);
    }

    void thisMachineBesideBrokenNodes() {
        /// The real local transport under one name, the fakes under the others.
        class Mixed : public Connector {
        public:
            Result<std::unique_ptr<Session>> connect(const Target& t, std::stop_token stop,
                                                     const StepFn& f) override {
                return t.name == "me" ? m_local->connect(t, stop, f) : m_fake.connect(t, stop, f);
            }

        private:
            std::unique_ptr<Connector> m_local = local::makeConnector();
            FakeConnector m_fake;
        } connector;
        RunPlan plan = planOf({"lost", "me", "refused"});
        plan.durationS = 2;
        plan.intervalS = 1;
        Seen seen;
        runPlan(plan, connector, seen.events(), {});
        QVERIFY2(seen.ends["me"][0].state == model::NodeState::Complete, seen.ends["me"][0].error.c_str());
        QVERIFY(seen.ends["me"][0].traffic.received > 1000);
        QVERIFY(seen.sections["me"].size() > 3);
        QCOMPARE(seen.ends["lost"][0].state, model::NodeState::Unreachable);
        QVERIFY(!seen.overlapped);
    }
};

QTEST_GUILESS_MAIN(TestRunner)
#include "tst_runner.moc"
