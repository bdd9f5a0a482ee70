// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Carries out a plan: a few workers connect and start each node's script and probe, then hand the session to
// one of two loop threads, which poll all sessions at once. A node that hangs, dies or floods costs only
// itself. No Qt here, so that ThreadSanitizer sees the whole of it.
#pragma once

#include "collectors/run/plan.h"
#include "core/model/node.h"

#include <functional>
#include <stop_token>
#include <string>

namespace netopsy::run {

/// Called from the runner's threads, one call at a time (never two at once).
struct RunnerEvents {
    std::function<void(const std::string& node, Step step)> onStep;
    /// The script has begun; probe offsets count from here.
    std::function<void(const std::string& node, model::TimeNs at)> onStarted;
    std::function<void(const model::RawSection& section)> onSection;
    /// The last word on a node; `error` says why it is partial or unreachable.
    struct End {
        model::NodeState state = model::NodeState::Complete;
        std::string error;
        Traffic traffic;
        std::vector<std::string> notes;
    };
    std::function<void(const std::string& node, const End& end)> onEnd;
    std::function<void()> onTick; ///< about twice a second while anything runs
};

/// Blocks until every node has ended, or soon after `stop` is requested (then what runs is ended as partial).
void runPlan(const RunPlan& plan, Connector& connector, const RunnerEvents& events, std::stop_token stop);

} // namespace netopsy::run
