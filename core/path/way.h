// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One direction of a packet's way, hop by hop: out of the pod, through the sender's node, over the wire, through the
// receiver's. A CNI's own traits come from its Design; there is no case here for any of them by name.
#pragma once

#include "core/path/builder.h"

namespace netopsy::path {

/// Where a packet goes from and to. One of them may lie outside the cluster, not both.
struct Ends {
    Place from, to;
    bool reply = false; ///< no Service's address is translated, nothing is masqueraded
    std::string aim;    ///< the address that the sender writes; another than the target's where that is behind NAT
};

class Way {
public:
    Way(const model::Case& subject, const Design& design, const Ends& ends);

    struct Laid {
        std::vector<Hop> hops;
        std::vector<std::string> notes;
        std::string source;  ///< the address that the receiver sees, and answers
        bool certain = true; ///< every route that was asked for was seen
    };
    [[nodiscard]] Laid lay();

private:
    void add(Hop hop);
    void append(std::vector<Hop> hops);

    // The sender's node: way.cpp
    void leavePod();
    void serviceHop();
    void sameNode();
    void otherNode();
    void outside();
    /// The node's own forwarding: conntrack where it sees the packet, and the route.
    Choice forward(const NodeSide& side, const Flow& flow, bool tracked);
    void masquerade(const Masquerade& how, const Choice& choice);
    /// Between the node's stack and what is behind a route's gateway: a switch, a bridge, a program.
    void throughGateway(const NodeSide& side, const std::string& device);
    void acrossBridge(const NodeSide& side, bool inwards);
    [[nodiscard]] Flow flow() const;
    [[nodiscard]] std::string sourceOf(const Choice& choice) const;

    // Between the nodes, and the receiver's: way_arrival.cpp
    void encapsulate(const Tunnel& tunnel, const Choice& choice);
    void wire(const Tunnel* out, const Choice& choice);
    void arrive(const Tunnel* out);
    void decapsulate(const Tunnel& out, const Tunnel* in);
    void deliver(const Tunnel* out);
    void toStack();
    [[nodiscard]] bool onOneBridge() const;
    /// `skip`: the packet is on the pod's bridge or switch already; `fromProgram`: a program puts it in.
    void enterPod(const NodeSide& side, bool skip, bool fromProgram);
    [[nodiscard]] const model::Link* arrivalNic(const Tunnel* in) const;
    [[nodiscard]] const model::PmtuResult* measuredUnderlay(bool ipv6) const;

    const model::Case& m_case;
    const Design& m_design;
    const Ends& m_ends;
    const bool m_fromPod, m_translated;
    NodeSide m_a, m_b; ///< the same node twice where one end is outside
    Laid m_out;
    int m_carried = 0;
    bool m_unseen = false; ///< packets go by a tunnel that no node shows
};

/// The hop that turns a Service's address into a backend's, by the service proxy's mode; nullopt for a headless one.
[[nodiscard]] std::optional<Hop> serviceNat(const model::Case& subject, const NodeSide& side, const Ends& ends);
/// It is done before there is any packet.
[[nodiscard]] bool servedAtConnect(const model::Case& subject, const Design& design, const Ends& ends);

} // namespace netopsy::path
