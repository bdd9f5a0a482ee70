// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commands/commands.h"

#include <array>

namespace netopsy::app {

std::span<const Command> commands() {
    static constexpr std::array all{
#ifdef NETOPSY_GUI
        Command{"open", "[CASE] [--kubeconfig F] [--context C]", "the window: the start page, or a case", runOpen},
#endif
        Command{"contexts", "[-o table|json] [--kubeconfig F]", "what kubeconfig offers, merged as kubectl merges",
                runContexts},
        Command{"autopsy", "(--context C | --local) --case OUT [--pdf OUT] [-o json]",
                "the main job: collect, analyse, save, report", runAutopsy},
        Command{"show", "CASE [--node N] [-o text|json]", "what was measured", runShow},
        Command{"findings", "CASE [--fail-on info|warning|critical] [-o text|json]", "what it means", runFindings},
        Command{"path",
                "CASE --from NODE[/POD] --to NODE|POD|SERVICE|ADDRESS [--family any|ipv4|ipv6] [-o text|json]",
                "the packet's way, hop by hop", runPath},
        Command{"tuning", "CASE [--profile P] [--node N] [--format diff|json|sysctl|daemonset]",
                "which settings would change, and why", runTuning},
        Command{"report", "CASE --pdf OUT [--redact]", "the autopsy as a PDF", runReport},
    };
    return all;
}

} // namespace netopsy::app
