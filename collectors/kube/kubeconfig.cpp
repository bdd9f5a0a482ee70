// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/kube/kubeconfig.h"

#include "collectors/kube/kubeconfig_file.h"
#include "core/base/text.h"

#include <cstdlib>
#include <set>

namespace netopsy::kube {

namespace fs = std::filesystem;

namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody here sets variables
    return value ? value : "";
}

/// The first file that defines a name wins; entries of one name are never mixed.
void merge(Kubeconfig& whole, Kubeconfig&& next) {
    whole.clusters.merge(next.clusters);
    whole.users.merge(next.users);
    whole.contexts.merge(next.contexts);
    if (whole.currentContext.empty())
        whole.currentContext = next.currentContext;
}

Result<Kubeconfig> loadList(const std::string& list) {
    Kubeconfig whole;
    std::set<std::string_view> seen;
    std::size_t present = 0;
    for (const std::string_view entry : text::split(list, ':')) {
        if (entry.empty() || !seen.insert(entry).second)
            continue;
        const fs::path file(entry);
        std::error_code error;
        if (fs::status(file, error).type() == fs::file_type::not_found) {
            whole.warnings.push_back(file.string() + ": no such kubeconfig, skipped");
            continue;
        }
        auto next = readKubeconfig(file);
        if (!next)
            return next;
        ++present;
        merge(whole, std::move(*next));
    }
    if (present == 0)
        whole.warnings.emplace_back("KUBECONFIG names no file that exists");
    return whole;
}

} // namespace

Result<Kubeconfig> loadKubeconfig(const std::optional<fs::path>& explicitFile) {
    if (explicitFile)
        return readKubeconfig(*explicitFile);
    if (const std::string list = environment("KUBECONFIG"); !list.empty())
        return loadList(list);
    const std::string home = environment("HOME");
    const fs::path usual = fs::path(home) / ".kube" / "config";
    std::error_code error;
    if (home.empty() || fs::status(usual, error).type() == fs::file_type::not_found) {
        Kubeconfig none;
        none.warnings.push_back(usual.string() + ": no such kubeconfig; set KUBECONFIG or give --kubeconfig");
        return none;
    }
    return readKubeconfig(usual);
}

} // namespace netopsy::kube
