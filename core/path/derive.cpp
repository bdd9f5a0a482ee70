// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The request's way, and the reply's where it is another.
#include "core/path/budget.h"
#include "core/path/facts.h"
#include "core/path/way.h"

#include <algorithm>

namespace netopsy::path {

namespace {

/// The devices that a way crosses, in order. `all`: with the pods' own links and programs, of which each direction may
/// cross others although it takes the same way.
std::vector<std::string> crossed(const std::vector<Hop>& hops, bool all) {
    std::vector<std::string> out;
    for (const Hop& hop : hops) {
        const bool own =
            hop.kind == HopKind::PodInterface || hop.kind == HopKind::Veth || hop.kind == HopKind::Ebpf;
        if (hop.device.empty() || (own && !all))
            continue;
        std::string place = hop.node + " " + hop.netns + " " + hop.device;
        if (out.empty() || out.back() != place)
            out.push_back(std::move(place));
    }
    return out;
}

/// Laid only where the nodes' own data bear it out: a way that is unknown isn't a different one.
std::vector<Hop> replyTo(const model::Case& subject, const Design& design, const Ends& request, Way::Laid& laid) {
    const model::Node* answering = request.to.node;
    if (answering != nullptr && answering->facts.routes.empty())
        return {};
    Ends ends;
    ends.from = request.to;
    ends.to = request.from;
    ends.reply = true;
    ends.aim = laid.source;
    if (ends.to.pod == nullptr)
        ends.to.address = laid.source;
    Way::Laid back = Way(subject, design, ends).lay();
    if (!back.certain || !laid.certain)
        return {};
    const auto same = [&](bool all) {
        std::vector<std::string> there = crossed(laid.hops, all);
        std::reverse(there.begin(), there.end());
        return there == crossed(back.hops, all);
    };
    if (!same(false))
        return std::move(back.hops);
    if (!same(true))
        laid.notes.emplace_back("the reply takes the same way, but on each node crosses the programs and ends of "
                                "pods' links of its own direction");
    return {};
}

} // namespace

Result<Path> derive(const model::Case& subject, std::string_view from, std::string_view to, Family family) {
    if (family == Family::Any) {
        // The first family that both ends have.
        const auto theirs = familiesOf(subject, to);
        for (const Family own : familiesOf(subject, from))
            if (std::find(theirs.begin(), theirs.end(), own) != theirs.end()) {
                family = own;
                break;
            }
    }
    auto a = placeOf(subject, from, family);
    if (!a)
        return tl::unexpected(a.error());
    if (a->service != nullptr)
        return fail("a path begins at a node or a pod, this is a service", std::string(from));
    if (a->node == nullptr)
        return fail("a path begins at a node or a pod of this case, this is an address outside",
                    std::string(from));
    auto b = placeOf(subject, to, family, a->node);
    if (!b)
        return tl::unexpected(b.error());
    if (a->ipv6() != b->ipv6())
        return fail("the two ends have no address of the same family", std::string(to));
    if (a->node->facts.links.empty() && a->node->facts.routes.empty())
        return fail("nothing is known of this node's links and routes" +
                        (a->node->error.empty() ? std::string() : ": " + a->node->error),
                    a->node->name);
    const Design design = designOf(subject.cluster ? &*subject.cluster : nullptr);
    Path path;
    path.from = a->text();
    path.to = b->text();
    path.ipv6 = a->ipv6();
    const Ends ends{std::move(*a), std::move(*b), false, {}};
    Way::Laid laid = Way(subject, design, ends).lay();
    path.back = replyTo(subject, design, ends, laid);
    path.hops = std::move(laid.hops);
    path.notes = std::move(laid.notes);
    judgeBudget(path, ends.from.node->name);
    compareWithMeasured(path, ends);
    addRoom(path.hops);
    addRoom(path.back);
    addLatency(path.hops, ends);
    compareBackends(path.hops, subject, ends);
    for (const Hop& hop : path.hops)
        if (hop.kind == HopKind::ServiceNat)
            path.problems.insert(path.problems.end(), hop.problems.begin(), hop.problems.end());
    if (!path.back.empty()) {
        Path reply;
        reply.hops = path.back;
        judgeBudget(reply, ends.to.node == nullptr ? std::string() : ends.to.node->name);
        for (const std::string& problem : reply.problems)
            path.problems.push_back("reply: " + problem);
        path.back = std::move(reply.hops);
    }
    return path;
}

std::optional<Path> typical(const model::Case& subject, std::string_view node) {
    if (!subject.cluster || subject.findNode(node) == nullptr)
        return std::nullopt;
    const auto podOn = [&](const std::string& name) -> const model::Pod* {
        for (const model::Pod& pod : subject.cluster->pods)
            if (pod.node == name && !pod.hostNetwork && !pod.ips.empty() && pod.phase == "Running")
                return &pod;
        return nullptr;
    };
    const std::string self(node);
    const auto own = std::find_if(subject.nodes.begin(), subject.nodes.end(),
                                  [&](const model::Node& n) { return n.name == self; });
    const auto start = static_cast<std::size_t>(own - subject.nodes.begin());
    const model::Pod* first = podOn(self);
    // A reached peer before one of which nothing is known.
    for (const bool reachedOnly : {true, false})
        for (std::size_t step = 1; step < subject.nodes.size(); ++step) {
            const model::Node& peer = subject.nodes[(start + step) % subject.nodes.size()];
            if (reachedOnly && peer.facts.links.empty())
                continue;
            const model::Pod* second = podOn(peer.name);
            const std::string from = first == nullptr ? self : self + "/" + first->ns + "/" + first->name;
            const std::string to = second == nullptr ? peer.name : second->ns + "/" + second->name;
            if (auto path = derive(subject, from, to))
                return std::move(*path);
        }
    return std::nullopt;
}

} // namespace netopsy::path
