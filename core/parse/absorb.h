// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one road from a raw section to a node's figures. Collecting live, reopening a case and a test's fixture
// all call this, so they cannot drift. Untrusted input: every parser is bounded, never throws out, and turns
// what it can't read into a note on the node, leaving the rest of the node as it was.
#pragma once

#include "core/model/case.h"

namespace netopsy::parse {

/// Adds what `section` tells to `node`. A section of an unknown collector is ignored (an older program opens a
/// newer case). Calling it twice with the same section changes nothing the second time.
void absorb(model::Node& node, const model::RawSection& section);

} // namespace netopsy::parse
