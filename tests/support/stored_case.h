// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A case made of real nodes' sections, as the tests of the store and of the command line write it.
#pragma once

#include "core/store/case_file.h"
#include "tests/support/node_fixture.h"

namespace netopsy::tests {

inline model::CaseMeta storedMeta() {
    model::CaseMeta meta;
    meta.started = fixtureStart;
    meta.durationS = 0.6;
    meta.plannedDurationS = 0.6;
    meta.intervalS = 0.2;
    meta.tool = "netopsy test";
    meta.finished = true;
    meta.dnsNames = {"example.test."};
    return meta;
}

inline model::Inventory storedInventory() {
    model::Inventory inventory;
    inventory.context = "lab";
    inventory.server = "https://10.199.6.2:6443";
    inventory.version = "v1.31.0";
    for (const char* name : {"node1", "node2"}) {
        model::ClusterNode node;
        node.name = name;
        node.addresses = {{"InternalIP", std::string("10.199.6.1") + name[4]}};
        node.podCidrs = {std::string("10.244.") + name[4] + ".0/24"};
        node.labels = {{"kubernetes.io/hostname", name}};
        node.ready = "True";
        inventory.nodes.push_back(node);
        model::Pod pod;
        pod.ns = "default";
        pod.name = std::string("web-") + name[4];
        pod.node = name;
        pod.phase = "Running";
        pod.ips = {std::string("10.244.") + name[4] + ".2"};
        inventory.pods.push_back(pod);
    }
    inventory.services = {{"kube-system", "kube-dns", "ClusterIP", {"10.96.0.10"}, {{"dns", "UDP", 53, "53", 0}}}};
    inventory.gaps = {{"list", "configmaps in kube-system", "forbidden: no"}};
    return inventory;
}

inline std::vector<model::Node> storedNodes() {
    std::vector<model::Node> nodes(2);
    nodes[0].name = "node1";
    nodes[0].address = "10.199.6.11:22";
    nodes[0].state = model::NodeState::Complete;
    nodes[0].started = fixtureStart;
    nodes[0].cost.bytesSent = 9000;
    nodes[0].cost.bytesReceived = 120'000;
    nodes[1].name = "node2";
    nodes[1].address = "10.199.6.12:22";
    nodes[1].state = model::NodeState::Unreachable;
    nodes[1].error = "connection refused";
    nodes[1].notes = {"a note of the run \xff"};
    return nodes;
}

/// node1 with all that the lab's node told, node2 unreachable.
inline Result<void> writeStoredCase(const std::filesystem::path& path, bool withCluster = true) {
    auto writer = store::CaseWriter::create(path, storedMeta(), true);
    if (!writer)
        return tl::unexpected(writer.error());
    if (withCluster)
        if (auto done = writer->setInventory(storedInventory()); !done)
            return done;
    for (const model::Node& node : storedNodes())
        if (auto done = writer->setNode(node); !done)
            return done;
    for (const model::RawSection& section : nodeFixture("lab-node1", "node1"))
        if (auto done = writer->addSection(section); !done)
            return done;
    return writer->flush();
}

} // namespace netopsy::tests
