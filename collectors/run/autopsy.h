// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The main job from end to end: read the cluster, plan, reach the nodes, collect, and save while it goes. The
// window and the command line both run exactly this; they differ only in how they show it.
#pragma once

#include "collectors/run/plan.h"
#include "collectors/run/session.h"
#include "collectors/ssh/options.h"
#include "core/base/result.h"
#include "core/model/case.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace netopsy::run {

struct AutopsyOptions {
    bool local = false; ///< this machine; no cluster and no SSH
    std::optional<std::filesystem::path> kubeconfig;
    std::string context; ///< empty: current-context
    PlanOptions plan;
    ssh::Options ssh;
    std::filesystem::path casePath;
    bool overwrite = false; ///< replace an older case of this name (never any other file)
    std::string tool;       ///< "netopsy X.Y.Z"
};

enum class Phase { ReadingCluster, Collecting, Saving };

/// Called from engine threads, one call at a time.
struct AutopsyObserver {
    std::function<void(Phase phase, const std::string& detail)> onPhase;
    std::function<void(const std::string& node, Step step)> onStep;
    /// A node has ended; `error` is empty when it is complete.
    std::function<void(const std::string& node, model::NodeState state, const std::string& error)> onNodeEnd;
    std::function<void(const std::string& warning)> onWarning;
    std::function<void()> onTick; ///< about twice a second: time to look at snapshot()
};

class Autopsy {
public:
    Autopsy(AutopsyOptions options, AutopsyObserver observer);
    ~Autopsy();
    Autopsy(const Autopsy&) = delete;
    Autopsy& operator=(const Autopsy&) = delete;

    /// Blocks; call it in a worker thread without an event loop of its own. Unreachable nodes are not an
    /// error: they are in the case. An error means that nothing could be collected or that the case can't be
    /// written.
    Result<void> run(const std::stop_token& stop);

    /// The case so far, a copy that nobody changes any more. Thread-safe.
    [[nodiscard]] std::shared_ptr<const model::Case> snapshot() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace netopsy::run
