// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_network.h"

namespace netopsy::ui::fake {

namespace {

model::Link link(int index, const char* name, const char* kind, int mtu) {
    model::Link out;
    out.index = index;
    out.name = name;
    out.kind = kind;
    out.state = "UP";
    out.mtu = mtu;
    return out;
}

model::Route route(std::string dst, std::string via, std::string dev, bool onlink) {
    model::Route out;
    out.dst = std::move(dst);
    out.via = std::move(via);
    out.dev = std::move(dev);
    out.onlink = onlink;
    return out;
}

} // namespace

void addNetwork(model::Case& subject) {
    model::Service web;
    web.ns = "default";
    web.name = "web";
    web.type = "ClusterIP";
    web.clusterIps = {"10.96.7.7"};
    for (std::size_t i = 0; i < subject.nodes.size(); ++i) {
        model::Node& node = subject.nodes[i];
        const std::string subnet = "10.244." + std::to_string(i % 250 + 1);
        model::Pod pod;
        pod.ns = "default";
        pod.name = "web-" + std::to_string(i + 1);
        pod.node = node.name;
        pod.phase = "Running";
        pod.ips = {subnet + ".2", "fd00:10:244:" + std::to_string(i + 1) + "::2"};
        subject.cluster->endpoints.push_back({"default", "web", pod.ips.front(), node.name, pod.name, true});
        subject.cluster->pods.push_back(std::move(pod));
        if (node.state == model::NodeState::Unreachable)
            continue;
        model::Link bridge = link(4, "cni0", "bridge", 1450), veth = link(5, "veth3f2a91c0", "veth", 1450),
                    tunnel = link(3, "flannel.1", "vxlan", 1450);
        bridge.addresses = {{subnet + ".1", 24, "global"}};
        veth.master = "cni0";
        tunnel.vxlan = model::VxlanInfo{1, 8472, node.address, "eth0", false};
        node.facts.links.insert(node.facts.links.end(), {bridge, veth, tunnel});
        node.facts.routes.push_back(route(subnet + ".0/24", "", "cni0", false));
        node.facts.neighbours.push_back({subnet + ".2", "cni0", "0a:58:0a:f4:00:02", "REACHABLE"});
        node.facts.fdb.push_back({"0a:58:0a:f4:00:02", "veth3f2a91c0", "", "cni0", ""});
        for (std::size_t peer = 0; peer < subject.nodes.size() && peer < 250; ++peer)
            if (peer != i) {
                const std::string far = "10.244." + std::to_string(peer + 1) + ".0";
                node.facts.routes.push_back(route(far + "/24", far, "flannel.1", true));
            }
    }
    subject.cluster->services.push_back(std::move(web));
}

} // namespace netopsy::ui::fake
