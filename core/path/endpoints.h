// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ip_text.h"
#include "core/base/result.h"
#include "core/model/case.h"
#include "core/path/path.h"

#include <string>
#include <string_view>
#include <vector>

namespace netopsy::path {

/// One end of a path, told from what a person typed. Pointers go into the case.
struct Place {
    const model::Node* node = nullptr; ///< may be unreached; null: an address outside the cluster
    const model::Pod* pod = nullptr;   ///< null: the node itself
    const model::Service* service = nullptr;
    std::string address;      ///< where packets go: the pod's, the node's, or the one outside
    std::string serviceIp;    ///< of the service, of the same family; empty: headless
    std::size_t backends = 0; ///< of the service, ready ones

    [[nodiscard]] std::string text() const; ///< "node1/default/web-1", "node1"
    [[nodiscard]] bool ipv6() const { return text::isIpv6(address); }
};

/// NODE, NODE/POD, NODE/NS/POD, POD, NS/POD, SERVICE, NS/SERVICE, or an address: of one of these, else one outside the
/// cluster. A name that fits several is an error that lists them. Of a service, one ready backend is taken, on another
/// node than `from` where there is one. An end without an address of `family` is an error.
[[nodiscard]] Result<Place> placeOf(const model::Case& subject, std::string_view text, Family family,
                                    const model::Node* from = nullptr);

/// The families of an end's own addresses, its first one first; empty when `text` names none.
[[nodiscard]] std::vector<Family> familiesOf(const model::Case& subject, std::string_view text);

} // namespace netopsy::path
