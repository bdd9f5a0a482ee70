// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/model/case.h"

#include <string>
#include <string_view>

namespace netopsy::path {

/// One end of a path, told from what a person typed. Pointers go into the case.
struct Place {
    const model::Node* node = nullptr; ///< may be unreached, never null after `placeOf`
    const model::Pod* pod = nullptr;   ///< null: the node itself
    const model::Service* service = nullptr;
    std::string address;      ///< where packets go: the pod's, or the node's
    std::size_t backends = 0; ///< of the service, ready ones

    [[nodiscard]] std::string text() const; ///< "node1/default/web-1", "node1"
};

/// NODE, NODE/POD, NODE/NS/POD, POD, NS/POD, SERVICE or NS/SERVICE. A name that fits several is an error that lists them.
/// Of a service, one ready backend is taken, on another node than `from` where there is one.
[[nodiscard]] Result<Place> placeOf(const model::Case& subject, std::string_view text,
                                    const model::Node* from = nullptr);

} // namespace netopsy::path
