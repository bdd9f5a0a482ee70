// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// netopsy-probe as it was built for nodes, embedded at build time.
#pragma once

#include <string_view>

namespace netopsy::probe {

struct Program {
    std::string_view arch;   ///< as `uname -m` spells it: x86_64
    std::string_view bytes;  ///< the whole executable
    std::string_view sha256; ///< of `bytes`, lower-case hex
};
[[nodiscard]] const Program& program();

} // namespace netopsy::probe
