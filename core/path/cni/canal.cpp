// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Canal: Calico's links and policy (cali*, a host route to each pod), Flannel's network between the nodes.
#include "core/path/design.h"

namespace netopsy::path::cni {

Design canal(const model::Inventory& cluster) {
    Design out = flannel(cluster);
    out.ground = "assumed from Canal's design: Flannel's network (mode " + cluster.cni.mode + "), Calico's policy";
    return out;
}

} // namespace netopsy::path::cni
