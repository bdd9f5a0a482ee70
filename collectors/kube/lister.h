// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Lists one kind of object page by page: limit and continue, started anew when the server has forgotten the
// token (410), with smaller pages when one is too large. resourceVersion=0 is never sent: the server would
// ignore the limit.
#pragma once

#include "collectors/kube/client.h"
#include "core/parse/kube/list.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace netopsy::kube {

struct ListEnd {
    std::optional<ApiError> error; ///< what was taken until then stays
    std::size_t items = 0, skipped = 0;
    std::string firstProblem; ///< of the skipped
};

struct ListJob {
    std::string path;     ///< "/api/v1/pods"
    std::string resource; ///< "pods"
    std::function<Result<parse::kube::Page>(std::string_view)> take;
    std::function<void()> restart; ///< forget what was taken
    std::function<void(std::size_t)> onProgress;
    std::function<void(const ListEnd&)> done;
    int pageSize = 500;
};

/// Queues the job; its callbacks come from client.run(). The client must outlive the run.
void list(Client& client, ListJob job);

} // namespace netopsy::kube
