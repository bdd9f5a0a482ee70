// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// netopsy-probe as it was built for nodes of several architectures, embedded at build time.
#pragma once

#include <span>
#include <string_view>

namespace netopsy::probe {

struct Program {
    std::string_view arch;   ///< as `uname -m` spells it: x86_64
    std::string_view bytes;  ///< the whole executable
    std::string_view sha256; ///< of `bytes`, lower-case hex
};
/// All there are; this machine's own first.
[[nodiscard]] std::span<const Program> programs();
/// For a node's architecture as Kubernetes ("arm64") or `uname -m` ("aarch64") spells it. The first where it is empty or
/// none fits: the node itself then says what it is.
[[nodiscard]] const Program& programFor(std::string_view architecture);

} // namespace netopsy::probe
