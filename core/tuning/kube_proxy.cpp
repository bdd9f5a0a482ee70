// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tuning/kube_proxy.h"

#include "core/base/text.h"
#include "core/tuning/kernel.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace netopsy::tuning {

namespace {

using Version = std::pair<std::uint64_t, std::uint64_t>;

struct Settings {
    std::uint64_t maxPerCore = 32768, min = 131072, establishedS = 86400;
};

const model::Workload* workloadOf(const model::Inventory& cluster) {
    for (const model::Workload& w : cluster.workloads)
        if (w.name == "kube-proxy" || w.name.starts_with("kube-proxy-"))
            return &w;
    return nullptr;
}

/// "registry:5000/kube-proxy:v1.20.5" -> {1, 20}
std::optional<Version> versionOf(const model::Inventory& cluster, const model::Workload* workload) {
    if (workload != nullptr)
        for (const std::string& image : workload->images) {
            const auto slash = image.rfind('/');
            const auto colon = image.rfind(':');
            if (colon != std::string::npos && (slash == std::string::npos || colon > slash))
                if (const auto version = majorMinor(std::string_view(image).substr(colon + 1)))
                    return version;
        }
    return majorMinor(cluster.version);
}

void readConfig(const std::string& yaml, Settings& out) {
    try {
        const YAML::Node conntrack = YAML::Load(yaml)["conntrack"];
        if (!conntrack || !conntrack.IsMap())
            return;
        const auto number = [&](const char* field, std::uint64_t& into) {
            const YAML::Node node = conntrack[field];
            if (node && node.IsScalar())
                if (const auto value = text::toUint(node.Scalar()))
                    into = *value;
        };
        number("maxPerCore", out.maxPerCore);
        number("min", out.min);
        const YAML::Node timeout = conntrack["tcpEstablishedTimeout"];
        if (timeout && timeout.IsScalar())
            if (const auto seconds = goSeconds(timeout.Scalar()))
                out.establishedS = *seconds;
    } catch (const YAML::Exception&) {
        // kube-proxy itself would not start with it; its defaults are then the best guess
    }
}

void readArgs(const std::vector<std::string>& args, Settings& out) {
    for (const std::string& arg : args) {
        const auto after = [&](std::string_view flag) -> std::optional<std::string_view> {
            if (!arg.starts_with(flag))
                return std::nullopt;
            return std::string_view(arg).substr(flag.size());
        };
        if (const auto value = after("--conntrack-max-per-core="))
            out.maxPerCore = text::toUint(*value).value_or(out.maxPerCore);
        else if (const auto least = after("--conntrack-min="))
            out.min = text::toUint(*least).value_or(out.min);
        else if (const auto timeout = after("--conntrack-tcp-timeout-established="))
            out.establishedS = goSeconds(*timeout).value_or(out.establishedS);
    }
}

Settings settingsOf(const model::Inventory& cluster, const model::Workload* workload) {
    Settings out;
    if (workload != nullptr)
        readArgs(workload->args, out);
    for (const model::ConfigMap& map : cluster.configMaps)
        if (map.name == "kube-proxy" || map.name.starts_with("kube-proxy-"))
            for (const char* key : {"config.conf", "config"})
                if (const auto found = map.data.find(key); found != map.data.end())
                    readConfig(found->second, out);
    return out;
}

} // namespace

std::optional<std::uint64_t> goSeconds(std::string_view s) {
    if (s == "0")
        return 0;
    std::uint64_t total = 0;
    if (s.empty() || s.size() > 40)
        return std::nullopt;
    while (!s.empty()) {
        const auto end = s.find_first_not_of("0123456789");
        const auto number = text::toUint(s.substr(0, end));
        if (end == std::string_view::npos || !number || *number > 1'000'000'000)
            return std::nullopt;
        const char unit = s[end];
        if (unit != 'h' && unit != 'm' && unit != 's')
            return std::nullopt;
        if (unit == 'm' && end + 1 < s.size() && s[end + 1] == 's')
            return std::nullopt; // milliseconds: no time-out that anyone sets here
        total += *number * (unit == 'h' ? 3600 : unit == 'm' ? 60 : 1);
        s.remove_prefix(end + 1);
    }
    return total;
}

std::optional<ProxyWrite> kubeProxyWrites(const model::Inventory& cluster, std::string_view key,
                                          std::optional<int> cpus) {
    const bool max = key == "net.netfilter.nf_conntrack_max";
    if (!max && key != "net.netfilter.nf_conntrack_tcp_timeout_established")
        return std::nullopt;
    const model::Workload* workload = workloadOf(cluster);
    const std::string& mode = cluster.proxy.mode;
    if (workload == nullptr && mode != "iptables" && mode != "ipvs" && mode != "nftables")
        return std::nullopt;
    const Settings settings = settingsOf(cluster, workload);
    const auto version = versionOf(cluster, workload);
    ProxyWrite write;
    write.onlyRaises = version && *version >= Version{1, 23} && *version < Version{1, 29};
    if (max) {
        if (settings.maxPerCore == 0 || !cpus || *cpus <= 0)
            return std::nullopt;
        std::uint64_t scaled = settings.maxPerCore * static_cast<std::uint64_t>(*cpus);
        if (version && *version >= Version{1, 36})
            scaled = std::min<std::uint64_t>(scaled, 1048576);
        write.value = std::max(scaled, settings.min);
        write.from = "conntrack.maxPerCore " + std::to_string(settings.maxPerCore) + " x " +
                     std::to_string(*cpus) + " CPUs, min " + std::to_string(settings.min);
    } else {
        if (settings.establishedS == 0)
            return std::nullopt;
        write.value = settings.establishedS;
        write.from = "conntrack.tcpEstablishedTimeout";
    }
    write.from += version
                      ? "; kube-proxy " + std::to_string(version->first) + "." + std::to_string(version->second)
                      : std::string("; its version is not known");
    return write;
}

} // namespace netopsy::tuning
