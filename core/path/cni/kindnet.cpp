// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// kindnet: the ptp plugin's veth with a host route to each pod, and a route to each node's pods by that node (kind
// images/kindnetd). KIND-MASQ-AGENT masquerades all that doesn't go to pods.
#include "core/path/design.h"

namespace netopsy::path::cni {

Design kindnet(const model::Inventory&) {
    Design out;
    out.ground = "assumed from kindnet's design";
    out.masquerade4.how = out.masquerade6.how = "nat POSTROUTING, KIND-MASQ-AGENT";
    return out;
}

} // namespace netopsy::path::cni
