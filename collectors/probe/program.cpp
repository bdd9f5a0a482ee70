// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/probe/program.h"

namespace netopsy::probe {

const Program& programFor(std::string_view architecture) {
    const std::string_view machine = architecture == "amd64"   ? "x86_64"
                                     : architecture == "arm64" ? "aarch64"
                                                               : architecture;
    for (const Program& program : programs())
        if (program.arch == machine)
            return program;
    return programs().front();
}

} // namespace netopsy::probe
