// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Flannel: veth, bridge cni0, then whatever the backend made: a route by flannel.1 (vxlan), by flannel-wg (wireguard) or
// by the peer itself (host-gw). All of it shows in links and routes. Its own rules masquerade what leaves the pods'
// network, other nodes included (flannel pkg/trafficmngr, chain FLANNEL-POSTRTG since 0.20, --ip-masq).
#include "core/path/design.h"

namespace netopsy::path::cni {

Design flannel(const model::Inventory& cluster) {
    Design out;
    out.ground = "assumed from Flannel's design (mode " + cluster.cni.mode + ", --ip-masq as its manifest has it)";
    out.masquerade4.how = out.masquerade6.how = "nat POSTROUTING, FLANNEL-POSTRTG";
    return out;
}

} // namespace netopsy::path::cni
