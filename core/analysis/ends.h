// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/finding.h"
#include "core/model/case.h"
#include "core/path/path.h"

#include <string>

namespace netopsy::analysis {

struct EndPair { ///< as path::derive takes them
    std::string from{}, to{};
    path::Family family = path::Family::Any;
};

/// The ends of a path on which this finding sits; of the likely ones the first where it sits on none, and empty ones
/// where it names no place.
[[nodiscard]] EndPair endsFor(const model::Case& subject, const Finding& finding);
/// A pod of this node that packets can be sent from; the node itself where it has none.
[[nodiscard]] std::string podOrNode(const model::Case& subject, const std::string& node);

} // namespace netopsy::analysis
