// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/run/node_job.h"

#include "collectors/node/script.h"
#include "core/base/text.h"

#include <array>
#include <random>

namespace netopsy::run {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t errorTail = 4096;       // of the script's stderr
constexpr std::size_t probeCut = 16u << 10;   // a probe section is cut at the next line end past this
constexpr std::size_t probeLimit = 64u << 20; // more than the largest plan can say
constexpr int readsPerPump = 16;              // so that a flooding node leaves the loop to the others

std::string drawNonce() {
    std::random_device source;
    std::string nonce;
    for (int word = 0; word < 4; ++word) {
        std::array<char, 9> hex{};
        std::snprintf(hex.data(), hex.size(), "%08x", static_cast<unsigned>(source()));
        nonce += hex.data();
    }
    return nonce;
}

std::string lastLine(std::string_view textOfErrors) {
    const auto all = text::lines(textOfErrors);
    for (auto line = all.rbegin(); line != all.rend(); ++line)
        if (!text::trim(*line).empty())
            return text::printable(text::trim(*line).substr(0, 300));
    return {};
}

} // namespace

model::TimeNs wallClockNs() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

NodeJob::NodeJob(const NodePlan& node, const RunPlan& plan, std::unique_ptr<Session> session, std::string nonce)
    : m_name(node.target.name), m_session(std::move(session)), m_frames(m_name, std::move(nonce)),
      m_lastHeard(Clock::now()), m_probeCutAt(m_lastHeard), m_patience(std::max(15.0, 5 * plan.intervalS)),
      m_interval(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(plan.intervalS))),
      m_samplesWanted(node::sampleCount(plan.durationS, plan.intervalS)) {
    // One-shot sections before the first tick, and the probe's last time-outs after the last one, need their
    // time.
    const double grace = 30 + plan.intervalS;
    m_deadline = m_lastHeard + std::chrono::duration_cast<Clock::duration>(
                                   std::chrono::duration<double>(plan.durationS * 1.2 + grace));
}

Result<std::unique_ptr<NodeJob>> NodeJob::start(const NodePlan& node, const RunPlan& plan,
                                                std::unique_ptr<Session> session) {
    const std::string nonce = drawNonce();
    std::unique_ptr<NodeJob> job(new NodeJob(node, plan, std::move(session), nonce));
    const node::ScriptOptions options{nonce, plan.intervalS, job->m_samplesWanted, plan.sudo};
    auto script = job->m_session->start(node::command(options));
    if (!script)
        return tl::unexpected(script.error());
    job->m_script = std::move(*script);
    job->m_script->write(node::script(options)); // its input stays open: ticks follow
    if (node.probe) {
        const probe::Launch launch = probe::launch(*node.probe, nonce, plan.sudo);
        if (auto process = job->m_session->start(launch.command)) {
            job->m_probe = std::move(*process);
            job->m_probe->write(launch.input);
            job->m_probe->closeInput();
        } else {
            job->m_end.notes.push_back("no active measurement: " + process.error().text());
        }
    }
    job->m_lastHeard = Clock::now();
    return job;
}

std::vector<model::RawSection> NodeJob::pump(bool cancel) {
    std::vector<model::RawSection> sections;
    if (m_ended)
        return sections;
    readScript(sections);
    if (!m_ended)
        readProbe(sections);
    feedTicks();
    m_sections += sections.size();
    const auto so_far = m_sections > 0 ? model::NodeState::Partial : model::NodeState::Unreachable;
    const Clock::time_point now = Clock::now();
    if (m_ended) {
        cutProbe(sections, true);
    } else if (m_scriptDone && !m_probe) {
        finish(model::NodeState::Complete, {});
    } else if (cancel) {
        cutProbe(sections, true);
        finish(so_far, "cancelled");
    } else if (now - m_lastHeard > m_patience) {
        cutProbe(sections, true);
        finish(so_far, "fell silent: nothing came for " + text::number(m_patience.count()) + " s");
    } else if (now > m_deadline) {
        cutProbe(sections, true);
        finish(so_far, "did not end in its time");
    }
    return sections;
}

