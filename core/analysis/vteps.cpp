// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/vteps.h"

#include "core/base/ip_text.h"
#include "core/path/address.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace netopsy::analysis {

namespace {

constexpr std::size_t largestAnnotation = 4096; // an annotation is anybody's to write

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return text;
}

bool isMac(const std::string& text) {
    if (text.size() != 17)
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (i % 3 == 2 ? c != ':' : !digit)
            return false;
    }
    return true;
}

const std::string* annotation(const model::ClusterNode& node, const std::string& name) {
    const auto found = node.annotations.find(name);
    return found == node.annotations.end() || found->second.size() > largestAnnotation ? nullptr : &found->second;
}

/// {"VNI":1,"VtepMAC":"12:34:…"}; empty when it holds no MAC.
std::string vtepMac(const std::string& backendData) {
    const auto data = nlohmann::json::parse(backendData, nullptr, false);
    if (!data.is_object())
        return {};
    const auto mac = data.find("VtepMAC");
    return mac == data.end() || !mac->is_string() ? std::string() : lower(mac->get<std::string>());
}

/// Flannel's next hop into a node is the first address of its subnet, which its tunnel device carries.
std::string firstOf(const model::ClusterNode& node, bool ipv6) {
    for (const std::string& cidr : node.podCidrs)
        if (text::isIpv6(cidr) == ipv6)
            return cidr.substr(0, cidr.find('/'));
    return {};
}

void addFlannel(std::vector<Vtep>& out, const model::ClusterNode& node, bool ipv6) {
    const std::string prefix = "flannel.alpha.coreos.com/";
    const std::string dataName = prefix + (ipv6 ? "backend-v6-data" : "backend-data");
    const std::string outerName = prefix + (ipv6 ? "public-ipv6" : "public-ip");
    const std::string *data = annotation(node, dataName), *outer = annotation(node, outerName),
                      *type = annotation(node, prefix + "backend-type");
    if (data == nullptr || outer == nullptr || (type != nullptr && *type != "vxlan"))
        return;
    out.push_back({node.name, vtepMac(*data), *outer, firstOf(node, ipv6), outerName + ", " + dataName});
}

void addCalico(std::vector<Vtep>& out, const model::ClusterNode& node, bool ipv6) {
    const std::string prefix = "projectcalico.org/";
    const std::string innerName = prefix + (ipv6 ? "IPv6VXLANTunnelAddr" : "IPv4VXLANTunnelAddr");
    const std::string outerName = prefix + (ipv6 ? "IPv6Address" : "IPv4Address");
    const std::string macName = prefix + (ipv6 ? "VXLANTunnelMACAddrV6" : "VXLANTunnelMACAddr");
    const std::string *inner = annotation(node, innerName), *outer = annotation(node, outerName),
                      *mac = annotation(node, macName);
    if (inner == nullptr || outer == nullptr || mac == nullptr)
        return;
    out.push_back({node.name, lower(*mac), outer->substr(0, outer->find('/')), *inner,
                   outerName + ", " + innerName + ", " + macName});
}

/// By CNI: what annotation tells the address of which device. Cilium's two prefixes are those of before and after 1.13.
struct Told {
    const char *cni, *annotation, *device;
};
constexpr std::array told{
    Told{"calico", "projectcalico.org/IPv4IPIPTunnelAddr", "tunl0"},
    Told{"calico", "projectcalico.org/IPv4VXLANTunnelAddr", "vxlan.calico"},
    Told{"calico", "projectcalico.org/IPv6VXLANTunnelAddr", "vxlan-v6.calico"},
    Told{"cilium", "network.cilium.io/ipv4-cilium-host", "cilium_host"},
    Told{"cilium", "network.cilium.io/ipv6-cilium-host", "cilium_host"},
    Told{"cilium", "io.cilium.network.ipv4-cilium-host", "cilium_host"},
    Told{"cilium", "io.cilium.network.ipv6-cilium-host", "cilium_host"},
};

} // namespace

std::vector<TunnelAddress> tunnelAddresses(const model::Inventory& cluster) {
    std::vector<TunnelAddress> out;
    for (const model::ClusterNode& node : cluster.nodes)
        for (const Told& one : told)
            if (cluster.cni.name == one.cni)
                if (const std::string* address = annotation(node, one.annotation);
                    address != nullptr && path::parseAddress(*address))
                    out.push_back({node.name, one.device, *address, one.annotation});
    return out;
}

std::vector<Vtep> vteps(const model::Inventory& cluster) {
    std::vector<Vtep> out;
    for (const model::ClusterNode& node : cluster.nodes)
        for (const bool ipv6 : {false, true}) {
            if (cluster.cni.name == "flannel" || cluster.cni.name == "canal")
                addFlannel(out, node, ipv6);
            else if (cluster.cni.name == "calico")
                addCalico(out, node, ipv6);
        }
    std::erase_if(out, [](const Vtep& v) { return !isMac(v.mac) || !path::parseAddress(v.outer); });
    return out;
}

} // namespace netopsy::analysis
