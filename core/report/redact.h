// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A report that can leave the house: names of nodes, pods, context and server, and every IP or MAC address, become
// tokens ("node-2", "pod-1", "address-7"), the same token for the same thing on every page. It works on the finished
// text, because what is derived (routes, paths) needs the real addresses.
#pragma once

#include "core/report/document.h"

namespace netopsy::report {

void redact(Document& document, const model::Case& subject);

} // namespace netopsy::report