void NodeJob::readScript(std::vector<model::RawSection>& out) {
    for (int i = 0; i < readsPerPump && !m_scriptDone; ++i) {
        auto chunk = m_script->read();
        if (!chunk) {
            const auto state = m_sections > 0 ? model::NodeState::Partial : model::NodeState::Unreachable;
            return finish(state, "the connection was lost: " + chunk.error().text());
        }
        if (!chunk->out.empty() || !chunk->err.empty())
            m_lastHeard = Clock::now();
        m_scriptErrors += chunk->err;
        if (m_scriptErrors.size() > errorTail)
            m_scriptErrors.erase(0, m_scriptErrors.size() - errorTail);
        for (model::RawSection& section : m_frames.feed(chunk->out, wallClockNs())) {
            if (section.collector == "sample")
                noteSample();
            out.push_back(std::move(section));
        }
        if (m_frames.flooded())
            return finish(model::NodeState::Partial, "sent more than the bound allows; the rest was dropped");
        if (chunk->ended) {
            m_scriptDone = true;
            if (!m_frames.ended()) {
                const std::string said = lastLine(m_scriptErrors);
                const int status = m_script->exitStatus().value_or(-1);
                const bool any = m_sections + out.size() > 0;
                finish(any ? model::NodeState::Partial : model::NodeState::Unreachable,
                       "the collector's script ended early with status " + std::to_string(status) +
                           (said.empty() ? "" : ": " + said));
            }
            return;
        }
        if (chunk->out.empty() && chunk->err.empty())
            return;
    }
}

std::optional<NodeJob::Clock::time_point> NodeJob::wakeAt() const {
    return m_tickOwed ? m_nextTick : std::nullopt;
}

void NodeJob::noteSample() {
    ++m_samplesSeen;
    if (m_samplesSeen >= m_samplesWanted) {
        m_nextTick.reset();
        m_script->closeInput();
        return;
    }
    if (!m_nextTick)
        m_nextTick = Clock::now() + m_interval;
    m_tickOwed = true;
}

/// One tick at a time, and only when the sample before it has come: what a stalled connection holds back does not come
/// out as a burst of samples. A sample that never comes (its mark was damaged) is waited for three intervals.
void NodeJob::feedTicks() {
    const Clock::time_point now = Clock::now();
    if (m_ended || m_scriptDone || !m_nextTick ||
        now < *m_nextTick + (m_tickOwed ? Clock::duration{} : 3 * m_interval))
        return;
    m_script->write("\n");
    m_tickOwed = false;
    // On the grid of the first sample, unless that has been missed by far.
    *m_nextTick += m_interval;
    if (*m_nextTick < now)
        m_nextTick = now + m_interval;
}

void NodeJob::readProbe(std::vector<model::RawSection>& out) {
    for (int i = 0; i < readsPerPump && m_probe; ++i) {
        auto chunk = m_probe->read();
        if (!chunk) {
            m_end.notes.push_back("active measurement was cut off: " + chunk.error().text());
            m_probe.reset();
            return cutProbe(out, true);
        }
        if (!chunk->out.empty())
            m_lastHeard = Clock::now();
        m_probeBytes += chunk->out.size();
        if (m_probeBytes > probeLimit) {
            m_end.notes.push_back("active measurement said more than the bound allows; it was ended");
            m_probe.reset();
            return cutProbe(out, true);
        }
        m_probeText += chunk->out;
        cutProbe(out, chunk->ended);
        if (chunk->ended) {
            const int status = m_probe->exitStatus().value_or(0);
            if (status != 0) {
                const std::string said = lastLine(chunk->err);
                m_end.notes.push_back("active measurement ended with status " + std::to_string(status) +
                                      (said.empty() ? "" : ": " + said));
            }
            m_probe.reset();
            return;
        }
        if (chunk->out.empty())
            return;
    }
}

/// A section holds whole lines only; it is cut each second, so that a crash of ours loses little.
void NodeJob::cutProbe(std::vector<model::RawSection>& out, bool all) {
    const Clock::time_point now = Clock::now();
    if (!all && m_probeText.size() < probeCut && now - m_probeCutAt < 1s)
        return;
    const auto lastNewline = m_probeText.rfind('\n');
    if (lastNewline == std::string::npos)
        return;
    model::RawSection section;
    section.node = m_name;
    section.collector = "probe";
    section.seq = m_probeSeq++;
    section.at = wallClockNs();
    section.body = m_probeText.substr(0, lastNewline + 1);
    m_probeText.erase(0, lastNewline + 1);
    m_probeCutAt = now;
    out.push_back(std::move(section));
}

void NodeJob::finish(model::NodeState state, std::string error) {
    m_ended = true;
    m_end.state = state;
    m_end.error = std::move(error);
    if (m_frames.noiseBytes() > 0)
        m_end.notes.push_back(
            text::integer(m_frames.noiseBytes()) +
            " B of login noise (banner, shell start-up files) came with the data and were dropped");
    m_end.traffic = m_session->traffic();
    m_probe.reset();
    m_script.reset();
}

} // namespace netopsy::run
