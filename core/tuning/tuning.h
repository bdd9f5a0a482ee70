// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which kernel settings would change, from what to what, why, and what they would cost. Only renders; nothing
// here touches a node.
#pragma once

#include "core/analysis/finding.h"
#include "core/base/result.h"
#include "core/model/case.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netopsy::tuning {

struct ProfileEntry {
    std::string key, value;
    bool floor = true; ///< a limit: never lowered when it stands higher already
    std::string reason, risk;
    std::string group; ///< "conntrack", "sockets", "dns", "memory": how the diff is laid out
};

struct Profile {
    std::string name, title, description;
    std::vector<ProfileEntry> entries;

    static Result<Profile> parse(std::string_view yaml, const std::string& file);
    /// A built-in name ("high-churn"). Paths are the caller's to read.
    static Result<Profile> builtin(std::string_view name);
    static std::vector<std::string> builtinNames();
};

struct Change {
    std::string node, key, current, recommended, group;
    std::optional<model::PersistedSysctl> persisted;
    std::string scope; ///< node, network-namespace, global
    bool writable = true;
    std::optional<std::string> overriddenBy; ///< "kube-proxy sets 131072 at its next start (conntrack.…)"
    std::optional<std::string> kernelDefault;
    std::string reason, risk;
    std::optional<std::uint64_t> memoryBytes;
    bool reachesPods = true;
    std::vector<std::string> facts; ///< small remarks: "is the kernel's default", "does not reach pods", …
    bool askedByFinding = false;
    bool floor = true; ///< a limit: never lowered where it stands higher
};

/// A key that stays as it is. `why` is set when the profile would have changed it but must not.
struct Unchanged {
    std::string node, key, value, why, group;
    std::optional<model::PersistedSysctl> persisted;
    std::vector<std::string> facts;
};

/// The file that holds Netopsy's settings on a node, and nothing else.
inline constexpr const char* tuningFile = "/etc/sysctl.d/k8s-tuning.conf";

/// A setting that stands in that file already, so far as it wins at boot.
struct FileLine {
    int line = 0;
    std::string key, value;
};

struct Plan {
    std::string profile;
    std::vector<Change> changes;
    std::vector<Unchanged> unchanged;
    std::map<std::string, std::vector<FileLine>> present; ///< node -> its lines of tuningFile, in their order
};

[[nodiscard]] Plan plan(const model::Case& subject, const Profile& profile,
                        const analysis::Analysis* analysis = nullptr,
                        const std::optional<std::string>& onlyNode = {});

/// What there is to know of a change beside its reason, in sentences: who sets it again, memory, pods, files.
[[nodiscard]] std::string remarks(const Change& change);

[[nodiscard]] nlohmann::json planJson(const Plan& plan);   ///< `netopsy.tuning/1`
[[nodiscard]] std::string planSysctl(const Plan& plan);    ///< /etc/sysctl.d/k8s-tuning.conf to be
[[nodiscard]] std::string planDaemonSet(const Plan& plan); ///< a manifest kubectl accepts
[[nodiscard]] std::string planDiff(const Plan& plan);      ///< unified diff of that file per node
[[nodiscard]] std::string planText(const Plan& plan);      ///< a table for people

} // namespace netopsy::tuning
