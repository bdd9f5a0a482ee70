// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The second ground: links and routes on the nodes. A link's name can outlive its CNI, and the ipip module
// makes a tunl0 in every network namespace: a link counts when it is up, and a tunnel when it has an address
// and a route.
#include "core/detect/cni.h"

#include <array>

namespace netopsy::detect {

namespace {

/// A link whose presence names a CNI (its own, not one that others make too).
struct Sign {
    const char *cni, *link;
};
constexpr std::array signs{
    Sign{"cilium", "cilium_host"},
    Sign{"antrea", "antrea-gw0"},
    Sign{"ovn-kubernetes", "ovn-k8s-mp0"},
    Sign{"kube-router", "kube-bridge"},
    Sign{"weave", "weave"},
    Sign{"calico", "cali*"},
    Sign{"flannel", "flannel.1"},
    Sign{"flannel", "flannel-wg"},
    Sign{"flannel", "flannel.ipip"},
    Sign{"azure", "azv*"},
    Sign{"azure", "azure0"},
};

/// A link that carries a CNI's encapsulation.
struct Tunnel {
    const char *cni, *link, *mode;
    bool routed; ///< it must have an address and a route; an OVS port has neither
};
constexpr std::array tunnels{
    Tunnel{"cilium", "cilium_vxlan", "vxlan", false},
    Tunnel{"cilium", "cilium_geneve", "geneve", false},
    Tunnel{"calico", "vxlan.calico", "vxlan", true},
    Tunnel{"calico", "tunl0", "ipip", true},
    Tunnel{"calico", "wireguard.cali", "wireguard", true},
    Tunnel{"canal", "flannel.1", "vxlan", true},
    Tunnel{"flannel", "flannel.1", "vxlan", true},
    Tunnel{"flannel", "flannel-wg", "wireguard", true},
    Tunnel{"flannel", "flannel.ipip", "ipip", true},
    Tunnel{"antrea", "genev_sys*", "geneve", false},
    Tunnel{"antrea", "vxlan_sys*", "vxlan", false},
    Tunnel{"antrea", "antrea-wg0", "wireguard", false},
    Tunnel{"ovn-kubernetes", "genev_sys*", "geneve", false},
    Tunnel{"kube-router", "tun-*", "ipip", true},
    Tunnel{"weave", "vxlan-*", "vxlan", false},
};

std::size_t carrying(const View& view, const Tunnel& tunnel) {
    return tunnel.routed ? view.nodesRoutingBy(tunnel.link) : view.nodesWithLink(tunnel.link);
}

std::string seen(const Tunnel& tunnel, std::size_t count, std::size_t of) {
    return "link " + std::string(tunnel.link) + (tunnel.routed ? " is up and routed by on " : " is up on ") +
           share(count, of);
}

} // namespace

void modeByLinks(model::CniInfo& cni, const View& view) {
    const std::size_t read = view.nodesWithLinksRead();
    for (const Tunnel& tunnel : tunnels)
        if (cni.name == tunnel.cni)
            if (const std::size_t count = carrying(view, tunnel); count > 0) {
                cni.mode = tunnel.mode;
                cni.evidence.push_back(seen(tunnel, count, read));
                return;
            }
}

std::optional<model::CniInfo> byLinks(const View& view) {
    const std::size_t read = view.nodesWithLinksRead();
    for (const Sign& sign : signs) {
        const std::size_t count = view.nodesWithLink(sign.link);
        if (count == 0)
            continue;
        model::CniInfo out;
        out.name = sign.cni;
        out.evidence.push_back("the API tells no CNI; link " + std::string(sign.link) + " is up on " +
                               share(count, read));
        if (out.name == "calico" && view.nodesWithLink("flannel.1") > 0)
            out.name = "canal";
        modeByLinks(out, view);
        if (out.name == "azure")
            out.mode = "native";
        return out;
    }
    return std::nullopt;
}

void confirm(model::CniInfo& cni, const View& view) {
    const std::size_t read = view.nodesWithLinksRead();
    if (read == 0)
        return;
    for (const Tunnel& tunnel : tunnels)
        if (cni.name == tunnel.cni && cni.mode == tunnel.mode) {
            const std::size_t count = carrying(view, tunnel);
            std::string sentence = seen(tunnel, count, read);
            if (cni.evidence.empty() || cni.evidence.back() != sentence)
                cni.evidence.push_back(std::move(sentence));
            return;
        }
}

} // namespace netopsy::detect
