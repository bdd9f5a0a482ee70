// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The cluster's DNS Service and what answers behind it, and NodeLocal DNSCache. The cache's link-local
// address is read from its arguments or Corefile: 169.254.20.10 is only the documented example.
#include "core/base/text.h"
#include "core/detect/cni.h"

#include <algorithm>
#include <array>

namespace netopsy::detect {

namespace {

using model::DnsInfo;

struct Known {
    std::string_view ns, name;
};
constexpr std::array services{Known{"kube-system", "kube-dns"}, Known{"kube-system", "coredns"},
                              Known{"kube-system", "rke2-coredns-rke2-coredns"},
                              Known{"openshift-dns", "dns-default"}};

const model::Service* dnsService(const View& view) {
    for (const Known& known : services)
        for (const model::Service& service : view.api.services)
            if (service.ns == known.ns && service.name == known.name)
                return &service;
    return nullptr;
}

void addOnce(std::vector<std::string>& list, const std::string& value) {
    if (std::find(list.begin(), list.end(), value) == list.end())
        list.push_back(value);
}

void byEndpoints(const View& view, const model::Service& service, DnsInfo& out) {
    std::size_t unready = 0;
    for (const model::Endpoint& endpoint : view.api.endpoints)
        if (endpoint.ns == service.ns && endpoint.service == service.name) {
            if (endpoint.ready)
                addOnce(out.pods, endpoint.address);
            else
                ++unready;
        }
    if (!out.pods.empty() || unready > 0)
        out.evidence.push_back("EndpointSlices of " + service.ns + "/" + service.name + ": " +
                               std::to_string(out.pods.size()) + " ready, " + std::to_string(unready) + " not");
}

/// Where endpoints may not be read, pods carry the label that every installer gives.
void byPods(const View& view, DnsInfo& out) {
    for (const model::Pod& pod : view.api.pods) {
        const std::string* app = find(pod.labels, "k8s-app");
        const std::string* openshift = find(pod.labels, "dns.operator.openshift.io/daemonset-dns");
        const bool isDns = (app && *app == "kube-dns" && pod.ns == "kube-system") || openshift;
        if (isDns && pod.phase == "Running" && !pod.ips.empty())
            addOnce(out.pods, pod.ips.front());
    }
    if (!out.pods.empty())
        out.evidence.push_back(std::to_string(out.pods.size()) +
                               " running pods labelled k8s-app=kube-dns (endpoints tell none)");
}

/// "kubernetes cluster.local in-addr.arpa ip6.arpa {"
void readZone(const View& view, DnsInfo& out) {
    for (const char* name : {"coredns", "rke2-coredns-rke2-coredns", "dns-default"})
        if (const model::ConfigMap* map = view.configMap(name))
            if (const std::string* corefile = find(map->data, "Corefile"))
                for (const std::string_view line : text::lines(*corefile)) {
                    const auto words = text::words(line);
                    if (words.size() < 2 || words[0] != "kubernetes" || words[1] == "{")
                        continue;
                    std::string_view zone = words[1];
                    if (zone.ends_with('.'))
                        zone.remove_suffix(1);
                    if (zone.empty() || zone.ends_with(".arpa"))
                        continue;
                    out.clusterDomain = zone;
                    out.evidence.push_back(says(*map, "Corefile kubernetes zone", zone));
                    return;
                }
}

bool isLinkLocal(std::string_view address) {
    return address.starts_with("169.254.") || address.starts_with("fe80:") || address.starts_with("fd00:");
}

std::string cacheAddress(const View& view, const model::Workload* cache) {
    if (cache)
        if (const auto local = argument(*cache, "localip"))
            for (const std::string_view part : text::split(*local, ','))
                if (isLinkLocal(text::trim(part)))
                    return std::string(text::trim(part));
    if (cache)
        for (std::size_t i = 0; i + 1 < cache->args.size(); ++i)
            if (cache->args[i] == "-localip")
                for (const std::string_view part : text::split(cache->args[i + 1], ','))
                    if (isLinkLocal(text::trim(part)))
                        return std::string(text::trim(part));
    for (const char* name : {"node-local-dns", "nodelocaldns"})
        if (const model::ConfigMap* map = view.configMap(name))
            if (const std::string* corefile = find(map->data, "Corefile"))
                for (const std::string_view line : text::lines(*corefile)) {
                    const auto words = text::words(line);
                    if (words.size() > 1 && words[0] == "bind" && isLinkLocal(words[1]))
                        return std::string(words[1]);
                }
    return {};
}

/// Cilium resolves Services before the packet leaves the pod's veth: the cache's listener on the ClusterIP
/// never sees it, unless a policy redirects.
void judgeRedirect(const View& view, const model::ProxyInfo& proxy, DnsInfo& out) {
    const model::ConfigMap* config = view.configMap("cilium-config");
    if (!config || proxy.mode != "ebpf")
        return;
    for (const model::CniObject* policy : view.objects("CiliumLocalRedirectPolicy"))
        for (const auto& [key, value] : policy->fields)
            if (key.ends_with("serviceName") && (value == "kube-dns" || value == "coredns")) {
                out.evidence.push_back("CiliumLocalRedirectPolicy " + policy->name + " sends " + value +
                                       " to the cache");
                return;
            }
    out.evidence.emplace_back(
        "no CiliumLocalRedirectPolicy was found for the DNS Service: with kube-proxy replaced by "
        "Cilium, pods that ask the ClusterIP go past the cache");
}

void nodeLocal(const View& view, const model::ProxyInfo& proxy, DnsInfo& out) {
    const model::Workload* cache = view.workload({"node-local-dns", "nodelocaldns"});
    const auto pods = std::count_if(view.api.pods.begin(), view.api.pods.end(), [](const model::Pod& pod) {
        const std::string* app = find(pod.labels, "k8s-app");
        return app && (*app == "node-local-dns" || *app == "nodelocaldns") && pod.phase == "Running";
    });
    const std::size_t links = view.nodesHoldingLink("nodelocaldns");
    if (cache)
        out.evidence.push_back(place(*cache));
    else if (pods > 0)
        out.evidence.push_back(std::to_string(pods) + " node-local-dns pods");
    else if (links > 0)
        out.evidence.push_back("link nodelocaldns on " + share(links, view.nodesWithLinksRead()));
    out.nodeLocal = cache || pods > 0 || links > 0;
    if (!out.nodeLocal)
        return;
    out.nodeLocalAddress = cacheAddress(view, cache);
    if (out.nodeLocalAddress.empty())
        for (const model::Node& node : view.nodes)
            for (const model::Link& link : node.facts.links)
                if (link.name == "nodelocaldns" && out.nodeLocalAddress.empty())
                    for (const model::LinkAddress& address : link.addresses)
                        if (isLinkLocal(address.address))
                            out.nodeLocalAddress = address.address;
    if (!out.nodeLocalAddress.empty())
        out.evidence.push_back("the node-local cache listens on " + out.nodeLocalAddress);
    judgeRedirect(view, proxy, out);
}

} // namespace

DnsInfo dns(const View& view, const model::ProxyInfo& proxy) {
    DnsInfo out;
    if (const model::Service* service = dnsService(view)) {
        for (const std::string& ip : service->clusterIps)
            if (out.serviceIp.empty() && ip != "None")
                out.serviceIp = ip;
        out.evidence.push_back("Service " + service->ns + "/" + service->name +
                               (out.serviceIp.empty() ? " is headless" : ": clusterIP " + out.serviceIp));
        byEndpoints(view, *service, out);
    } else {
        out.evidence.emplace_back("no DNS Service was found (kube-system/kube-dns and its kin)");
    }
    if (out.pods.empty())
        byPods(view, out);
    readZone(view, out);
    nodeLocal(view, proxy, out);
    return out;
}

} // namespace netopsy::detect
