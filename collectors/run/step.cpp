// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "collectors/run/session.h"

namespace netopsy::run {

const char* stepName(Step step) {
    switch (step) {
    case Step::Queued:
        return "waiting";
    case Step::Resolving:
        return "resolving the name";
    case Step::Connecting:
        return "connecting";
    case Step::VerifyingHostKey:
        return "checking the host key";
    case Step::Authenticating:
        return "authenticating";
    case Step::Starting:
        return "starting the collector";
    case Step::Collecting:
        return "collecting";
    case Step::Done:
        return "done";
    }
    return "";
}

} // namespace netopsy::run
