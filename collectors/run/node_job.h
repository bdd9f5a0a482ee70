// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One node's part of a run once it is connected: its session, its script and its probe, and what they have
// said so far. Used by one thread at a time; pump() never blocks.
#pragma once

#include "collectors/run/plan.h"
#include "collectors/run/runner.h"
#include "core/parse/frames.h"

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace netopsy::run {

class NodeJob {
public:
    using Clock = std::chrono::steady_clock;

    /// Starts the script and, where planned, the probe. Blocks for as long as Session::start does.
    static Result<std::unique_ptr<NodeJob>> start(const NodePlan& node, const RunPlan& plan,
                                                  std::unique_ptr<Session> session);

    [[nodiscard]] const std::string& node() const { return m_name; }
    void pollFds(std::vector<pollfd>& out) const { m_session->pollFds(out); }

    /// Reads what is there and returns the sections that are complete by now. `cancel` ends the processes.
    std::vector<model::RawSection> pump(bool cancel);
    /// When pump() has something to do though nothing came.
    [[nodiscard]] std::optional<Clock::time_point> wakeAt() const;
    [[nodiscard]] bool ended() const { return m_ended; }
    [[nodiscard]] RunnerEvents::End end() const { return m_end; }

private:
    NodeJob(const NodePlan& node, const RunPlan& plan, std::unique_ptr<Session> session, std::string nonce);
    void readScript(std::vector<model::RawSection>& out);
    void readProbe(std::vector<model::RawSection>& out);
    void cutProbe(std::vector<model::RawSection>& out, bool all);
    void noteSample();
    void feedTicks();
    void finish(model::NodeState state, std::string error);

    std::string m_name;
    std::unique_ptr<Session> m_session; // before the processes, which live in it
    std::unique_ptr<Process> m_script, m_probe;
    parse::FrameDecoder m_frames;
    std::string m_scriptErrors, m_probeText;
    std::uint32_t m_probeSeq = 0;
    std::size_t m_sections = 0, m_probeBytes = 0;
    Clock::time_point m_lastHeard, m_probeCutAt, m_deadline;
    std::chrono::duration<double> m_patience;
    const Clock::duration m_interval;
    const std::uint32_t m_samplesWanted;
    std::uint32_t m_samplesSeen = 0;
    std::optional<Clock::time_point>
        m_nextTick;          ///< of the script's ticks; none before its first sample or past the last
    bool m_tickOwed = false; ///< the sample before the next tick has come
    bool m_scriptDone = false, m_ended = false;
    RunnerEvents::End m_end;
};

/// The wall clock, for sections' arrival.
[[nodiscard]] model::TimeNs wallClockNs();

} // namespace netopsy::run
