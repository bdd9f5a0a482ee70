// SPDX-FileCopyrightText: 2026 The Netopsy Authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which DaemonSets and Deployments are network components, and what of them may be kept. Names are matched by
// the rows of the CNI table; an unknown CNI stays unknown rather than being guessed from a name that merely
// looks alike.
#include "core/parse/kube/item.h"
#include "core/parse/kube/objects.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace netopsy::parse::kube {

namespace {

/// Exact names, or prefixes where an installer adds an architecture or a hash ("kube-flannel-ds-amd64").
struct Known {
    std::string_view name;
    bool prefix = false;
};
constexpr std::array known{
    Known{"cilium"},
    Known{"cilium-envoy"},
    Known{"cilium-operator"},
    Known{"anetd"},
    Known{"calico-node"},
    Known{"calico-kube-controllers"},
    Known{"calico-typha"},
    Known{"tigera-operator"},
    Known{"canal"},
    Known{"kube-flannel", true},
    Known{"weave-net"},
    Known{"antrea-agent"},
    Known{"kube-router"},
    Known{"ovnkube-node"},
    Known{"ovnkube-db"},
    Known{"ovs-node"},
    Known{"aws-node"},
    Known{"azure-cns"},
    Known{"azure-ip-masq-agent"},
    Known{"netd"},
    Known{"kindnet"},
    Known{"kube-proxy"},
    Known{"kube-proxy-", true},
    Known{"coredns"},
    Known{"coredns-", true},
    Known{"rke2-coredns-rke2-coredns"},
    Known{"kube-dns"},
    Known{"dns-default"},
    Known{"node-local-dns"},
    Known{"nodelocaldns"},
    Known{"rke2-canal"},
    Known{"rke2-cilium"},
};

bool isKnown(std::string_view name) {
    return std::any_of(known.begin(), known.end(),
                       [&](const Known& k) { return k.prefix ? name.starts_with(k.name) : name == k.name; });
}

bool looksSecret(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    static constexpr std::array words{"password",   "passwd",      "secret", "token",
                                      "credential", "private-key", "apikey"};
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

/// Variables by which a CNI is told its mode. All others are dropped unseen.
bool ofInterest(std::string_view variable) {
    static constexpr std::array prefixes{
        "CALICO_", "FELIX_",   "CLUSTER_TYPE", "AWS_VPC_", "ENABLE_PREFIX_DELEGATION", "ENABLE_IP",
        "WEAVE_",  "IPALLOC_", "POD_SUBNET",   "CNI_MTU",  "IP_AUTODETECTION",         "KUBE_PROXY"};
    return !looksSecret(variable) && std::any_of(prefixes.begin(), prefixes.end(),
                                                 [&](std::string_view p) { return variable.starts_with(p); });
}

void takeContainer(const nlohmann::json& container, model::Workload& out, std::string& problem) {
    Item fields(container);
    if (std::string image = fields.text("image"); !image.empty())
        out.images.push_back(std::move(image));
    for (const char* list : {"command", "args"})
        for (std::string& argument : fields.texts(list))
            if (!looksSecret(argument))
                out.args.push_back(std::move(argument));
    for (const nlohmann::json* variable : fields.objects("env")) {
        Item entry(*variable);
        if (const std::string name = entry.text("name"); ofInterest(name) && variable->contains("value"))
            out.env.emplace(name, entry.text("value"));
        if (!entry.problem().empty())
            fields.reject(entry.problem());
    }
    if (problem.empty())
        problem = fields.problem();
}

std::string take(const nlohmann::json& object, std::string_view kind, std::vector<model::Workload>& out,
                 std::vector<ConfigMapRef>& mounted) {
    Item item(object);
    model::Workload workload;
    workload.kind = kind;
    workload.ns = item.required("metadata.namespace");
    workload.name = item.required("metadata.name");
    workload.labels = item.map("metadata.labels");
    if (!isKnown(workload.name)) {
        const auto app = workload.labels.find("k8s-app");
        if (app == workload.labels.end() || !isKnown(app->second))
            return item.problem();
    }
    std::string problem = item.problem();
    for (const nlohmann::json* container : item.objects("spec.template.spec.containers"))
        takeContainer(*container, workload, problem);
    for (const nlohmann::json* volume : item.objects("spec.template.spec.volumes"))
        if (std::string name = Item(*volume).text("configMap.name"); !name.empty())
            mounted.push_back({workload.ns, std::move(name)});
    if (problem.empty())
        problem = item.problem();
    if (problem.empty())
        out.push_back(std::move(workload));
    return problem;
}

} // namespace

Result<Page> parseWorkloads(std::string_view bytes, std::string_view kind, std::vector<model::Workload>& out,
                            std::vector<ConfigMapRef>& mounted) {
    static const Keep keep{"metadata.name",
                           "metadata.namespace",
                           "metadata.labels",
                           "spec.template.spec.volumes.configMap.name",
                           "spec.template.spec.containers.image",
                           "spec.template.spec.containers.command",
                           "spec.template.spec.containers.args",
                           "spec.template.spec.containers.env.name",
                           "spec.template.spec.containers.env.value"};
    return parseList(bytes, keep, [&](const nlohmann::json& object) { return take(object, kind, out, mounted); });
}

} // namespace netopsy::parse::kube
